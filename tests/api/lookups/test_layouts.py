"""Records of every maker, as their files have them."""

from __future__ import annotations

import pytest

from api.lookups.layouts import place_of
from core.places import NO_PLACE, Place

MAXMIND_CITY = {
    "city": {"geoname_id": 2643743, "names": {"de": "London", "en": "London", "ru": "Лондон"}},
    "continent": {"code": "EU", "names": {"en": "Europe"}},
    "country": {"geoname_id": 2635167, "iso_code": "GB", "names": {"en": "United Kingdom"}},
    "location": {"latitude": 51.5, "longitude": -0.1, "time_zone": "Europe/London"},
    "registered_country": {"iso_code": "US", "names": {"en": "United States"}},
    "subdivisions": [{"iso_code": "ENG", "names": {"en": "England"}}, {"names": {"en": "Greater London"}}],
}
DB_IP_CITY = {
    "city": {"names": {"en": "Munich (Ramersdorf-Perlach)"}},
    "country": {"geoname_id": 2921044, "is_in_european_union": True, "iso_code": "DE", "names": {"en": "Germany"}},
    "subdivisions": [{"names": {"en": "Bavaria"}}],
}
IP_LOCATION_CITY = {
    "city": "Mountain View",
    "country_code": "US",
    "latitude": 37.4,
    "longitude": -122.0,
    "postcode": "",
    "state1": "California",
    "state2": "",
    "timezone": "",
}


@pytest.mark.parametrize(
    ("record", "place"),
    [
        (MAXMIND_CITY, Place("GB", "England", "London")),
        ({"country": {"iso_code": "SE"}, "registered_country": {"iso_code": "DE"}}, Place("SE")),
        (DB_IP_CITY, Place("DE", "Bavaria", "Munich (Ramersdorf-Perlach)")),
        (IP_LOCATION_CITY, Place("US", "California", "Mountain View")),
        ({"country_code": "AU"}, Place("AU")),
        ({"country": "AU", "country_name": "Australia", "continent": "OC"}, Place("AU")),
        (
            {"country": "Australia", "country_code": "AU", "region": "Queensland", "city": "Brisbane"},
            Place("AU", "Queensland", "Brisbane"),
        ),
        ({"country_code": "au"}, Place("AU")),
        ({"registered_country": {"iso_code": "US"}}, NO_PLACE),
        ({"country": {"iso_code": "US"}, "city": {"names": {"de": "Köln"}}, "subdivisions": []}, Place("US")),
        ({"country_code": "ZZ"}, NO_PLACE),
        ({"country_code": "-", "region": "-", "city": "-"}, NO_PLACE),
        ({"country": "Australia"}, NO_PLACE),
        ({"country": {"iso_code": 36}, "city": ["x"], "region": 5, "subdivisions": ["a"]}, Place("", "a", "")),
        ({"country_code": "DE", "city": "a\0b", "region": "x" * 256}, Place("DE")),
        ({"autonomous_system_number": 3320, "autonomous_system_organization": "Telekom"}, NO_PLACE),
        ("DE", NO_PLACE),
        (None, NO_PLACE),
    ],
)
def test_layouts(record: object, place: Place) -> None:
    """Country, region and city are read from every layout; what is of another type or cannot be stored is left out."""
    assert place_of(record) == place
