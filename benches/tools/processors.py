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
    seconds: defaultdict[str, float] = defaultdict(float)
    for name, running in installation.processes.items():
        if running.running.poll() is not None:
            continue
        process = psutil.Process(running.running.pid)
        for part in (process, *process.children(recursive=True)):
            try:
                times = part.cpu_times()
                seconds[_name(part) or name] += times.user + times.system
            except psutil.NoSuchProcess:
                continue
    return seconds


def shares(before: Mapping[str, float], after: Mapping[str, float], events: int) -> str:
    """Return the microseconds per event of each part, the greatest first."""
    used = {name: (after[name] - before.get(name, 0)) / events * 1e6 for name in after}
    listed = sorted(((figure, name) for name, figure in used.items() if figure >= 0.5), reverse=True)
    return ", ".join(f"{name} {figure:.0f}" for figure, name in listed)


def _name(process: psutil.Process) -> str | None:
    """The part that a child is: PostgreSQL, or a process of the single node."""
    if process.name().startswith("postgres"):
        return "PostgreSQL"
    command = process.cmdline()
    return command[command.index("ops.node") + 1] if "ops.node" in command else None
