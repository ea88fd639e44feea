"""Click ids: parameters that a platform appends to the addresses it sends people to.

Which id an address has tells the platform; the id's value would tell whose click it was, so it is never kept. An id is
copied with its address, into mails, posts and other pages, hence it is heard only where nothing contradicts it: without
a referrer, or with one of its own network.
"""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


class Network(StrEnum):
    """Whose ids they are."""

    GOOGLE = "google"
    MICROSOFT = "microsoft"
    YANDEX = "yandex"
    META = "meta"
    TIKTOK = "tiktok"
    X = "x"
    LINKEDIN = "linkedin"
    PINTEREST = "pinterest"
    SNAPCHAT = "snapchat"
    REDDIT = "reddit"


#: Networks that sell places among search results. The others' clicks are social, whether they were paid for or not.
SEARCH_NETWORKS: Final = frozenset({Network.GOOGLE, Network.MICROSOFT, Network.YANDEX})

#: The network of each id, by the parameter's name, in which case counts: ScCid is Snapchat's way to write it.
CLICK_IDS: Final[Mapping[str, Network]] = MappingProxyType(
    {
        "gclid": Network.GOOGLE,
        "gbraid": Network.GOOGLE,
        "wbraid": Network.GOOGLE,
        "msclkid": Network.MICROSOFT,
        "yclid": Network.YANDEX,
        "fbclid": Network.META,
        "igshid": Network.META,
        "igsh": Network.META,
        "ttclid": Network.TIKTOK,
        "twclid": Network.X,
        "li_fat_id": Network.LINKEDIN,
        "epik": Network.PINTEREST,
        "ScCid": Network.SNAPCHAT,
        "rdt_cid": Network.REDDIT,
    }
)
