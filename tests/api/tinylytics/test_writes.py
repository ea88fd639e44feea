"""Hits that programs tell: one and many, who may, and what becomes of them."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import Refused, Unavailable
from core.events import TrafficClass
from tests.api.lookups.mmdb import write_places
from tests.api.tinylytics.stage import SITE, staged
from tests.api.world import BROWSER, CRAWLER

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.api.tinylytics.stage import Stage

ONE: Final = f"/sites/{SITE}/hits"
MANY: Final = f"/sites/{SITE}/hits/batch"
IPHONE: Final = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " Version/18.5 Mobile/15E148 Safari/604.1"
)
US: Final = {"8.8.8.0/24": {"country": {"iso_code": "US"}, "city": {"names": {"en": "Mountain View"}}}}


#: What may stand in a header, and in a field.
KEYS: Final = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=300)
VALUES: Final = st.none() | st.integers() | st.floats(allow_nan=False) | st.sampled_from(["/a", "FR", "8.8.8.8"])

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(module_database: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """One application for all, which knows where 8.8.8.8 is."""
    file = write_places(tmp_path_factory.mktemp("places") / "a.mmdb", US)
    async with staged(module_database, place_files=[file]) as stage:
        yield stage


@pytest.fixture
def stage(served: Stage) -> Stage:
    """The same, with nothing in its log."""
    served.log.appended.clear()
    served.log.failure = None
    return served


async def test_a_hit_is_taken_in(stage: Stage) -> None:
    """The text's example, to the letter but for what is told anew each time."""
    body = {"path": "/pricing", "ip_address": "8.8.8.8", "visitor_id": "user-123"}
    answer = await stage.ask("POST", ONE, body=body)
    (event,) = stage.log.events
    hit = answer.json()["hit"]
    assert (answer.status_code, answer.json()["status"]) == (201, "created")
    assert list(hit.items())[1:-3] == [
        ("url", "https://example.com/pricing"),
        ("path", "/pricing"),
        ("referrer", None),
        ("country", "US"),
        ("browser_name", None),
        ("platform_name", None),
        ("is_mobile", False),
        ("source", None),
    ]
    assert hit["id"] == event.event_id
    assert re.fullmatch("[0-9a-f]{12}", hit["unique_hash"])
    assert re.fullmatch("[0-9a-f]{16}", hit["visitor_hash"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", hit["created_at"])
    assert (event.site, event.type, event.traffic, event.ip) == (SITE, "page_view", TrafficClass.HUMAN, "")


async def test_a_hit_with_everything(stage: Stage) -> None:
    """The address is shown as it was sent, its query whole; a crawler that is told of is somebody who came."""
    body = {
        "path": "pricing?x=1#y",
        "country": "PL",
        "url": "https://www.Example.com/pricing?token=a&ref=hn#y",
        "referrer": "https://www.google.com/search?q=secret",
        "user_agent": CRAWLER,
    }
    answer = await stage.ask("POST", ONE, body=body)
    (event,) = stage.log.events
    shown = {name: answer.json()["hit"][name] for name in ("url", "path", "referrer", "country", "source")}
    assert shown == {
        "url": "https://www.example.com/pricing?token=a&ref=hn",
        "path": "/pricing",
        "referrer": "https://google.com/search",
        "country": "PL",
        "source": "hn",
    }
    assert (event.traffic, event.region, event.city) == (TrafficClass.HUMAN, "", "")


@pytest.mark.parametrize(
    ("agent", "expected"),
    [
        (BROWSER, ("Firefox", "Linux", False)),
        (
            IPHONE,
            ("Safari", "iOS", True),
        ),
    ],
)
async def test_browsers(stage: Stage, agent: str, expected: tuple[object, ...]) -> None:
    """By the user agent that is told."""
    hit = (await stage.ask("POST", ONE, body={"path": "/", "user_agent": agent})).json()["hit"]
    assert expected == (hit["browser_name"], hit["platform_name"], hit["is_mobile"])


async def test_visitors(stage: Stage) -> None:
    """By the id that is told, else by address and agent; who is told apart by neither is nobody."""
    bodies: list[dict[str, Any]] = [
        {"path": "/a", "visitor_id": "7"},
        {"path": "/b", "visitor_id": 7, "ip_address": "8.8.8.8", "user_agent": BROWSER},
        {"path": "/a", "visitor_id": "8"},
        {"path": "/a", "ip_address": "8.8.8.8"},
        {"path": "/a", "ip_address": "8.8.8.8", "user_agent": BROWSER},
        {"path": "/a", "ip_address": "nonsense"},
    ]
    hits = [(await stage.ask("POST", ONE, body=body)).json()["hit"] for body in bodies]
    visitors, pages = ([hit[name] for hit in hits] for name in ("visitor_hash", "unique_hash"))
    assert visitors[0] == visitors[1]
    assert len(set(visitors)) == 5
    assert (visitors[-1], pages[-1]) == (None, None)
    assert len(set(pages)) == 6


async def test_a_batch(stage: Stage) -> None:
    """The text's example: one commit, and one line for each."""
    rows = [
        {"path": "/valid", "country": "PL"},
        {"path": "/from-ip", "ip_address": "8.8.8.8"},
        {"path": "/fallback-xx", "ip_address": "999.999.999.999"},
    ]
    answer = await stage.ask("POST", MANY, body=rows)
    assert answer.status_code == 200
    assert answer.text == json.dumps(
        {
            "created_count": 3,
            "ignored_count": 0,
            "error_count": 0,
            "results": [{"index": index, "status": "created"} for index in range(3)],
        },
        separators=(",", ":"),
    )
    assert len(stage.log.appended) == 1
    assert [(event.path, event.country) for event in stage.log.events] == [
        ("/valid", "PL"),
        ("/from-ip", "US"),
        ("/fallback-xx", ""),
    ]


async def test_a_batch_with_some_of_everything(stage: Stage) -> None:
    """A bad row is told where it stands, and so is one that the owner does not want."""
    stage.execute(
        "INSERT INTO sites (id, account_id, domain, excluded_paths, excluded_ips, excluded_countries, allowed_hosts)"
        " OVERRIDING SYSTEM VALUE VALUES"
        " (457, %s, 'example.net', '{/admin*}', '{192.0.2.0/24}', '{FR}', '{example.net}')",
        stage.account,
    )
    rows: list[object] = [
        {"path": "/a"},
        {},
        {"path": "/admin/x"},
        7,
        {"path": "/b", "country": "FR"},
        {"path": "/c", "ip_address": "192.0.2.9"},
        {"path": "/d", "url": "https://elsewhere.example/d"},
        {"path": "/e", "country": "XX", "ip_address": "8.8.8.8"},
    ]
    answer = await stage.ask("POST", "/sites/457/hits/batch", body=rows)
    assert answer.status_code == 200
    assert answer.json() == {
        "created_count": 2,
        "ignored_count": 4,
        "error_count": 2,
        "results": [
            {"index": 0, "status": "created"},
            {"index": 1, "status": "error", "errors": ["Path can't be blank"]},
            {"index": 2, "status": "ignored", "reason": "Path matches ignore rule"},
            {"index": 3, "status": "error", "errors": ["Body must be a JSON object"]},
            {"index": 4, "status": "ignored", "reason": "Country matches ignore rule"},
            {"index": 5, "status": "ignored", "reason": "IP address matches ignore rule"},
            {"index": 6, "status": "ignored", "reason": "Host is not allowed"},
            {"index": 7, "status": "created"},
        ],
    }
    assert [(event.path, event.country) for event in stage.log.events] == [("/a", ""), ("/e", "")]
    ignored = await stage.ask("POST", "/sites/457/hits", body={"path": "/admin"})
    assert (ignored.status_code, ignored.json()) == (202, {"status": "ignored", "reason": "Path matches ignore rule"})


async def test_an_empty_batch(stage: Stage) -> None:
    """Nothing is asked of the log."""
    answer = await stage.ask("POST", MANY, body=[])
    assert (answer.status_code, answer.json()["created_count"], answer.json()["results"]) == (200, 0, [])
    assert stage.log.appended == []


async def test_as_many_as_may_be(stage: Stage) -> None:
    """A thousand of a thousand bytes are taken in; one more, or beyond a mebibyte, nothing is."""
    row = {"path": "/a", "referrer": "https://example.org/" + "x" * 900}
    answer = await stage.ask("POST", MANY, body=[row] * 1_000)
    assert (answer.status_code, answer.json()["created_count"]) == (200, 1_000)
    beyond = await stage.ask("POST", MANY, body=[{"path": "/a"}] * 1_001)
    assert (beyond.status_code, beyond.json()["status"]) == (422, "error")
    huge = await stage.ask("POST", MANY, content=b" " * ((1 << 20) + 1))
    assert (huge.status_code, huge.json()) == (413, {"error": "the body must be at most 1048576 bytes"})
    assert len(stage.log.events) == 1_000


@pytest.mark.parametrize(
    ("path", "body", "error"),
    [
        (ONE, b"{}", "Path can't be blank"),
        (ONE, b'{"path": ""}', "Path can't be blank"),
        (ONE, b"[]", "Body must be a JSON object"),
        (ONE, b"", "Body is not valid JSON"),
        (MANY, b"{}", "Body must be a JSON array of hits"),
        (MANY, b"[", "Body is not valid JSON"),
    ],
)
async def test_what_cannot_be_taken_in(stage: Stage, path: str, body: bytes, error: str) -> None:
    """The text's form of such an error."""
    answer = await stage.ask("POST", path, content=body)
    assert (422, {"status": "error", "errors": [error]}) == (answer.status_code, answer.json())
    assert stage.log.events == []


@pytest.mark.parametrize(
    ("failure", "status", "body"),
    [
        (Unavailable("later", retry_after=3), 503, {"error": "later"}),
        (Refused("no such text"), 422, {"status": "error", "errors": ["no such text"]}),
        (RuntimeError("a bug"), 500, {"error": "an unexpected error; it was logged"}),
    ],
)
@pytest.mark.parametrize("path", [ONE, MANY])
async def test_what_is_not_durable_is_not_created(
    stage: Stage, path: str, failure: Exception, status: int, body: object
) -> None:
    """Nobody is told that a hit is taken in that may be lost."""
    stage.log.failure = failure
    answer = await stage.ask("POST", path, body={"path": "/"} if path == ONE else [{"path": "/"}])
    assert (status, body) == (answer.status_code, answer.json())
    assert answer.headers.get("retry-after") == ("3" if status == 503 else None)


async def test_the_order_of_what_is_checked(stage: Stage) -> None:
    """Key, right, site, body: who may not ask learns nothing of what comes after."""
    asked = {
        "": (401, "Invalid API key"),
        "tly-fa-" + "x" * 43: (401, "Invalid API key"),
        stage.read_only: (403, "This API key is read-only: writing needs a full-access key"),
        stage.stranger: (404, "Site not found"),
    }
    for path in (ONE, MANY, "/sites/999/hits", "/sites/abc123/hits/batch", "/sites/99999999999/hits"):
        for key, (status, error) in asked.items():
            answer = await stage.ask("POST", path, key=key, content=b"{")
            assert (status, {"error": error}) == (answer.status_code, answer.json())
    for path in ("/sites/999/hits", "/sites/abc123/hits/batch", "/sites/99999999999/hits"):
        assert (await stage.ask("POST", path, content=b"{")).status_code == 404
    assert (await stage.ask("POST", ONE, key=stage.admin, content=b"{")).status_code == 422
    assert stage.log.events == []


@given(data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_no_request_makes_an_error_of_ours(stage: Stage, data: st.DataObject) -> None:
    """Anything under any key is answered as the text has it."""
    path = data.draw(st.sampled_from([ONE, MANY, f"/sites/{SITE}/kudos"]))
    row = st.dictionaries(st.sampled_from(["path", "country", "url", "visitor_id", "custom_uid"]), st.text() | VALUES)
    bodies = (row | st.lists(row | VALUES, max_size=4)).map(lambda body: json.dumps(body).encode())
    key = data.draw(st.sampled_from([stage.full, stage.full, stage.read_only]) | KEYS)
    answer = await stage.ask("POST", path, key=key, content=data.draw(bodies | st.binary(max_size=200)))
    assert answer.status_code in {200, 201, 401, 403, 422}
    assert answer.headers["content-type"] == "application/json"
    assert isinstance(answer.json(), dict)
