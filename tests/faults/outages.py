"""What a part that is away must not do to the others."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from tests.faults.waiting import until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.faults.load import Load

#: How long a part is away.
SECONDS: Final = 15.0
_SOME: Final = 500
_PATIENCE: Final = 60.0
#: What a process may take more of while a part is away, bytes.
_GROWTH: Final = 100 * 1024 * 1024


def accepted(load: Load) -> None:
    """Return when some more events were accepted."""
    begin = len(load.acknowledged)
    until("events are accepted", lambda: len(load.acknowledged) > begin + _SOME, within=_PATIENCE)


@contextmanager
def bounded(memory: Callable[[], dict[str, int]]) -> Iterator[None]:
    """Fail if a process takes much more memory at the end than at the beginning."""
    before = memory()
    yield
    after = memory()
    grown = {name: after[name] - taken for name, taken in before.items() if after[name] - taken > _GROWTH}
    assert grown == {}
