#!/usr/local/bin/python3
"""`nc -z HOST PORT` of the upstream image: whether somebody listens there."""

import socket
import sys

if __name__ == "__main__":
    *_, host, port = sys.argv
    socket.create_connection((host, int(port)), timeout=3).close()
