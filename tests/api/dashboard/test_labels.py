"""What values are called."""

from __future__ import annotations

import pytest
from babel import Locale

from api.dashboard.labels import aside, label, value_label
from core.filters import FilterDimension
from core.subjects import Subject

_S, _F = Subject, FilterDimension


@pytest.mark.parametrize(
    ("subject", "names", "name", "beside"),
    [
        (_S.PAGE, ("/pricing",), "/pricing", ""),
        (_S.PAGE, ('/"><script>',), '/"><script>', ""),
        (_S.ENTRY, ("",), "no page", ""),
        (_S.SOURCE, ("",), "Direct", ""),
        (_S.SOURCE, ("google.com",), "Google", ""),
        (_S.SOURCE, ("google.de",), "google.de", ""),
        (_S.SOURCE, ("news.ycombinator.com",), "news.ycombinator.com", ""),
        (_S.CHANNEL, ("Organic Search",), "Organic Search", ""),
        (_S.CAMPAIGN, ("newsletter", "email", "november"), "november", "newsletter / email"),
        (_S.CAMPAIGN, ("newsletter", "", ""), "newsletter", ""),
        (_S.COUNTRY, ("DE",), "Germany", ""),
        (_S.COUNTRY, ("ZZZ",), "ZZZ", ""),
        (_S.COUNTRY, ("",), "unknown", ""),
        (_S.REGION, ("DE", "Bavaria"), "Bavaria", "Germany"),
        (_S.REGION, ("DE", ""), "unknown", "Germany"),
        (_S.CITY, ("DE", "Berlin", "Berlin"), "Berlin", "Germany"),
        (_S.CITY, ("", "", ""), "unknown", ""),
        (_S.BROWSER, ("",), "unknown", ""),
        (_S.DEVICE, ("mobile",), "Phone", ""),
        (_S.DEVICE, ("",), "unknown", ""),
        (_S.SCREEN, ("320-375",), "320\u2013375\u00a0px", ""),
        (_S.SCREEN, ("1441+",), "1441\u00a0px and wider", ""),
        (_S.SCREEN, ("unknown",), "unknown", ""),
        (_S.SCROLL, ("scroll_75",), "75\u00a0% of the page", ""),
        (_S.LINK, ("",), "unknown", ""),
    ],
)
def test_a_row_has_a_name(subject: Subject, names: tuple[str, ...], name: str, beside: str) -> None:
    """And where two rows could have one, something beside it."""
    english = Locale.parse("en")
    assert name == label(subject, names, english)
    assert beside == aside(subject, names, english)


@pytest.mark.parametrize(
    ("dimension", "value", "name"),
    [
        (_F.SOURCE, "", "Direct"),
        (_F.COUNTRY, "DE", "Germany"),
        (_F.CITY, "DE/Berlin/Berlin", "Berlin, Berlin, Germany"),
        (_F.CITY, "DE//Berlin", "Berlin, Germany"),
        (_F.REGION, "DE", "Germany"),
        (_F.REGION, "", "unknown"),
        (_F.UTM_CAMPAIGN, "", "none"),
        (_F.HOSTNAME, "a.example", "a.example"),
    ],
)
def test_a_value_that_is_filtered_by_has_the_name_of_its_rows(
    dimension: FilterDimension, value: str, name: str
) -> None:
    """A chip says what the row said that made it."""
    assert name == value_label(dimension, value, Locale.parse("en"))


def test_countries_have_their_names_in_the_viewers_language() -> None:
    """Deutschland, Allemagne."""
    found = [label(_S.COUNTRY, ("DE",), Locale.parse(language)) for language in ("de", "fr")]
    expected = ["Deutschland", "Allemagne"]
    assert expected == found


def test_no_two_well_known_hosts_have_one_name() -> None:
    """Else two rows would look the same."""
    hosts = ["google.com", "google.de", "mail.google.com", "x.com", "twitter.com", "t.co"]
    names = [label(_S.SOURCE, (host,), Locale.parse("en")) for host in hosts]
    assert len(hosts) == len({*names})
