"""What a release is made of: one small signed file, which names the other signed files."""

from __future__ import annotations

import hashlib
from typing import Annotated

from msgspec import Meta, Struct

from edge.settings import Channel

RELEASE = "release.json"
"""The target that names the newest release."""
WHEELS, MODELS = "wheels/", "models/"
"""Where the targets of a release lie."""

PLACES: dict[Channel, str] = {"stable": "", "beta": "beta/"}
"""Channel -> where all its targets lie; boxes that know no channels find what is stable."""
HEARD: dict[Channel, tuple[Channel, ...]] = {"stable": ("stable",), "beta": ("stable", "beta")}
"""Channel of a box -> the channels whose newest release it takes."""

Note = Annotated[str, Meta(min_length=1, max_length=500)]
"""One change, in a sentence or two."""
FileName = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.+-]*$")]


class Release(Struct, frozen=True):
    """One release; a box takes the wheels that suit its Python and processor, and all models."""

    version: Annotated[str, Meta(pattern=r"^[0-9][0-9A-Za-z.+!-]{0,40}$")]
    """As PEP 440 orders them; each release is newer than the one before."""
    wheels: tuple[FileName, ...]
    """The daemon's and every library's, for all Pythons and processors of the boxes."""
    models: tuple[FileName, ...]
    """Models and their cards."""
    share: Annotated[float, Meta(ge=0, le=1)] = 1.0
    """Of the boxes that may take it; the others wait until it is published for more."""
    notes: Annotated[tuple[Note, ...], Meta(max_length=100)] = ()
    """What changed in it, for the people of the house."""

    def is_for(self, machine: str) -> bool:
        """Return whether the box that `machine` names is among the share.

        Where a box stands is a hash of itself and the version: who is among the first tenth is
        among the first half as well, and another release begins with others.
        """
        digest = hashlib.sha256(f"{machine} {self.version}".encode()).digest()
        return int.from_bytes(digest[:4], "big") / 2**32 < self.share
