"""Segments, goals and funnels of sites, in the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar
from uuid import UUID

from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from core.definitions import MAX_DEFINITIONS, Definition, DefinitionKind
from core.funnels import Steps
from core.goals import Goal
from core.segments import Segment
from storage.sql import load

if TYPE_CHECKING:
    from collections.abc import Callable

    from psycopg import Connection

T = TypeVar("T")


class Definitions(Generic[T]):
    """The definitions of one kind. The caller commits.

    Args:
        kind: which.
        write: a meaning as a JSON value.
        read: the meaning that `write` wrote.
    """

    def __init__(self, kind: DefinitionKind, *, write: Callable[[T], Any], read: Callable[[Any], T]) -> None:
        self.kind = kind
        self._write = write
        self._read = read

    def of_site(self, connection: Connection, site: int) -> list[Definition[T]]:
        """Return those of a site, in the order of their names."""
        return self._all(connection, "definitions.of_site", site)

    def find(self, connection: Connection, site: int, text: str) -> Definition[T] | None:
        """Return the one with this id or, where none has it, with this name."""
        try:
            id_ = UUID(text)
        except ValueError:
            id_ = None
        return self._one(connection, "definitions.find", site, id=id_, name=text)

    def insert(self, connection: Connection, site: int, name: str, meaning: T) -> Definition[T] | None:
        """Make one of checked values; None if the site is gone, or has `MAX_DEFINITIONS` of the kind.

        Raises:
            psycopg.errors.UniqueViolation: the site has another one of this name.
        """
        connection.execute(load("definitions.hold"), {"site": site})
        given = {"name": name, "meaning": Jsonb(self._write(meaning)), "most": MAX_DEFINITIONS}
        return self._one(connection, "definitions.insert", site, **given)

    def update(
        self, connection: Connection, site: int, id_: UUID, *, name: str | None, meaning: T | None
    ) -> Definition[T] | None:
        """Change what is given, in checked values; None if the site has none with this id.

        Raises:
            psycopg.errors.UniqueViolation: the site has another one of this name.
        """
        written = None if meaning is None else Jsonb(self._write(meaning))
        return self._one(connection, "definitions.update", site, id=id_, name=name, meaning=written)

    def delete(self, connection: Connection, site: int, id_: UUID) -> Definition[T] | None:
        """Delete one and return it; None if the site has none with this id."""
        return self._one(connection, "definitions.delete", site, id=id_)

    def _one(self, connection: Connection, statement: str, site: int, **given: object) -> Definition[T] | None:
        return next(iter(self._all(connection, statement, site, **given)), None)

    def _all(self, connection: Connection, statement: str, site: int, **given: object) -> list[Definition[T]]:
        with connection.cursor(row_factory=dict_row) as cursor:
            rows = cursor.execute(load(statement), {"site": site, "kind": self.kind.value, **given})
            return [Definition(**row | {"meaning": self._read(row["meaning"])}) for row in rows]


SEGMENTS: Final = Definitions[Segment](
    DefinitionKind.SEGMENT,
    write=lambda segment: segment.pairs,
    read=lambda pairs: Segment(tuple((dimension, value) for dimension, value in pairs)),
)
GOALS: Final = Definitions[Goal](
    DefinitionKind.GOAL, write=lambda goal: goal._asdict(), read=lambda fields: Goal(**fields)
)
FUNNELS: Final = Definitions[Steps](
    DefinitionKind.FUNNEL, write=lambda steps: steps.texts, read=lambda texts: Steps(tuple(texts))
)
