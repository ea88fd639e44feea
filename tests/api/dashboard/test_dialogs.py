"""Dialogs over HTTP, on real events: lists in full, flow, funnels, filters, and all of it as files."""

from __future__ import annotations

import re
from datetime import UTC
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlsplit

import httpx
import psycopg
import pytest

from core.ranges import date_at
from core.spans import DAY, HOUR, MINUTE
from ops.clock import SystemClock
from storage import shares
from tests.api.served import served
from tests.cases import event_at
from tests.databases import fresh_database
from tests.stores import write_events

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.events import Event
    from tests.api.served import Served

HOSTILE: Final = '/"><script>alert(1)</script>'
#: By person: country, host of the referrer, and what is done: a path, or the name of a custom event.
VISITS: Final = {
    1: ("DE", "", ("/", "/pricing", "/signup", "signed_up")),
    2: ("FR", "news.example", ("/pricing", "/blog/a")),
    3: ("DE", "news.example", ("/blog/a", "/pricing", "/signup")),
    4: ("", "javascript.example", (HOSTILE, "/", "=1+1")),
}


def _event(ts: int, site: int, person: int, does: str) -> Event:
    country, host, _ = VISITS[person]
    found = event_at(ts, person, site=site, person=person, path=does)
    if not does.startswith("/"):
        found = found._replace(type="custom", name=does, path="/")
    return found._replace(country=country, region="", city="", referrer_host=host, referrer=host)


@pytest.fixture(scope="module")
def server(postgres_dsn: str) -> Iterator[Served]:
    """A server that counted the visits yesterday at noon."""
    with fresh_database(postgres_dsn) as dsn, served(dsn) as running:
        noon = SystemClock().now_ms() // DAY * DAY - 12 * HOUR
        events = [
            _event(noon + number * MINUTE, running.site.id, person, does)
            for person, (_, _, doings) in VISITS.items()
            for number, does in enumerate(doings)
        ]
        with psycopg.connect(dsn) as connection:
            write_events(connection, sorted(events))
        with httpx.Client(base_url=running.url, headers={"X-API-KEY": running.user_key}) as user:
            groups = {"content_groups": [{"name": "Blog", "pattern": "/blog/*"}]}
            assert user.patch(f"/api/v1/websites/{running.site.uuid}", json=groups).status_code == 200
        yield running


@pytest.fixture(scope="module")
def client(server: Served) -> Iterator[httpx.Client]:
    """A browser that is signed in."""
    headers = {"Accept": "text/html", "Accept-Language": "en", "Sec-Fetch-Site": "same-origin"}
    with httpx.Client(base_url=server.url, headers=headers, timeout=30) as browser:
        assert browser.post("/sign-in", data={"key": server.user_key}).status_code == 303
        yield browser


@pytest.fixture(scope="module", params=[False, True], ids=["may not filter", "may filter"])
def shared(server: Served, request: pytest.FixtureRequest) -> tuple[str, bool]:
    """A share link, and whether those who have it may filter."""
    may_filter: bool = request.param
    with psycopg.connect(server.dsn) as connection:
        token = shares.insert(connection, server.site.id, name="link", may_filter=may_filter, expires_at=None)
    return f"/share/{token}/", may_filter


def page(client: httpx.Client, query: str, base: str = "/") -> str:
    """The page at an address of yesterday."""
    answer = client.get(f"{base}?site=example.com&period=yesterday&{query}", follow_redirects=True)
    assert answer.status_code == 200, answer.text
    return answer.text


def dialog(client: httpx.Client, query: str) -> str:
    """What is in the dialog."""
    found = re.search(r"<dialog id=\"dialog\".*?</dialog>", page(client, query), re.DOTALL)
    assert found is not None
    return found[0]


def sheet(client: httpx.Client, query: str) -> list[str]:
    """The file at an address of yesterday."""
    answer = client.get(f"/?site=example.com&period=yesterday&compare=none&{query}&format=csv", follow_redirects=True)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/csv; charset=utf-8")
    return answer.text.splitlines()


def names(html: str) -> list[str]:
    """The names of a list's rows."""
    return re.findall(r'<a class="item"[^>]* title="([^"]*)"', html)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("view=pages", ["/pricing", "/", "/blog/a", "/signup", "/&#34;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"]),
        ("view=pages&search=BLOG", ["/blog/a"]),
        ("view=pages&sort=name&search=g", ["/blog/a", "/pricing", "/signup"]),
        ("view=pages&sort=-name&search=g", ["/signup", "/pricing", "/blog/a"]),
        ("view=pages&pages=entry", ["/", "/&#34;&gt;&lt;script&gt;alert(1)&lt;/script&gt;", "/blog/a", "/pricing"]),
        ("view=pages&pages=groups", ["Blog"]),
        ("view=sources", ["news.example", "", "javascript.example"]),
        ("view=places&search=germ", ["DE"]),
        ("view=pages&page=/blog/*", ["/blog/a"]),
        ("view=events", ["=1+1", "signed_up"]),
    ],
)
def test_a_list_is_searched_and_ordered(client: httpx.Client, query: str, expected: list[str]) -> None:
    """By the names of its rows as they are called and as they are stored, filtered like the report."""
    assert expected == names(dialog(client, query))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (
            "view=pages&search=/b",
            ["page,visitors,visits,pageviews,bounce_rate_pct,visit_duration_s", "/blog/a,2,2,2,0.0,120"],
        ),
        ("view=events&sort=name", ["event,count,visitors", "'=1+1,1,1", "signed_up,1,1"]),
        (
            "view=flow&of=/pricing",
            ["when,page,count", "before,,1", "before,/,1", "before,/blog/a,1", "after,/signup,2", "after,/blog/a,1"],
        ),
        (
            "view=funnel&step=/pricing&step=/signup&step=signed_up",
            [
                "step,name,visits,of_first_pct,of_previous_pct,lost",
                "1,/pricing,3,100.0,,0",
                "2,/signup,2,66.67,66.67,1",
                "3,signed_up,1,33.33,50.0,1",
            ],
        ),
    ],
)
def test_what_is_open_is_a_file_too(client: httpx.Client, query: str, expected: list[str]) -> None:
    """The same rows, search and order; what a spreadsheet would take for a formula is text."""
    assert expected == sheet(client, query)


def test_the_chart_is_a_file_too(client: httpx.Client) -> None:
    """Its metric at each of its points, with what it is compared with."""
    yesterday = date_at(SystemClock().now_ms() - DAY, UTC)
    rows = sheet(client, "interval=day&metric=pageviews")
    assert ["day,pageviews", f"{yesterday},10"] == rows


def test_a_list_says_what_was_before(client: httpx.Client) -> None:
    """Of a comparison a file has the value of then and the change."""
    answer = client.get("/?site=example.com&period=yesterday&view=events&format=csv", follow_redirects=True)
    assert answer.text.splitlines()[0] == "event,count,visitors,previous,change_pct"


def test_values_of_strangers_stay_text(client: httpx.Client) -> None:
    """In lists, flow, chips, forms and suggestions; and no link leads anywhere but to us or to the site."""
    quoted = httpx.QueryParams({"of": HOSTILE, "page": HOSTILE})
    pages = [
        page(client, "view=pages"),
        page(client, f"view=flow&{quoted}"),
        page(client, f"view=filter&of=page&{httpx.QueryParams({'page': HOSTILE})}"),
        page(client, f"view=funnel&{httpx.QueryParams({'step': HOSTILE})}&step=javascript:alert(1)"),
        client.get(
            f"/suggest?site=example.com&period=yesterday&dimension=page&{httpx.QueryParams({'q': 'script'})}"
        ).text,
    ]
    for html in pages:
        assert "<script>alert" not in html
    links = {link for html in pages for link in re.findall(r'(?:href|action)="([^"]*)"', html)}
    assert set() == {link for link in links if not link.startswith(("/", "#", "https://example.com/"))}


def _led(client: httpx.Client, path: str, query: str) -> list[tuple[str, str]]:
    answer = client.get(f"{path}?site=example.com&{query}")
    assert answer.status_code == 303, answer.text
    return parse_qsl(urlsplit(answer.headers["Location"]).query, keep_blank_values=True)[1:]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("dimension=country&how=is&value=Germany&value=&value=fr", [("country", "DE"), ("country", "FR")]),
        ("dimension=country&how=not&value=Germany", [("country", "!DE")]),
        ("country=DE&was=country&dimension=country&how=is&value=France", [("country", "FR")]),
        ("country=DE&was=country&dimension=page&how=matches&value=/b*", [("page", "/b*")]),
        ("country=DE&was=country&dimension=country&how=is&value=", []),
        ("page=/a&dimension=country&how=is&value=Germany", [("page", "/a"), ("country", "DE")]),
        ("dimension=property&key=plan&how=is&value=pro", [("property:plan", "pro")]),
    ],
)
def test_the_filter_form_leads_to_its_report(client: httpx.Client, query: str, expected: list[tuple[str, str]]) -> None:
    """A new filter stands beside the others, a changed one takes its own place, one without values goes."""
    assert expected == _led(client, "/filter", query)


def test_a_wrong_filter_is_shown_again(client: httpx.Client) -> None:
    """With what was typed and what is wrong with it."""
    answer = client.get("/filter?site=example.com&dimension=property&how=is&value=pro")
    assert answer.status_code == 422
    assert "The property needs a name, such as plan" in answer.text
    assert 'name="value" value="pro"' in answer.text


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("step=/a&step=/b&step=", ["/a", "/b"]),
        ("step=/a&step=/b&step=&do=up:2", ["/b", "/a"]),
        ("step=/a&step=/b&step=/c&do=remove:2", ["/a", "/c"]),
    ],
)
def test_the_funnel_form_leads_to_its_funnel(client: httpx.Client, query: str, expected: list[str]) -> None:
    """Whose definition is its address."""
    led = _led(client, "/funnel", query)
    assert [*[("step", step) for step in expected], ("view", "funnel")] == led


def test_a_funnel_says_who_was_lost(client: httpx.Client) -> None:
    """Shares of the step before and of the first, in words."""
    html = dialog(client, "view=funnel&step=/pricing&step=/signup&step=signed_up")
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", html)).replace("\u00a0", " ")
    for sentence in (
        "33 % of visits that came to /pricing finished.",
        "2 visits · 67 % of the step before · 1 left here",
        "1 visits · 50 % of the step before · 1 left here",
    ):
        assert sentence in words


def _suggested(client: httpx.Client, query: str) -> list[tuple[str, str]]:
    html = client.get(f"/suggest?site=example.com&period=yesterday&{query}").text
    found = re.findall(r'data-value="([^"]*)"><span class="option-name">([^<]*)', html)
    return [(value, name.strip()) for value, name in found]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("dimension=country&q=", [("Germany", "Germany"), ("unknown", "unknown"), ("France", "France")]),
        ("dimension=country&q=fra", [("France", "France")]),
        ("dimension=country&q=&country=DE", [("Germany", "Germany"), ("unknown", "unknown"), ("France", "France")]),
        ("dimension=page&q=b&country=FR", [("/blog/a", "/blog/a")]),
        ("dimension=source&q=dir", [("Direct", "Direct")]),
        ("dimension=hostname&q=", [("example.org", "example.org")]),
        ("dimension=browser_version&q=", [("Firefox/130", "Firefox/130")]),
        ("dimension=traffic&q=b", [("bot", "bot")]),
        ("dimension=property&q=", []),
        ("dimension=event&q=sc", [("scroll_25", "scroll_25"), ("scroll_50", "scroll_50"), ("scroll_75", "scroll_75")]),
        ("dimension=step&q=b", [("/blog/*", "Blog"), ("/blog/a", "/blog/a")]),
        ("dimension=step&q=sign", [("/signup", "/signup"), ("signed_up", "signed_up")]),
    ],
)
def test_a_field_suggests_what_there_is(client: httpx.Client, query: str, expected: list[tuple[str, str]]) -> None:
    """The most frequent first, of what other filters leave, by any part of a name."""
    assert expected == _suggested(client, query)


def test_an_unknown_dimension_is_refused(client: httpx.Client) -> None:
    """With those that there are."""
    answer = client.get("/suggest?site=example.com&dimension=moon&q=")
    assert answer.status_code == 400


def _post(client: httpx.Client, path: str, **fields: str | list[str]) -> httpx.Response:
    return client.post(path, data={"site": "example.com", **fields})


def test_a_funnel_is_saved_renamed_and_deleted(client: httpx.Client) -> None:
    """It has a tab of its own while it is there; a name is there once."""
    steps = ["/pricing", "/signup"]
    saved = _post(client, "/funnels", action="save", name=" Sign up ", step=steps)
    assert (
        saved.status_code,
        saved.headers["Location"],
    ) == (303, "/?site=example.com&funnel=Sign%20up&view=funnel&saved=funnel")
    again = _post(client, "/funnels", action="save", name="Sign up", step=steps)
    assert again.status_code == 422
    assert "There is another one named Sign up" in again.text
    html = dialog(client, "view=funnel&funnel=Sign up")
    (id_,) = set(re.findall(r'name="id" value="([^"]*)"', html))
    assert re.findall(r'<h3 id="funnel-answer">([^<]*)<', html) == [
        "67\u00a0% of visits that came to /pricing finished."
    ]
    renamed = _post(client, "/funnels", action="update", id=id_, name="Join", step=[*steps, "signed_up"])
    assert "funnel=Join" in renamed.headers["Location"]
    assert dialog(client, "view=funnel&funnel=Join").count('name="step" value="signed_up"') == 2
    assert _post(client, "/funnels", action="delete", id=id_).status_code == 303
    assert "Join" not in dialog(client, "view=funnel")
    gone = _post(client, "/funnels", action="update", id=id_, name="Join", step=steps)
    assert gone.status_code == 422


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"name": "", "step": ["/a", "/b"]}, "The name must be 1 to 100 characters"),
        ({"name": "One", "step": ["/a"]}, "steps must be 2 to 10"),
    ],
)
def test_a_funnel_that_cannot_be_is_told(
    client: httpx.Client, fields: dict[str, str | list[str]], expected: str
) -> None:
    """Beside what was typed."""
    answer = _post(client, "/funnels", action="save", **fields)
    assert answer.status_code == 422
    assert expected in answer.text


def test_filters_are_saved_and_picked(client: httpx.Client) -> None:
    """Under a name, and back as filters beside those there are."""
    assert _post(client, "/segments", action="save", name="Germans", country="DE").status_code == 303
    html = dialog(client, "view=filter&page=/pricing")
    assert "/?site=example.com&amp;period=yesterday&amp;page=/pricing&amp;country=DE" in html
    assert "Country is Germany" in html
    (id_,) = set(re.findall(r'name="id" value="([^"]*)"', html))
    assert _post(client, "/segments", action="save", name="Nobody").status_code == 422
    assert _post(client, "/segments", action="delete", id=id_).status_code == 303
    assert "Germans" not in dialog(client, "view=filter")


def test_forms_of_strangers_save_nothing(server: Served, client: httpx.Client) -> None:
    """Neither sent by another site nor without a session."""
    fields = {"site": "example.com", "action": "save", "name": "Evil", "step": ["/a", "/b"]}
    crossed = client.post("/funnels", data=fields, headers={"Sec-Fetch-Site": "cross-site"})
    with httpx.Client(base_url=server.url, headers={"Sec-Fetch-Site": "same-origin"}) as nobody:
        unknown = nobody.post("/funnels", data=fields)
    assert (crossed.status_code, unknown.status_code) == (403, 401)
    assert "Evil" not in dialog(client, "view=funnel")


def test_a_link_does_only_what_it_may(server: Served, shared: tuple[str, bool]) -> None:
    """Without leave to filter it shows whole lists, and no form, suggestion or step leads around that."""
    base, may_filter = shared
    expected = 200 if may_filter else 403
    with httpx.Client(base_url=server.url, headers={"Accept": "text/html", "Accept-Language": "en"}) as stranger:
        suggested = stranger.get(f"{base}suggest?period=yesterday&dimension=country&q=")
        filtered = stranger.get(f"{base}filter?dimension=country&how=is&value=DE")
        built = stranger.get(f"{base}funnel?step=/a&step=/b")
        assert [expected, 303 if may_filter else 403, 303 if may_filter else 403] == [
            suggested.status_code,
            filtered.status_code,
            built.status_code,
        ]
        posted = [
            stranger.post(
                f"{base}{path}", data={"action": "save", "name": "x"}, headers={"Sec-Fetch-Site": "same-origin"}
            )
            for path in ("funnels", "segments")
        ]
        assert {404, 405} >= {answer.status_code for answer in posted}
        lists = page(stranger, "view=pages&country=FR", base)
        assert (["/blog/a", "/pricing"] if may_filter else []) == names(lists)
        funnel = page(stranger, "view=funnel&step=/blog/a&step=/signup", base)
        assert may_filter is ("of visits that came to /blog/a finished" in funnel)
        table = stranger.get(
            f"{base}?period=yesterday&compare=none&view=pages&country=FR&format=csv", follow_redirects=True
        )
        assert (2 if may_filter else 5) == len(table.text.splitlines()) - 1
        assert "Saved filters" not in page(stranger, "view=filter&country=DE", base)
