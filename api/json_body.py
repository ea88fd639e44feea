"""A JSON body as a dependency, read after those before it: without a key nobody learns what is wrong with a body."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from fastapi import Request  # noqa: TC002 - FastAPI reads the annotations when it runs
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

M = TypeVar("M", bound=BaseModel)


def json_body(model: type[M]) -> Callable[[Request], Awaitable[M]]:
    """Return a dependency that reads the body as `model` and raises RequestValidationError if it is none."""

    async def read(request: Request) -> M:
        try:
            return model.model_validate_json(await request.body())
        except ValidationError as error:
            raise RequestValidationError(error.errors()) from error

    return read
