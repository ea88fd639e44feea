"""The shapes of the TinyTrail API's resources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, RootModel

from api.dialects.instants import to_the_millisecond
from core.site_settings import SETTINGS

if TYPE_CHECKING:
    from core.accounts import Account, User
    from core.sites import Site


class ContentGroupBody(BaseModel):
    """A content group as it is sent."""

    model_config = ConfigDict(strict=True)

    name: str
    pattern: str


class WebsiteBody(BaseModel):
    """A website as it is sent to be made. `account_id` is read for admins only, so whatever others send is let pass."""

    model_config = ConfigDict(strict=True)

    domain: str
    content_groups: list[ContentGroupBody] | None = None
    excluded_ips: list[str] | None = None
    account_id: Any = None


class WebsiteChange(BaseModel):
    """What is sent to change a website; what is left out stays."""

    model_config = ConfigDict(strict=True)

    domain: str = ""
    content_groups: list[ContentGroupBody] = []
    excluded_ips: list[str] = []


class SettingsBody(RootModel[dict[str, Any]]):
    """Settings of a website as they are sent: by name, whatever they are."""


class AccountBody(BaseModel):
    """An account as it is sent to be made."""

    model_config = ConfigDict(strict=True)

    name: str


class UserBody(BaseModel):
    """A user as it is sent to be made."""

    model_config = ConfigDict(strict=True)

    account_id: str
    role: str
    email: str | None = None


def account(owner: Account) -> dict[str, Any]:
    """Return an account as it is shown."""
    return {"id": str(owner.id), "name": owner.name, "createdAt": to_the_millisecond(owner.created_at)}


def user(person: User, *, key: str | None = None) -> dict[str, Any]:
    """Return a user as it is shown, with the key where it is given."""
    return {
        "id": str(person.id),
        "accountId": str(person.account_id),
        "email": person.email or None,
        "role": person.role.value,
        **({} if key is None else {"apiKey": key}),
        "createdAt": to_the_millisecond(person.created_at),
    }


def website(site: Site) -> dict[str, Any]:
    """Return a website as it is shown."""
    return {
        "id": str(site.uuid),
        "accountId": str(site.account_id),
        "domain": site.domain,
        "contentGroups": [group._asdict() for group in site.content_groups],
        "excludedIps": list(site.excluded_ips),
        "createdAt": to_the_millisecond(site.created_at),
    }


def settings(site: Site) -> dict[str, Any]:
    """Return the settings of a website as they are shown: `time_zone` is sent, `timeZone` is shown."""
    return {_camel_case(name): getattr(site, name) for name in SETTINGS}


def _camel_case(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(map(str.capitalize, others))
