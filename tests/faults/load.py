"""A steady stream of visitors that remembers what it was promised."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from itertools import count, cycle
from random import Random
from typing import TYPE_CHECKING, Any, Final, Self

import httpx

from ops.clock import SystemClock

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

PATHS: Final = ("/", "/pricing", "/about", "/blog/one", "/blog/two")
_BROWSERS: Final = (
    "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36",
)
_PEOPLE: Final = 400
_TYPES: Final = ("page_view", "page_view", "page_view", "custom", "scroll_50")
#: Events of one request: alone as from a tracker, or together as from a page that was hidden.
_SIZES: Final = (1, 1, 1, 2, 8, 20)
_TICK: Final = 0.02
#: A collector may hold an answer back for its delivery time-out.
_PATIENCE: Final = 30.0


class Load:
    """Sends events to a site from a thread of its own, from `with` to `stop` or the end of the block.

    Each event has a number, which is stored as its `utm_content`.

    Args:
        url: the collector's; of several one after the other, as a proxy would.
        site: UUID.
        per_second: events.
        at_a_time: requests under way; more are not begun, so a collector that hangs is not flooded.
        seed: the same visitors for the same seed.
    """

    def __init__(
        self, url: str | Sequence[str], site: str, *, per_second: float = 250, at_a_time: int = 400, seed: int = 1
    ) -> None:
        self.acknowledged: set[int] = set()  #: events that were answered with 202
        self.sent: set[int] = set()
        self.answers: Counter[str] = Counter()  #: requests by status, or by the error that came instead of an answer
        self.unexplained: list[str] = []  #: refusals without the seconds after which to come again
        self._urls = cycle([url] if isinstance(url, str) else url)
        self._site = site
        self._per_second = per_second
        self._at_a_time = at_a_time
        self._random = Random(seed)  # noqa: S311 - visitors, no secret
        self._numbers = count(1)
        self._monotonic = SystemClock().monotonic
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), name="load")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Send no more; return when every request was answered or given up."""
        self._stopping.set()
        self._thread.join()

    async def _run(self) -> None:
        limits = httpx.Limits(max_connections=self._at_a_time, max_keepalive_connections=50)
        under_way: set[asyncio.Task[None]] = set()
        async with httpx.AsyncClient(limits=limits, timeout=_PATIENCE) as client:
            before = self._monotonic()
            owed = 0.0
            while not self._stopping.is_set():
                await asyncio.sleep(_TICK)
                now = self._monotonic()
                # A stalled moment is not made up for: what is owed never exceeds a second's events.
                owed = min(owed + (now - before) * self._per_second, self._per_second)
                before = now
                while owed > 0 and len(under_way) < self._at_a_time:
                    size = self._random.choice(_SIZES)
                    owed -= size
                    task = asyncio.create_task(self._send(client, size))
                    under_way.add(task)
                    task.add_done_callback(under_way.discard)
            await asyncio.gather(*under_way)

    async def _send(self, client: httpx.AsyncClient, size: int) -> None:
        person = self._random.randrange(_PEOPLE)
        numbers = [next(self._numbers) for _ in range(size)]
        events = [self._event(number) for number in numbers]
        headers = {
            "X-Forwarded-For": f"203.0.113.{person % 250 + 1}",
            "User-Agent": _BROWSERS[person // 250],
        }
        self.sent.update(numbers)
        try:
            answer = await client.post(
                f"{next(self._urls)}/api/v1/collect", json=events[0] if size == 1 else events, headers=headers
            )
        except httpx.TransportError as error:
            self.answers[type(error).__name__] += 1
            return
        self.answers[str(answer.status_code)] += 1
        if answer.status_code == 202:
            self.acknowledged.update(numbers)
        elif answer.status_code != 503 or not answer.headers.get("Retry-After", "").isdigit():
            self.unexplained.append(f"{answer.status_code} {dict(answer.headers)} {answer.text}")

    def _event(self, number: int) -> dict[str, Any]:
        type_ = self._random.choice(_TYPES)
        path = self._random.choice(PATHS)
        event: dict[str, Any] = {
            "website_id": self._site,
            "event_type": type_,
            "url": f"https://load.example{path}?utm_source=load&utm_content={number}",
            "path": path,
        }
        if type_ == "custom":
            event["properties"] = {"name": "signup", "number": number}
        return event
