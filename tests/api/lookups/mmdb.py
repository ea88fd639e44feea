"""Files in MaxMind's format made for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mmdb_writer import MMDBWriter
from netaddr import IPSet  # type: ignore[import-untyped]  # has no stubs

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def write_places(path: Path, records: Mapping[str, Any], *, version: int = 6, kind: str = "Test-City") -> Path:
    """Write a file that knows these networks, as another inode, and return its path.

    Args:
        path: is replaced if it is there.
        records: what is known, by network.
        version: 4 for a file that knows IPv4 addresses only.
        kind: the maker's name for it.
    """
    writer = MMDBWriter(version, kind, languages=["en"], description="test", ipv4_compatible=version == 6)
    for network, record in records.items():
        writer.insert_network(IPSet([network]), record)
    fresh = path.with_suffix(".new")
    writer.to_db_file(str(fresh))
    return fresh.replace(path)
