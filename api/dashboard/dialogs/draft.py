"""A filter as its form has it: texts that people read and write, instead of the values that they mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from api.dashboard.phrases import DIMENSIONS, How, how_of
from core.errors import InvalidInput
from core.filters import Filter, FilterDimension, parse_filters, write_filters

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from core.filters import Choice

_PROPERTY: Final = FilterDimension.PROPERTY
#: Fields that stand ready, and those that are empty at the end of others.
_FIELDS: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What stands in the form."""

    dimension: FilterDimension = FilterDimension.PAGE
    key: str = ""  #: of a property
    how: How = How.IS
    texts: tuple[str, ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        """The texts of the fields: what there is, and an empty one for another value."""
        return (*self.texts, *[""] * _FIELDS)

    @property
    def name(self) -> str:
        """The dimension as an address has it."""
        return f"{_PROPERTY}:{self.key}" if self.dimension is _PROPERTY else self.dimension.value


def sent(pairs: Iterable[tuple[str, str]]) -> Draft:
    """What was sent by the form; a dimension or a way that is none is as good as none."""
    given = list(pairs)
    last = dict(given)
    dimension, how = last.get("dimension", ""), last.get("how", "")
    return Draft(
        dimension=FilterDimension(dimension) if dimension in set(FilterDimension) else FilterDimension.PAGE,
        key=last.get("key", "").strip(),
        how=How(how) if how in set(How) else How.IS,
        texts=tuple(text.strip() for name, text in given if name == "value" and text.strip()),
    )


def draft_of(given: Filter, spell: Callable[[FilterDimension, str], str]) -> Draft:
    """The form of a filter.

    Args:
        given: the filter.
        spell: how a value of the dimension is written in a field.
    """
    how = how_of(given)

    def text(choice: Choice) -> str:
        return _written(given.dimension, choice) if how.matches else spell(given.dimension, choice.text)

    return Draft(dimension=given.dimension, key=given.key, how=how, texts=tuple(map(text, given.choices)))


def filter_of(draft: Draft, read: Callable[[FilterDimension, str], str]) -> Filter | None:
    """The filter that a form means; None if it has no value.

    Args:
        draft: the form.
        read: the value of a dimension that was written like this.

    Raises:
        InvalidInput: a property has no name, or a value cannot be one.
    """
    if not draft.texts:
        return None
    label = DIMENSIONS[draft.dimension]
    if draft.dimension is _PROPERTY and not draft.key:
        raise InvalidInput("The property needs a name, such as plan")
    try:
        (found,) = parse_filters([(draft.name, text) for text in _values(draft, read)])
    except InvalidInput as error:
        raise InvalidInput(str(error).replace(f"filter[{draft.name}]", label)) from error
    return found


def found_in(filters: Sequence[Filter], of: str) -> Filter | None:
    """The filter that a dialog is about: of this dimension, or with a `!` in front the one that leaves out."""
    return next((each for each in filters if about(each) == of), None)


def about(given: Filter) -> str:
    """What a dialog about the filter is called in an address."""
    return f"{'!' * given.negated}{given.name}"


def _values(draft: Draft, read: Callable[[FilterDimension, str], str]) -> list[str]:
    """The values as an address has them."""
    mark = "!" * draft.how.negated
    if draft.how.matches:
        if any(text.startswith("!") for text in draft.texts):
            raise InvalidInput("A pattern must not begin with an exclamation mark")
        return [f"{mark}{text}" for text in draft.texts]
    values = [read(draft.dimension, text) for text in draft.texts]
    return [f"{mark}\\{value}" if value else mark for value in values]


def _written(dimension: FilterDimension, choice: Choice) -> str:
    ((_, text),) = write_filters([Filter(dimension=dimension, choices=(choice,))])
    return text
