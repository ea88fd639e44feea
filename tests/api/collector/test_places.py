"""Places on the events of a served collector."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.api.lookups.mmdb import write_places
from tests.api.world import BROWSER, client, serving
from tests.measurements import Measurements

if TYPE_CHECKING:
    from pathlib import Path

    from core.events import Event
    from tests.api.world import World


def _place(event: Event) -> tuple[str, str, str]:
    return event.country, event.region, event.city


async def _health(world: World) -> int:
    return (await client(world.app).get("/health")).status_code


async def test_an_event_has_its_place(postgres_database: str, tmp_path: Path) -> None:
    """Country, region and city of the client's address are stored, the address is not, and the file's age is told."""
    record = {"country_code": "IS", "state1": "Capital Region", "city": "Reykjavík"}
    file = write_places(tmp_path / "a.mmdb", {"198.51.100.0/24": record})
    measurements = Measurements()
    async with serving(postgres_database, place_files=[file], telemetry=measurements) as world:
        assert (await world.collect(world.view())).status_code == 202
        (event,) = world.log.events
        assert (*_place(event), event.ip) == ("IS", "Capital Region", "Reykjavík", "")
    assert measurements.gauges["footfall_places_built_timestamp_seconds"] > 1_700_000_000


async def test_a_country_is_excluded(postgres_database: str, tmp_path: Path) -> None:
    """Whoever is there is not stored, whoever is elsewhere or nowhere known is."""
    file = write_places(
        tmp_path / "a.mmdb", {"198.51.100.7/32": {"country_code": "IS"}, "198.51.100.8/32": {"country_code": "NO"}}
    )
    async with serving(postgres_database, place_files=[file]) as world:
        world.execute("UPDATE sites SET excluded_countries = '{DE,IS}' WHERE id = %s", world.site.id)
        statuses = []
        for address in ("198.51.100.7", "198.51.100.8", "198.51.100.9"):
            async with client(world.app, address) as visitor:
                answer = await visitor.post("/api/v1/collect", json=world.view(), headers={"User-Agent": BROWSER})
                statuses.append(answer.status_code)
        assert statuses == [204, 202, 202]
        assert [event.country for event in world.log.events] == ["NO", ""]


async def test_without_a_file_events_have_no_place(postgres_database: str, tmp_path: Path) -> None:
    """No file named, one that is not there, or a broken one: events are taken and the process is well."""
    broken = tmp_path / "broken.mmdb"
    broken.write_bytes(b"spoiled")
    for files in ([], [tmp_path / "none.mmdb"], [broken]):
        async with serving(postgres_database, place_files=files) as world:
            assert (await world.collect(world.view())).status_code == 202
            assert _place(world.log.events[0]) == ("", "", "")
            assert await _health(world) == 200
            world.execute("TRUNCATE accounts CASCADE")
