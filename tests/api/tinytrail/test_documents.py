"""The OpenAPI document: it is one, it has every route, and whatever is asked by it is answered by it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from uuid import UUID, uuid4

import httpx
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

from api.dialects.tinytrail.documents.document import build, template
from api.dialects.tinytrail.documents.operations import OPERATIONS
from core.funnels import Steps
from core.goals import Goal
from core.segments import Segment
from core.spans import HOUR, MINUTE
from ops.clock import SystemClock
from storage import sites
from storage.definitions import FUNNELS, GOALS, SEGMENTS
from tests.api.routes import api_routes
from tests.api.served import served
from tests.api.world import BROWSER
from tests.cases import event_at
from tests.issues import make_issue
from tests.stores import write_events

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hypothesis.strategies import SearchStrategy
    from schemathesis.schemas import APIOperation, BaseSchema

    from api.dialects.tinytrail.documents.operation import Operation
    from tests.api.served import Served

    Case: TypeAlias = schemathesis.Case[Any]

#: By the part of a request, what is put in the place of what was drawn.
Aims: TypeAlias = dict[str, dict[str, Any]]
CHECKS: Final = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
STREAM: Final = ("GET", "/api/v1/reports/realtime/stream")
#: An answer that never ends has tests of its own.
ASKED: Final = sorted(set(OPERATIONS) - {STREAM})
EXAMPLES: Final = 15
#: What is valid only now and then: a funnel has a name or steps, and neither comes with most requests.
SELDOM: Final = {("GET", "/api/v1/reports/funnel")}
#: What can be made for a website, each with its fields beside a name.
MEANINGS: Final[dict[str, dict[str, object]]] = {
    "segments": {"filters": [{"dimension": "country", "value": "DE"}]},
    "goals": {"event": "signup"},
    "funnels": {"steps": ["/", "signup"]},
    "notes": {"date": "2026-11-10", "title": "made"},
    "recipients": {"channel": "email", "address": "ada@example.com", "kinds": ["weekly_report"]},
}


@pytest.fixture(scope="module")
def server(module_database: str) -> Iterator[Served]:
    """The wired application with a day's events, shared by all operations."""
    with served(module_database) as running:
        now = SystemClock().now_ms()
        events = [
            event_at(now - HOUR + n * MINUTE, n, site=running.site.id, person=n % 5, path=f"/{n % 3}")
            for n in range(30)
        ]
        events.append(event_at(now, 31, site=running.site.id, event_type="custom", name="=buy"))
        with psycopg.connect(module_database) as connection:
            write_events(connection, events)
            french, bought, buying = NAMES.values()
            SEGMENTS.insert(connection, running.site.id, french, Segment((("country", "FR"),)))
            GOALS.insert(connection, running.site.id, bought, Goal(event="=buy"))
            FUNNELS.insert(connection, running.site.id, buying, Steps(("/0", "=buy")))
        yield running


#: What is named for the site, by the parameter that names it.
NAMES: Final = {"segment": "French", "goal": "Bought", "funnel": "Buying"}


@pytest.fixture(scope="module")
def schema(server: Served) -> BaseSchema:
    """The document as it is served."""
    return schemathesis.openapi.from_url(f"{server.url}/openapi.json")


def test_it_is_valid(schema: BaseSchema) -> None:
    """By OpenAPI's own schema of 3.1, and read without a key."""
    schema.validate()
    assert schema.raw_schema["openapi"] == "3.1.0"


def test_it_has_every_route(server: Served) -> None:
    """And none that is not there."""
    paths = build()["paths"].items()
    documented = {(method.upper(), path) for path, methods in paths for method in methods}
    assert documented == set(OPERATIONS)
    assert documented == {(method, template(path)) for method, path in api_routes(server.app)}


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=lambda operation: operation.id)
def test_its_examples_are_of_its_types(operation: Operation) -> None:
    """Of answers and of bodies."""
    given = [(operation.answer, operation.example), (operation.body, operation.body_example)]
    for type_, example in given:
        if type_ is not None:
            TypeAdapter(type_).validate_json(json.dumps(example))


@pytest.mark.parametrize("asked", ASKED, ids=" ".join)
def test_what_is_asked_by_it_is_answered_by_it(schema: BaseSchema, server: Served, asked: tuple[str, str]) -> None:
    """Whatever is sent, well formed or not, no answer is an error of ours or one that the document does not know."""
    method, path = asked
    operation = schema[path][method]
    aims = _aims(server, path)
    statuses = set()

    @given(case=_cases(operation, aims))
    @settings(
        max_examples=EXAMPLES if method == "GET" and asked not in SELDOM else 3 * EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def ask(case: Case) -> None:
        headers = {"X-API-KEY": server.admin_key, "User-Agent": BROWSER}
        statuses.add(case.call_and_validate(headers=headers, checks=CHECKS).status_code)

    ask()
    # Else it was not this that was tried.
    assert OPERATIONS[asked].status in statuses


def _cases(operation: APIOperation[Any, Any, Any, Any], aims: Aims) -> SearchStrategy[Case]:
    """Good and bad requests, some of them for what is there."""
    cases = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    if operation.query or operation.path_parameters or operation.body:
        cases |= operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)
    return st.builds(_aimed, cases, st.sampled_from([aims, aims, {}]))


def _aimed(case: Case, aims: Aims) -> Case:
    """The case, with these parameters and fields."""
    for part, values in aims.items():
        given = getattr(case, part)
        if isinstance(given, dict):
            given.update({name: value for name, value in values.items() if name in given})
            if "funnel" in values and "funnel" in given:
                given.pop("steps[]", None)  # a funnel is named or has its steps, not both
    return case


def _aims(server: Served, path: str) -> Aims:
    """What leads to something that is there: by the part of a request, parameters and fields."""
    site = str(server.site.uuid)
    found: Aims = {"query": {"website_id": site, "id": site}, "body": {"website_id": site}}
    with httpx.Client(base_url=server.url, headers={"X-API-KEY": server.admin_key}) as admin:

        def made(kind: str, **body: object) -> str:
            answer = admin.post(f"/api/v1/{kind}", json=body)
            assert answer.status_code == 201, answer.text
            return str(answer.json()["data"]["id"])

        # Domains come from the pattern only once in a while.
        found["body"]["domain"] = f"{uuid4().hex}.example"
        found["body"]["account_id"] = account = made("accounts", name=uuid4().hex)
        if path.startswith("/api/v1/accounts/"):
            found["path_parameters"] = {"id": account}
        elif path.startswith("/api/v1/reports/"):
            found["query"] |= NAMES
        elif path.startswith("/api/v1/users/"):
            found["path_parameters"] = {"id": made("users", account_id=account, role="user")}
        elif path.startswith("/api/v1/websites/"):
            website = made("websites", domain=f"{uuid4().hex}.example")
            found["path_parameters"] = {"id": website}
            if "/content" in path:
                found["path_parameters"]["item"] = _issue(server, website)
            kind = path.split("/")[5:6]
            if kind and kind[0] in MEANINGS:
                item = made(f"websites/{website}/{kind[0]}", **{"name": "made"} | MEANINGS[kind[0]])
                found["path_parameters"]["item"] = item
                # Steps, filters and dates that mean something come as seldom.
                found["body"] |= MEANINGS[kind[0]]
                # A website has each address once.
                found["body"]["address"] = f"{uuid4().hex}@example.com"
    return found


def _issue(server: Served, website: str) -> int:
    """An issue of a website whose content is checked from now on."""
    with psycopg.connect(server.dsn) as connection:
        site = sites.configure(connection, UUID(website), {"content": True})
        assert site is not None
        return make_issue(connection, site.id)
