"""Whose certificates are believed."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

import pytest

from ops.authorities import known_authorities

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A system without a file of authorities, and its folder for them, which is empty."""
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    return tmp_path


def test_where_a_system_knows_none_those_of_browsers_are_believed(bare: Path, caplog: pytest.LogCaptureFixture) -> None:
    """As on a small machine; certificates and names are checked all the same, and the log says so."""
    assert not list(bare.iterdir())
    found = known_authorities()
    assert found.cert_store_stats()["x509_ca"] > 50
    assert (found.verify_mode, found.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert "certifi" in caplog.text


def test_those_of_the_system_are_believed_alone(bare: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Also where they are in a folder only, of which OpenSSL reads each when it is needed."""
    (bare / "0a1b2c3d.0").touch()
    assert known_authorities().cert_store_stats()["x509_ca"] == 0
    assert not caplog.text
