"""Our contracts say nothing else than the published ones, wherever those lie beside us."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fakes.contract import FOLDER, JSON, follow, read

METHODS = {"get", "put", "post", "delete"}
SAID = ("type", "format", "nullable", "enum", "minimum", "maximum", "default", "deprecated")
"""What has to be the same of a field or a parameter, or be said by neither."""
CONTRACTS = [("spotify-web-api", "spotify-web-api.yml"), ("go-librespot", "go-librespot-api.yml")]

Node = dict[str, Any]


def flat(spec: Node, node: Node) -> Node:
    """Return a schema with its references followed and its allOf taken together."""
    node = dict(follow(spec, node))
    for part in node.pop("allOf", []):
        inner = flat(spec, part)
        node = {
            **inner,
            **node,
            "properties": {**inner.get("properties", {}), **node.get("properties", {})},
            "required": [*inner.get("required", []), *node.get("required", [])],
        }
    return node


class Comparison:
    """One contract of ours beside the published one."""

    def __init__(self, ours: Node, theirs: Node) -> None:
        self.ours, self.theirs = ours, theirs

    def run(self) -> Iterator[str]:
        """Yield each difference."""
        for path, item in self.ours["paths"].items():
            if path not in self.theirs["paths"]:
                yield f"{path}: not published"
                continue
            for method in item.keys() & METHODS:
                if method not in self.theirs["paths"][path]:
                    yield f"{method} {path}: not published"
                else:
                    yield from self.operation(f"{method} {path}", path, method)

    def operation(self, at: str, path: str, method: str) -> Iterator[str]:
        mine, published = self.ours["paths"][path], self.theirs["paths"][path]
        ours, theirs = mine[method], published[method]
        for word in ("operationId", "deprecated", "security"):
            if ours.get(word) != theirs.get(word):
                yield f"{at}: {word} is {theirs.get(word)}, not {ours.get(word)}"
        yield from self.parameters(
            at,
            self.named(self.ours, mine, ours),
            self.named(self.theirs, published, theirs),
        )
        yield from self.body(at, ours.get("requestBody", {}), theirs.get("requestBody", {}))
        yield from self.answers(at, ours["responses"], theirs["responses"])

    @staticmethod
    def named(spec: Node, item: Node, said: Node) -> dict[tuple[str, str], Node]:
        every = [*item.get("parameters", []), *said.get("parameters", [])]
        return {(p["in"], p["name"]): p for p in (follow(spec, p) for p in every)}

    def parameters(
        self, at: str, ours: dict[tuple[str, str], Node], theirs: dict[tuple[str, str], Node]
    ) -> Iterator[str]:
        for key, parameter in theirs.items():
            if parameter.get("required") and key not in ours:
                yield f"{at}: the required parameter {key[1]} is missing"
        for key, parameter in ours.items():
            if key not in theirs:
                yield f"{at}: no parameter {key[1]} is published"
                continue
            for word, default in (("required", False), ("explode", True)):
                if parameter.get(word, default) != theirs[key].get(word, default):
                    yield f"{at}: {word} of the parameter {key[1]} differs"
            yield from self.schema(f"{at} ?{key[1]}", parameter["schema"], theirs[key]["schema"])

    def body(self, at: str, ours: Node, theirs: Node) -> Iterator[str]:
        if ours.get("required", False) != theirs.get("required", False):
            yield f"{at}: whether a body is required differs"
        if not ours:
            return
        if not theirs:
            yield f"{at}: no body is published"
            return
        mine, published = self.json(self.ours, ours), self.json(self.theirs, theirs)
        for name in flat(self.theirs, published).get("required", []):
            if name not in flat(self.ours, mine)["properties"]:
                yield f"{at}: the required field {name} is missing"
        yield from self.schema(f"{at} body", mine, published)

    def answers(self, at: str, ours: Node, theirs: Node) -> Iterator[str]:
        for status, mine in ours.items():
            answer = follow(self.ours, mine)
            if "x-beyond" in answer:
                continue
            if status not in theirs:
                yield f"{at}: no answer {status} is published"
                continue
            published = follow(self.theirs, theirs[status])
            said, other = self.json(self.ours, answer), self.json(self.theirs, published)
            if bool(said) != bool(other):
                yield f"{at} {status}: one has a body, the other has none"
            elif said:
                yield from self.schema(f"{at} {status} $", said, other)

    @staticmethod
    def json(spec: Node, said: Node) -> Node:
        found: Node = follow(spec, said).get("content", {}).get(JSON, {}).get("schema", {})
        return found

    def schema(self, at: str, ours: Node, theirs: Node) -> Iterator[str]:
        """Yield where a schema of ours says something else than the published one."""
        mine, other = flat(self.ours, ours), flat(self.theirs, theirs)
        if "x-beyond" in mine:
            return
        if "oneOf" in mine or "oneOf" in other:
            yield from self.kinds(at, mine, other)
            return
        for word in SAID:
            if mine.get(word) != other.get(word) and not (
                word == "type" and "properties" in other and mine.get(word) == "object"
            ):
                yield f"{at}: {word} is {other.get(word)!r}, not {mine.get(word)!r}"
        fields, published = mine.get("properties", {}), other.get("properties", {})
        demanded = set(other.get("required", [])) & fields.keys()
        if set(mine.get("required", [])) != demanded:
            yield f"{at}: {sorted(demanded)} are required, not {sorted(mine.get('required', []))}"
        for name, inner in fields.items():
            if name in published:
                yield from self.schema(f"{at}.{name}", inner, published[name])
            elif "x-beyond" not in flat(self.ours, inner):
                yield f"{at}.{name}: not published"
        if "items" in mine:
            yield from self.schema(f"{at}[]", mine["items"], other.get("items", {}))

    def kinds(self, at: str, mine: Node, other: Node) -> Iterator[str]:
        """Each of our kinds has to be one of theirs."""
        for index, kind in enumerate(mine.get("oneOf", [mine])):
            found = [list(self.schema(at, kind, it)) for it in other.get("oneOf", [other])]
            if all(found):
                yield f"{at}: kind {index} is none of the published ones: {min(found, key=len)}"


def test_ours_say_nothing_else_than_the_published_ones(shared: Path) -> None:
    for name, file in CONTRACTS:
        published = read(shared / "contracts" / file)
        assert list(Comparison(read(FOLDER / f"{name}.yml"), published).run()) == []


@pytest.mark.parametrize(
    ("change", "noticed"),
    [
        ({"type": "integer"}, "$.songs[].name: type is 'integer', not 'string'"),
        ({"type": "string", "nullable": True}, "$.songs[].name: nullable is True, not None"),
        (None, "$.songs[].name: not published"),
    ],
)
def test_a_difference_is_noticed(change: Node | None, noticed: str) -> None:
    def contract(field: Node | None) -> Node:
        song = {"type": "object", "properties": {"name": field} if field else {}}
        songs = {"type": "object", "properties": {"songs": {"type": "array", "items": song}}}
        answer = {"description": "Songs.", "content": {JSON: {"schema": songs}}}
        return {"paths": {"/songs": {"get": {"operationId": "s", "responses": {"200": answer}}}}}

    same = Comparison(contract({"type": "string"}), contract({"type": "string"}))
    assert list(same.run()) == []
    other = Comparison(contract({"type": "string"}), contract(change))
    assert list(other.run()) == [f"get /songs 200 {noticed}"]


@pytest.mark.parametrize("name", [name for name, _ in CONTRACTS])
def test_what_is_said_beyond_the_published_one_says_how_it_is_known(name: str) -> None:
    def said(node: object) -> Iterator[object]:
        if isinstance(node, dict):
            if "x-beyond" in node:
                yield node["x-beyond"]
            for inner in node.values():
                yield from said(inner)
        elif isinstance(node, list):
            for inner in node:
                yield from said(inner)

    reasons = list(said(read(FOLDER / f"{name}.yml")))
    assert reasons
    assert all(isinstance(why, str) and len(why) > 20 for why in reasons)
