"""Parts of a range and where each is read: what a report's plan asks of the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from storage.times import instants

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


def parameters(pieces: Iterable[Bucketed]) -> dict[str, str]:
    """The pieces as the texts of arrays, one for each column of the statements' `piece` relation."""
    given = [*pieces]
    return {
        "buckets": _array(str(bucket) for bucket, _ in given),
        "grains": _array("NULL" if piece.grain is None else str(int(piece.grain)) for _, piece in given),
        "signs": _array(str(piece.sign) for _, piece in given),
        "whole": _array("t" if piece.whole else "f" for _, piece in given),
        "begins": instants(piece.begin for _, piece in given),
        "ends": instants(piece.end for _, piece in given),
    }


def _array(texts: Iterable[str]) -> str:
    return f"{{{','.join(texts)}}}"
