"""`footfall serve`: PostgreSQL, engine and http, started in order, kept alive, ended in the opposite order."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import threading
from typing import TYPE_CHECKING, Final

from core.errors import Unavailable
from ops import installation
from ops.node.children import Child
from ops.node.greeting import greet
from ops.settings import PREFIX
from ops.web import listen
from storage.embedded import EmbeddedPostgres
from storage.migrate import migrate

if TYPE_CHECKING:
    import socket
    from pathlib import Path

    from ops.settings import Settings

_log = logging.getLogger(__name__)

#: Seconds that a process may take until it serves: it reads the last half hour of every site.
_START_PATIENCE: Final = 300.0
#: Seconds that the engine may take to write what it holds.
_ENGINE_GRACE: Final = 60.0
_TEND_EVERY: Final = 0.2


def serve(settings: Settings) -> None:
    """Run the single node in `settings.data` until SIGTERM or SIGINT; then nothing of it is left running.

    Raises:
        AlreadyRunning: another process runs in this directory.
        Unavailable: PostgreSQL or one of our processes does not start.
        FootfallError: the address cannot be listened on.
    """
    ending = threading.Event()
    for how in (signal.SIGTERM, signal.SIGINT):
        signal.signal(how, lambda *_: ending.set())
    data = settings.data.absolute()
    with contextlib.ExitStack() as stack:
        lock = stack.enter_context(installation.hold(data))
        # Here and not in http: while that is started again, connections wait instead of being refused.
        listener = stack.enter_context(listen(settings.host, settings.port))
        postgres = EmbeddedPostgres(data)
        stack.callback(postgres.stop)
        try:
            dsn = postgres.start(given_up=ending.is_set)
            migrate(dsn)
            children = _children(settings, data, lock, listener)
            for child, grace in zip(children, (_ENGINE_GRACE, settings.shutdown_grace + 10), strict=True):
                stack.callback(child.stop, patience=grace)
                child.start()
                child.wait_ready(patience=_START_PATIENCE, given_up=ending.is_set)
        except Unavailable:
            if ending.is_set():
                return
            raise
        greet(dsn, settings, port=listener.getsockname()[1])
        while not ending.wait(_TEND_EVERY):
            if postgres.pid is None:
                _log.error("PostgreSQL has ended; starting it again")
                with contextlib.suppress(Unavailable):
                    postgres.start(given_up=ending.is_set)
            for child in children:
                child.tend()
        _log.info("ending")
        listener.close()  # new connections are refused from here on, not left waiting


def _children(settings: Settings, data: Path, lock: int, listener: socket.socket) -> list[Child]:
    environment = dict(os.environ) | {
        f"{PREFIX}DATA": str(data),
        f"{PREFIX}HOST": settings.host,
        f"{PREFIX}PORT": str(listener.getsockname()[1]),
    }
    descriptor = listener.fileno()
    return [
        Child(name="engine", environment=environment, descriptors=(lock,)),
        Child(
            name="http",
            environment=environment,
            arguments=("--listener", str(descriptor)),
            descriptors=(lock, descriptor),
        ),
    ]
