#!/usr/local/bin/python3
"""Stands where Grafana would: reads its provisioning, refuses to start on what cannot be read, draws nothing.

`/api/health` answers as Grafana does; `/api/search` lists the dashboards that were found;
`/api/datasources/proxy/uid/UID/...` asks the data source.
"""

import json
import os
import signal
import sys
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import yaml

PROVISIONING = Path(os.environ.get("GF_PATHS_PROVISIONING", "/etc/grafana/provisioning"))


def provisioned(kind: str) -> list[dict[str, Any]]:
    """Return what the files in a folder of the provisioning declare."""
    files = sorted((PROVISIONING / kind).glob("*.y*ml"))
    if not files:
        raise SystemExit(f"{PROVISIONING / kind} has no file")
    entry = {"datasources": "datasources", "dashboards": "providers"}[kind]
    return [item for file in files for item in yaml.safe_load(file.read_text(encoding="utf-8"))[entry]]


def dashboards() -> list[dict[str, Any]]:
    """Return uid and title of each dashboard in the folders of the providers."""
    found = [
        json.loads(file.read_text(encoding="utf-8"))
        for provider in provisioned("dashboards")
        for file in sorted(Path(provider["options"]["path"]).rglob("*.json"))
    ]
    if not found:
        raise SystemExit("the provisioned folders hold no dashboard")
    if len({dashboard["uid"] for dashboard in found}) < len(found):
        raise SystemExit("two dashboards have one uid")
    return [{"uid": dashboard["uid"], "title": dashboard["title"], "type": "dash-db"} for dashboard in found]


def secrets() -> None:
    """Read each file that a setting is taken from, as Grafana's own start does."""
    for name, value in os.environ.items():
        if name.startswith("GF_") and name.endswith("__FILE"):
            Path(value).read_text(encoding="utf-8")


SOURCES = {source["uid"]: source["url"] for source in provisioned("datasources")}
FOUND = dashboards()


class Answers(BaseHTTPRequestHandler):
    """Three questions."""

    def do_GET(self) -> None:
        """Answer with JSON."""
        proxied = self.path.removeprefix("/api/datasources/proxy/uid/")
        if self.path == "/api/health":
            self.answer(json.dumps({"database": "ok", "version": "stand-in"}).encode())
        elif self.path.startswith("/api/search"):
            self.answer(json.dumps(FOUND).encode())
        elif proxied != self.path and proxied.partition("/")[0] in SOURCES:
            uid, _, rest = proxied.partition("/")
            with urllib.request.urlopen(f"{SOURCES[uid].rstrip('/')}/{rest}", timeout=10) as answer:  # noqa: S310 - http
                self.answer(answer.read())
        else:
            self.send_error(404)

    def answer(self, body: bytes) -> None:
        """Send a body with status 200."""
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # the first process of a container is ended by nothing else
    secrets()
    port = int(os.environ.get("GF_SERVER_HTTP_PORT", "3000"))
    ThreadingHTTPServer(("0.0.0.0", port), Answers).serve_forever()  # noqa: S104 - of its container
