"""The API's table as an OpenAPI document."""

from __future__ import annotations

from typing import Any, get_args

import msgspec

from edge import __version__
from edge.events import Answer
from edge.web.answers import Error
from edge.web.operations import OPERATIONS, Operation, Who

REFERENCE = "#/components/schemas/{name}"
REFUSALS = {
    "400": "It makes no sense.",
    "401": "Pair this browser first.",
    "403": "Not this way, or not the right code.",
    "404": "There is none.",
    "409": "Refused, with the reason.",
    "413": "Too long.",
    "421": "Not called by a name of this home.",
    "429": "Too often.",
    "503": "It cannot be had now.",
    "504": "Nobody answers.",
}


def document(*who: Who) -> dict[str, Any]:
    """Return the document of what `who` may ask for; all of it where nobody is named."""
    chosen = [it for it in OPERATIONS if not who or it.who in who]
    types = [it for row in chosen for it in (row.answer, row.takes) if _is_type(it)]
    schemas, components = msgspec.json.schema_components([Error, *types], ref_template=REFERENCE)
    known = {_key(kind): schema for kind, schema in zip([Error, *types], schemas, strict=True)}
    paths: dict[str, Any] = {}
    for row in chosen:
        paths.setdefault(row.path, {})[row.method.lower()] = _operation(row, known, components)
    return {
        "openapi": "3.1.0",
        "info": {"title": "moodbox", "version": __version__},
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"paired": {"type": "apiKey", "in": "cookie", "name": "moodbox"}},
        },
    }


def _operation(row: Operation, known: dict[str, Any], components: dict[str, Any]) -> dict[str, Any]:
    told = row.answer is Answer
    made: dict[str, Any] = {
        "summary": row.says,
        "responses": {
            "200": {"description": "So it is.", "content": _content(row.answer, known)},
            **{
                status: {
                    "description": words,
                    # What the controller refuses comes with its own answer.
                    "content": _content(Answer if told and status == "409" else Error, known),
                }
                for status, words in REFUSALS.items()
            },
        },
    }
    if Who.ANYBODY < row.who < Who.BOX:
        made["security"] = [{"paired": []}]
    parameters = [
        {"name": name[1:-1], "in": "path", "required": True, "schema": {"type": "string"}}
        for name in row.path.split("/")
        if name.startswith("{")
    ]
    if row.takes is not None and row.method == "GET":
        fields = components[row.takes.__name__]["properties"]
        parameters += [{"name": name, "in": "query", "schema": fields[name]} for name in fields]
    elif row.method == "POST":
        made["requestBody"] = {"required": True, "content": _content(row.takes, known)}
    if parameters:
        made["parameters"] = parameters
    return made


def _content(kind: Any, known: dict[str, Any]) -> dict[str, Any]:
    if isinstance(kind, str):
        return {kind: {}}
    schema = {"type": "object"} if kind is None else known[_key(kind)]
    return {"application/json": {"schema": schema}}


def _is_type(kind: Any) -> bool:
    return kind is not None and not isinstance(kind, str)


def _key(kind: Any) -> str:
    return f"{kind!r} {get_args(kind)!r}"
