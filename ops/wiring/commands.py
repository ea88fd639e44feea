"""What commands need that run to their end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aggregations.job import RollupJob
from api.dialects.tinytrail.bodies import read_body
from api.lookups.agents import Agents
from api.lookups.hosts import Hosts
from api.lookups.places import Places
from core.telemetry import NoTelemetry
from ops.clock import SystemClock
from ops.imports.job import Import
from ops.imports.staging import Staging

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from uuid import UUID

    from psycopg_pool import ConnectionPool

    from ops.imports.report import Report
    from storage.archive.store import ArchiveStore


def event_import(  # noqa: PLR0913 - what the command was given
    pool: ConnectionPool,
    file: Path,
    folder: Path,
    *,
    site: UUID | None = None,
    report: Report | None = None,
    place_files: Sequence[Path] = (),
    archive: ArchiveStore | None = None,
) -> Import:
    """The import of a file's events; they are put aside in `folder`."""
    clock, telemetry = SystemClock(), NoTelemetry()
    places = Places(place_files, telemetry=telemetry)
    places.refresh()
    return Import(
        file,
        pool=pool,
        rollups=rollup_job(pool, archive),
        clock=clock,
        telemetry=telemetry,
        agent=Agents.bundled(),
        source=Hosts.bundled(),
        place=places,
        parse=read_body,
        staging=Staging(folder),
        site=site,
        report=report,
    )


def rollup_job(pool: ConnectionPool, archive: ArchiveStore | None) -> RollupJob:
    """A rollup job that nobody measures."""
    return RollupJob(pool=pool, clock=SystemClock(), telemetry=NoTelemetry(), archive=archive)
