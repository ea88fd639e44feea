"""What a user agent string tells: browser, system, device, and whether it is a program."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Device(StrEnum):
    """The kind of device."""

    DESKTOP = "desktop"
    MOBILE = "mobile"
    TABLET = "tablet"


class Agent(NamedTuple):
    """One user agent. Empty text means unknown."""

    browser: str
    browser_version: str  # major
    os: str
    os_version: str  # major, or major.minor
    device: str  # Device
    bot: bool
