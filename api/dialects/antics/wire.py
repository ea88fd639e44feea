"""The shapes of the Antics API's resources, and how their ids are read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from core.errors import InvalidInput, NotFound
from core.text import require_clean, short_text

if TYPE_CHECKING:
    from storage.folders import Folder

#: What is said of a site that is not there, and of one that is not the caller's.
NO_SITE: Final = "site not found"
NO_FOLDER: Final = "folder not found"
_MAX_NAME: Final = 100
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,9}")
_MAX_NUMBER: Final = 2**31 - 1


class SiteChange(BaseModel):
    """What is sent to change a site; what is left out stays."""

    model_config = ConfigDict(strict=True)

    name: str = ""
    public: bool = False


class FolderChoice(BaseModel):
    """Which folder a site is put into; null for none."""

    model_config = ConfigDict(strict=True)

    folder_id: str | None


class FolderBody(BaseModel):
    """A folder as it is sent to be made."""

    model_config = ConfigDict(strict=True)

    name: str
    authelia_group: str | None = None


class FolderChange(BaseModel):
    """What is sent to change a folder; what is left out stays."""

    model_config = ConfigDict(strict=True)

    name: str = ""
    authelia_group: str | None = None


def folder(found: Folder) -> dict[str, Any]:
    """A folder as it is shown; null for the group of one that everybody sees."""
    return {"id": str(found.id), "name": found.name, "authelia_group": found.authelia_group or None}


def site_number(text: str) -> int:
    """The number of a site as it stands in a path.

    Raises:
        NotFound: no site can have it.
    """
    if not _NUMBER.fullmatch(text) or int(text) > _MAX_NUMBER:
        raise NotFound(NO_SITE)
    return int(text)


def folder_id(text: str) -> UUID:
    """The id of a folder.

    Raises:
        NotFound: no folder can have it.
    """
    try:
        return UUID(text)
    except ValueError:
        raise NotFound(NO_FOLDER) from None


def check_folder_name(text: str) -> str:
    """Return the name without surrounding blanks.

    Raises:
        InvalidInput: it is empty, too long or cannot be stored.
    """
    return short_text(text, "name", most=_MAX_NAME)


def check_group(text: str | None) -> str:
    """Return the group without surrounding blanks; '' is none.

    Raises:
        InvalidInput: it is too long, cannot be stored, or no list of groups could name it.
    """
    group = (text or "").strip()
    require_clean(group, "authelia_group")
    if len(group) > _MAX_NAME:
        raise InvalidInput(f"authelia_group must be at most {_MAX_NAME} characters")
    if "," in group:
        raise InvalidInput("authelia_group must be one group: it must not contain a comma")
    return group
