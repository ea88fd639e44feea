"""What is told of a stack when a test fails: nobody can look into it afterwards where tests run in CI."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, Final

from tests.compose.engine import EngineError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.compose.stack import Stack

#: Lines of each log.
_TAIL: Final = 40
_ADDRESSES: Final = (
    "{{.Name}}{{range $name, $network := .NetworkSettings.Networks}} {{$name}}={{$network.IPAddress}}{{end}}"
)
#: Where published ports lead, for Docker as for Podman; root's to ask.
_RULES: Final = ("iptables-save", "--table", "nat")


def account(stack: Stack) -> Iterator[tuple[str, str]]:
    """Yield title and text: what the unhealthy containers say, how the engine sees all, and how they are reached."""
    try:
        yield from _account(stack)
    except EngineError as error:  # what is told of matters more
        yield "the engine fails, too", str(error)


def _account(stack: Stack) -> Iterator[tuple[str, str]]:
    stack.save_logs()
    yield "logs of the containers", str(stack.logs)
    there = stack.containers()
    for container in stack.unhealthy(there):
        lines = (stack.logs / f"{container.name}.log").read_text(encoding="utf-8", errors="replace").splitlines()
        how = "runs and is unhealthy" if container.running else f"ended with {container.exit_code}"
        yield f"{container.name} {how}", "\n".join(lines[-_TAIL:])
    yield "containers and their ports", stack.engine.run("ps", "--all", "--filter", f"name={stack.project}")
    if there:
        ids = [container.id for container in there]
        yield "their addresses", stack.engine.run("container", "inspect", "--format", _ADDRESSES, *ids)
    if os.geteuid() == 0 and shutil.which(_RULES[0]):
        yield "where published ports lead", stack.engine.execute(_RULES, within=60)
