"""Settings of a site, checked."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any, Final

import pytest

from core.drops import MEANINGS, DropReason
from core.errors import InvalidInput
from core.site_settings import SETTINGS, check_settings
from core.sites import Site, WeekStart

DOCUMENT: Final = Path(__file__).parents[2] / "docs" / "site-settings.md"


def test_the_document_is_complete() -> None:
    """docs/site-settings.md has exactly one line for each setting and one for each reason of a drop."""
    expected = [
        f"| `{name}` | `{json.dumps(getattr(Site, name))}` | {values} | {meaning} |"
        for name, (_, values, meaning) in SETTINGS.items()
    ]
    expected += [f"| `{reason.value}` | {MEANINGS[reason]} |" for reason in DropReason]
    assert expected == [line for line in DOCUMENT.read_text().splitlines() if line.startswith("| `")]


def test_every_setting_is_a_field() -> None:
    """Under its name, with a default; and every field that an owner may set is there or in the website itself."""
    fields = {field.name: field.default for field in dataclasses.fields(Site)}
    website = {"id", "uuid", "account_id", "domain", "content_groups", "excluded_ips", "created_at"}
    website |= {"name", "public", "uid", "object_id", "folder_id", "updated_at", "files_from", "rollups_from"}
    assert set(SETTINGS) == set(fields) - website
    assert dataclasses.MISSING not in {fields[name] for name in SETTINGS}


@pytest.mark.parametrize(
    ("name", "given", "kept"),
    [
        ("allowed_hosts", [], ()),
        (
            "allowed_hosts",
            [" WWW.Example.com. ", "*.example.com", "www.example.com"],
            ("www.example.com", "*.example.com"),
        ),
        ("allowed_hosts", ["localhost", "192.0.2.1", "[::1]", "xn--bcher-kva.example", "a_b.example"], None),
        ("excluded_paths", ["/admin/*", "*.pdf", "*", " /a ", "/a"], ("/admin/*", "*.pdf", "*", "/a")),
        ("excluded_paths", ["/caf%C3%A9/*", "*/cafe\u0301"], ("/café/*", "*/café")),
        ("excluded_paths", ["/" + "x" * 1_023], None),
        ("excluded_countries", ["de", " GB ", "XK", "DE"], ("DE", "GB", "XK")),
        ("honour_gpc", False, False),
        ("honour_dnt", True, True),
        ("uptime", True, True),
        ("uptime_url", " HTTPS://Example.com?a=b#c ", "https://example.com/?a=b"),
        ("uptime_url", "http://[::1]:8080/x", "http://[::1]:8080/x"),
        ("content_url", "", ""),
        ("insights", False, False),
        ("time_zone", "Asia/Kathmandu", "Asia/Kathmandu"),
        ("time_zone", "UTC", "UTC"),
        ("week_start", "sunday", WeekStart.SUNDAY),
        ("file_retention_days", 1, 1),
        ("file_retention_days", None, None),
        ("rollup_retention_days", 36_500, 36_500),
    ],
)
def test_what_is_kept(name: str, given: object, kept: object) -> None:
    """Lists as tuples in one form, each value once, in the order given."""
    if kept is None and isinstance(given, list):
        kept = tuple(given)
    assert check_settings({name: given}) == {name: kept}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "no setting was given: send at least one of allowed_hosts, "),
        ({"colour": 1}, "'colour' is not a setting: send at least one of allowed_hosts, "),
        ({"time_zone": "UTC", "timeZone": "UTC"}, "'timeZone' is not a setting"),
        ({"allowed_hosts": "example.com"}, "allowed_hosts must be a list of strings"),
        ({"allowed_hosts": None}, "allowed_hosts must be a list of strings"),
        ({"allowed_hosts": ["a.example", 5]}, "allowed_hosts[1] must be a string"),
        ({"allowed_hosts": ["a.example"] * 101}, "allowed_hosts must be at most 100 strings"),
        *(
            ({"allowed_hosts": ["a.example", host]}, "allowed_hosts[1] must be a host name without scheme")
            for host in ("", "https://a.example", "a.example:80", "a.example/b", "a..b", "bücher.example", "x" * 256)
        ),
        ({"allowed_hosts": ["a\0"]}, "allowed_hosts[0] must be a host name"),
        *(
            ({"excluded_paths": ["/", path]}, "excluded_paths[1] must be a path such as /admin/*")
            for path in ("", "admin", "https://a.example/", "/a?b=c", "/a#b", "/" + "x" * 1_024)
        ),
        ({"excluded_paths": ["/\0"]}, "excluded_paths[0] must not contain U+0000"),
        ({"excluded_paths": ["/\ud800"]}, "excluded_paths[0] must not contain U+0000 or half a surrogate pair"),
        ({"excluded_paths": ["/a"] * 201}, "excluded_paths must be at most 200 strings"),
        *(
            ({"excluded_countries": [code]}, "excluded_countries[0] must be a country's code of two letters")
            for code in ("UK", "Germany", "", "#", "\0")
        ),
        ({"honour_gpc": 1}, "honour_gpc must be true or false"),
        ({"honour_dnt": None}, "honour_dnt must be true or false"),
        *(
            ({"time_zone": zone}, "time_zone must be a time zone of the IANA database")
            for zone in ("", "utc+1", "europe/berlin", "../etc/passwd", "Factory", "localtime", 5, None, "\0")
        ),
        *(
            ({"uptime_url": url}, "uptime_url must be an address such as https://example.com/start")
            for url in ("example.com", "ftp://example.com/", "https://", "https://a b/", "https://bücher.example/")
        ),
        ({"uptime_url": "https://example.com:port/"}, "uptime_url must be an address such as https://example.com/"),
        ({"content_url": "https://me:pass@example.com/"}, "content_url must not name a user or a password"),
        ({"content_url": "https://example.com/" + "x" * 2_048}, "content_url must be at most 2048 characters"),
        ({"content_url": None}, "content_url must be a string"),
        ({"week_start": "tuesday"}, "week_start must be one of monday, saturday, sunday"),
        ({"week_start": ["monday"]}, "week_start must be one of monday, saturday, sunday"),
        *(
            ({name: days}, f"{name} must be a whole number of days from 1 to 36500, or null for ever")
            for name in ("file_retention_days", "rollup_retention_days")
            for days in (0, -1, 36_501, True, 1.0, "30")
        ),
    ],
)
def test_what_is_refused(given: dict[str, Any], message: str) -> None:
    """The message begins with the field, and in a list with its place."""
    with pytest.raises(InvalidInput) as refused:
        check_settings(given)
    assert str(refused.value).startswith(message)
