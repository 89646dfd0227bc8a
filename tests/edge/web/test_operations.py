"""The API's one table, held against the routes, and thrown at by schemathesis."""

from __future__ import annotations

import os
from typing import Any

import pytest
import schemathesis
from fakes.browser import Browser
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.routing import Route

from edge.client import Control
from edge.web.operations import OPERATIONS, Operation, Who
from edge.web.page import control_app, page_app

EXAMPLES = int(os.environ.get("MOODBOX_SCHEMATHESIS", "4"))
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    response_schema_conformance,
    content_type_conformance,
)
ENDLESS = "text/event-stream"
THROWN = [
    (row, mode)
    for row in OPERATIONS
    if row.who <= Who.PAIRED and row.answer != ENDLESS
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    if mode is GenerationMode.POSITIVE or row.takes  # else there is nothing to get wrong
]


@pytest.fixture
def applications(house: Any) -> tuple[Any, Any]:
    """The control socket's and the page's, around the same hub as the listeners'."""
    hub, resources = house.web._hub, house.web._resources
    return control_app(hub, resources, house.web.invite), page_app(hub, resources, guests=False)


def routes(application: Any) -> set[tuple[str, str]]:
    return {
        (method, route.path)
        for route in application.routes
        if isinstance(route, Route) and route.path.startswith(("/api/", "/cover/"))
        for method in (route.methods or set()) - {"HEAD"}
    }


def rows(*who: Who) -> set[tuple[str, str]]:
    return {(row.method, row.path) for row in OPERATIONS if row.who in who}


def test_the_table_tells_of_every_route_and_of_none_that_is_not_there(applications: Any) -> None:
    box, page = applications
    reset = {("POST", "/api/reset")}  # this house has none
    house = rows(Who.GUEST, Who.PAIRED)
    assert routes(page) == house | rows(Who.ANYBODY, Who.BROWSER)
    assert routes(box) == house | rows(Who.BOX) - reset | {("GET", "/cover/{name}")}


@pytest.mark.parametrize("row", OPERATIONS, ids=lambda row: f"{row.method} {row.path}")
def test_a_stranger_may_what_the_table_says(house: Any, row: Operation) -> None:
    stranger, path = Browser(house.port), row.path.replace("{name}", "x")
    response = stranger.get(path) if row.method == "GET" else stranger.post(path, {})
    assert (response.status == 401) is (row.who is not Who.ANYBODY)
    assert house.requests == []


def test_the_document_is_served(house: Any) -> None:
    told = Control(house.runtime).get("/api/openapi.json", dict[str, Any])
    assert told["openapi"].startswith("3.1")
    assert {path for _, path in rows(*Who)} == told["paths"].keys()


@pytest.mark.parametrize(
    ("row", "mode"), THROWN, ids=[f"{row.method} {row.path} {mode.value}" for row, mode in THROWN]
)
def test_whatever_the_document_allows_or_not_is_answered_as_it_says(
    house: Any, applications: Any, row: Operation, mode: GenerationMode
) -> None:
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", applications[0].asgi)
    own = {"origin": "http://testserver"}
    if row.who is Who.ANYBODY:  # of the page alone, behind its guard
        schema.app = applications[1].asgi
    operation = schema[row.path][row.method]

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode))
    def throw(case: Any) -> None:
        case.validate_response(case.call(headers=own), checks=CHECKS)

    throw()
    assert house.parts == []
