"""What is done for each kind, as an installation has it."""

from __future__ import annotations

import pytest

from core.jobs import OUTWARD, JobKind
from core.telemetry import NoTelemetry
from ops import settings
from ops.clock import SystemClock
from ops.wiring.jobs import opened
from storage.key_vault import KeyVault, derive


@pytest.mark.parametrize(("outbound", "missing"), [("on", set()), ("off", OUTWARD)])
async def test_every_kind_has_its_work(module_database: str, outbound: str, missing: set[JobKind]) -> None:
    """But for those that would ask other people's servers, where nothing is to go out."""
    async with opened(
        settings.load(outbound=outbound),
        dsn=module_database,
        archive=None,
        vault=KeyVault(given=[derive("a secret of this test")]),
        clock=SystemClock(),
        telemetry=NoTelemetry(),
    ) as works:
        assert set(JobKind) - missing == set(works)
