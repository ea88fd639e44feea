"""The bodies of hits and kudos: what is read of them, and every way to be wrong."""

from __future__ import annotations

import json
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.dialects.tinylytics.bodies import MAX_ROWS, NewKudo, Wrong, read_hit, read_hits, read_kudo
from core.raw import RawEvent, Request
from core.text import is_clean

DOMAIN: Final = "example.com"


def view(path: str, **fields: Any) -> RawEvent:  # noqa: ANN401 - the fields of an event are of many types
    """A view as it is sent; where there is a query it is the sender's to tell."""
    sent = RawEvent("page_view", f"https://{DOMAIN}{path}", path)._replace(**fields)
    return sent._replace(keeps_query="?" in sent.url)


NOBODY: Final = Request("", "")

#: What is sent, and what is read.
HITS: Final = {
    "the path alone": ({"path": "/pricing"}, view("/pricing"), NOBODY),
    "without a slash": ({"path": "pricing"}, view("pricing", url="https://example.com/pricing"), NOBODY),
    "blanks around it": ({"path": " /pricing\n"}, view("/pricing"), NOBODY),
    "nulls": (dict.fromkeys(("country", "url", "visitor_id"), None) | {"path": "/"}, view("/"), NOBODY),
    "the example": (
        {"path": "/pricing", "ip_address": "8.8.8.8", "visitor_id": "user-123"},
        view("/pricing", visitor_id="user-123"),
        Request("8.8.8.8", ""),
    ),
    "all": (
        {
            "path": "/a",
            "country": "PL",
            "ip_address": "2001:DB8::1",
            "url": "https://www.example.com/a?x=1#y",
            "referrer": "https://google.com/search?q=z",
            "user_agent": "curl/8",
            "visitor_id": 7,
            "source": "mail",
            "more": [],
        },
        view(
            "/a",
            country="PL",
            url="https://www.example.com/a?x=1#y",
            referrer="https://google.com/search?q=z",
            visitor_id="7",
            utm_source="mail",
        ),
        Request("2001:db8::1", "curl/8"),
    ),
    "no address": ({"path": "/", "ip_address": "999.999.999.999"}, view("/"), NOBODY),
    "a source in the address": (
        {"path": "/?a=1&ref=hacker%20news"},
        view("/?a=1&ref=hacker%20news", utm_source="hacker news"),
        NOBODY,
    ),
    "a campaign goes before": ({"path": "/?ref=a&utm_source=b"}, view("/?ref=a&utm_source=b"), NOBODY),
    "the body goes before": ({"path": "/?ref=a", "source": "c"}, view("/?ref=a", utm_source="c"), NOBODY),
    "no source behind the hash": ({"path": "/#?ref=a"}, view("/#?ref=a"), NOBODY),
    "another parameter": ({"path": "/?href=a"}, view("/?href=a"), NOBODY),
    "a backslash": ({"path": "/\\u0000"}, view("/\\u0000"), NOBODY),
    "a long user agent": ({"path": "/", "user_agent": "x" * 600}, view("/"), Request("", "x" * 512)),
    "a visitor 0": ({"path": "/", "visitor_id": 0}, view("/", visitor_id="0"), NOBODY),
}

#: What is sent, and what is said of it.
WRONG: Final[dict[str, tuple[Any, tuple[str, ...]]]] = {
    "nothing": ({}, ("Path can't be blank",)),
    "a blank path": ({"path": "  "}, ("Path can't be blank",)),
    "no path": ({"path": None}, ("Path can't be blank",)),
    "a number": ({"path": 1}, ("Path is invalid: Expected `str | null`, got `int`",)),
    "a small country": ({"path": "/", "country": "pl"}, ("Country must be a 2-letter uppercase code",)),
    "a long country": ({"path": "/", "country": "POL"}, ("Country must be a 2-letter uppercase code",)),
    "two mistakes": (
        {"country": "1"},
        ("Path can't be blank", "Country must be a 2-letter uppercase code"),
    ),
    "half an address": ({"path": "/", "url": "/pricing"}, ("Url must be a full URL",)),
    "a long address": (
        {"path": "/", "url": "https://example.com/" + "x" * 4_096},
        ("Url is too long (maximum is 4096 characters)",),
    ),
    "a long path": ({"path": "/" + "x" * 4_096}, ("Path is too long (maximum is 4096 characters)",)),
    "a long referrer": (
        {"path": "/", "referrer": "x" * 4_097},
        ("Referrer is too long (maximum is 4096 characters)",),
    ),
    "a long visitor": (
        {"path": "/", "visitor_id": "x" * 256},
        ("Visitor is too long (maximum is 255 characters)",),
    ),
    "a long source": ({"path": "/", "source": "x" * 256}, ("Source is too long (maximum is 255 characters)",)),
    "U+0000": ({"path": "/\0", "source": "\0"}, ("Path must not contain U+0000", "Source must not contain U+0000")),
    "half a pair": ({"path": "/\ud800"}, ("Body is not valid JSON",)),
    "an array": ([], ("Body must be a JSON object",)),
    "a text": ("x", ("Body must be a JSON object",)),
}


@pytest.mark.parametrize("case", HITS.values(), ids=HITS)
def test_a_hit(case: tuple[dict[str, Any], RawEvent, Request]) -> None:
    """Alone, and in a batch that is read at one stroke or row by row."""
    sent, raw, request = case
    text = json.dumps(sent)
    assert (raw, request) == read_hit(text.encode(), domain=DOMAIN)
    assert [(raw, request)] == read_hits(f"[{text}]".encode(), domain=DOMAIN)
    mixed = read_hits(f" [1, {text}] ".encode(), domain=DOMAIN)
    assert [Wrong(("Body must be a JSON object",)), (raw, request)] == mixed


@pytest.mark.parametrize("case", WRONG.values(), ids=WRONG)
def test_what_is_none(case: tuple[object, tuple[str, ...]]) -> None:
    """It says what is wrong, all at once, and in a batch it costs no other."""
    sent, errors = case
    text = json.dumps(sent)
    assert Wrong(errors) == read_hit(text.encode(), domain=DOMAIN)
    batch = read_hits(f'[{text}, {{"path": "/"}}]'.encode(), domain=DOMAIN)
    assert [Wrong(errors), (view("/"), NOBODY)] == batch


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"{}", "Body must be a JSON array of hits"),
        (b'"x"', "Body must be a JSON array of hits"),
        (b"", "Body is not valid JSON"),
        (b"[", "Body is not valid JSON"),
        (b"[{}", "Body is not valid JSON"),
        (b"\xff", "Body is not valid JSON"),
        (b"[" * 100_000, "Body is not valid JSON"),
    ],
)
def test_no_batch(body: bytes, error: str) -> None:
    """What is no array is refused whole."""
    assert Wrong((error,)) == read_hits(body, domain=DOMAIN)


@pytest.mark.parametrize("row", [{"path": "/"}, 1])
def test_a_batch_has_bounds(row: object) -> None:
    """None is fine, as many as may be too; of one more nothing is taken."""
    assert read_hits(b"[]", domain=DOMAIN) == []
    most = read_hits(json.dumps([row] * MAX_ROWS).encode(), domain=DOMAIN)
    assert len(most) == MAX_ROWS
    beyond = read_hits(json.dumps([row] * (MAX_ROWS + 1)).encode(), domain=DOMAIN)
    assert Wrong(("Batch is too large (maximum is 1000 hits, got 1001)",)) == beyond


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({"path": "/pricing", "custom_uid": "a"}, NewKudo("/pricing", "a")),
        ({"path": "pricing"}, NewKudo("pricing", "")),
        ({"path": "/", "custom_uid": 7}, NewKudo("/", "7")),
        ({}, Wrong(("Path can't be blank",))),
        ({"path": "/", "custom_uid": "x" * 256}, Wrong(("Custom uid is too long (maximum is 255 characters)",))),
        ({"path": "/", "custom_uid": "\0"}, Wrong(("Custom uid must not contain U+0000",))),
        ({"path": "/", "custom_uid": []}, Wrong(("Custom uid is invalid: Expected `int | str | null`, got `array`",))),
        ([], Wrong(("Body must be a JSON object",))),
    ],
)
def test_a_kudo(sent: object, expected: object) -> None:
    """Its path, and what it is to be called."""
    assert expected == read_kudo(json.dumps(sent).encode())


def test_a_batch_is_read_as_its_rows_are() -> None:
    """All of them at one stroke become what each does by itself."""
    rows = [json.dumps(sent) for sent, _, _ in HITS.values()]
    alone = [read_hit(row.encode(), domain=DOMAIN) for row in rows]
    assert alone == read_hits(f"[{','.join(rows)}]".encode(), domain=DOMAIN)


JSON: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=10,
)
ROWS: Final = st.dictionaries(
    st.sampled_from(["path", "country", "ip_address", "url", "referrer", "user_agent", "visitor_id", "source"]),
    JSON | st.sampled_from(["/a", "PL", "https://example.com/?ref=x", "8.8.8.8"]),
)
TEXTS: Final = (st.lists(ROWS | JSON, max_size=5) | ROWS | JSON).map(lambda value: json.dumps(value).encode())


@given(TEXTS | st.binary(max_size=100) | TEXTS.map(lambda text: text[: len(text) // 2]))
@settings(max_examples=150, deadline=None)
def test_anything_is_read_or_refused(body: bytes) -> None:
    """Nothing is raised, and what is read can be stored."""
    batch = read_hits(body, domain=DOMAIN)
    for found in (read_hit(body, domain=DOMAIN), *([batch] if isinstance(batch, Wrong) else batch)):
        if isinstance(found, Wrong):
            assert found.errors
        else:
            assert all(is_clean(text) for part in found for text in part if isinstance(text, str))
    assert read_kudo(body)


@given(st.lists(ROWS, max_size=5).map(lambda rows: list(map(json.dumps, rows))))
@settings(max_examples=150, deadline=None)
def test_any_batch_is_read_as_its_rows_are(rows: list[str]) -> None:
    """Whatever they hold."""
    alone = [read_hit(row.encode(), domain=DOMAIN) for row in rows]
    assert alone == read_hits(f"[{','.join(rows)}]".encode(), domain=DOMAIN)
