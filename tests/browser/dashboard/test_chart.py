"""The chart: what grows stands apart, comparisons end when it is now, and all of it is read by keys and pointer."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import pytest
import pytest_asyncio

from tests.browser.dashboard.conftest import shows

if TYPE_CHECKING:
    from pathlib import Path

    from tests.browser.chromium import ChromiumTab
    from tests.browser.dashboard.conftest import Desk
    from tests.browser.drivers import Tab

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

#: Visitors on each of the days before today, the last one first.
_VISITORS: Final = (4, 2, 5, 1)
_READING: Final = "document.querySelector('#chart .reader').getAttribute('aria-valuetext')"
_ROWS: Final = (
    "[...document.querySelectorAll('#chart tbody tr')].map(row => [...row.cells].map(cell => cell.textContent))"
)
_MIDNIGHT: Final = timedelta(minutes=4)


@pytest_asyncio.fixture(loop_scope="session")
async def days(desk: Desk, tmp_path: Path) -> datetime:
    """Some visitors on the last days and one today; gives the time now."""
    now = _now()
    desk.history(
        (
            {"time": _ms(now - timedelta(days=back)), "ip": f"198.51.100.{person}", "path": "/"}
            for back, count in enumerate(_VISITORS, start=1)
            for person in range(1, count + 1)
        ),
        tmp_path / "history.ndjson",
    )
    desk.collect("/")
    return now


async def test_a_comparison_ends_when_it_is_now(visitor_in: Tab, desk: Desk, tmp_path: Path) -> None:
    """Of the day before counts what had come by this hour, and the chart says so."""
    now = _now()
    passed = now - now.replace(hour=0, minute=0, second=0)
    earlier, later = now - timedelta(days=1) - passed / 2, now - timedelta(days=1) + (timedelta(days=1) - passed) / 2
    events = [{"time": _ms(moment), "ip": f"198.51.100.{n}"} for n, moment in enumerate((earlier, earlier, later), 1)]
    desk.history(events, tmp_path / "history.ndjson")
    desk.collect("/")
    await visitor_in.open(desk.url(period="today"))
    await shows(visitor_in, "document.querySelector('.metric-before')?.textContent === 'from 2'")

    await visitor_in.open(desk.url(**{"from": _day(now, back=1), "to": _day(now, back=1)}, compare="none"))
    await shows(visitor_in, "document.querySelector('.metric-value')?.textContent === '3'")


@pytest.mark.usefixtures("days")
async def test_the_day_that_runs_is_not_joined_to_the_line(visitor_in: Tab, desk: Desk) -> None:
    """Its dot stands right of where the line ends, hollow and on a stem; days before the site have no line at all."""
    await visitor_in.open(desk.url())
    await shows(visitor_in, "document.querySelectorAll('#chart circle.open').length === 1")
    line, dot, stem = await visitor_in.run(
        """(() => {
          const line = document.querySelector('#chart path.line');
          const [begin, end] = [0, line.getTotalLength()].map(length => line.getPointAtLength(length).x / 10);
          const dot = document.querySelector('#chart circle.open');
          const paper = getComputedStyle(document.body).backgroundColor;
          return [
            [begin, end],
            [parseFloat(dot.getAttribute('cx')), getComputedStyle(dot).fill === paper],
            document.querySelectorAll('#chart line.stem').length,
          ];
        })()"""
    )
    assert line == pytest.approx([25.5 / 30 * 100, 28.5 / 30 * 100], abs=0.1)
    assert dot == [pytest.approx(29.5 / 30 * 100, abs=0.1), True]
    assert stem == 1


@pytest.mark.usefixtures("days")
async def test_keys_read_what_the_table_and_the_file_say(visitor_in: Tab, desk: Desk) -> None:
    """Point by point from the first to the last."""
    await visitor_in.open(desk.url())
    await shows(visitor_in, "document.querySelectorAll('#chart tbody tr').length === 30")
    await shows(visitor_in, _READING)
    rows = await visitor_in.run(_ROWS)
    read = await visitor_in.run(
        f"""(() => {{
          const reader = document.querySelector('#chart .reader');
          reader.focus();
          return Array.from({{length: 30}}, (_, place) => {{
            reader.value = place;
            reader.dispatchEvent(new Event('input', {{bubbles: true}}));
            return {_READING};
          }});
        }})()"""
    )
    file = await visitor_in.run("fetch(document.querySelector('#chart .foot a').href).then(answer => answer.text())")
    values = [row["visitors"] for row in csv.DictReader(file.splitlines())]

    shown = [("0" if value == "no data" else value) for _, value, *_ in rows]
    assert shown == values
    assert shown[-1 - len(_VISITORS) :] == [*map(str, reversed(_VISITORS)), "1"]
    assert [
        text.startswith(f"{name}, {value}{'' if value == 'no data' else ' visitors'}")
        for (name, value, *_), text in zip(rows, read, strict=True)
    ] == [True] * 30


async def test_a_point_and_a_span_are_opened(signed_in: ChromiumTab, desk: Desk, days: datetime) -> None:
    """By Enter, by Shift and the arrows, by a click and by dragging over the chart."""
    page = signed_in.page
    one = {"from": _day(days, back=1), "to": _day(days, back=1)}
    two = {"from": _day(days, back=2), "to": _day(days, back=1)}

    async def arrive() -> None:
        await signed_in.open(desk.url())
        await shows(signed_in, f"document.querySelectorAll('#chart tbody tr').length === 30 && {_READING}")

    async def opened(days: dict[str, str]) -> None:
        test = " && ".join(
            f"new URLSearchParams(location.search).get('{name}') === '{day}'" for name, day in days.items()
        )
        await shows(signed_in, test)

    await arrive()
    await page.focus("#chart .reader")
    await page.keyboard.press("ArrowLeft")
    assert await page.locator("#chart .reading").is_visible()
    await page.keyboard.press("Enter")
    await opened(one)

    await arrive()
    await page.focus("#chart .reader")
    for key in ("ArrowLeft", "Shift+ArrowLeft", "Enter"):
        await page.keyboard.press(key)
    await opened(two)

    await arrive()
    box = await page.locator("#chart .canvas").bounding_box()
    assert box is not None
    at = [(box["x"] + box["width"] * (place + 0.5) / 30, box["y"] + 80) for place in (27, 28)]
    await page.mouse.click(*at[1])
    await opened(one)

    await arrive()
    await page.mouse.move(*at[0])
    await page.mouse.down()
    await page.mouse.move(*at[1], steps=4)
    await page.mouse.up()
    await opened(two)


async def test_a_note_is_made_from_what_is_read(signed_in: ChromiumTab, desk: Desk, days: datetime) -> None:
    """The link says which day, and leads to its dialog."""
    page = signed_in.page
    await signed_in.open(desk.url())
    await shows(signed_in, _READING)
    await page.focus("#chart .reader")
    await page.keyboard.press("ArrowLeft")
    link = page.locator("#chart .note-link")
    assert f"of={_day(days, back=1)}" in (await link.get_attribute("href") or "")
    assert str((days - timedelta(days=1)).day) in (await link.text_content() or "")


def _now() -> datetime:
    now = datetime.now(UTC).replace(microsecond=0)  # noqa: TID251 - the server's clock is this machine's
    if (now - _MIDNIGHT).date() != (now + _MIDNIGHT).date():
        pytest.skip("today ends while this test runs")
    return now


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000)


def _day(now: datetime, *, back: int) -> str:
    return (now - timedelta(days=back)).date().isoformat()
