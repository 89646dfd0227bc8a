"""Downloads what may not be shipped: the face detector YuNet, by its pinned hash."""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import threading
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

from edge import files
from edge.errors import ModelError
from edge.vision.card import Artefact, verify
from edge.vision.detector import YUNET

SOURCE = (
    "https://github.com/opencv/opencv_zoo/raw/"
    f"82b38c8f98e7b52aa171400f3e4c722352d0669f/models/face_detection_yunet/{YUNET.file}"
)
TIMEOUT = 30.0
"""Seconds the server may be silent."""
QUICK = 5.0
"""Seconds that an attempt may take altogether."""


def fetch(folder: Path, url: str = SOURCE, wanted: Artefact = YUNET) -> Path:
    """Put the wanted file into `folder`, unless it is there already, and return its path.

    Raises:
        ModelError: one line that says why it could not be had; nothing was changed.
    """
    path = folder / wanted.file
    if _is_there(path, wanted):
        return path
    # One byte too many is enough to see that a file is wrong.
    content = _download(url, wanted.size + 1)
    found = hashlib.sha256(content).hexdigest()
    if found != wanted.sha256:
        raise ModelError(
            f"{url}: not the file that is wanted: its sha256 is {found}, not {wanted.sha256}"
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        files.replace(path, content, mode=0o644)
    except OSError as error:
        raise ModelError(f"{path}: cannot be written: {error.strerror}") from error
    return path


def attempt(
    folder: Path, url: str = SOURCE, wanted: Artefact = YUNET, patience: float = QUICK
) -> None:
    """Fetch the file if that is quickly done; where it is not, nothing is changed or said.

    A thread, for no timeout of a socket bounds how long a name is looked up.
    """

    def work() -> None:
        with contextlib.suppress(ModelError):
            fetch(folder, url, wanted)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(patience)


def _download(url: str, most: int) -> bytes:
    try:
        with urlopen(url, timeout=TIMEOUT) as answer:  # noqa: S310  the hash is pinned
            content: bytes = answer.read(most)
            return content
    except HTTPError as error:
        with error:  # it holds the connection
            raise ModelError(f"{url}: cannot be downloaded: {error}") from error
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise ModelError(f"{url}: cannot be downloaded: {error}") from error


def _is_there(path: Path, wanted: Artefact) -> bool:
    try:
        verify(path, wanted)
    except ModelError:
        return False
    return True
