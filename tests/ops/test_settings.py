"""Settings: one list, checked when read, without secrets when shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import InvalidInput
from ops.settings import Settings, load, rows, variables, without_password

DOCUMENT = Path(__file__).parents[2] / "docs" / "settings.md"


def test_every_setting_is_in_the_document() -> None:
    """docs/settings.md has exactly one line for each setting, with default, unit and meaning."""
    expected = []
    for row in rows(load()):
        default = f"`{row['default']}`" if row["default"] != "" else ""
        expected.append(f"| `{row['name']}` | {default} | {row['unit']} | {row['meaning']} |")
    actual = [line for line in DOCUMENT.read_text().splitlines() if line.startswith("| `")]
    assert expected == actual


def test_every_setting_has_a_meaning() -> None:
    """No setting is listed without saying what it is for."""
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Variables fill the fields; what the command line gives wins; an empty variable is as none."""
    monkeypatch.setenv("FOOTFALL_PORT", "81")
    monkeypatch.setenv("FOOTFALL_TRUSTED_PROXIES", "10.0.0.0/8, ::1")
    monkeypatch.setenv("DATABASE_URL", "postgresql://db/footfall")
    monkeypatch.setenv("FOOTFALL_RATE_LIMITS", "")
    expected = (81, ("10.0.0.0/8", "::1"), "postgresql://db/footfall", "on")
    read = load()
    assert expected == (read.port, read.trusted_proxies, read.database_url, read.rate_limits)
    assert load(port=82, host=None).port == 82


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("FOOTFALL_PROT", "80", r"FOOTFALL_PROT is not a setting; did you mean FOOTFALL_PORT\?"),
        ("FOOTFALL_PORT", "eighty", "FOOTFALL_PORT: .*integer"),
        ("FOOTFALL_PORT", "65536", "FOOTFALL_PORT: .*65535"),
        ("FOOTFALL_RATE_LIMITS", "maybe", "FOOTFALL_RATE_LIMITS: .*'on' or 'off'"),
        ("FOOTFALL_TRUSTED_PROXIES", "10.0.0.0/8,proxy", "FOOTFALL_TRUSTED_PROXIES: .*'proxy'"),
    ],
)
def test_a_wrong_variable_is_named(monkeypatch: pytest.MonkeyPatch, variable: str, value: str, message: str) -> None:
    """A misspelt name leads to the nearest one, a wrong value to what would be right."""
    monkeypatch.setenv(variable, value)
    with pytest.raises(InvalidInput, match=message):
        load()


def test_no_password_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """The list of settings shows the database's address without its password."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://me:geheim@db:5433/footfall")
    shown = {row["name"]: row["value"] for row in rows(load())}
    assert "geheim" not in str(shown)
    assert "host=db" in shown["DATABASE_URL"]
    assert without_password("") == ""


def test_the_variables_are_prefixed() -> None:
    """All are FOOTFALL_ but those that every tool calls so."""
    assert {name for name in variables() if not name.startswith("FOOTFALL_")} == {
        "ARCHIVE_URL",
        "DATABASE_URL",
        "KAFKA_BOOTSTRAP_SERVERS",
    }
