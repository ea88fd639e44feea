"""What is named for a website: `…/websites/:id/segments`, `goals` and `funnels`. Extensions of the API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from psycopg.errors import UniqueViolation
from pydantic import BaseModel, ConfigDict

from api.auth import User  # noqa: TC001 - FastAPI reads the annotations when it runs
from api.dialects.instants import to_the_millisecond
from api.dialects.tinytrail.access import ID, site_finder
from api.dialects.tinytrail.envelope import success
from api.dialects.tinytrail.identifiers import identifier
from api.json_body import json_body
from core.definitions import MAX_DEFINITIONS, check_name
from core.errors import InvalidInput, NotFound
from core.funnels import Steps, check_steps
from core.goals import Goal, check_goal
from core.segments import Segment, check_segment
from storage.definitions import FUNNELS, GOALS, SEGMENTS

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from psycopg_pool import ConnectionPool

    from core.accounts import Principal
    from core.definitions import Definition
    from storage.definitions import Definitions

T = TypeVar("T")


class _FilterBody(BaseModel):
    model_config = ConfigDict(strict=True)

    dimension: str
    value: str


class _Body(BaseModel):
    """What is sent; what is left out stays, where there is something."""

    model_config = ConfigDict(strict=True)

    name: str | None = None


class _SegmentBody(_Body):
    filters: list[_FilterBody] | None = None


class _GoalBody(_Body):
    event: str | None = None
    page: str | None = None


class _FunnelBody(_Body):
    steps: list[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource(Generic[T]):
    """One kind of definition as the API has it."""

    word: str
    store: Definitions[T]
    body: type[_Body]
    #: The meaning that a body's fields have; raises `InvalidInput`.
    read: Callable[[Any], T]
    #: The fields that show a meaning.
    show: Callable[[T], dict[str, Any]]

    @property
    def path(self) -> str:
        """What its path ends with."""
        return f"{self.word}s"

    def shown(self, found: Definition[T]) -> dict[str, Any]:
        """A definition as it is shown."""
        shown = {"id": str(found.id), "name": found.name, **self.show(found.meaning)}
        return shown | {"createdAt": to_the_millisecond(found.created_at)}


def _read_segment(body: _SegmentBody) -> Segment:
    return check_segment((pair.dimension, pair.value) for pair in body.filters or ())


def _show_segment(segment: Segment) -> dict[str, Any]:
    return {"filters": [{"dimension": dimension, "value": value} for dimension, value in segment.pairs]}


def _read_goal(body: _GoalBody) -> Goal:
    return check_goal(event=body.event, page=body.page)


def _show_goal(goal: Goal) -> dict[str, Any]:
    return {"event": goal.event or None, "page": goal.page or None}


def _read_funnel(body: _FunnelBody) -> Steps:
    return check_steps(body.steps or ())


def _show_funnel(steps: Steps) -> dict[str, Any]:
    return {"steps": list(steps.texts)}


_RESOURCES: Final[tuple[Resource[Any], ...]] = (
    Resource(word="segment", store=SEGMENTS, body=_SegmentBody, read=_read_segment, show=_show_segment),
    Resource(word="goal", store=GOALS, body=_GoalBody, read=_read_goal, show=_show_goal),
    Resource(word="funnel", store=FUNNELS, body=_FunnelBody, read=_read_funnel, show=_show_funnel),
)


def router(pool: ConnectionPool) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix="/api/v1/websites/{website_id}")
    for resource in _RESOURCES:
        handlers = _Handlers(resource, pool)
        all_of_them, one = f"/{resource.path}", f"/{resource.path}/{{item_id}}"
        routes.add_api_route(all_of_them, handlers.show_all, methods=["GET"])
        routes.add_api_route(all_of_them, handlers.create, methods=["POST"], status_code=201)
        routes.add_api_route(one, handlers.change, methods=["PATCH"])
        routes.add_api_route(one, handlers.delete, methods=["DELETE"])
    return routes


class _Handlers(Generic[T]):
    """The routes of one resource."""

    def __init__(self, resource: Resource[T], pool: ConnectionPool) -> None:
        self._resource = resource
        self._store = resource.store
        self._pool = pool
        self._find_site = site_finder(pool)
        self._body = json_body(resource.body)

    def show_all(self, user: User, website_id: str) -> dict[str, Any]:
        """List them in the order of their names."""
        site = self._site(user, website_id)
        with self._pool.connection() as connection:
            return success([self._resource.shown(found) for found in self._store.of_site(connection, site)])

    async def create(self, request: Request, user: User, website_id: str) -> dict[str, Any]:
        """Make one."""
        return await run_in_threadpool(self._create, user, website_id, await self._body(request))

    async def change(self, request: Request, user: User, website_id: str, item_id: str) -> dict[str, Any]:
        """Change what is sent of one."""
        return await run_in_threadpool(self._change, user, website_id, item_id, await self._body(request))

    def delete(self, user: User, website_id: str, item_id: str) -> dict[str, Any]:
        """Delete one."""
        site, item = self._site(user, website_id), self._item(item_id)
        with self._pool.connection() as connection:
            deleted = self._store.delete(connection, site, item)
        return self._answer(deleted)

    def _create(self, user: Principal, website_id: str, body: _Body) -> dict[str, Any]:
        site = self._site(user, website_id)
        name, meaning = check_name(body.name or ""), self._resource.read(body)
        try:
            with self._pool.connection() as connection:
                made = self._store.insert(connection, site, name, meaning)
        except UniqueViolation:
            raise self._taken(name) from None
        if made is None:
            path = self._resource.path
            raise InvalidInput(f"this website has {MAX_DEFINITIONS} {path} already: delete one before you make another")
        return self._answer(made)

    def _change(self, user: Principal, website_id: str, item_id: str, body: _Body) -> dict[str, Any]:
        site, item = self._site(user, website_id), self._item(item_id)
        given = body.model_fields_set
        if not given:
            raise InvalidInput(f"send at least one of {', '.join(self._resource.body.model_fields)}")
        name = check_name(body.name or "") if "name" in given else None
        meaning = self._resource.read(body) if given - {"name"} else None
        try:
            with self._pool.connection() as connection:
                changed = self._store.update(connection, site, item, name=name, meaning=meaning)
        except UniqueViolation:
            raise self._taken(name) from None
        return self._answer(changed)

    def _site(self, user: Principal, website_id: str) -> int:
        return self._find_site(user, identifier(website_id, ID)).id

    def _item(self, item_id: str) -> UUID:
        return identifier(item_id, f"the {self._resource.word}'s id")

    def _answer(self, found: Definition[T] | None) -> dict[str, Any]:
        if found is None:
            raise NotFound(f"there is no such {self._resource.word} of this website")
        return success(self._resource.shown(found))

    def _taken(self, name: str | None) -> InvalidInput:
        return InvalidInput(f"this website already has a {self._resource.word} with the name {name}")
