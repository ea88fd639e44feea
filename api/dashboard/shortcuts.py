"""The letters that are shortcuts, as the help tells them; the script presses whatever has the letter as `data-key`."""

from __future__ import annotations

from typing import Final, NamedTuple


class Shortcut(NamedTuple):
    """What some keys do."""

    keys: tuple[str, ...]
    does: str


class Group(NamedTuple):
    """Shortcuts of one kind."""

    title: str
    shortcuts: tuple[Shortcut, ...]


SHORTCUTS: Final = (
    Group(
        "Days",
        (
            Shortcut(("d",), "today"),
            Shortcut(("e",), "yesterday"),
            Shortcut(("w",), "7 days"),
            Shortcut(("m",), "30 days"),
            Shortcut(("q",), "90 days"),
            Shortcut(("y",), "12 months"),
            Shortcut(("u",), "this year"),
            Shortcut(("a",), "all time"),
            Shortcut((".",), "own dates"),
            Shortcut(("[", "]"), "days before, days after"),
            Shortcut(("c",), "comparison on or off"),
        ),
    ),
    Group(
        "Filters and rows",
        (
            Shortcut(("f", "/"), "add a filter"),
            Shortcut(("Backspace",), "twice: take all filters away"),
            Shortcut(("Enter",), "on a row: filter by it"),
            Shortcut(("x",), "on a row: leave it out; also Alt and a click"),
            Shortcut(("o",), "on a row: open the page itself"),
        ),
    ),
    Group(
        "Chart",
        (
            Shortcut(("←", "→"), "read the value before, the next one"),
            Shortcut(("Home", "End"), "the first, the last"),
            Shortcut(("Enter",), "open this day or hour"),
            Shortcut(("Shift ←", "Shift →"), "choose a span, then Enter"),
        ),
    ),
    Group(
        "Everywhere",
        (
            Shortcut(("s",), "choose a site"),
            Shortcut(("l",), "live on the whole screen, and back"),
            Shortcut(("?",), "this help"),
            Shortcut(("Esc",), "close what is open"),
        ),
    ),
)
