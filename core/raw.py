"""What came in: one event as a client sent it, and the request that carried it. Dialects meet here."""

from __future__ import annotations

from typing import NamedTuple


class RawEvent(NamedTuple):
    """One event in the words of the domain, checked by its dialect: storable text, bounded sizes. Empty means none."""

    type: str  # the text of an EventType
    url: str
    path: str
    referrer: str = ""
    name: str = ""  # of a custom event
    screen_width: float = 0  # pixels
    utm_source: str = ""
    utm_medium: str = ""
    utm_campaign: str = ""
    status: int = 0  # HTTP status of a view's page
    engaged_ms: int = 0
    properties: str = ""  # a JSON object
    country: str = ""  # two capital letters, where the sender knows better than any look-up
    visitor_id: str = ""  # what the sender tells visitors apart by, instead of address and user agent
    keeps_query: bool = False  # the address is the sender's own to tell, its query whole
    keeps_ip: bool = False  # came by an API that shows addresses, for sites that keep them


class Request(NamedTuple):
    """Of a browser's request what the enrichment looks at."""

    ip: str  # canonical, '' where unknown
    user_agent: str
    gpc: bool = False  # Sec-GPC: 1
    dnt: bool = False  # DNT: 1
    prefetch: bool = False  # fetched ahead: nobody has seen the page
