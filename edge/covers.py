"""Where the box itself serves the cover of what plays, for who cannot pair, as Home Assistant."""

from __future__ import annotations

import hashlib

FOLDER = "/cover/"
NO_PICTURE = "/static/icon.svg"
"""On the page, for when there is no cover."""


def path_of(cover: str) -> str:
    """Return the path, on the box's own page, of the picture at the address `cover`.

    It opens to whoever knows it, and only who knows the picture's own address can work it out.
    """
    return FOLDER + hashlib.sha256(cover.encode()).hexdigest()[:32]
