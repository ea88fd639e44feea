"""`footfall demo-page`: everything that the tracker does, to be tried."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated, Final
from uuid import UUID

import typer

from core.errors import NotFound
from ops.cli.common import Data, begin, epilog, say

if TYPE_CHECKING:
    from pathlib import Path

    import psycopg

    from ops.settings import Settings

#: Made for the page where no site is named.
_DOMAIN: Final = "demo.localhost"

Site = Annotated[
    UUID | None,
    typer.Argument(
        metavar="[ID]",
        help=f"The site to count for, as `footfall sites list` shows it; else {_DOMAIN}, made if needed.",
    ),
]
Server = Annotated[
    str | None,
    typer.Option("--server", metavar="URL", help="A running Footfall; else FOOTFALL_PUBLIC_URL or HOST:PORT."),
]
Port = Annotated[int, typer.Option("--port", min=0, max=65_535, help="Port of the page on this machine.")]


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("demo-page", epilog=epilog("footfall demo-page", "footfall demo-page --server http://127.0.0.1:8000"))(
        demo_page
    )


def demo_page(*, site: Site = None, server: Server = None, port: Port = 8090, data: Data = None) -> None:
    """Serve a page, to this machine only, on which everything that the tracker does can be tried.

    It shows each request of the tracker and what Footfall answered. What is done there counts as visits of the site.
    Ctrl-C ends it.
    """
    from ops import process, web
    from ops.demo_page import serving

    settings = begin()
    found = serving.check_server(server or settings.public_url or f"http://{settings.host}:{settings.port}")
    chosen = _site(settings, site, data)
    listener = web.listen("127.0.0.1", port)
    address = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    process.run(
        lambda ending: serving.serve(
            listener,
            site=str(chosen),
            server=found,
            ending=ending,
            started=lambda: say(f"open {address} - counting for site {chosen} on {found}"),
        )
    )


def _site(settings: Settings, site: UUID | None, data: Path | None) -> UUID:
    """Return the site to count for.

    Raises:
        NotFound: the installation has no such site, or there is no installation here and no site was named.
    """
    import psycopg

    from ops import installation

    with ExitStack() as stack:
        try:
            dsn = stack.enter_context(installation.database(settings, data=data))
        except NotFound:
            if site is None:
                raise
            say(f"whether there is a site {site} cannot be told from this machine")
            return site
        connection = stack.enter_context(psycopg.connect(dsn))
        return _demo_site(connection) if site is None else _known(connection, site)


def _known(connection: psycopg.Connection, site: UUID) -> UUID:
    from storage import sites

    if sites.find(connection, site) is None:
        raise NotFound(f"there is no site {site}: see `footfall sites list`")
    return site


def _demo_site(connection: psycopg.Connection) -> UUID:
    from storage import accounts, sites

    account = accounts.ensure(connection, "default")
    made = sites.insert(connection, account_id=account, domain=_DOMAIN)
    if made is not None:
        return made.uuid
    return next(site.uuid for site in sites.of_account(connection, account) if site.domain == _DOMAIN)
