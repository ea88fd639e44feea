"""Who used the processors."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.end_to_end.processes import Installation


def spent(installation: Installation) -> Mapping[str, float]:
    """Return the processor seconds that each part of an installation has used, by its name."""
    running = {name: one.running.pid for name, one in installation.processes.items() if one.running.poll() is None}
    return spent_by(running)


def spent_by(running: Mapping[str, int]) -> Mapping[str, float]:
    """Return the processor seconds of processes, given by name and pid, and of the parts that they started."""
    seconds: defaultdict[str, float] = defaultdict(float)
    for name, pid in running.items():
        process = psutil.Process(pid)
        for part in (process, *process.children(recursive=True)):
            try:
                times = part.cpu_times()
                # With those of its own that have ended: PostgreSQL has parallel workers, which live for one statement.
                seconds[_name(part) or name] += sum(times[:4])
            except psutil.NoSuchProcess:
                continue
    return seconds


def shares(used: Mapping[str, float], events: int) -> str:
    """Return the microseconds per event of each part, given seconds, the greatest first."""
    listed = sorted(((seconds / events * 1e6, name) for name, seconds in used.items()), reverse=True)
    return ", ".join(f"{name} {figure:.0f}" for figure, name in listed if figure >= 1)


def _name(process: psutil.Process) -> str | None:
    """The part that a child is: PostgreSQL, or a process of the single node."""
    if process.name().startswith("postgres"):
        return "PostgreSQL"
    command = process.cmdline()
    return command[command.index("ops.node") + 1] if "ops.node" in command else None
