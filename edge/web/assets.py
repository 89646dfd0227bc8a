"""The page's files as a browser gets them: under an address that changes with them, and few.

The files are plain modules, a dozen for the first screen. A phone that is 100 ms away fetches them
six at a time and waits for each round, so what the first screen imports is joined into one module
when the box starts. An address holds a hash of all files, and what is there is good for ever.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

ENTRY, JOINED = "app.js", "first.js"
APART = "vendor/"
"""Modules that the joined one imports as they are."""
FOR_EVER = "public, max-age=31536000, immutable"
PACKED = (".js", ".css", ".svg", ".json")

_IMPORT = re.compile(r'^import \{ (.+) \} from "\./(.+)";$', re.MULTILINE)
_LATER = re.compile(r'\bimport\("\./(.+?)"\)')
_EXPORT = re.compile(r"^export ((?:async )?function|const|class) (\w+)", re.MULTILINE)
_VERSION = re.compile(r"[0-9a-f]{16}/")
_ADDRESS = re.compile(r'"static/([^"]+\.(?:js|css))"')


class File(NamedTuple):
    """One file."""

    body: bytes
    packed: bytes
    """The same by gzip; empty where that would not be shorter."""
    kind: str
    """Its media type."""
    tag: str


class Assets:
    """An application that serves the files of a folder."""

    def __init__(self, folder: Path) -> None:
        """Read them all, and join the first screen's."""
        paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
        found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
        modules = {name: body.decode() for name, body in found.items() if name.endswith(".js")}
        found |= {name: text.encode() for name, text in joined(modules).items()}
        self._files = {name: _file(name, body) for name, body in found.items()}
        tags = "".join(file.tag for _, file in sorted(self._files.items()))
        self.version = hashlib.sha256(tags.encode()).hexdigest()[:16]

    def page(self, name: str) -> str:
        """Return a page of the folder whose scripts and styles are at their lasting addresses."""
        return _ADDRESS.sub(rf'"static/{self.version}/\1"', self._files[name].body.decode())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the file that the path names, with or without a version before it."""
        name = scope["path"].removeprefix(scope.get("root_path", "")).lstrip("/")
        version = _VERSION.match(name)
        file = self._files.get(name[version.end() :] if version else name)
        answer = _answer(file, Headers(scope=scope)) if file else Response("", 404)
        if version and version[0][:-1] == self.version and file:
            answer.headers["cache-control"] = FOR_EVER
        await answer(scope, receive, send)


def _answer(file: File, asked: Headers) -> Response:
    headers = {"etag": file.tag, "vary": "accept-encoding"}
    if file.tag in asked.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if file.packed and "gzip" in asked.get("accept-encoding", ""):
        headers["content-encoding"] = "gzip"
        return Response(file.packed, 200, headers, file.kind)
    return Response(file.body, 200, headers, file.kind)


def _file(name: str, body: bytes) -> File:
    packed = gzip.compress(body, mtime=0) if name.endswith(PACKED) else b""
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return File(body, packed, kind, f'"{hashlib.sha256(body).hexdigest()[:16]}"')


def joined(modules: Mapping[str, str]) -> dict[str, str]:
    """Return the module that stands for all that `app.js` imports, and those that come later.

    `modules` are names and texts. In the joined one each keeps a scope of its own; what they export
    has to have different names. Those that are fetched later take from it what was joined: a module
    that is there twice would know the box twice.
    """
    first = list(_imported(modules, ENTRY))
    apart = [name for name in first if name.startswith(APART)]
    inside = [name for name in first if name not in apart]
    parts = [f'import * as {_scope(name)} from "./{name}";\n' for name in apart]
    parts += [_wrapped(name, modules[name]) for name in inside]
    later = _later(modules, first) - set(first)

    def from_joined(found: re.Match[str]) -> str:
        return f'import {{ {found[1]} }} from "./{JOINED if found[2] in inside else found[2]}";'

    rest = {name: _IMPORT.sub(from_joined, modules[name]) for name in later}
    return {JOINED: "".join(parts)} | rest


def _imported(
    modules: Mapping[str, str], name: str, known: dict[str, None] | None = None
) -> dict[str, None]:
    """Return what a module imports, and what that does, each once and before those that need it.

    What is `known` already comes first.
    """
    known = {} if known is None else known
    for _, other in _IMPORT.findall(modules[name]):
        if other not in known:
            _imported(modules, other, known)
    known[name] = None
    return known


def _later(modules: Mapping[str, str], first: Sequence[str]) -> set[str]:
    """Return what these modules fetch later, with all that this needs."""
    found: set[str] = set()
    waiting = list(first)
    while waiting:
        starts = _LATER.findall(modules[waiting.pop()])
        fresh = {name for start in starts for name in _imported(modules, start)} - found
        found |= fresh
        waiting += fresh
    return found


def _scope(name: str) -> str:
    return "$" + re.sub(r"\W", "_", name.removesuffix(".js"))


def _wrapped(name: str, text: str) -> str:
    """Return a module as a function's result."""

    def taken(found: re.Match[str]) -> str:
        return f"const {{ {found[1].replace(' as ', ': ')} }} = {_scope(found[2])};"

    body = _EXPORT.sub(r"\1 \2", _IMPORT.sub(taken, text))
    scope, exported = _scope(name), ", ".join(name for _, name in _EXPORT.findall(text))
    return (
        f"const {scope} = await (async () => {{\n{body}\nreturn {{ {exported} }};\n}})();\n"
        f"export const {{ {exported} }} = {scope};\n"
    )
