"""Charts: what is drawn, and where."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final
from xml.etree import ElementTree as ET

import pytest

from api.dashboard import charts
from api.dashboard.charts import Chart, Mark, Note
from api.dashboard.ticks import Shown, Tick
from core.metrics import Unit

if TYPE_CHECKING:
    from collections.abc import Sequence


_CHART: Final = Chart(title="Visitors by day", describes="Some days.", marks=(), unit=Unit.COUNT, axis="{:g}".format)


def _chart(marks: Sequence[Mark], **given: Any) -> Chart:  # noqa: ANN401 - fields of a chart
    return replace(_CHART, marks=marks, **given)


def _drawn(chart: Chart) -> ET.Element:
    return ET.fromstring(charts.line(chart))  # noqa: S314 - our own markup


def _found(root: ET.Element, name: str) -> list[dict[str, str]]:
    return [element.attrib for element in root.iter() if element.get("class") == name]


def test_a_growing_point_stands_apart_from_the_line() -> None:
    """The line ends before it; the point is a hollow dot on a dotted stem, as is what it is compared with."""
    whole = [Mark(10, 5), Mark(20, 10), Mark(10, 5)]
    with_open = _drawn(_chart([*whole, Mark(4, 3, is_whole=False, is_open=True)]))

    (line,) = _found(with_open, "line")
    assert line["d"].count("s") + line["d"].count("c") == len(whole) - 1
    assert [(dot["cx"], dot["cy"]) for dot in _found(with_open, "open")] == [("87.5%", "80%")]
    assert [(stem["x1"], stem["y1"], stem["y2"]) for stem in _found(with_open, "stem")] == [("87.5%", "80%", "100%")]
    assert [(dot["cx"], dot["cy"]) for dot in _found(with_open, "was cut")] == [("87.5%", "85%")]


@pytest.mark.parametrize("unit", [Unit.PERCENT, Unit.SECONDS])
def test_a_growing_rate_has_no_stem(unit: Unit) -> None:
    """It does not grow from nothing."""
    drawn = _drawn(_chart([Mark(10), Mark(20), Mark(15, is_whole=False, is_open=True)], unit=unit))
    assert len(_found(drawn, "open")) == 1
    assert not _found(drawn, "stem")


def test_a_cut_point_is_not_joined_either() -> None:
    """A week that the range begins in the middle of is a dot, without a stem: it does not grow."""
    drawn = _drawn(_chart([Mark(3, is_whole=False), Mark(10), Mark(20)]))
    assert len(_found(drawn, "cut")) == 1
    assert not _found(drawn, "stem")
    (line,) = _found(drawn, "line")
    assert line["d"].startswith("M500 ")


def test_where_there_are_no_data_there_is_no_line() -> None:
    """Neither at zero nor over the gap; a point without neighbours is a dot."""
    drawn = _drawn(_chart([Mark(None), Mark(10), Mark(None), Mark(10), Mark(10), Mark(None)]))
    (line,) = _found(drawn, "line")
    assert line["d"].count("M") == 1
    assert [dot["cx"] for dot in _found(drawn, "alone")] == ["25%"]


def test_an_empty_chart_has_its_axis() -> None:
    """And nothing else."""
    drawn = _drawn(_chart([Mark(None)] * 3))
    assert ["3", "2", "1", "0"][::-1] == [text.text for text in drawn.iter() if text.get("class") == "y"]
    assert not list(drawn.iter("path"))


def test_nothing_has_an_inline_style_and_every_text_is_escaped() -> None:
    """What an owner or a stranger wrote is text."""
    hostile = '"><script>alert(1)</script>'
    chart = _chart([Mark(1), Mark(2)], title=hostile, describes=hostile, notes=[Note(0, hostile)], now=(1, hostile))
    drawn = charts.line(chart)
    assert "<script" not in drawn
    assert "style" not in drawn
    assert hostile in [element.text for element in ET.fromstring(drawn).iter()]  # noqa: S314 - our own markup


def test_notes_that_are_near_each_other_stand_below_each_other() -> None:
    """Three at most have their titles; each has its line, and a title on the side where there is room."""
    notes = [Note(place, f"Note {place} with a long enough title") for place in (1, 2, 3, 4, 28)]
    drawn = _drawn(_chart([Mark(1)] * 30, notes=notes))
    titles = [element for element in drawn.iter("text") if (element.get("class") or "").startswith("note")]
    assert len(_found(drawn, "note")) == len(notes) + 3
    assert [title.get("y") for title in titles] == ["10", "26", "42", "10"]
    assert [title.get("class") for title in titles] == ["note", "note", "note", "note left"]
    assert all(len(title.text or "") <= 26 for title in titles)


def test_the_point_of_now_is_named_in_its_middle_or_at_the_edge() -> None:
    """At the edge where points are narrower than names."""
    few, many = (_drawn(_chart([Mark(1)] * count, now=(count - 1, "today"))) for count in (5, 30))
    assert [text["x"] for text in _found(few, "x")] == ["90%"]
    assert [text["x"] for text in _found(many, "x end")] == ["100%"]


def test_ticks_say_where_there_is_room_for_them() -> None:
    """By a class, for the style sheet to hide them."""
    ticks = [Tick(0, "a", Shown.ALWAYS), Tick(1, "b", Shown.DESK), Tick(2, "c", Shown.PHONE)]
    drawn = _drawn(_chart([Mark(1)] * 3, ticks=ticks))
    assert [text.get("class") for text in drawn.iter("text") if (text.get("class") or "").startswith("x")] == [
        "x",
        "x desk",
        "x phone",
    ]


def test_bars_fill_their_room() -> None:
    """The first begins and the last ends where it does; the greatest is as high; the one that runs is another."""
    drawn = ET.fromstring(charts.bars([0, 5, 10], title="Views"))  # noqa: S314 - our own markup
    first, _, last = list(drawn)
    assert (first.get("x"), first.get("height")) == ("0%", "0%")
    assert (last.get("y"), last.get("height"), last.get("class")) == ("0%", "100%", "running")
    end = sum(float((last.get(name) or "").rstrip("%")) for name in ("x", "width"))
    assert end == pytest.approx(100, abs=0.05)


def test_a_share_is_as_wide_as_its_part() -> None:
    """In percent of the room there is."""
    assert 'width="42%"' in charts.share(0.42)
