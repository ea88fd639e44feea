"""The colours of the page can be told apart: computed from the very sheet that browsers get."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import Final

import pytest

_TOKEN: Final = re.compile(r"--([a-z0-9-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);")
_SHEETS: Final = files("api.dashboard").joinpath("static", "css")
_COLOUR: Final = re.compile(r"#[0-9a-f]{3,8}\b|\b(rgb|hsl|oklch|lab)a?\(", re.IGNORECASE)

#: What of WCAG 2.2 a colour has to reach against what it stands on: text 4.5, graphics 3.
TEXT: Final = 4.5
GRAPHICS: Final = 3.0
CASES: Final = [
    *((ink, ground, TEXT) for ink in ("ink", "ink2", "ink3", "accent", "down") for ground in ("paper", "bar")),
    *((ink, "surface", TEXT) for ink in ("ink", "ink2", "ink3", "accent", "down", "warn")),
    ("ink", "bar-hover", TEXT),
    ("ink", "chip", TEXT),
    ("warn", "paper", TEXT),
    ("on-accent", "accent", TEXT),
    *((graphic, "paper", GRAPHICS) for graphic in ("accent", "pulse", "compare", "focus")),
]


def _tokens() -> dict[str, tuple[str, str]]:
    text = _SHEETS.joinpath("tokens.css").read_text(encoding="utf-8")
    return {name: (light, dark) for name, light, dark in _TOKEN.findall(text)}


def _luminance(colour: str) -> float:
    """The relative luminance, as WCAG 2.2 defines it."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours."""
    dark, light = sorted(map(_luminance, (one, other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(
    ("one", "other", "ratio"), [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48), ("#0b6b5d", "#fbfaf7", 6.1)]
)
def test_contrast_is_that_of_the_guidelines(one: str, other: str, ratio: float) -> None:
    """Known ratios come out."""
    assert contrast(one, other) == pytest.approx(ratio, abs=0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground", "least"), CASES)
def test_colours_can_be_told_apart(ink: str, ground: str, least: float, theme: int) -> None:
    """Every pair that meets on the page has the contrast that it needs, light and dark."""
    tokens = _tokens()
    assert contrast(tokens[ink][theme], tokens[ground][theme]) >= least


@pytest.mark.parametrize("sheet", sorted(each.name for each in _SHEETS.iterdir() if each.name != "tokens.css"))
def test_no_colour_but_the_tokens(sheet: str) -> None:
    """No other sheet has a colour of its own: what was measured is what is shown."""
    text = re.sub(r"/\*.*?\*/", "", _SHEETS.joinpath(sheet).read_text(encoding="utf-8"), flags=re.DOTALL)
    assert _COLOUR.search(text) is None
