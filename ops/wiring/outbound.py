"""The way out of an installation, as its settings have it."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

from ops.outbound.client import Outbound
from ops.outbound.guard import parse_opened

if TYPE_CHECKING:
    from core.telemetry import Telemetry
    from ops.settings import Settings


def outbound(settings: Settings, telemetry: Telemetry) -> Outbound | None:
    """Return the client, to be opened; None if nothing is to go out."""
    if settings.outbound == "off":
        return None
    name = f"Footfall/{version('footfall')}"
    return Outbound(
        user_agent=f"{name} (+{settings.public_url})" if settings.public_url else name,
        opened=parse_opened(settings.outbound_hosts),
        telemetry=telemetry,
    )
