"""What every test shares."""

from __future__ import annotations

import os
from typing import Final

pytest_plugins = ["tests.buckets", "tests.distribution", "tests.services", "tests.stores"]

# These steer the test run itself; any other setting of Footfall in the developer's shell would change what is tested.
KEPT: Final = ("FOOTFALL_SERVICES_", "FOOTFALL_REQUIRE_SERVICES", "FOOTFALL_KILLS", "FOOTFALL_COMPOSE_")
ADDRESSES: Final = ("KAFKA_BOOTSTRAP_SERVERS", "DATABASE_URL", "ARCHIVE_URL")


def pytest_configure() -> None:
    """Takes Footfall's own settings out of the environment."""
    for name in list(os.environ):
        if name in ADDRESSES or (name.startswith("FOOTFALL_") and not name.startswith(KEPT)):
            del os.environ[name]
