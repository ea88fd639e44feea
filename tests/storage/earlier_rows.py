"""`python -m tests.storage.earlier_rows`: the rows and files that this version makes of the events in `earlier`.

Run it before a release, and add the version to `earlier/released.json`: its updates are tested from then on.
"""

from __future__ import annotations

import gzip
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

import psycopg
from psycopg import sql

from storage.embedded import EmbeddedPostgres
from storage.migrate import migrations
from tests.end_to_end.processes import command, environment, single_node

EARLIER: Final = Path(__file__).with_name("earlier")
#: Filled by migrations, made anew by a start, or nobody's business.
_LEFT_OUT: Final = {
    "api_keys",
    "dimensions",
    "import_jobs",
    "page_sessions",
    "positions",
    "producers",
    "rate_limits",
    "realtime_parts",
    "salts",
    "schema_migrations",
    "scripts",
    "secrets",
}
_TABLES: Final = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
_SEQUENCES: Final = (
    "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL"
)
#: Foreign keys point to these.
_FIRST: Final = ("accounts", "users", "sites")
_PATIENCE: Final = 180
_FILES: Final = 6


def main() -> None:
    """Make the folder of the newest migration."""
    folder = EARLIER / f"{migrations()[-1].number:04}"
    with tempfile.TemporaryDirectory() as parent:
        node = single_node(Path(parent), FOOTFALL_RETENTION_DAYS="36500")
        try:
            data, events = Path(parent) / "data", Path(parent) / "events.ndjson"
            events.write_bytes(gzip.decompress((EARLIER / "events.ndjson.gz").read_bytes()))
            site = node.create_site("shop.example")
            node.create_site("other.example")
            command("import", "events", str(events), "--data", str(data), "--site", site, env=environment())
            deadline = time.monotonic() + _PATIENCE
            while len(list(data.glob("archive/site=*/*.parquet"))) < _FILES and time.monotonic() < deadline:
                time.sleep(0.5)
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            with gzip.GzipFile(folder / "rows.sql.gz", "wb", 9, mtime=0) as file:
                file.write(_rows(EmbeddedPostgres(data).dsn))
            shutil.copytree(data / "archive", folder / "archive", ignore=shutil.ignore_patterns(".*"))
        finally:
            node.stop()
    sys.stdout.write(f"{folder}\n")


def _rows(dsn: str) -> bytes:
    text = b""
    with psycopg.connect(dsn) as connection:
        tables = [name for (name,) in connection.execute(_TABLES) if name not in _LEFT_OUT]
        for name in sorted(tables, key=lambda name: (name not in _FIRST, name if name not in _FIRST else "")):
            table, cursor = sql.Identifier("public", name), connection.cursor()
            columns = [
                column.name
                for column in cursor.execute(sql.SQL("SELECT * FROM {} LIMIT 0").format(table)).description or ()
            ]
            with cursor.copy(sql.SQL("COPY {} TO STDOUT").format(table)) as copy:
                rows = b"".join(bytes(row) for row in copy)
            if rows:
                named = ", ".join(columns)
                text += f"COPY public.{name} ({named}) FROM stdin;\n".encode() + rows + b"\\.\n"
        for name, last in connection.execute(_SEQUENCES).fetchall():
            text += f"SELECT pg_catalog.setval('public.{name}', {last}, true);\n".encode()
    return text


if __name__ == "__main__":
    main()
