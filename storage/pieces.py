"""Parts of a range and where each is read: what a report's plan asks of the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from storage.times import instant

if TYPE_CHECKING:
    from collections.abc import Iterable

    from storage.rollups import Grain


class Piece(NamedTuple):
    """One or more whole spans of rollups, or a part of one hour of rows.

    `begin` and `end` are ms since 1970 UTC, `end` is not in it. A piece of months has no more than the months' rows
    have: the days up to the last one rolled up.
    """

    grain: Grain | None  # None: rows
    begin: int
    end: int
    sign: int = 1  # -1: to be taken away from a month
    whole: bool = True  # lies in UTC days that the range has whole, so their unique counts may be added


class Bucketed(NamedTuple):
    """A piece and the number of the result that it belongs to."""

    bucket: int
    piece: Piece


def parameters(pieces: Iterable[Bucketed]) -> dict[str, list[Any]]:
    """The pieces as arrays, one for each column of the statements' `piece` relation."""
    columns: dict[str, list[Any]] = {name: [] for name in ("buckets", "grains", "signs", "whole", "begins", "ends")}
    for bucket, piece in pieces:
        columns["buckets"].append(bucket)
        columns["grains"].append(None if piece.grain is None else int(piece.grain))
        columns["signs"].append(piece.sign)
        columns["whole"].append(piece.whole)
        columns["begins"].append(instant(piece.begin))
        columns["ends"].append(instant(piece.end))
    return columns
