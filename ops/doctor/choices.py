"""Settings that are allowed and that their operator may not have meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ops.doctor.finding import look, ok

if TYPE_CHECKING:
    from ops.doctor.finding import Finding
    from ops.settings import Settings

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


def of_settings(settings: Settings, *, cluster: bool) -> list[Finding]:
    """Return what is to be said of the settings, and that they are fine where nothing is."""
    found = []
    if settings.public_url.startswith("https://") and not settings.trusted_proxies:
        found.append(
            look(
                "proxy",
                "FOOTFALL_PUBLIC_URL is https, so there is a proxy before us, and none is trusted: every visitor seems"
                " to come from it",
                "set FOOTFALL_TRUSTED_PROXIES to the proxy's address",
            )
        )
    if not settings.public_url and settings.host not in _LOOPBACK:
        found.append(
            look(
                "public address",
                f"FOOTFALL_PUBLIC_URL is empty: the script tag names http://{settings.host}:{settings.port}",
                "set FOOTFALL_PUBLIC_URL to the address that people open, such as https://stats.example.com",
            )
        )
    if settings.rate_limits == "off":
        found.append(look("limits", "FOOTFALL_RATE_LIMITS is off: anybody may send without end", "set it to on"))
    if cluster and not settings.secret_key.get_secret_value():
        found.append(
            look(
                "secret",
                "FOOTFALL_SECRET_KEY is empty: what keys are encrypted with lies in the database beside them",
                "set it for all processes, then run `footfall keys rotate-secret`",
            )
        )
    if cluster and not settings.archive_url:
        found.append(
            look(
                "archive",
                "ARCHIVE_URL is empty: there is no archive, rows stay in the database for ever",
                "set it to a folder that all machines share, or to s3://bucket/prefix",
            )
        )
    return found or [ok("settings", "nothing unusual")]
