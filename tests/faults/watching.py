"""Somebody who looks at the reports all the time, and has them rolled up, whatever else is going on."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final, Self

import httpx

if TYPE_CHECKING:
    from types import TracebackType

    from tests.end_to_end.processes import Installation
    from tests.faults.load import Load

_PAUSE: Final = 0.5
_ROLL_UP_EVERY: Final = 6
_PATIENCE: Final = 20


class Watcher:
    """Asks for the page views of all time from a thread of its own, for as long as the block lasts.

    A report may be refused while the store is away. One that is given never shows fewer views than one before it, nor
    more than were sent.
    """

    def __init__(self, installation: Installation, site: str, load: Load) -> None:
        self.problems: list[str] = []
        self.seen = 0  #: reports that were given
        self._installation = installation
        self._site = site
        self._load = load
        self._views = 0
        self._today = ""
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watcher")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        with httpx.Client(
            base_url=self._installation.api_url, headers={"X-API-KEY": self._installation.key}, timeout=_PATIENCE
        ) as client:
            rounds = 0
            while not self._stopping.wait(_PAUSE):
                rounds += 1
                try:
                    self._look(client)
                    if self._today and rounds % _ROLL_UP_EVERY == 0:
                        self._expect(client.post("/api/v1/admin/aggregate", json={"date": self._today}))
                except httpx.TransportError:
                    continue  # it is being started again

    def _look(self, client: httpx.Client) -> None:
        answer = client.get("/api/v1/reports/summary", params={"website_id": self._site, "period": "7d"})
        sent = len(self._load.sent)
        if not self._expect(answer):
            return
        data = answer.json()["data"]
        self._today = data["period"]["end"]
        views = data["metrics"]["pageviews"]["value"]
        if not self._views <= views <= sent:
            self.problems.append(f"{views} views after {self._views}, and {sent} events were sent")
        self._views = views
        self.seen += 1

    def _expect(self, answer: httpx.Response) -> bool:
        if answer.status_code not in {200, 503}:
            self.problems.append(f"{answer.request.url}: {answer.status_code} {answer.text}")
        return answer.status_code == 200
