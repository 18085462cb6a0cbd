"""`schemas/bureau-api.openapi.yaml` as a judge: does an answer of the running application keep to it?"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import httpx
import yaml
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from reconciler.grid.digests import Digests
from reconciler.grid.packed import Packed
from reconciler.resources import resource

NAME = "urn:bureau-api"
BINARY = {"application/vnd.reconciler.access": Packed, "application/vnd.reconciler.digests": Digests}
METHODS = ("get", "post", "put", "patch", "delete")


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document."""
    text = resource("schemas/bureau-api.openapi.yaml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def validator(schema: dict[str, Any]) -> Draft202012Validator:
    """A validator of a schema that stands in the document."""
    here = _absolute(schema)
    registry = Registry().with_resource(NAME, Resource(document(), DRAFT202012))
    return Draft202012Validator(here, registry=registry, format_checker=Draft202012Validator.FORMAT_CHECKER)


@cache
def component(name: str) -> Draft202012Validator:
    """The validator of a named schema."""
    return validator({"$ref": f"#/components/schemas/{name}"})


def documented() -> set[tuple[str, str]]:
    """Every (method, path) of the document."""
    return {
        (method.upper(), path)
        for path, item in document()["paths"].items()
        for method in item
        if method in METHODS
    }


def problems_with(response: httpx.Response) -> list[str]:
    """What the document does not allow in an answer."""
    operation = _operation(response.request.method, response.request.url.path)
    if operation is None:
        described = document()["components"]["responses"]["Problem"]
        found = [] if response.status_code in {404, 405} else ["an undocumented route that answers"]
    else:
        responses = operation["responses"]
        described = _resolve(responses.get(str(response.status_code), responses["default"]))
        found = []
        if str(response.status_code) not in responses and response.status_code not in {404, 405, 500, 503}:
            found.append(f"status {response.status_code} is not in the document")
    return found + list(_content(described, response)) + list(_headers(described, response))


def _content(described: dict[str, Any], response: httpx.Response):
    content = described.get("content", {})
    kind = response.headers.get("content-type")
    if not content:
        if response.content:
            yield "there should be no body"
        return
    if kind not in content:
        yield f"the content type is {kind}"
        return
    if not kind.endswith("json"):
        BINARY[kind].decode(response.content)
        return
    errors = validator(content[kind]["schema"]).iter_errors(response.json())
    yield from (f"{error.json_path}: {error.message}" for error in errors)


def _headers(described: dict[str, Any], response: httpx.Response):
    for name, header in described.get("headers", {}).items():
        wanted = _resolve(header)
        value = response.headers.get(name)
        if value is None:
            if wanted.get("required"):
                yield f"{name} is missing"
        elif not validator(wanted["schema"]).is_valid(value):
            yield f"{name} is {value!r}"


def _operation(method: str, path: str) -> dict[str, Any] | None:
    for template, item in document()["paths"].items():
        if re.fullmatch(re.sub(r"\{[a-z]+\}", "[^/]+", template), path):
            return item.get(method.lower())
    return None


def _resolve(part: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in part:
        found: Any = document()
        for step in part["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        part = found
    return part


def _absolute(part: Any) -> Any:
    """References within the document, made independent of where they stand."""
    if isinstance(part, dict):
        return {k: NAME + v if k == "$ref" and v.startswith("#") else _absolute(v) for k, v in part.items()}
    return [_absolute(item) for item in part] if isinstance(part, list) else part
