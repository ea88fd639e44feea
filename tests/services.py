"""Fixtures for the real services.

They are found by ``KAFKA_BOOTSTRAP_SERVERS`` and ``DATABASE_URL`` (a superuser's), else where ``make services`` started
them. A test whose service is missing is skipped with the command that brings it; with ``FOOTFALL_REQUIRE_SERVICES=1``
it fails.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, NoReturn

import psycopg
import pytest

from ops.services import volatile
from ops.services.errors import ServiceError
from ops.services.kafka import Broker
from ops.services.shared import shared_broker, shared_timescale
from ops.services.timescale import Timescale
from storage import embedded
from storage.embedded import EmbeddedPostgres
from storage.migrate import migrate
from tests.databases import fresh_database, template_database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REQUIRE_SERVICES: Final = "FOOTFALL_REQUIRE_SERVICES"
# Read once: the tests' own environment is emptied of them, see tests/conftest.py.
KAFKA_BOOTSTRAP_SERVERS: Final = os.environ.get("KAFKA_BOOTSTRAP_SERVERS")
DATABASE_URL: Final = os.environ.get("DATABASE_URL")


def require(reason: str) -> NoReturn:
    """Ends a test whose surroundings are missing; ``reason`` names the command that brings them."""
    if os.environ.get(REQUIRE_SERVICES) == "1":
        pytest.fail(f"{REQUIRE_SERVICES}=1, but {reason}")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def kafka_bootstrap() -> str:
    """``host:port`` of the shared Kafka broker; a test uses topics and groups with names of its own."""
    if KAFKA_BOOTSTRAP_SERVERS:
        return KAFKA_BOOTSTRAP_SERVERS
    broker = shared_broker()
    if broker.pid is None:
        require("no Kafka broker runs: `make services`, or set KAFKA_BOOTSTRAP_SERVERS")
    return broker.bootstrap


@pytest.fixture(scope="session")
def timescale_dsn() -> str:
    """A superuser's address of the shared TimescaleDB; a test works in databases of its own."""
    if DATABASE_URL:
        return DATABASE_URL
    database = shared_timescale()
    if database.pid is None:
        require("no TimescaleDB runs: `make services`, or set DATABASE_URL to a superuser's address")
    return database.dsn


@pytest.fixture(scope="session")
def timescale_template(timescale_dsn: str) -> Iterator[str]:
    """The name of a migrated database with the timescaledb extension."""

    def prepare(dsn: str) -> None:
        _extend(dsn)
        migrate(dsn)

    with template_database(timescale_dsn, prepare) as name:
        yield name


@pytest.fixture
def empty_timescale_database(timescale_dsn: str) -> Iterator[str]:
    """The address of a database with the timescaledb extension and nothing else."""
    with fresh_database(timescale_dsn) as dsn:
        _extend(dsn)
        yield dsn


@pytest.fixture
def timescale_database(timescale_dsn: str, timescale_template: str) -> Iterator[str]:
    """The address of a migrated database with the timescaledb extension."""
    with fresh_database(timescale_dsn, template=timescale_template) as dsn:
        yield dsn


@pytest.fixture(scope="session")
def postgres_dsn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A superuser's address of a plain embedded PostgreSQL, as a single node has it, but its data are thrown away."""
    place = tmp_path_factory.mktemp("postgres") / volatile.NAME
    server = EmbeddedPostgres(volatile.renew(place, owner=os.getpid()))
    with pytest.MonkeyPatch.context() as patch:
        settings = dict(setting.split("=") for setting in volatile.POSTGRES)
        patch.setattr("storage.embedded._SETTINGS", embedded._SETTINGS | settings)
        dsn = server.start()
    yield dsn
    server.stop()
    volatile.clear(place)


@pytest.fixture
def empty_postgres_database(postgres_dsn: str) -> Iterator[str]:
    """The address of an empty database of the plain PostgreSQL."""
    with fresh_database(postgres_dsn) as dsn:
        yield dsn


@pytest.fixture(scope="session")
def postgres_template(postgres_dsn: str) -> Iterator[str]:
    """The name of a migrated database of the plain PostgreSQL."""
    with template_database(postgres_dsn, migrate) as name:
        yield name


@pytest.fixture
def postgres_database(postgres_dsn: str, postgres_template: str) -> Iterator[str]:
    """The address of a migrated database of the plain PostgreSQL."""
    with fresh_database(postgres_dsn, template=postgres_template) as dsn:
        yield dsn


@pytest.fixture(scope="module")
def module_database(postgres_dsn: str, postgres_template: str) -> Iterator[str]:
    """The same, for all tests of a file."""
    with fresh_database(postgres_dsn, template=postgres_template) as dsn:
        yield dsn


@pytest.fixture
def private_broker(tmp_path: Path) -> Iterator[Broker]:
    """A running Kafka broker of the test's own, to be killed and started again at will."""
    broker = Broker(tmp_path / "kafka")
    try:
        broker.start()
    except (ServiceError, OSError) as error:
        require(f"a Kafka broker cannot be had: {error}")
    yield broker
    broker.stop()


@pytest.fixture
def private_timescale(tmp_path: Path) -> Iterator[Timescale]:
    """A running TimescaleDB of the test's own, to be killed and started again at will."""
    database = Timescale(tmp_path / "timescale")
    try:
        database.start()
    except (ServiceError, OSError) as error:
        require(f"a TimescaleDB cannot be had: {error}")
    yield database
    database.stop()


def _extend(dsn: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS timescaledb")
