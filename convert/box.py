"""A paired box, seen from the desktop: its page's own API, with a paired browser's right.

`moodbox pair` on the box prints a one-time address; whoever gives that once is paired, and may
leave out what stands behind the # from then on. The token lies in ~/.config/moodbox/boxes.json.
"""

from __future__ import annotations

import os
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import requests

from edge import files
from edge.errors import MoodboxError
from edge.vision import card as cards

COOKIE = "moodbox"
EXPORT = "moodbox.zip"
WITHIN = 120.0
"""Seconds; a box tries a model before it answers."""


class PairedBox:
    """One box, by its page's address."""

    def __init__(self, address: str) -> None:
        """Pair, where the address is a one-time one; else use the token that is kept.

        Raises:
            MoodboxError: the address makes no sense, or this desktop is not paired.
        """
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise MoodboxError(
                f"{address}: not a box's address; allowed: http://moodbox.local:8080"
            )
        self._at = f"{parts.scheme}://{parts.netloc}"
        if parts.fragment:
            self._pair(parts.fragment)
        self._token = _tokens().get(self._at, "")
        if not self._token:
            raise MoodboxError(
                f"{self._at}: this desktop is not paired: run `moodbox pair` on the box, and give"
                " the address that it prints"
            )

    def export(self) -> bytes:
        """Return all that is kept, a ZIP archive."""
        return self._ask("GET", "/api/export").content

    def model(self) -> str:
        """Return the version of the model that it uses, the first digits of its file's SHA-256."""
        listed = self._ask("GET", "/api/models").json()
        return next((str(it["version"]) for it in listed if it["state"] in {"used", "trial"}), "")

    def put(self, model: Path) -> str:
        """Lay a model down, with card and last layer beside it; return its version.

        Raises:
            MoodboxError: the box refuses it, in its words.
        """
        card = cards.read(model.with_suffix(".json"))
        sent = {"card": card, "model": model.read_bytes()}
        if card.last_layer is not None:
            head = model.with_name(card.last_layer.file.file)
            sent |= {"head": head.read_bytes()} if head.is_file() else {}
        return str(self._ask("POST", "/api/models", sent).json()["version"])

    def _pair(self, invitation: str) -> None:
        self._token = ""
        name = {"invitation": invitation, "name": "moodbox-convert"}
        answer = self._ask("POST", "/api/pair", name)
        kept = _tokens() | {self._at: answer.cookies.get(COOKIE, "")}
        path = _kept()
        path.parent.mkdir(parents=True, exist_ok=True)
        files.replace(path, msgspec.json.encode(kept))

    def _ask(self, method: str, path: str, body: Any = None) -> requests.Response:
        # The box takes orders from its own page alone, and knows that by these.
        headers = {"origin": self._at, "content-type": "application/json"}
        try:
            answer = requests.request(
                method,
                self._at + path,
                data=None if body is None else msgspec.json.encode(body),
                headers=headers,
                cookies={COOKIE: self._token} if self._token else None,
                timeout=WITHIN,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            raise MoodboxError(f"{self._at}: the box does not answer: {_cause(error)}") from error
        if answer.status_code != HTTPStatus.OK:
            raise MoodboxError(f"{self._at}: {_reason(answer)}")
        return answer


def is_address(text: str) -> bool:
    """Tell a box's address from a file's name."""
    return text.startswith(("http://", "https://"))


def _kept() -> Path:
    folder = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(folder) / "moodbox" / "boxes.json"


def _tokens() -> dict[str, str]:
    try:
        return msgspec.json.decode(_kept().read_bytes(), type=dict[str, str])
    except FileNotFoundError:
        return {}
    except msgspec.MsgspecError as error:
        raise MoodboxError(f"{_kept()}: not the tokens of boxes: {error}") from error


def _reason(answer: requests.Response) -> str:
    try:
        return str(answer.json()["error"])
    except (ValueError, KeyError, TypeError):
        return f"the box answered {answer.status_code}"


def _cause(error: Exception) -> str:
    while error.__cause__ is not None or error.__context__ is not None:
        error = error.__cause__ or error.__context__  # type: ignore[assignment]
    return " ".join(str(error).split())


def fetched(source: str, out: Path) -> Path:
    """Return the file of a box's export; one that is fetched from a box is kept in `out`."""
    if not is_address(source):
        return Path(source)
    content = PairedBox(source).export()
    out.mkdir(parents=True, exist_ok=True)
    files.replace(out / EXPORT, content)
    return out / EXPORT
