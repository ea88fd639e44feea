"""Secrets in files, as containers are handed them: NAME_FILE names the file that NAME is in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from core.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SUFFIX: Final = "_FILE"


def read(variables: Iterable[str], environment: Mapping[str, str]) -> dict[str, str]:
    """Return the values of those variables whose files the environment names, without the space around them.

    Raises:
        InvalidInput: a file cannot be read or is empty, or its variable is set too; the message names both.
    """
    found = {}
    for variable in variables:
        path = environment.get(variable + SUFFIX, "")
        if not path:
            continue
        if environment.get(variable):
            raise InvalidInput(f"{variable} and {variable}{SUFFIX} are both set: which one is meant? Unset the other")
        found[variable] = _content(variable + SUFFIX, Path(path))
    return found


def _content(variable: str, path: Path) -> str:
    try:
        content = path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise InvalidInput(f"{variable}: {path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{variable}: {path} is not text") from error
    if not content:
        raise InvalidInput(f"{variable}: {path} is empty; it should have the secret")
    return content
