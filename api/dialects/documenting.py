"""What the OpenAPI documents of the APIs have in common: routes that exist for their description alone."""

from __future__ import annotations

from inspect import Parameter, Signature
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

#: What FastAPI describes of its own errors, which nobody is answered with.
_UNUSED: Final = ("HTTPValidationError", "ValidationError")
_RETRY_AFTER: Final = {
    "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}, "required": True}
}


def endpoint(parameters: Mapping[str, Any], *, optional: Iterable[str] = ()) -> Callable[..., None]:
    """Return a function that nobody calls, with these parameters (annotations by name); some of them may be None."""

    def described() -> None:
        """Nothing: the route is only described."""

    left_out = set(optional)
    described.__signature__ = Signature(  # type: ignore[attr-defined]  # inspect looks for it there
        [
            Parameter(
                name,
                Parameter.KEYWORD_ONLY,
                annotation=annotation,
                default=None if name in left_out else Parameter.empty,
            )
            for name, annotation in parameters.items()
        ]
    )
    return described


def errors(
    statuses: Iterable[int],
    meanings: Mapping[int, tuple[str, str]],
    *,
    model: type,
    body: Callable[[int, str], object],
) -> dict[int | str, dict[str, Any]]:
    """Return FastAPI's description of error answers, by status.

    Args:
        statuses: of the answers.
        meanings: what each means, and a sentence that it is told in.
        model: the type of their body.
        body: makes the example of a body of status and sentence.
    """
    found: dict[int | str, dict[str, Any]] = {}
    for status in sorted(statuses):
        description, message = meanings[status]
        found[status] = {
            "description": description,
            "model": model,
            "content": {"application/json": {"example": body(status, message)}},
        }
        if status in {429, 503}:
            found[status]["headers"] = _RETRY_AFTER
    return found


def without_unused(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document without what FastAPI adds for errors that it would answer itself."""
    for name in _UNUSED:
        document["components"]["schemas"].pop(name, None)
    return document
