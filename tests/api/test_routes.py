"""Six owners share one port: no two of them may answer the same request."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.api.routes import Route, all_routes
from tests.api.served import served

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def routes(module_database: str) -> Iterator[list[Route]]:
    """Every route of a process with both roles."""
    with served(module_database) as server:
        yield all_routes(server.app)


def test_no_two_claim_a_method_and_path(routes: list[Route]) -> None:
    """Whatever their parameters are called."""
    claimed = Counter(route.template for route in routes)

    assert {template: times for template, times in claimed.items() if times > 1} == {}


def test_no_parameter_takes_what_another_owner_spells_out(routes: list[Route]) -> None:
    """Which of them answered would be a matter of who came first."""
    spelled = [route for route in routes if "{" not in route.path]
    taking = [(route, re.compile(re.sub(r"{[^}]+}", "[^/]+", route.path))) for route in routes if "{" in route.path]

    shadowed = [
        (one.path, other.path)
        for other, pattern in taking
        for one in spelled
        if one.owner != other.owner and one.method == other.method and pattern.fullmatch(one.path)
    ]

    assert shadowed == []


def test_all_five_are_there(routes: list[Route]) -> None:
    """Each API has routes of its own; what beep-analytics and Antics share has one owner."""
    owners = {route.owner for route in routes}

    assert {"antics", "beep", "page", "platform", "shared_sites", "tinylytics", "tinytrail"} == owners
