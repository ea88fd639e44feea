"""DuckDB and chdb on the archive's files, asked in SQL; chdb where it is installed: `uv sync --group bench`."""

from __future__ import annotations

import importlib
import importlib.util
import json
from typing import TYPE_CHECKING, Any

import duckdb

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    Ask = Callable[[str], Sequence[Sequence[Any]]]


def engines(folder: Path) -> dict[str, Ask]:
    """Return how each is asked, by name: by a statement that has {events} and {sessions} for a folder's files."""
    found = {"DuckDB": _duckdb(folder)}
    if importlib.util.find_spec("chdb"):
        found["chdb"] = _chdb(folder)
    return found


def _duckdb(folder: Path) -> Ask:
    database = duckdb.connect()
    database.execute("SET TimeZone = 'UTC'")
    names = {kind: f"read_parquet('{folder}/{kind}-*.parquet')" for kind in ("events", "sessions")}
    return lambda sql: database.sql(sql.format(**names)).fetchall()


def _chdb(folder: Path) -> Ask:
    chdb = importlib.import_module("chdb")
    names = {kind: f"file('{folder}/{kind}-*.parquet', Parquet)" for kind in ("events", "sessions")}
    settings = " SETTINGS session_timezone = 'UTC'"

    def ask(sql: str) -> Sequence[Sequence[Any]]:
        rows = json.loads(str(chdb.query(sql.format(**names) + settings, "JSONCompact")))["data"]
        return [[int(cell) if cell.isdigit() else cell for cell in map(str, row)] for row in rows]

    return ask
