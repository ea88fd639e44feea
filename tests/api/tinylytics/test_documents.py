"""The OpenAPI document: it is one, it has every route, and whatever is asked by it is answered by it."""

from __future__ import annotations

import json
from itertools import count
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import psycopg
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.dialects.tinylytics.documents.document import BASE, build
from api.dialects.tinylytics.documents.operations import OPERATIONS
from core.accounts import Api, Role
from core.spans import HOUR, MINUTE
from ops.clock import SystemClock
from storage import keys, sites
from tests.api.routes import api_routes
from tests.api.served import served
from tests.cases import event_at
from tests.stores import write_events

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hypothesis.strategies import SearchStrategy
    from schemathesis.schemas import APIOperation, BaseSchema

    from api.dialects.tinylytics.documents.operation import Operation
    from tests.api.served import Served

    Case: TypeAlias = schemathesis.Case[Any]

EXAMPLES: Final = 12
CHECKS: Final = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@pytest.fixture(scope="module")
def server(module_database: str) -> Iterator[Served]:
    """A server with a site that has hits."""
    with served(module_database) as running:
        now = SystemClock().now_ms()
        events = [
            event_at(now - HOUR + n * MINUTE, n, site=running.site.id, person=n % 5, path=f"/{n % 3}")
            for n in range(30)
        ]
        with psycopg.connect(module_database) as connection:
            write_events(connection, events)
            sites.configure(connection, running.site.uuid, {"content": True, "uptime": True})
        yield running


@pytest.fixture(scope="module")
def key(server: Served) -> str:
    """A key that writes."""
    with psycopg.connect(server.dsn) as connection:
        return keys.create(connection, Api.TINYLYTICS, Role.USER, "users")


@pytest.fixture(scope="module")
def schema(server: Served) -> BaseSchema:
    """The document as it is served."""
    return schemathesis.openapi.from_url(f"{server.url}{BASE}/openapi.json")


def test_it_is_valid(schema: BaseSchema) -> None:
    """By OpenAPI's own schema of 3.1, and read without a key."""
    schema.validate()
    assert schema.raw_schema["openapi"] == "3.1.0"
    assert schema.raw_schema["servers"] == [{"url": "/api/v1"}]


def test_it_has_every_route(server: Served) -> None:
    """And none that is not there."""
    paths = build()["paths"].items()
    documented = {(method.upper(), path) for path, methods in paths for method in methods}
    assert documented == set(OPERATIONS)
    routes = {(method, path.replace(":path}", "}")) for method, path in api_routes(server.app, "tinylytics")}
    assert routes - {("GET", BASE)} == {(method, BASE + path) for method, path in documented}


def test_it_says_who_may_ask() -> None:
    """Every route but discovery takes a key; those that write refuse one that reads, and one may be switched off."""
    paths = build()["paths"]
    for (method, path), operation in OPERATIONS.items():
        described = paths[path][method.lower()]
        is_open = path in {"/", "/openapi.json"}
        assert ("security" not in described) == is_open
        assert ("401" not in described["responses"]) == is_open
        assert ("403" in described["responses"]) == (method != "GET" or path.endswith("/content"))
        assert ("404" in described["responses"]) == operation.of_site


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=lambda operation: operation.id)
def test_its_examples_are_of_its_types(operation: Operation) -> None:
    """Of answers and of bodies."""
    pairs = [(operation.answer, operation.example), (operation.body, operation.body_example)]
    for type_, example in [*pairs, *((type_, example) for type_, _, example in operation.others.values())]:
        if type_ is not None:
            TypeAdapter(type_).validate_json(json.dumps(example))


@pytest.mark.parametrize("asked", OPERATIONS, ids=" ".join)
def test_what_is_asked_by_it_is_answered_by_it(
    schema: BaseSchema, server: Served, key: str, asked: tuple[str, str]
) -> None:
    """Whatever is sent, well formed or not, no answer is an error of ours or one that the document does not know."""
    method, path = asked
    operation = schema[path][method]
    kudos, statuses = count(), set()

    @given(case=_cases(operation), is_aimed=st.booleans())
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def ask(case: Case, *, is_aimed: bool) -> None:
        if is_aimed and case.path_parameters:
            case.path_parameters["site_id"] = server.site.id
            if "kudo_uid" in case.path_parameters:
                uid = case.path_parameters["kudo_uid"] = f"kudo-{next(kudos)}"
                with psycopg.connect(server.dsn) as connection:
                    connection.execute(
                        "INSERT INTO kudos (site, uid, path) VALUES (%s, %s, '/')", [server.site.id, uid]
                    )
        headers = {"Authorization": f"Bearer {key}"}
        statuses.add(case.call_and_validate(headers=headers, checks=CHECKS).status_code)

    ask()
    # Else it was not this that was tried.
    assert OPERATIONS[asked].status in statuses


def _cases(operation: APIOperation[Any, Any, Any, Any]) -> SearchStrategy[Case]:
    """Good and bad requests."""
    cases = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    if operation.query or operation.path_parameters or operation.body:
        cases |= operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)
    return cases
