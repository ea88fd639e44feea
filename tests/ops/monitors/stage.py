"""A site that is looked after, with somebody who is told everything, in a database; and a clock that is turned."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from core.messages import Channel
from core.recipients import CHOICES
from storage import accounts, messages, recipients, sites
from storage.key_vault import KeyVault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from psycopg_pool import ConnectionPool

    from core.sites import Site
    from tests.clocks import SetClock
    from tests.outbound.world import World


class Told(NamedTuple):
    """A message that was written."""

    kind: str
    title: str
    text: str


class SiteStage:
    """One site, the world that is asked of it, and what its owner may do and hears."""

    def __init__(self, pool: ConnectionPool, world: World, clock: SetClock, site: Site) -> None:
        self.pool = pool
        self.world = world
        self.clock = clock
        self.site = site

    def set(self, **settings: Any) -> None:  # noqa: ANN401 - values of settings
        """Change settings of the site, as its owner does."""
        with self.pool.connection() as connection:
            changed = sites.configure(connection, self.site.uuid, settings)
        assert changed is not None
        self.site = changed

    def told(self) -> list[Told]:
        """The messages about the site, the oldest first."""
        with self.pool.connection() as connection:
            found = messages.of_site(connection, self.site.id, limit=1_000)
        return [Told(each.kind, each.title, each.text) for each in reversed(found)]


@contextmanager
def looked_after(pool: ConnectionPool, domain: str, **settings: object) -> Iterator[Site]:
    """A site with these settings, and somebody who is told everything about it."""
    with pool.connection() as connection:
        made = sites.insert(connection, account_id=accounts.ensure(connection, "users"), domain=domain)
        assert made is not None
        site = sites.configure(connection, made.uuid, settings)
        assert site is not None
        recipients.insert(
            connection, KeyVault(), site.id, channel=Channel.EMAIL, address="me@example.com", kinds=CHOICES
        )
    yield site
    with pool.connection() as connection:
        assert sites.delete(connection, site.uuid) is not None
