"""What requests are answered beside the examples: whose sites, how often, and which days."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.platform.conftest import EXAMPLE

if TYPE_CHECKING:
    from tests.api.platform.conftest import Asking

LIST: Final = "/api/v2/sites"
OF_SITES: Final = tuple(f"{LIST}/{{}}/{report}" for report in ("stats", "realtime", "events", "pageviews"))
LIMITS: Final = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")


#: The command of the API's text.
COMMAND: Final = 'curl -H "Authorization: Bearer YOUR_API_KEY" https://your-domain.com/api/v2/sites'


async def test_the_command_of_the_text_lists_the_sites(asking: Asking) -> None:
    """Sent as it stands, with a key."""
    _, _, header, address = shlex.split(COMMAND.replace("YOUR_API_KEY", asking.key))
    name, _, value = header.partition(": ")
    answer = await asking.client.get(address, headers={name: value, "User-Agent": "curl/8.5.0", "Accept": "*/*"})
    assert answer.status_code == 200
    assert [site["siteId"] for site in answer.json()["sites"]] == [EXAMPLE]


@pytest.mark.parametrize("route", [LIST, *OF_SITES])
async def test_only_keys_of_this_api_open_it(asking: Asking, route: str) -> None:
    """A key of another one, and none at all, are answered alike, and nobody's requests are counted."""
    for key in ("", *asking.others.values()):
        answer = await asking.get(route.format(EXAMPLE), key=key)
        assert answer.status_code == 401
        assert answer.json() == {"error": "Unauthorized — provide a valid API key"}
        assert not {*LIMITS} & {*answer.headers}


@pytest.mark.parametrize("route", OF_SITES)
async def test_what_others_own_cannot_be_told_from_what_is_not_there(asking: Asking, route: str) -> None:
    """Both are forbidden, in the same words; admins see all."""
    theirs = await asking.get(route.format(EXAMPLE), key=asking.stranger)
    absent = await asking.get(route.format("f" * 24))
    assert (theirs.status_code, theirs.content) == (403, absent.content)
    assert (await asking.get(route.format(EXAMPLE), key=asking.admin)).status_code == 200


async def test_the_list_is_of_the_own_account(asking: Asking) -> None:
    """Admins see all."""
    listed = {key: len((await asking.get(LIST, key=key)).json()["sites"]) for key in (asking.stranger, asking.admin)}
    assert listed == {asking.stranger: 0, asking.admin: 1}


async def test_every_answer_tells_how_often_one_may_ask(asking: Asking) -> None:
    """Errors too; the reset is in ms. Beyond 100 in a minute it is 429, with the seconds to wait; then it goes on."""
    first = await asking.get(LIST)
    start = asking.clock.now
    assert [first.headers[name] for name in LIMITS] == ["100", "99", str(start + 60_000)]
    asking.clock.pass_seconds(15)
    refused = await asking.get(f"{LIST}/unknown/stats")
    assert (refused.status_code, refused.headers[LIMITS[1]]) == (403, "98")
    for _ in range(98):
        last = await asking.get(f"{LIST}/unknown/stats")
    assert last.headers[LIMITS[1]] == "0"
    beyond = await asking.get(LIST)
    assert (beyond.status_code, beyond.headers["Retry-After"]) == (429, "45")
    assert [beyond.headers[name] for name in LIMITS] == ["100", "0", str(start + 60_000)]
    assert beyond.json() == {"error": "Rate limit exceeded"}
    assert (await asking.get(LIST, key=asking.stranger)).status_code == 200
    asking.clock.pass_seconds(46)
    assert (await asking.get(LIST)).status_code == 200


@pytest.mark.parametrize(("sent", "days"), [(None, 7), ("7d", 7), ("30d", 30), ("90d", 90), ("12m", 7), ("", 7)])
async def test_a_range_is_of_so_many_days(asking: Asking, sent: str | None, days: int) -> None:
    """Today the last of them; any other word is a week."""
    query = {} if sent is None else {"range": sent}
    chart = (await asking.get(f"{LIST}/{EXAMPLE}/pageviews", **query)).json()["chart"]
    assert (len(chart), chart[-1]["date"]) == (days, "2025-03-22")


async def test_a_page_is_known_in_any_form(asking: Asking) -> None:
    """As all paths are; of one that no page can have there are no views."""
    for path, total in (("pricing?utm_source=x", 800), ("/pricing\0", 0), ("/none", 0)):
        answer = await asking.get(f"{LIST}/{EXAMPLE}/pageviews", pathname=path)
        assert (answer.status_code, answer.json()["total"]) == (200, total)


@given(site=st.text(max_size=30), query=st.dictionaries(st.sampled_from(["range", "pathname"]), st.text(max_size=20)))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_no_request_makes_an_error_of_ours(asking: Asking, site: str, query: dict[str, str]) -> None:
    """Whatever is asked for is answered as documented."""
    asking.clock.pass_seconds(61)
    sent = {key: value.encode("utf-8", "replace").decode() for key, value in query.items()}
    for name in (quote(site.encode("utf-8", "replace"), safe=""), EXAMPLE):
        answer = await asking.get(f"{LIST}/{name}/pageviews", **sent)
        assert answer.status_code in {200, 403, 404}
