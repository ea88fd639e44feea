"""Steps of funnels, and goals, as they are written."""

from __future__ import annotations

import pytest

from core.filters import Choice
from core.steps import Step, parse_step


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/pricing", Step("/pricing", Choice("/pricing"))),
        ("/caf%C3%A9?a=b", Step("/café", Choice("/café"))),
        ("/blog/*", Step("/blog/*", Choice("/blog/*", glob=True))),
        ("\\/a*b", Step("/a*b", Choice("/a*b"))),
        ("signup", Step("signup")),
        ("scroll_50", Step("scroll_50")),
        ("*", Step("*")),
        ("\\signup", Step("\\signup")),
    ],
)
def test_a_step_is_a_page_some_pages_or_an_event(text: str, expected: Step) -> None:
    """What begins with a slash is a page; only there is a star special."""
    assert expected == parse_step(text)
