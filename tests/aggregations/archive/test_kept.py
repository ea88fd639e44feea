"""Short days of files, kept in memory, say what the files say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from aggregations.archive.kept import KeptDays, is_in_one_day, part
from aggregations.archive.reading import ALL, read_frames, reading_files
from aggregations.planner import Span
from core.metrics import Totals
from core.spans import DAY, MINUTE
from storage.archive.folder import Folder
from storage.snapshots import snapshot
from tests.aggregations.streams import streams
from tests.archives import in_order
from tests.cases import FIRST_DAY
from tests.mixtures import Mixture, arrange, mixtures

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest
    from psycopg_pool import ConnectionPool

    from core.events import Event

_TIMES = st.integers(0, 24 * 60).map(lambda minutes: minutes * MINUTE)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    events=streams(),
    mixture=mixtures(),
    day=st.integers(0, 2),
    times=st.tuples(_TIMES, _TIMES),
    capacity=st.sampled_from([0, 64_000_000]),
    longest=st.sampled_from([0, 20_000]),
)
def test_a_part_of_a_kept_day_is_that_of_its_files(  # noqa: PLR0917 - fixtures, and what is drawn
    rollup_pool: ConnectionPool,
    tmp_path_factory: pytest.TempPathFactory,
    events: Sequence[Event],
    mixture: Mixture,
    day: int,
    times: tuple[int, int],
    capacity: int,
    longest: int,
) -> None:
    """Asked once or again, with room or without; of days that are partly rows nothing is kept."""
    store = Folder(tmp_path_factory.mktemp("archive"))
    arrange(rollup_pool, store, events, mixture)
    begin = FIRST_DAY + day * DAY
    span = Span(begin + min(times), begin + max(times))
    kept = KeptDays(capacity=capacity, longest=longest)
    for _ in range(2):
        with rollup_pool.connection() as connection, snapshot(connection), reading_files():
            whole = kept.whole(connection, store, 1, begin)
            if whole is None:
                continue
            found = part(whole.frames, span, ALL)
            expected = read_frames(connection, store, 1, span)
            for right, actual in zip(expected, found, strict=True):
                assert_frame_equal(in_order(right.collect()), in_order(actual.collect()))


def test_totals_are_made_once() -> None:
    """What they are about tells them apart."""
    kept = KeptDays()
    made: list[int] = []

    def make() -> list[Totals]:
        made.append(len(made))
        return [Totals(views=len(made))]

    assert [kept.totals(about, make) for about in ("one", "other", "one")] == [
        [Totals(views=1)],
        [Totals(views=2)],
        [Totals(views=1)],
    ]


def test_one_day() -> None:
    """A span that ends at midnight is of the day before."""
    cases = {
        Span(FIRST_DAY, FIRST_DAY + DAY): True,
        Span(FIRST_DAY, FIRST_DAY): True,
        Span(FIRST_DAY + MINUTE, FIRST_DAY + DAY + 1): False,
    }
    assert {span: is_in_one_day(span) for span in cases} == cases
