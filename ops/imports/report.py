"""What an import did with each line."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

#: Refused lines that are named on the terminal; a file given for them gets all.
NAMED: Final = 20


class RefusedLine(NamedTuple):
    """A line that was not imported. Lines count from 1."""

    number: int
    reason: str


@dataclass(slots=True, kw_only=True)
class Report:
    """Counts of lines, and the first that were refused."""

    lines: int = 0
    accepted: int = 0
    before: int = 0  #: lines of an import that was done before
    days: int = 0  #: of a site, that were written now
    days_before: int = 0  #: that an earlier run had written
    days_refused: list[str] = field(default_factory=list)  #: why, for each that could not be written
    refused: list[RefusedLine] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)
    tell: Callable[[RefusedLine], None] = lambda _: None

    def refuse_day(self, reason: str) -> None:
        """Note that a day of a site was not written."""
        self.days_refused.append(reason)

    def refuse(self, number: int, reason: str) -> None:
        """Note that a line was refused."""
        line = RefusedLine(number, reason)
        self.reasons[reason] += 1
        if len(self.refused) < NAMED:
            self.refused.append(line)
        self.tell(line)
