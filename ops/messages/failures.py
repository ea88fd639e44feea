"""Why a message was not sent.

NotSent          it is tried again later
└── NeverSent    trying again would not help: it is given up
"""

from __future__ import annotations

from core.errors import FootfallError


class NotSent(FootfallError):  # noqa: N818 - named by what happened
    """It was not sent; `str()` says why, for operators."""


class NeverSent(NotSent):
    """It was not sent, and would not be if it was tried again."""
