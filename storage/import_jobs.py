"""Imports of files: one job per site and file, whose salt is kept until it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from storage.sql import load

if TYPE_CHECKING:
    from psycopg import Connection


class ImportJob(NamedTuple):
    """One file's import into one site. Without `salt` it is done."""

    id: int
    salt: bytes | None


def begin(connection: Connection, *, site: int, file_hash: bytes, salt: bytes) -> ImportJob:
    """Return the job, made with this salt if it is new. The caller commits."""
    parameters = {"site": site, "file_hash": file_hash, "salt": salt}
    connection.execute(load("import_jobs.insert"), parameters)
    row = connection.execute(load("import_jobs.find"), parameters).fetchone()
    if row is None:
        raise LookupError("a job that was just made is not there")
    return ImportJob(*row)


def end(connection: Connection, job: ImportJob) -> None:
    """Note that all days are in and forget the salt. The caller commits."""
    connection.execute(load("import_jobs.end"), {"id": job.id})


def days_done(connection: Connection, *, site: int, file_hash: bytes) -> set[int]:
    """Return the starts (ms) of the days of this file that are in."""
    rows = connection.execute(load("imports.days"), {"site": site, "file_hash": file_hash})
    return {int(start) for (start,) in rows}
