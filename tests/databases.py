"""Databases that live for one test."""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def within(dsn: str, database: str) -> str:
    """``dsn`` (a ``postgresql://`` address) with another database of the same server."""
    return urlsplit(dsn)._replace(path=f"/{database}").geturl()


@contextmanager
def template_database(admin_dsn: str, prepare: Callable[[str], object]) -> Iterator[str]:
    """The name of a database to copy from, once `prepare` was given its address; dropped at the end."""
    with _database(admin_dsn, template="template0") as name:
        prepare(within(admin_dsn, name))
        with psycopg.connect(admin_dsn, autocommit=True) as admin:
            # A database can be copied only while nobody is in it, and TimescaleDB's scheduler visits all that it may.
            admin.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(sql.Identifier(name)))
            admin.execute("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = %s", [name])
        yield name


@contextmanager
def fresh_database(admin_dsn: str, *, template: str = "template0") -> Iterator[str]:
    """The address of a database made from ``template``; dropped at the end, whoever is still in it."""
    with _database(admin_dsn, template=template) as name:
        yield within(admin_dsn, name)


@contextmanager
def _database(admin_dsn: str, *, template: str) -> Iterator[str]:
    name = f"footfall_test_{uuid.uuid4().hex}"
    create = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY {}")
    with psycopg.connect(admin_dsn, autocommit=True) as admin:
        # Copied files cost half of logged pages, and two checkpoints: nothing, unless those wait for a disk.
        (fsync,) = admin.execute("SHOW fsync").fetchone() or ("on",)
        strategy = "wal_log" if fsync == "on" else "file_copy"
        admin.execute(create.format(sql.Identifier(name), sql.Identifier(template), sql.SQL(strategy)))
    try:
        yield name
    finally:
        with psycopg.connect(admin_dsn, autocommit=True) as admin:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
