#!/usr/local/bin/python3
"""`wget -q -O FILE URL` of upstream's images: fails unless the answer is 2xx."""

import sys
import urllib.request

if __name__ == "__main__":
    with urllib.request.urlopen(sys.argv[-1], timeout=5) as answer:  # noqa: S310 - an address of our own health checks
        answer.read()
