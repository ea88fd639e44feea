"""The reports of the Antics API, from the address down to the rows that they are counted from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import psycopg
import pytest

from storage import sites

if TYPE_CHECKING:
    from tests.api.antics.conftest import Asking

PAIRS: Final[list[dict[str, Any]]] = json.loads((Path(__file__).parent / "golden" / "reports.json").read_text())
#: Of a week's four visitors with eight views, by each metric (name, visitors, views).
BROKEN_DOWN: Final = {
    "pathname": [("/", 3, 3), ("/pricing", 3, 3), ("/about", 2, 2)],
    "referrer": [("google.com", 2, 4), ("Direct", 1, 3), ("twitter.com", 1, 1)],
    "country": [("DE", 2, 4), ("unknown", 1, 1), ("US", 1, 3)],
    "browser": [("Firefox", 2, 4), ("Chrome", 1, 3), ("Safari", 1, 1)],
    "os": [("Linux", 2, 4), ("unknown", 1, 1), ("Windows", 1, 3)],
    "device": [("desktop", 3, 7), ("mobile", 1, 1)],
    "channel": [("Organic Search", 2, 4), ("Direct", 1, 3), ("Social", 1, 1)],
    "event": [("signup", 2, 2)],
    "utm_source": [("(none)", 2, 4), ("news", 2, 4)],
    "utm_medium": [("(none)", 2, 4), ("email", 1, 3), ("social", 1, 1)],
    "utm_campaign": [("(none)", 3, 5), ("spring", 1, 3)],
}


@pytest.mark.parametrize("pair", PAIRS, ids=[pair["example"] for pair in PAIRS])
async def test_an_example_is_answered_to_the_letter(asking: Asking, pair: dict[str, Any]) -> None:
    """Every number of it, its fields in their order."""
    answer = await asking.ask("GET", pair["request"].format(site=asking.site.id))
    assert pair.get("status", 200) == answer.status_code
    if "csv" in pair:
        assert "".join(f"{line}\r\n" for line in pair["csv"]) == answer.text
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert answer.headers["content-disposition"] == f'attachment; filename="{pair["file"]}"'
    else:
        assert json.dumps(pair["response"]) == json.dumps(answer.json())


@pytest.mark.parametrize("metric", BROKEN_DOWN)
async def test_a_week_is_broken_down(asking: Asking, metric: str) -> None:
    """By whatever the API knows; the file has the same rows."""
    of = f"{asking.site.id}?period=7d&metric={metric}"
    told = (await asking.ask("GET", f"/api/stats/{of}")).json()["breakdown"]
    assert BROKEN_DOWN[metric] == [tuple(row.values()) for row in told]
    lines = (await asking.ask("GET", f"/api/export/{of}")).text.splitlines()
    assert lines == [f"{metric},visitors,pageviews", *(",".join(map(str, row)) for row in BROKEN_DOWN[metric])]


@pytest.mark.parametrize("metric", [metric for metric in BROKEN_DOWN if metric not in {"pathname", "event"}])
async def test_what_visits_have_adds_up(asking: Asking, metric: str) -> None:
    """Each visitor is in one row, and each view."""
    told = (await asking.ask("GET", f"/api/stats/{asking.site.id}?period=12mo&metric={metric}")).json()
    for total in ("visitors", "pageviews"):
        assert told["summary"][total] == sum(row[total] for row in told["breakdown"])


@pytest.mark.parametrize(("sent", "rows"), [("0", 1), ("-3", 1), ("2", 2), ("5000", 3), ("", 3)])
async def test_a_limit_is_brought_within_its_bounds(asking: Asking, sent: str, rows: int) -> None:
    """1 to 1,000."""
    told = (await asking.ask("GET", f"/api/stats/{asking.site.id}?period=7d&limit={sent}")).json()
    assert rows == len(told["breakdown"])


async def test_the_badge_of_a_public_site_tells_its_visitors(asking: Asking) -> None:
    """Of the last 24 hours, to anybody; it stays for a minute, and no other site has one."""
    other = asking.make_site("badge.example")
    for site in (other.id, 999_999, "x", 0):
        answer = await asking.client.get(f"/api/badge/{site}")
        assert (answer.status_code, answer.json()) == (404, {"error": "site not found"})
    assert (await asking.ask("PUT", f"/api/sites/{asking.site.id}", body={"public": True})).status_code == 200
    answer = await asking.client.get(f"/api/badge/{asking.site.id}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/svg+xml")
    assert "visitors 24h: 3</title>" in answer.text
    for seconds, visitors in ((59, 3), (20 * 3_600, 0)):
        asking.clock.pass_seconds(seconds)
        assert f"visitors 24h: {visitors}</title>" in (await asking.client.get(f"/api/badge/{asking.site.id}")).text
    with psycopg.connect(asking.dsn) as connection:
        sites.update(connection, asking.site.uuid, account_id=None, public=False)
    assert (await asking.client.get(f"/api/badge/{asking.site.id}")).status_code == 404
