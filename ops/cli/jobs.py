"""`footfall jobs`: what is done again and again, each in its turn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import psycopg
import typer

from core.errors import InvalidInput, NotFound
from core.jobs import OF_SITES, JobKind, JobState
from ops import installation
from ops.cli.common import Data, Json, begin, epilog, group, say, show
from ops.cli.site_settings import site_of
from ops.clock import SystemClock
from storage import jobs
from storage.times import instant

if TYPE_CHECKING:
    from storage.jobs import Found

app = group("Monitors, insights, alerts, reports and deliveries: when each is due, and how its last run ended.")

_COLUMNS = ("kind", "subject", "site", "state", "due", "started", "ended", "succeeded", "failures", "error")

Kinds = Annotated[list[JobKind] | None, typer.Option("--kind", help="Only of this kind; may be given several times.")]


@app.command("list", epilog=epilog("footfall jobs list", "footfall jobs list --state failed --state late --json"))
def list_(
    *,
    kind: Kinds = None,
    state: Annotated[
        list[JobState] | None, typer.Option(help="Only those that do this now; may be given several times.")
    ] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """List jobs, the longest due first, with how the last run of each ended.

    Waiting: not due yet. Due: begun within seconds. Late: due for more than five minutes, so nobody runs jobs of this
    kind or there are too many. Running: somebody has it now. Failed: its last run failed, and it is tried again when it
    is due, at most an hour later.

    The subject is the number of a site, but of an alert for `alert` and of a message for `delivery`.
    """
    settings = begin()
    with installation.database(settings, data=data) as dsn, psycopg.connect(dsn) as connection:
        found = jobs.find(connection, SystemClock().now_ms(), kinds=kind or tuple(JobKind))
    show(_COLUMNS, [_row(one) for one in found if not state or one.state in state], as_json=as_json)


@app.command(epilog=epilog("footfall jobs run uptime example.com", "footfall jobs run delivery 4711"))
def run(
    *,
    kind: Annotated[JobKind, typer.Argument(metavar="KIND", help="As `footfall jobs list` shows it.")],
    subject: Annotated[str, typer.Argument(help="The same; or the domain or id of a site.")],
    data: Data = None,
) -> None:
    """Make a job due now, so that it runs within seconds; one that runs already runs once more."""
    settings = begin()
    with installation.database(settings, data=data) as dsn, psycopg.connect(dsn) as connection:
        number = _subject(connection, kind, subject)
        if not jobs.make_due(connection, kind, number, SystemClock().now_ms()):
            raise NotFound(f"there is no job {kind} for {subject}: `footfall jobs list --kind {kind}` shows which are")
    say(f"{kind} {number} is due now")


@app.command(epilog=epilog("footfall jobs retry", "footfall jobs retry --kind delivery"))
def retry(*, kind: Kinds = None, data: Data = None) -> None:
    """Make all jobs due now whose last run failed, once what they failed of is mended."""
    settings = begin()
    with installation.database(settings, data=data) as dsn, psycopg.connect(dsn) as connection:
        number = jobs.retry(connection, SystemClock().now_ms(), kinds=kind or tuple(JobKind))
    say(f"{number} due now")


def _subject(connection: psycopg.Connection, kind: JobKind, text: str) -> int:
    if text.isdecimal() and len(text) < len(str(2**63)):
        return int(text)
    if kind in OF_SITES:
        return site_of(connection, text).id
    raise InvalidInput(f"{text!r} is no number: `footfall jobs list --kind {kind}` shows the subjects")


def _row(found: Found) -> tuple[object, ...]:
    job, state, domain = found
    times = (job.due_at, job.started_at, job.ended_at, job.succeeded_at)
    shown = [None if time is None else instant(time).isoformat(timespec="seconds") for time in times]
    return (job.kind.value, job.subject, domain or None, state.value, *shown, job.failures, job.error)
