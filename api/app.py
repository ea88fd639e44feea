"""The HTTP application, for the roles a process has: taking events in, answering reports, or both."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import random
from typing import TYPE_CHECKING, Final

import psycopg
from fastapi import FastAPI
from psycopg_pool import PoolTimeout

from api import failures, health, scraping, scripts
from api.auth import Keys
from api.bounds import Bounded
from api.collector.clients import Clients
from api.collector.drops import Drops
from api.collector.hot_route import Taking
from api.collector.ignored import Ignored
from api.collector.intake import Intake
from api.collector.keys import CollectorKeys
from api.collector.salts import Salts
from api.collector.sites import Sites
from api.collector.windows import SlidingWindow
from api.dialects.antics.collect import CollectEvent
from api.dialects.beep import collect as beep
from api.dialects.tinylytics.writes import CreateHit, CreateHits
from api.dialects.tinytrail import (
    accounts,
    content,
    definitions,
    dropped,
    notes,
    recipients,
    settings,
    snippets,
    users,
    websites,
)
from api.dialects.tinytrail.collect import Collect
from api.dialects.tinytrail.documents import document
from api.dialects.tinytrail.envelope import failure
from api.dialects.tinytrail.pixel import Pixel
from api.dispatcher import Dispatcher
from api.keepers import Keeper, running
from api.limits import COLLECT_RATE
from api.lookups.agents import Agents
from api.lookups.hosts import Hosts
from api.lookups.places import Places
from api.metrics import Measured, Requests
from api.pinned_scripts import PinnedScripts
from api.tally import Tally
from core.enrich.draft import Lookups
from core.enrich.pipeline import Enrichment
from core.enrich.steps import SENT_STEPS, STEPS
from core.ids import Stamper
from storage.key_vault import KeyVault

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
    from pathlib import Path

    from fastapi import APIRouter
    from psycopg_pool import AsyncConnectionPool, ConnectionPool

    from api.asgi import Application
    from api.collector.hot_route import HotRoute
    from api.errors import Failed
    from api.limits import Limit, Rate
    from core.accounts import Api
    from core.clock import Clock
    from core.networks import Network
    from core.ports import EventLog
    from core.telemetry import Telemetry

#: The routes that take events in, of all APIs.
HOT_ROUTES: Final = (Collect, Pixel, beep.Collect, CollectEvent, CreateHit, CreateHits)
_ALIVE_SECONDS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Collecting:
    """What taking events in needs. The pool lends at least three connections: one listens."""

    pool: AsyncConnectionPool
    log: EventLog
    trusted_proxies: Sequence[Network] = ()
    #: How often one address may send; None for as often as it likes.
    rate: Rate | None = COLLECT_RATE
    #: Files in MaxMind's format that tell places.
    place_files: Sequence[Path] = ()
    #: How often one key may send, of the APIs that have keys for that.
    limits: Mapping[Api, Limit] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reporting:
    """What answering the keepers of sites needs.

    `vault` keeps their keys so that they can be shown again; `routers` are further routes, such as the reports'.
    """

    pool: ConnectionPool
    vault: KeyVault = field(default_factory=KeyVault)
    routers: Sequence[APIRouter] = field(default=())
    #: Answers errors of pages, which people see.
    pages: Failed | None = None
    #: How often one key of an API may ask; without a limit as often as it likes.
    limits: Mapping[Api, Limit] = field(default_factory=dict)
    #: How browsers reach us, for the script tag; '' for the address that was asked.
    public_url: str = ""
    trusted_proxies: Sequence[Network] = ()
    #: What is made ready in the background when serving begins.
    warming: Keeper | None = None


def create_app(  # noqa: PLR0913 - the parts it is made of
    *,
    collecting: Collecting | None = None,
    reporting: Reporting | None = None,
    telemetry: Telemetry,
    clock: Clock,
    exposition: Callable[[], Awaitable[bytes]],
    metrics_token: str = "",
) -> Application:
    """Return the ASGI application of a process with these roles.

    Args:
        collecting: takes events in, if given. Its background tasks live as long as the server's lifespan.
        reporting: answers the routes that need a key, if given.
        telemetry: where measurements go.
        clock: what time it is.
        exposition: what `GET /metrics` answers.
        metrics_token: opens `/metrics`, beside the keys of admins; '' for none.

    Raises:
        ValueError: no role was given.
        FileNotFoundError: the package was built without the tracker or a list.
    """
    if collecting is None and reporting is None:
        raise ValueError("give the application at least one role")
    tally = Tally(telemetry)
    requests = Requests(telemetry=tally, clock=clock)
    hot: list[HotRoute] = []
    keepers: list[Keeper] = [tally]
    ready = pinned = None
    if collecting is not None:
        salts, sites = Salts(pool=collecting.pool, clock=clock), Sites(pool=collecting.pool, clock=clock)
        places = Places(collecting.place_files, telemetry=telemetry)
        drops, ignored = Drops(pool=collecting.pool, clock=clock), Ignored(pool=collecting.pool)
        pinned = PinnedScripts(pool=collecting.pool)
        hot += _collector(
            collecting,
            salts=salts,
            sites=sites,
            places=places,
            drops=drops,
            ignored=ignored,
            requests=requests,
            telemetry=tally,
            clock=clock,
        )
        keepers += [salts, sites, places, drops, ignored, pinned]
        ready = _ready(collecting, salts)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with running(keepers):
            yield

    app = FastAPI(title="Footfall", openapi_url=None, redirect_slashes=False, lifespan=lifespan)
    failures.install(app, enveloped=failure, pages=None if reporting is None else reporting.pages)
    alive = _alive(collecting, reporting)
    app.include_router(health.router(alive, needs_database=reporting is not None, ready=ready))
    app.include_router(scripts.router(pinned))
    if reporting is not None:
        keepers += [] if reporting.warming is None else [reporting.warming]
        app.state.keys = Keys(pool=reporting.pool, clock=clock, limits=reporting.limits)
        app.include_router(document.router())
        app.include_router(accounts.router(reporting.pool))
        app.include_router(users.router(reporting.pool, reporting.vault))
        app.include_router(websites.router(reporting.pool))
        app.include_router(settings.router(reporting.pool))
        app.include_router(snippets.router(reporting.pool, public_url=reporting.public_url))
        app.include_router(definitions.router(reporting.pool))
        app.include_router(notes.router(reporting.pool))
        app.include_router(recipients.router(reporting.pool, reporting.vault))
        app.include_router(content.router(reporting.pool, clock))
        app.include_router(dropped.router(reporting.pool, clock=clock))
        for router in reporting.routers:
            app.include_router(router)
    owner = _owner(app, collecting, clock)
    app.include_router(scraping.router(_counted(tally, exposition), token=metrics_token, owner=owner))
    app.add_middleware(Bounded)
    trusted = [*(collecting.trusted_proxies if collecting else ()), *(reporting.trusted_proxies if reporting else ())]
    return Dispatcher(hot, Measured(app, requests, Clients(trusted)))


def _collector(  # noqa: PLR0913 - the parts it is made of
    collecting: Collecting,
    *,
    salts: Salts,
    sites: Sites,
    places: Places,
    drops: Drops,
    ignored: Ignored,
    requests: Requests,
    telemetry: Telemetry,
    clock: Clock,
) -> list[HotRoute]:
    """Return the routes that take events in. TinyTrail's share one limit of each address."""
    stamper = Stamper(clock, _below)
    lookups = Lookups(
        agent=Agents.bundled(),
        source=Hosts.bundled(),
        place=places,
        stamp=stamper.mint,
        stamps=stamper.mint_many,
        identify=salts.identify,
        ignored=ignored.holds,
    )
    rate = collecting.rate
    browsers, sent = (
        Enrichment(lookups=lookups, clock=clock, telemetry=telemetry, dropped=drops.count, steps=steps)
        for steps in (STEPS, SENT_STEPS)
    )
    parts = Taking(
        clients=Clients(collecting.trusted_proxies),
        window=None if rate is None else SlidingWindow(limit=rate.requests, seconds=rate.seconds, clock=clock),
        intake=Intake(sites=sites, enrichment=browsers, sent=sent, log=collecting.log, telemetry=telemetry),
        sites=sites,
        keys=CollectorKeys(pool=collecting.pool, clock=clock, limits=collecting.limits),
        requests=requests,
        telemetry=telemetry,
    )
    return [route(parts) for route in HOT_ROUTES]


def _ready(collecting: Collecting, salts: Salts) -> health.Ready:
    """How a collector tells whether it would take an event in now."""

    async def ready() -> None:
        salts.check_today()
        await collecting.log.ready()

    return ready


def _below(limit: int) -> int:
    """A number below the limit, quickly: event ids are to be distinct, not secret."""
    return int(random() * limit)  # noqa: S311 - see above


def _alive(collecting: Collecting | None, reporting: Reporting | None) -> health.Alive:
    """How a process with these roles asks its database whether it is there."""

    def ask(pool: ConnectionPool) -> None:
        with pool.connection(timeout=_ALIVE_SECONDS) as connection:
            connection.execute("SELECT 1")

    async def ask_async(pool: AsyncConnectionPool) -> None:
        async with pool.connection(timeout=_ALIVE_SECONDS) as connection:
            await connection.execute("SELECT 1")

    async def alive() -> bool:
        try:
            async with asyncio.timeout(_ALIVE_SECONDS + 1):
                if reporting is not None:
                    await asyncio.to_thread(ask, reporting.pool)
                elif collecting is not None:
                    await ask_async(collecting.pool)
        except (psycopg.Error, PoolTimeout, OSError):
            return False
        return True

    return alive


def _counted(tally: Tally, exposition: scraping.Text) -> scraping.Text:
    async def text() -> bytes:
        """Everything, with what was counted within the last second."""
        tally.hand_on()
        return await exposition()

    return text


def _owner(app: FastAPI, collecting: Collecting | None, clock: Clock) -> scraping.Owner:
    """How a process with these roles finds the owner of a key that was sent for its metrics."""
    if collecting is None or hasattr(app.state, "keys"):
        return scraping.owner_by_thread(app.state.keys)
    return scraping.owner_in_loop(CollectorKeys(pool=collecting.pool, clock=clock, limits={}))
