"""How sure it is that counts or shares differ, where they vary more than chance alone would let them.

A count is taken for a Poisson count whose variance is `dispersion` times its mean, a share alike for a binomial one
(quasi-likelihood: McCullagh and Nelder, Generalized Linear Models, 1989). The dispersion is measured on the site's own
past, so what is remarkable on a steady site is not on one that has always had its ups and downs.
"""

from __future__ import annotations

from math import asin, erfc, sqrt
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

#: Added to a count before its root is taken, whose variance is then nearly the same for small counts too (Anscombe,
#: Biometrika 35, 1948).
_ANSCOMBE: Final = 3 / 8


class Share(NamedTuple):
    """A part `of` all."""

    part: int
    of: int

    @property
    def value(self) -> float:
        """From 0 to 1; 0 of none."""
        return self.part / self.of if self.of else 0.0


def dispersion(groups: Iterable[Sequence[int]]) -> float:
    """Return by how much the variance of counts exceeds that of Poisson counts, 1 at least.

    It is Pearson's chi-squared over its degrees of freedom.

    Args:
        groups: counts that would be alike if only chance made them differ. A group of one, or of zeros, tells nothing.
    """
    chi_squared, freedom = 0.0, 0
    for counts in groups:
        mean = sum(counts) / len(counts) if counts else 0.0
        if mean:
            chi_squared += sum((count - mean) ** 2 for count in counts) / mean
            freedom += len(counts) - 1
    return max(1.0, chi_squared / freedom) if freedom else 1.0


def dispersion_of_shares(shares: Sequence[Share]) -> float:
    """Return by how much the variance of shares exceeds that of binomial ones, 1 at least."""
    told = [share for share in shares if share.of]
    whole = Share(sum(share.part for share in told), sum(share.of for share in told)).value
    if len(told) < 2 or not 0 < whole < 1:
        return 1.0
    chi_squared = sum((share.part - share.of * whole) ** 2 / (share.of * whole * (1 - whole)) for share in told)
    return max(1.0, chi_squared / (len(told) - 1))


def thinned(whole: float, part: float) -> float:
    """Return the dispersion of a part of what has the dispersion `whole`, if all parts share its ups and downs."""
    return 1.0 + (whole - 1.0) * part


def rate_score(now: int, then: int, *, times: float = 1.0, dispersion: float = 1.0) -> float:
    """Return the z score of a count against another one.

    It compares the roots of two Poisson rates (the statistic W5 in Gu, Ng, Tang and Schucany, Testing the Ratio of Two
    Poisson Rates, Biometrical Journal 50, 2008), with the variance times the dispersion.

    Args:
        now: the count.
        then: the count that it is held against.
        times: how much longer the time of that one was.
        dispersion: of both.
    """
    difference = sqrt(now + _ANSCOMBE) - sqrt((then + _ANSCOMBE) / times)
    return 2 * difference / sqrt(dispersion * (1 + 1 / times))


def share_score(now: Share, then: Share, *, dispersion: float = 1.0) -> float:
    """Return the z score of a share against another one, both of something, by their angles (arcsines of roots)."""
    difference = 2 * asin(sqrt(now.value)) - 2 * asin(sqrt(then.value))
    return difference / sqrt(dispersion * (1 / now.of + 1 / then.of))


def chance(score: float) -> float:
    """Return how likely chance alone makes a z score so great or greater."""
    return erfc(score / sqrt(2)) / 2


def chance_of_either(score: float) -> float:
    """Return how likely chance alone takes a z score so far from 0, to either side."""
    return 2 * chance(abs(score))
