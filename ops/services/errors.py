"""What can go wrong with a service of the workshop."""

from __future__ import annotations


class ServiceError(Exception):
    """A service cannot be had or does not run; the message says what to do about it."""
