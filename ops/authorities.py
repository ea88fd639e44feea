"""Whose certificates are believed of servers that we ask."""

from __future__ import annotations

import logging
import re
import ssl
from pathlib import Path
from typing import Final

import certifi

_log = logging.getLogger(__name__)

#: How OpenSSL names the certificates of a folder, to find them when they are needed.
_HASHED: Final = re.compile(r"[0-9a-f]{8}\.\d+")


def known_authorities() -> ssl.SSLContext:
    """Return a context that believes those that the system believes; where it knows none, those that browsers believe.

    A small machine or image may come without the package `ca-certificates`. Every site would seem to be down then.
    """
    context = ssl.create_default_context()
    if not context.cert_store_stats()["x509_ca"] and not _has_folder():
        _log.warning("This system knows no certificate authorities: those of certifi are believed")
        context.load_verify_locations(certifi.where())
    return context


def _has_folder() -> bool:
    folder = ssl.get_default_verify_paths().capath
    return bool(folder) and any(_HASHED.fullmatch(path.name) for path in Path(folder).iterdir())
