"""The one broker and the one database that all test runs of this machine share: nothing in them outlives them."""

from __future__ import annotations

from ops.services import home
from ops.services.daemon import recorded
from ops.services.kafka import Broker
from ops.services.timescale import Timescale


def shared_broker() -> Broker:
    """The broker of ``make services``; on the port it runs on, else the one it would get."""
    folder = home.directory() / "kafka"
    running = recorded(folder)
    return Broker(folder, running.port if running else home.kafka_port(), fleeting=True)


def shared_timescale() -> Timescale:
    """The database of ``make services``; on the port it runs on, else the one it would get."""
    folder = home.directory() / "timescale"
    running = recorded(folder)
    return Timescale(folder, running.port if running else home.timescale_port(), fleeting=True)
