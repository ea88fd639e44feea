"""Names for filters and funnels: what the forms of their dialogs do to what is saved of a site."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar
from uuid import UUID

from psycopg.errors import UniqueViolation

from api.dashboard.dialogs.builder import edited
from core.definitions import MAX_DEFINITIONS, check_name
from core.errors import InvalidInput
from core.filters import write_filters
from core.funnels import check_steps
from core.segments import check_segment
from storage.definitions import FUNNELS, SEGMENTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from psycopg import Connection

    from api.dashboard.guard import Form
    from api.dashboard.state import State
    from core.definitions import Definition
    from storage.definitions import Definitions

T = TypeVar("T")

#: Changes what is saved of a site as a form says; the state to show then, and what was done.
Change: TypeAlias = "Callable[[Connection, int, State, Form], tuple[State, str]]"

_DELETE: Final = "delete"
_UPDATE: Final = "update"
_NO_FILTERS: Final = "There are no filters to save yet: filter the report first"
_GONE: Final = "This was deleted meanwhile: save it again under a name"


def funnels(connection: Connection, site: int, state: State, form: Form) -> tuple[State, str]:
    """Save the steps of the form under its name, change the funnel that it names, or delete it.

    Raises:
        InvalidInput: a name or a step cannot be one, the name is taken, or there are too many.
    """
    if form.get("action") == _DELETE:
        FUNNELS.delete(connection, site, _id(form))
        return state.with_(steps=(), funnel=""), "funnel-deleted"
    name, steps = _name(form), check_steps(edited(form.all("step")))
    saved = _saved(connection, site, FUNNELS, form, name=name, meaning=steps)
    return state.with_(steps=(), funnel=saved.name), "funnel"


def segments(connection: Connection, site: int, state: State, form: Form) -> tuple[State, str]:
    """Save the filters of the state under the form's name, rename the segment that it names, or delete it.

    Raises:
        InvalidInput: the name cannot be one or is taken, there are no filters, or too many segments.
    """
    if form.get("action") == _DELETE:
        SEGMENTS.delete(connection, site, _id(form))
        return state, "segment-deleted"
    if not state.filters:
        raise InvalidInput(_NO_FILTERS)
    meaning = check_segment(write_filters(state.filters))
    _saved(connection, site, SEGMENTS, form, name=_name(form), meaning=meaning)
    return state, "segment"


def _saved(  # noqa: PLR0913 - what is saved of which site, and how
    connection: Connection, site: int, store: Definitions[T], form: Form, *, name: str, meaning: T
) -> Definition[T]:
    try:
        if form.get("action") == _UPDATE:
            found = store.update(connection, site, _id(form), name=name, meaning=meaning)
        else:
            found = store.insert(connection, site, name, meaning)
    except UniqueViolation as error:
        raise InvalidInput(f"There is another one named {name}: choose another name") from error
    if found is None and form.get("action") == _UPDATE:
        raise InvalidInput(_GONE)
    if found is None:
        raise InvalidInput(f"There are {MAX_DEFINITIONS} already: delete one before you save another")
    return found


def _name(form: Form) -> str:
    try:
        return check_name(form.get("name"))
    except InvalidInput as error:
        raise InvalidInput(str(error).replace("name", "The name", 1)) from error


def _id(form: Form) -> UUID:
    try:
        return UUID(form.get("id"))
    except ValueError as error:
        raise InvalidInput(_GONE) from error
