"""The filters of a report: `filter[DIMENSION]=VALUE` in its address, an extension of the API."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from core.channels import Channel
from core.errors import InvalidInput
from core.filters import Choice, FilterDimension, parse_filters

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.filters import Filter

_OPEN: Final = "filter["
_ASSISTANTS: Final = Choice(Channel.AI_ASSISTANT.value)


def filters(query: Iterable[tuple[str, str]]) -> tuple[Filter, ...]:
    """Return the filters among the parameters of an address.

    This API shows visits from AI assistants as referrals, so whatever chooses Referral chooses them too.

    Raises:
        InvalidInput: one is not understood; the message names it and says what can be sent.
    """
    return tuple(map(_with_assistants, parse_filters((_name(name), text) for name, text in query if _is_one(name))))


def without_filters(query: Iterable[tuple[str, str]], *, report: str) -> None:
    """Refuse filters, also those of segments, where a report has none.

    Raises:
        InvalidInput: there is one.
    """
    for name, _ in query:
        if _is_one(name) or name == "segment":
            raise InvalidInput(f"{name[:64]}: the report {report} has no filters")


def _is_one(name: str) -> bool:
    return name.startswith(_OPEN) or name == "filter"


def _name(name: str) -> str:
    if not (name.startswith(_OPEN) and name.endswith("]")):
        raise InvalidInput(f"{name[:64]}: a filter is sent as filter[DIMENSION]=VALUE")
    return name.removeprefix(_OPEN).removesuffix("]")


def _with_assistants(given: Filter) -> Filter:
    referral = any(choice.has(Channel.REFERRAL) for choice in given.choices)
    if given.dimension is not FilterDimension.CHANNEL or not referral or _ASSISTANTS in given.choices:
        return given
    return replace(given, choices=(*given.choices, _ASSISTANTS))
