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
#: Where the ports of containers lead, for Docker as for Podman.
_RULES: Final = ("iptables-save", "--table", "nat")


def account(stack: Stack) -> Iterator[tuple[str, str]]:
    """Yield title and text: how the engine sees the containers, how they are reached, what the unhealthy ones say."""
    stack.save_logs()
    yield "logs of the containers", str(stack.logs)
    there = stack.containers()
    yield "containers and their ports", _asked(stack, "ps", "--all", "--filter", f"name={stack.project}")
    ids = [container.id for container in there]
    yield "their addresses", _asked(stack, "container", "inspect", "--format", _ADDRESSES, *ids) if ids else "none"
    if os.geteuid() == 0 and shutil.which(_RULES[0]):
        yield "the kernel's NAT", _executed(stack, *_RULES)
    for container in stack.unhealthy(there):
        lines = (stack.logs / f"{container.name}.log").read_text(encoding="utf-8", errors="replace").splitlines()
        how = "runs and is unhealthy" if container.running else f"ended with {container.exit_code}"
        yield f"{container.name} {how}", "\n".join(lines[-_TAIL:])


def _asked(stack: Stack, *arguments: str) -> str:
    return _executed(stack, stack.engine.name, *arguments)


def _executed(stack: Stack, *command: str) -> str:
    try:
        return stack.engine.execute(command, within=60)
    except EngineError as error:  # the failure that is told of matters more
        return str(error)
