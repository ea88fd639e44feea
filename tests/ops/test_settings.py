"""Settings: one list, checked when read, without secrets when shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

from core.errors import InvalidInput
from ops.settings import Settings, load, rows, secrets, variables, without_password

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
    monkeypatch.setenv("FOOTFALL_TRUSTED_PROXIES", "10.0.0.0/8, ::1 192.0.2.1")
    monkeypatch.setenv("DATABASE_URL", "postgresql://db/footfall")
    monkeypatch.setenv("FOOTFALL_RATE_LIMITS", "")
    expected = (81, ("10.0.0.0/8", "::1", "192.0.2.1"), "postgresql://db/footfall", "on")
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
        ("FOOTFALL_METRICS_TOKEN", "short", "FOOTFALL_METRICS_TOKEN: .*32 random"),
        ("FOOTFALL_METRICS_TOKEN", "two words, that are long enough", "FOOTFALL_METRICS_TOKEN: .*no blanks"),
        ("FOOTFALL_TRUSTED_PROXIES", "10.0.0.0/8,proxy", "FOOTFALL_TRUSTED_PROXIES: .*'proxy'"),
        ("FOOTFALL_OUTBOUND_HOSTS", "wiki, http://wiki", "FOOTFALL_OUTBOUND_HOSTS: .*'http://wiki' is no name"),
        ("FOOTFALL_RDAP_URL", "data.iana.org", "FOOTFALL_RDAP_URL: .*https://"),
    ],
)
def test_a_wrong_variable_is_named(monkeypatch: pytest.MonkeyPatch, variable: str, value: str, message: str) -> None:
    """A misspelt name leads to the nearest one, a wrong value to what would be right."""
    monkeypatch.setenv(variable, value)
    with pytest.raises(InvalidInput, match=message):
        load()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"SMTP_HOST": "mail.example.com"}, "set FOOTFALL_MAIL_FROM too"),
        ({"MAIL_FROM": "footfall"}, "FOOTFALL_MAIL_FROM: .*such as"),
        ({"MAIL_FROM": "a@example.com, b@example.com"}, "FOOTFALL_MAIL_FROM: .*such as"),
        ({"SMTP_USER": "footfall"}, "set FOOTFALL_SMTP_PASSWORD too"),
        ({"SMTP_USER": "footfall", "SMTP_PASSWORD": "x", "SMTP_SECURITY": "none"}, "SECURITY is none: .*in clear"),
        ({"SMTP_SECURITY": "ssl"}, "FOOTFALL_SMTP_SECURITY: "),
    ],
)
def test_settings_of_mails_go_together(monkeypatch: pytest.MonkeyPatch, given: dict[str, str], message: str) -> None:
    """What is missing, or would give a password away, is told at the start."""
    for name, value in given.items():
        monkeypatch.setenv(f"FOOTFALL_{name}", value)
    with pytest.raises(InvalidInput, match=message):
        load()


def test_a_mail_server_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """With whom mails come from, with a name or without."""
    monkeypatch.setenv("FOOTFALL_SMTP_HOST", "mail.example.com")
    for sender in ("footfall@example.com", "Footfall <footfall@example.com>", '"Fuß, Fall" <footfall@example.com>'):
        monkeypatch.setenv("FOOTFALL_MAIL_FROM", sender)
        assert (sender, 587, "starttls") == (load().mail_from, load().smtp_port, load().smtp_security)


def test_no_password_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """The list of settings shows the database's address without its password."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://me:geheim@db:5433/footfall")
    shown = {row["name"]: row["value"] for row in rows(load())}
    assert "geheim" not in str(shown)
    assert "host=db" in shown["DATABASE_URL"]
    assert without_password("") == ""


@pytest.mark.parametrize("variable", sorted(secrets()))
def test_a_secret_is_read_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str) -> None:
    """NAME_FILE names the file that NAME is in; the end of its line is no part of it. The document lists them all."""
    secret = "0123456789abcdef" * 4
    file = tmp_path / "secret"
    file.write_text(f"{secret}\n")
    monkeypatch.setenv(f"{variable}_FILE", str(file))
    assert getattr(load(), secrets()[variable]).get_secret_value() == secret
    assert f"`{variable}_FILE`" in DOCUMENT.read_text()


@pytest.mark.parametrize(
    ("content", "set_too", "message"),
    [
        (None, "", "FOOTFALL_SECRET_KEY_FILE: .*secret cannot be read: No such file"),
        (b" \n", "", "FOOTFALL_SECRET_KEY_FILE: .*secret is empty"),
        (b"\xff\xfe", "", "FOOTFALL_SECRET_KEY_FILE: .*secret is not text"),
        (b"0123", "", "FOOTFALL_SECRET_KEY: .*at least 32"),
        (b"0123456789abcdef" * 2, "other", "FOOTFALL_SECRET_KEY and FOOTFALL_SECRET_KEY_FILE are both set"),
    ],
)
def test_a_file_without_a_secret_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes | None, set_too: str, message: str
) -> None:
    """Nobody runs without the secret that they meant to set; an empty variable is as none."""
    file = tmp_path / "secret"
    if content is not None:
        file.write_bytes(content)
    monkeypatch.setenv("FOOTFALL_SECRET_KEY_FILE", str(file))
    monkeypatch.setenv("FOOTFALL_SECRET_KEY", set_too)
    with pytest.raises(InvalidInput, match=message):
        load()


def test_a_file_that_cannot_be_read_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A folder is what an engine makes where a file to be mounted is missing."""
    monkeypatch.setenv("FOOTFALL_METRICS_TOKEN_FILE", str(tmp_path))
    with pytest.raises(InvalidInput, match=f"FOOTFALL_METRICS_TOKEN_FILE: {tmp_path} cannot be read: Is a directory"):
        load()


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://me@db:5433/footfall", "p@ss/ word"),
        ("host=db user=me dbname=footfall", "p@ss/ word"),
        ("postgresql://me:mine@db/footfall", "mine"),
    ],
)
def test_the_password_is_joined(monkeypatch: pytest.MonkeyPatch, url: str, expected: str) -> None:
    """The database's address gets the password of its own setting, unless it brings one."""
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("FOOTFALL_DATABASE_PASSWORD", "p@ss/ word")
    given = conninfo_to_dict(load().database_url)
    assert (expected, "db", "me", "footfall") == tuple(given[part] for part in ("password", "host", "user", "dbname"))


def test_an_address_that_is_none_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be joined with a password is no connection string."""
    monkeypatch.setenv("DATABASE_URL", "db:5432")
    monkeypatch.setenv("FOOTFALL_DATABASE_PASSWORD", "secret")
    with pytest.raises(InvalidInput, match="DATABASE_URL: "):
        load()


def test_the_variables_are_prefixed() -> None:
    """All are FOOTFALL_ but those that every tool calls so."""
    assert {name for name in variables() if not name.startswith("FOOTFALL_")} == {
        "ARCHIVE_URL",
        "DATABASE_URL",
        "KAFKA_BOOTSTRAP_SERVERS",
    }
