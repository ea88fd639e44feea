"""What a click on a row filters by."""

from __future__ import annotations

import pytest

from api.dashboard.choices import Sort, View
from api.dashboard.narrowing import filters_of, only, page_of, without
from api.dashboard.state import State
from core.filters import parse_filters, write_filters
from core.subjects import Subject

_S = Subject
_HOSTILE = '/"><script>alert(1)</script>'


@pytest.mark.parametrize(
    ("subject", "names", "expected"),
    [
        (_S.PAGE, ("/pricing",), [("page", "/pricing")]),
        (_S.PAGE, ("/a*b",), [("page", "\\/a*b")]),
        (_S.PAGE, (_HOSTILE,), [("page", _HOSTILE)]),
        (_S.NOT_FOUND, ("/old",), [("page", "/old")]),
        (_S.ENTRY, ("/",), [("entry", "/")]),
        (_S.EXIT, ("",), [("exit", "")]),
        (_S.GROUP, ("Blog",), [("group", "Blog")]),
        (_S.SOURCE, ("",), [("source", "")]),
        (_S.SOURCE, ("news.example",), [("source", "news.example")]),
        (_S.CHANNEL, ("Paid Search",), [("channel", "Paid Search")]),
        (_S.CAMPAIGN, ("a", "", "c"), [("utm_source", "a"), ("utm_medium", ""), ("utm_campaign", "c")]),
        (_S.COUNTRY, ("DE",), [("country", "DE")]),
        (_S.REGION, ("DE", "Berlin"), [("region", "DE/Berlin")]),
        (_S.REGION, ("DE", ""), [("region", "DE")]),
        (_S.CITY, ("DE", "", "Berlin"), [("city", "DE//Berlin")]),
        (_S.CITY, ("", "", ""), [("city", "")]),
        (_S.BROWSER, ("Firefox",), [("browser", "Firefox")]),
        (_S.OS, ("Linux",), [("os", "Linux")]),
        (_S.DEVICE, ("phone",), [("device", "phone")]),
        (_S.SCREEN, ("320-375",), [("screen", "320-375")]),
        (_S.EVENT, ("!important",), [("event", "\\!important")]),
        (_S.SCROLL, ("scroll_50",), [("event", "scroll_50")]),
        (
            _S.LINK,
            ("https://a.example/b",),
            [
                ("event", "outbound_link"),
                ("property:url", "https://a.example/b"),
                ("property:url", "https://a.example/b?*"),
                ("property:url", "https://a.example/b#*"),
            ],
        ),
        (_S.LINK, ("javascript:alert(1)*",), [("event", "outbound_link"), ("property:url", "\\javascript:alert(1)*")]),
        (_S.DOWNLOAD, ("",), [("event", "file_download"), ("property:url", "")]),
    ],
)
def test_a_row_is_chosen_by_what_an_address_says_of_it(
    subject: Subject, names: tuple[str, ...], expected: list[tuple[str, str]]
) -> None:
    """The filters of each kind of row, as they are written, and read again the same."""
    filters = filters_of(subject, names)
    assert (expected, filters) == (write_filters(filters), parse_filters(expected))


@pytest.mark.parametrize("subject", Subject)
def test_every_row_can_be_chosen_and_left_out(subject: Subject) -> None:
    """No subject is without filters, and no two of its clicks lead to one report."""
    names = tuple("abc")[: len(subject.names)]
    state = State(site="example.com")
    assert len({state, only(state, subject, names), without(state, subject, names)}) == 3


def _after(given: list[tuple[str, str]], subject: Subject, *names: str, out: bool = False) -> list[tuple[str, str]]:
    state = State(filters=parse_filters(given))
    return write_filters((without if out else only)(state, subject, names).filters)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([("page", "/blog/*")], [("page", "/blog/a")]),
        ([("page", "!/"), ("country", "DE")], [("page", "/blog/a"), ("page", "!/"), ("country", "DE")]),
        ([("page", "!/blog/a")], [("page", "/blog/a")]),
        ([("page", "!/blog/*")], [("page", "/blog/a")]),
    ],
)
def test_a_click_leaves_the_row_alone(given: list[tuple[str, str]], expected: list[tuple[str, str]]) -> None:
    """What chose more, or left it out, gives way; what leaves out others stays."""
    assert expected == _after(given, Subject.PAGE, "/blog/a")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([("page", "/blog/*")], [("page", "/blog/*"), ("page", "!/blog/a")]),
        ([("page", "!/")], [("page", "!/"), ("page", "!/blog/a")]),
        ([("page", "/blog/a")], [("page", "!/blog/a")]),
    ],
)
def test_the_other_click_leaves_the_row_out(given: list[tuple[str, str]], expected: list[tuple[str, str]]) -> None:
    """It is left out of what there is; a filter that chose it alone gives way."""
    assert expected == _after(given, Subject.PAGE, "/blog/a", out=True)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("a", "b", "c"), [("utm_campaign", "!c")]),
        (("a", "b", ""), [("utm_medium", "!b")]),
        (("a", "", ""), [("utm_source", "!a")]),
        (("", "", ""), [("utm_campaign", "!")]),
    ],
)
def test_of_a_campaign_the_last_name_is_left_out(names: tuple[str, ...], expected: list[tuple[str, str]]) -> None:
    """Three names cannot be left out together, for all that have two of them would stay."""
    assert expected == _after([], Subject.CAMPAIGN, *names, out=True)


def test_a_link_is_left_out_of_the_links() -> None:
    """Visits that clicked other links stay; those without any do not come back."""
    given = [each[1] for each in _after([], Subject.LINK, "https://a.example/", out=True)]
    assert given == ["outbound_link", "!https://a.example/", "!https://a.example/#*", "!https://a.example/?*"]


def test_a_click_in_a_dialog_leads_to_the_report() -> None:
    """The dialog, its search and its order are left behind."""
    state = State(site="example.com", view=View.PAGES, search="b", sort=Sort("name", descending=False), p=3)
    assert State(site="example.com", filters=parse_filters([("page", "/b")])) == only(state, Subject.PAGE, ("/b",))


@pytest.mark.parametrize(
    ("subject", "expected"), [(_S.PAGE, "/a"), (_S.NOT_FOUND, "/a"), (_S.SOURCE, ""), (_S.GROUP, "")]
)
def test_only_pages_can_be_opened(subject: Subject, expected: str) -> None:
    """A row of anything else has no page of its own."""
    assert expected == page_of(subject, ("/a",))
