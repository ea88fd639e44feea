"""`footfall doctor`: settings, clock, versions, lag, salts, disk; what is wrong, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer
from rich.console import Console

from ops.cli.common import Data, Json, begin, directory_of, epilog, show
from ops.cli.exits import Exit
from ops.doctor.finding import Finding, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable

_SIGNS = {Verdict.OK: "[green]ok[/green]   ", Verdict.LOOK: "[yellow]look[/yellow] ", Verdict.WRONG: "[red]wrong[/red]"}


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command(epilog=epilog("footfall doctor", "footfall doctor --json"))(doctor)


def doctor(*, data: Data = None, as_json: Json = False) -> None:
    """Look at settings, clock, versions, lag, salts, disk and more, and say what to do where something is not well.

    Changes nothing. Ends with status 1 if something is wrong; what only deserves a look does not count.
    """
    from ops.clock import SystemClock
    from ops.doctor.examination import examine

    settings = begin()
    found = []
    for finding in examine(settings, data=directory_of(settings, data), clock=SystemClock()):
        found.append(finding)
        if not as_json:
            _print(finding)
    if as_json:
        show(Finding._fields, found, as_json=True)
    else:
        _sum_up(found)
    if any(finding.verdict is Verdict.WRONG for finding in found):
        raise typer.Exit(Exit.FAILED)


def _print(finding: Finding) -> None:
    console = Console(highlight=False, soft_wrap=True)
    console.print(_SIGNS[finding.verdict], end=" ")
    console.print(f"{finding.subject}: {finding.seen}", markup=False)
    if finding.advice:
        console.print(f"      {finding.advice}", markup=False)


def _sum_up(found: Iterable[Finding]) -> None:
    verdicts = [finding.verdict for finding in found]
    wrong, look = verdicts.count(Verdict.WRONG), verdicts.count(Verdict.LOOK)
    Console(highlight=False).print(f"{len(verdicts)} looked at: {wrong} wrong, {look} to look at")
