"""The contracts in tests/contracts/, held up to every request, every answer and every event.

openapi-core validates requests, and its validator of schemas answers and events. On top of that
comes what the contract leaves open: a query parameter, a field of a request's body or of an answer
that the contract does not name at all is a violation too, or fake and contract could drift apart
unnoticed.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

import yaml
from jsonschema.exceptions import best_match
from openapi_core import OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest
from openapi_schema_validator import OAS30ReadValidator, oas30_format_checker

JSON = "application/json"
FOLDER = Path(__file__).resolve().parent.parent / "contracts"


class Operation(NamedTuple):
    """What the contract says of one method of one path."""

    name: str
    deprecated: bool
    scopes: frozenset[str]
    path: dict[str, str]
    """The variables in the path."""
    parameters: frozenset[str]
    """Names of the query parameters."""
    body: dict[str, Any]
    answers: dict[str, Any]
    """Status, or a class of them such as 5XX -> schema of the JSON answer, {} where it has none."""


def read(file: Path) -> dict[str, Any]:
    """Return the OpenAPI document in `file`, with statuses as text."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    spec: dict[str, Any] = yaml.load(file.read_text(encoding="utf-8"), loader)
    for item in spec["paths"].values():
        for said in item.values():
            if isinstance(said, dict) and "responses" in said:
                said["responses"] = {str(s): a for s, a in said["responses"].items()}
    return spec


def follow(spec: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    """Return `node`, or what it refers to in `spec`."""
    while "$ref" in node:
        step: Any = spec
        for name in node["$ref"].removeprefix("#/").split("/"):
            step = step[name]
        node = step
    return node


@functools.cache
def contract(name: str) -> Contract:
    """Return the contract in tests/contracts/ called `name`; it is read once."""
    return Contract(read(FOLDER / f"{name}.yml"))


class Contract:
    """One contract, ready to judge."""

    def __init__(self, spec: dict[str, Any]) -> None:
        server = urlsplit(spec["servers"][0]["url"])
        self._spec, self._prefix = spec, server.path
        self._host = f"{server.scheme}://{server.netloc}"
        self._plain = _plain(spec)
        self._judge = OpenAPI.from_dict(self._plain)
        self._validators: dict[int, OAS30ReadValidator] = {}
        self._paths = [
            (re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path) + r"\Z"), path, item)
            for path, item in spec["paths"].items()
        ]

    def operation(self, method: str, path: str) -> Operation | None:
        """Return what the contract says of `method` on `path`; None where it knows none."""
        for pattern, template, item in self._paths:
            found = pattern.match(path)
            if found and method.lower() in item:
                return self._operation(method.lower(), template)._replace(path=found.groupdict())
        return None

    def request(self, method: str, target: str, body: bytes, content_type: str) -> tuple[str, ...]:
        """Return what is wrong with a request; `target` is its path with the query."""
        return self._request(method, target, body, content_type)

    @functools.lru_cache(maxsize=4096)  # noqa: B019  a contract lives as long as the tests
    def _request(self, method: str, target: str, body: bytes, content_type: str) -> tuple[str, ...]:
        url = urlsplit(target)
        operation = self.operation(method, url.path)
        if operation is None:
            return (f"{method} {url.path}: the contract knows no such operation",)
        query = parse_qs(url.query, keep_blank_values=True)
        wrong = [f"unknown parameter {name!r}" for name in query.keys() - operation.parameters]
        try:
            self._judge.validate_request(self._asked(method, url.path, query, body, content_type))
        except OpenAPIError as error:
            wrong.append(_words(error))
        if body and operation.body:
            known = self._properties(operation.body)
            sent = json.loads(body)
            named = sent if isinstance(sent, dict) else {}
            wrong += [f"unknown field {name!r}" for name in named.keys() - known]
        return tuple(f"{method} {target}: {what}" for what in wrong)

    def answer(self, method: str, target: str, status: int, body: bytes) -> list[str]:
        """Return what is wrong with an answer to a request that the contract knows."""
        url = urlsplit(target)
        operation = self.operation(method, url.path)
        if operation is None:
            return []
        named = next(
            (it for it in (str(status), f"{status // 100}XX") if it in operation.answers), None
        )
        if named is None:
            wrong = ["the contract knows no such answer"]
        elif schema := operation.answers[named]:
            wrong = self._misfits(schema, json.loads(body)) if body else ["no content"]
        else:
            wrong = []
        return [f"answer {status} to {method} {target}: {what}" for what in wrong]

    def event(self, path: str, kind: str, data: Any) -> list[str]:
        """Return what is wrong with an event of the WebSocket at `path`."""
        schemas = self._plain["paths"][path]["get"]["x-events"]
        if kind not in schemas:
            return [f"event {kind}: the contract knows no such event"]
        wrong = self._misfits(schemas[kind], data)
        return [f"event {kind}: {what}" for what in wrong]

    def _validator(self, schema: dict[str, Any]) -> OAS30ReadValidator:
        """Return what judges by a schema of this contract; made once, as that takes long."""
        found = self._validators.get(id(schema))
        if found is None:
            whole = {**schema, "components": self._plain["components"]}
            found = OAS30ReadValidator(whole, format_checker=oas30_format_checker)
            self._validators[id(schema)] = found
        return found

    def _misfits(self, schema: dict[str, Any], data: Any) -> list[str]:
        """Return where `data` is not what a schema of this contract says."""
        worst = best_match(self._validator(schema).iter_errors(data))
        wrong = [f"{worst.json_path}: {worst.message[:200]}"] if worst else []
        return [*wrong, *(f"unknown field {at}" for at in self._unknown(data, schema, "$"))]

    def _asked(
        self, method: str, path: str, query: dict[str, Any], body: bytes, content_type: str
    ) -> MockRequest:
        return MockRequest(
            self._host, method.lower(), self._prefix + path,
            args=query, data=body or None, content_type=content_type or JSON,
        )  # fmt: skip

    @functools.cache  # noqa: B019  a contract lives as long as the tests
    def _operation(self, method: str, template: str) -> Operation:
        item = self._spec["paths"][template]
        said = item[method]
        parameters = [
            self._follow(p) for p in [*item.get("parameters", []), *said.get("parameters", [])]
        ]
        return Operation(
            name=said["operationId"],
            deprecated=said.get("deprecated", False),
            scopes=frozenset(
                s for rule in said.get("security", []) for all_ in rule.values() for s in all_
            ),
            path={},
            parameters=frozenset(p["name"] for p in parameters if p["in"] == "query"),
            body=_schema(self._follow(said.get("requestBody", {}))),
            answers={s: _schema(self._follow(a)) for s, a in said["responses"].items()},
        )

    def _follow(self, node: dict[str, Any]) -> dict[str, Any]:
        return follow(self._spec, node)

    def _properties(self, schema: dict[str, Any]) -> dict[str, Any]:
        schema = self._follow(schema)
        found = dict(schema.get("properties", {}))
        for part in [*schema.get("allOf", []), *schema.get("oneOf", [])]:
            found |= self._properties(part)
        return found

    def _unknown(self, value: Any, schema: dict[str, Any], at: str) -> Iterator[str]:
        schema = self._follow(schema)
        if isinstance(value, list):
            for index, item in enumerate(value):
                yield from self._unknown(item, schema.get("items", {}), f"{at}[{index}]")
        elif isinstance(value, dict):
            known = self._properties(schema)
            for name, inner in value.items():
                if name not in known:
                    yield f"{at}.{name}"
                else:
                    yield from self._unknown(inner, known[name], f"{at}.{name}")


def _plain(node: Any) -> Any:
    """Return the contract without what openapi-core cannot judge: OAuth 2, which the fakes do."""
    if isinstance(node, dict):
        return {
            name: _plain(inner)
            for name, inner in node.items()
            if not (name == "security" and isinstance(inner, list))
        }
    return [_plain(inner) for inner in node] if isinstance(node, list) else node


def _schema(said: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = said.get("content", {}).get(JSON, {}).get("schema", {})
    return found


def _words(error: Exception) -> str:
    inner = getattr(error, "schema_errors", None) or getattr(error.__cause__, "schema_errors", None)
    if not inner:
        return f"{error} {error.__cause__ or ''}".strip()
    worst = best_match(inner)
    return f"{worst.json_path}: {worst.message[:200]}"
