"""The steps of a funnel, as they are edited and answered."""

from __future__ import annotations

import pytest

from api.dashboard.dialogs.builder import Bar, Field, bars, edited, fields


@pytest.mark.parametrize(
    ("texts", "do", "expected"),
    [
        (["/a", "/b", ""], "", ("/a", "/b")),
        (["/a", "", " /b "], "", ("/a", "/b")),
        (["/a", "/b", "/c"], "up:3", ("/a", "/c", "/b")),
        (["/a", "/b", "/c"], "down:1", ("/b", "/a", "/c")),
        (["/a", "/b", "/c"], "remove:2", ("/a", "/c")),
        (["/a", "/b"], "up:1", ("/a", "/b")),
        (["/a", "/b"], "down:2", ("/a", "/b")),
        (["/a", "/b"], "remove:9", ("/a", "/b")),
        (["/a", "/b"], "up:²", ("/a", "/b")),
        (["/a", "/b"], "up:-1", ("/a", "/b")),
        (["/a", "/b"], "burn:1", ("/a", "/b")),
        ([str(number) for number in range(12)], "", tuple(str(number) for number in range(10))),
    ],
)
def test_a_button_moves_its_step_and_nothing_else(texts: list[str], do: str, expected: tuple[str, ...]) -> None:
    """Up, down and remove do what they say; steps without a text and beyond ten are left out."""
    assert expected == edited(texts, do)


@pytest.mark.parametrize(
    ("steps", "texts"),
    [
        ((), ["", ""]),
        (("/a",), ["/a", ""]),
        (("/a", "/b"), ["/a", "/b", ""]),
        (tuple("abcdefghij"), list("abcdefghij")),
    ],
)
def test_there_is_always_a_field_for_one_more_step(steps: tuple[str, ...], texts: list[str]) -> None:
    """Two fields at least, one of them empty as long as there are not ten."""
    assert texts == [field.text for field in fields(steps)]


def test_only_what_can_be_done_is_offered() -> None:
    """The first step goes no further up, the last none down, and an empty one nowhere."""
    assert [
        Field(1, "/a", up=False, down=True, remove=True),
        Field(2, "/b", up=True, down=False, remove=True),
        Field(3, "", up=False, down=False, remove=False),
    ] == fields(("/a", "/b"))


def test_bars_say_shares_and_losses() -> None:
    """Each step is held against the first and against the one before it."""
    assert [
        Bar(1, "/pricing", 5_000, 1.0, None, 0),
        Bar(2, "/signup", 1_200, 0.24, 0.24, 3_800),
        Bar(3, "/onboarding", 900, 0.18, 0.75, 300),
    ] == bars([("/pricing", 5_000), ("/signup", 1_200), ("/onboarding", 900)])


def test_of_nothing_there_is_no_share() -> None:
    """A funnel that nobody entered divides by nothing."""
    assert [Bar(1, "/a", 0, None, None, 0), Bar(2, "/b", 0, None, None, 0)] == bars([("/a", 0), ("/b", 0)])
