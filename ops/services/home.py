"""Where the services of this machine live and listen."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

DIRECTORY: Final = "FOOTFALL_SERVICES_DIR"
KAFKA_PORT: Final = "FOOTFALL_SERVICES_KAFKA_PORT"
TIMESCALE_PORT: Final = "FOOTFALL_SERVICES_TIMESCALE_PORT"


def directory() -> Path:
    """What is kept between runs: ``FOOTFALL_SERVICES_DIR``, by default ``~/.cache/footfall/services``."""
    chosen = os.environ.get(DIRECTORY)
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(chosen).resolve() if chosen else cache / "footfall" / "services"


def cache_directory() -> Path:
    """Programs, shared by all services and safe to delete while none runs."""
    return directory() / "programs"


def kafka_port() -> int:
    """The shared broker's port on 127.0.0.1; the one after it is the controller's."""
    return int(os.environ.get(KAFKA_PORT, "29092"))


def timescale_port() -> int:
    """The shared database's port on 127.0.0.1."""
    return int(os.environ.get(TIMESCALE_PORT, "25432"))
