"""A small site on loopback, to be visited by a real browser."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{path}</title>
<script defer data-id="{site}" src="{collector}/js/tracker.js"></script></head>
<body><h1>{path}</h1><a href="/">home</a> <a href="/pricing">pricing</a> <a href="/blog/first">blog</a></body></html>"""


@contextmanager
def serve_site(collector: str, site: str) -> Iterator[str]:
    """Serve a page at every path, with the tracker of `collector` in it; yield the site's address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = _PAGE.format(path=self.path, site=site, collector=collector).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header(
                "Content-Security-Policy", f"default-src 'none'; script-src {collector}; connect-src {collector}"
            )
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
