"""Who is asked when a domain ends, against registries on loopback."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from core.spans import DAY
from ops.monitors.domain.registration import NotTold, Registration, names
from storage.domains import Source
from tests.clocks import SetClock
from tests.ops.monitors.domain.registry import RDAP, registered
from tests.outbound.world import Page

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from ops.monitors.domain.asking import Registries
    from tests.ops.monitors.domain.registry import Registry

#: 2027-06-01 00:00 UTC.
JUNE: Final = 1_811_808_000_000


@pytest.fixture
def clock() -> SetClock:
    """A clock to be turned."""
    return SetClock(1_800_000_000_000)


@pytest.fixture
async def both(clock: SetClock) -> AsyncIterator[tuple[Registry, Registries]]:
    """Registries, and who asks them."""
    async with registered(clock) as both:
        yield both


@pytest.mark.parametrize(
    ("domain", "expected"),
    [
        ("shop.example.com", ["shop.example.com", "example.com"]),
        ("Example.COM.", ["example.com"]),
        ("a.b.c.d.e.f", ["a.b.c.d.e.f", "b.c.d.e.f", "c.d.e.f", "d.e.f"]),
        *((domain, []) for domain in ("com", "localhost", "northwind.example", "shop.test", "192.0.2.1", "::1")),
    ],
)
def test_only_what_can_be_registered_is_asked_for(domain: str, expected: list[str]) -> None:
    """No suffix alone, no reserved name, no address, and no more than four."""
    assert list(names(domain)) == expected


async def test_the_registry_tells_by_rdap(both: tuple[Registry, Registries]) -> None:
    """Of the domain, or of the one that it is part of; the list is read once."""
    registry, registries = both
    registry.tells("shop.zz", "2027-06-01T00:00:00Z")
    registry.tells("shop.co.yy", "2027-06-01T02:00:00+02:00")
    found = [await registries.of(domain) for domain in ("shop.zz", "www.de.shop.zz", "shop.co.yy")]
    assert found == [Registration(JUNE, Source.RDAP)] * 3
    assert registry.asked == [
        "/list",
        "/v1/domain/shop.zz",
        *("/v1/domain/www.de.shop.zz", "/v1/domain/de.shop.zz", "/v1/domain/shop.zz"),
        "/v1/domain/shop.co.yy",
    ]
    assert registry.asked_whois == []


async def test_whois_tells_where_rdap_does_not(both: tuple[Registry, Registries]) -> None:
    """Without a registry that speaks RDAP, and where one leaves the date out or is broken; servers are found once."""
    registry, registries = both
    registry.lines["shop.xx"] = "domain: shop.xx\r\npaid-till:    2027-06-01T00:00:00Z\r\n"
    registry.lines["shop.zz"] = registry.lines["broken.zz"] = "   Expiry date:  01-Jun-2027\r\n"
    registry.tells("shop.zz", None)
    registry.tells("broken.zz", None, 500)
    domains = ("www.shop.xx", "shop.xx", "shop.zz", "broken.zz")
    assert [await registries.of(domain) for domain in domains] == [Registration(JUNE, Source.WHOIS)] * 4
    assert registry.asked_whois == ["xx", "www.shop.xx", "shop.xx", "shop.xx", "zz", "shop.zz", "broken.zz"]


async def test_nobody_tells(both: tuple[Registry, Registries]) -> None:
    """A domain that is not registered, one whose registry has no dates, a suffix without a registry: no error."""
    registry, registries = both
    registry.tells("dateless.zz", "some day")
    found = [await registries.of(domain) for domain in ("free.zz", "dateless.zz", "free.xx", "free.vv", "shop.test")]
    assert found == [Registration(None, None)] * 5


async def test_who_does_not_answer_is_told_of(both: tuple[Registry, Registries]) -> None:
    """A registry that limits, and one whose answer is no JSON."""
    registry, registries = both
    registry.tells("limited.zz", None, 429)
    registry.world.pages[RDAP]["/v1/domain/odd.zz"] = "<html>"
    with pytest.raises(NotTold, match=r"^The registry answers with status 429$"):
        await registries.of("limited.zz")
    with pytest.raises(NotTold, match=r"^The registry's answer cannot be read$"):
        await registries.of("odd.zz")


async def test_the_list_is_kept_for_a_day(both: tuple[Registry, Registries], clock: SetClock) -> None:
    """And for longer if there is no newer one; without any, whois is asked, and what is wrong is told."""
    registry, registries = both
    registry.tells("shop.zz", "2027-06-01T00:00:00Z")
    whole = registry.world.pages[RDAP].pop("/list")
    with pytest.raises(NotTold, match=r"^The list of registries cannot be read$"):
        await registries.of("shop.zz")
    registry.world.pages[RDAP]["/list"] = whole
    assert await registries.of("shop.zz") == Registration(JUNE, Source.RDAP)
    registry.world.pages[RDAP]["/list"] = Page(body="gone", status=503)
    for passed in (DAY - 1, 1, 1):
        clock.now += passed
        assert await registries.of("shop.zz") == Registration(JUNE, Source.RDAP)
    assert registry.asked.count("/list") == 3


async def test_registries_are_outside(both: tuple[Registry, Registries]) -> None:
    """A list that leads inside leads nowhere."""
    registry, registries = both
    registry.list_of([[["zz"], [f"http://127.0.0.1:{registry.world.port}/v1/"]]])
    registry.lines["zz"] = "whois: 127.0.0.1\r\n"
    with pytest.raises(NotTold, match=r"^The registry does not answer: The address 127\.0\.0\.1 is not public$"):
        await registries.of("shop.zz")
