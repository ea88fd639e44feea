"""What the API's tests share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.api.tinylytics.stage import Stage, staged

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def stage(postgres_database: str) -> AsyncIterator[Stage]:
    """An application without limits."""
    async with staged(postgres_database) as stage:
        yield stage
