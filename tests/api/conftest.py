"""What the API's tests share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.api.world import World, serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def world(postgres_database: str) -> AsyncIterator[World]:
    """An application without rate limits."""
    async with serving(postgres_database) as world:
        yield world
