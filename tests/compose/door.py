"""What is asked of a stack through its one published port, and whether each visit is counted once."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from tests.end_to_end.processes import Installation
from tests.faults.waiting import until

if TYPE_CHECKING:
    from tests.compose.stack import Stack
    from tests.faults.load import Load

#: Two browsers from each network of the file, and from none.
_VISITORS: Final = 8
_CATCH_UP: Final = 120.0
_STORED: Final = """
COPY (
    SELECT event.utm_content, event.type
    FROM events AS event JOIN sites AS site ON site.id = event.site
    WHERE site.uuid = '{site}'
) TO STDOUT
"""


@dataclass(kw_only=True)
class Door:
    """The proxy of a stack, with an admin's key."""

    stack: Stack
    installation: Installation

    @classmethod
    def open(cls, stack: Stack, url: str) -> Self:
        """Make an admin key in one of the stack's containers."""
        made = stack.execute("api", "footfall", "keys", "create", "--api", "tinytrail", "--role", "admin", "--json")
        installation = Installation(collect_url=url, api_url=url, key=json.loads(made)["key"], token="")
        return cls(stack=stack, installation=installation)

    @property
    def url(self) -> str:
        """Where the proxy is."""
        return self.installation.api_url

    def assert_exact(self, site: str, load: Load) -> None:
        """Hold a site to its load: each visit that was answered with 202 is there once, others once or not at all."""
        stored: list[tuple[int, str]] = []

        def all_there() -> bool:
            stored[:] = self._stored(site)
            return load.acknowledged <= {number for number, _ in stored}

        try:
            until("every accepted visit is stored", all_there, within=_CATCH_UP)
        except AssertionError as error:
            missing = load.acknowledged - {number for number, _ in stored}
            raise AssertionError(f"{error}, {len(missing)} of {len(load.acknowledged)} are not") from None
        times = Counter(number for number, _ in stored)
        views = sum(kind == "page_view" for _, kind in stored)
        reported = self.installation.report("summary", site, period="7d")["metrics"]
        pages = self.installation.report("pages", site, period="7d")["rows"]

        assert {number: count for number, count in times.items() if count > 1} == {}
        assert set() == times.keys() - load.sent
        assert views == reported["pageviews"]["value"]
        assert views == sum(page["pageviews"] for page in pages)
        # Hundreds of addresses are claimed and none is believed: what tells visitors apart are two browsers, and the
        # few addresses that the engine's networks give this machine, others perhaps when the proxy was started again.
        assert 1 <= reported["unique_visitors"]["value"] <= _VISITORS, reported

    def _stored(self, site: str) -> list[tuple[int, str]]:
        query = _STORED.format(site=site)
        lines = self.stack.execute("timescaledb", "psql", "-U", "footfall", "-d", "footfall", "-qc", query).splitlines()
        return [(int(number), kind) for number, kind in (line.split("\t") for line in lines)]
