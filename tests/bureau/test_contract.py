"""The OpenAPI document and the application are the same API. (Every answer in these tests is held against it.)"""

from __future__ import annotations

import httpx
import pytest
from openapi_spec_validator import validate
from starlette.routing import Route

from reconciler.bureau.app import ROUTES, create_app
from reconciler.bureau.problems import TITLES, Code, Problem
from reconciler.bureau.settings import Settings
from reconciler.bureau.store import Store
from reconciler.grid import OperationKind, Outcome
from reconciler.rights import HELD_BACK, Reason
from tests.bureau.contract import component, document, documented, problems_with, validator
from tests.bureau.world import make_bureau, served

SCHEMAS = document()["components"]["schemas"]


def test_the_document_is_valid():
    validate(document())


def test_every_route_is_in_the_document_and_the_reverse(store: Store):
    routes = [route for route in create_app(store, Settings()).routes if isinstance(route, Route)]
    served_here = {
        (method, route.path) for route in routes for method in (route.methods or ()) if method != "HEAD"
    }
    assert served_here == {(method, path) for method, path, _ in ROUTES} == documented()


def test_words_are_the_same_here_and_there():
    assert set(SCHEMAS["OperationKind"]["enum"]) == set(OperationKind)
    assert set(SCHEMAS["Result"]["properties"]["outcome"]["enum"]) == set(Outcome)
    assert set(SCHEMAS["Outcomes"]["properties"]) == set(Outcome)
    # what guardrails of the YAML hold back never gets to a backend
    of_backends = set(Reason) - HELD_BACK
    assert set(SCHEMAS["Result"]["properties"]["reason"]["enum"]) == {*of_backends, None}
    assert set(SCHEMAS["Problem"]["properties"]["code"]["enum"]) == set(Code) == set(TITLES)


@pytest.mark.parametrize("name", SCHEMAS)
def test_examples_are_valid(name: str):
    for example in SCHEMAS[name].get("examples", ()):
        assert list(component(name).iter_errors(example)) == []


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_schema_says_what_it_is(name: str):
    assert SCHEMAS[name]["description"].endswith((".", ".\n"))


def test_examples_of_bodies_are_valid():
    def walk(part: object):
        if isinstance(part, dict):
            if "schema" in part:
                examples = [part["example"]] if "example" in part else []
                examples += [one["value"] for one in part.get("examples", {}).values()]
                yield from ((part["schema"], example) for example in examples)
            for inner in part.values():
                yield from walk(inner)

    found = list(walk(document()))
    assert len(found) > 20
    for schema, example in found:
        assert list(validator(schema).iter_errors(example)) == []


@pytest.mark.parametrize("code", Code)
def test_every_problem_keeps_to_the_document(code: Code):
    response = Problem(code, "This case.", errors=[("/a", "is wrong")]).response()
    assert list(component("Problem").iter_errors(httpx.Response(200, content=response.body).json())) == []
    assert response.status_code == TITLES[code][0]
    assert response.media_type == "application/problem+json"


def test_the_judge_sees_what_is_wrong():
    request = httpx.Request("GET", "http://bureau/v1/bureau")
    wrong = httpx.Response(200, json={"id": "b"}, request=request)
    assert {problem.split(":")[0] for problem in problems_with(wrong)} == {"$", "ETag is missing"}
    assert problems_with(httpx.Response(418, json={}, request=request))


def test_every_answer_carries_the_security_fields(store: Store):
    with served(store, make_bureau(store)) as api:
        answers = [api.get("/v1/bureau"), api.get("/nothing"), api.signed_in("x").get("/v1/bureau")]
        for answer in answers:
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
            assert answer.headers["Referrer-Policy"] == "no-referrer"
