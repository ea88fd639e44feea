"""Forms as they were typed, and what is wrong with them, said beside the field."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol
from uuid import UUID

from core.errors import FootfallError, InvalidInput, NotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_LINES: Final = re.compile(r"\r\n|\r|\n")
_PLACE: Final = re.compile(r"\w+\[(\d+)\](?:\.(\w+))?")


class Posted(Protocol):
    """What a form sent, unchecked."""

    def get(self, name: str, default: str = "", /) -> str:
        """The text of the field."""
        ...

    def all(self, name: str, /) -> list[str]:
        """The texts of all fields of this name, in their order."""
        ...


class Line(NamedTuple):
    """A line of a text that is not blank."""

    number: int  #: from 1
    text: str  #: without blanks around it


class Wrong(FootfallError):  # noqa: N818 - named by what to do: mend what is wrong
    """Fields cannot be what was typed; each is told what to do. The field '' is the form itself."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = dict(errors)


class Said(dict[str, str]):
    """What is said beside each field; nothing beside most."""

    def __missing__(self, name: str) -> str:
        return ""


class Checks:
    """Checks fields one after the other, so that all that are wrong are told at once."""

    def __init__(self) -> None:
        self.errors: dict[str, str] = {}

    def field(self, name: str, label: str, check: Callable[[], Any], *, numbers: Sequence[int] = ()) -> Any:  # noqa: ANN401 - of the check's own type
        """Return what the check returns, or None where it raises `InvalidInput`, which is noted for the field.

        Args:
            name: the field.
            label: what it is called on the page; stands for its name in what is said.
            check: raises `InvalidInput` with the field's name first, as those of `core` do.
            numbers: the line that each text of a list was on.
        """
        try:
            return check()
        except InvalidInput as error:
            self.errors[name] = told(str(error), label=label, numbers=numbers)
        return None

    def done(self) -> None:
        """Let a form pass that is right.

        Raises:
            Wrong: a field is not.
        """
        if self.errors:
            raise Wrong(self.errors)


def lines_of(text: str) -> list[Line]:
    """Return the lines of a text that are not blank."""
    lines = enumerate(_LINES.split(text), start=1)
    return [Line(number, line.strip()) for number, line in lines if line.strip()]


def told(error: str, *, label: str, numbers: Sequence[int] = ()) -> str:
    """Return an error of `core`, whose first word is a field's name in the API, as it is told beside a field."""
    if place := _PLACE.match(error):
        index = int(place[1])
        line = numbers[index] if index < len(numbers) else index + 1
        return f"Line {line}{error[place.end() :]}."
    word, _, rest = error.partition(" ")
    said = f"{label} {rest}" if word.isidentifier() and rest.startswith("must") else error[:1].upper() + error[1:]
    return f"{said}."


def item_id(text: str) -> UUID:
    """Return the id that a button names.

    Raises:
        NotFound: it is none.
    """
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("What you meant is not there any more.") from None
