"""What the page asks of the store, which it does not know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from edge.events import Preferences
from edge.records import (
    Device,
    Expected,
    Features,
    ListedSong,
    PastCorrection,
    PastPlay,
    PastPrediction,
    PastSong,
    PlaylistSnapshot,
    Week,
)


class Reader(Protocol):
    """Questions, for any thread. Times are wall-clock seconds."""

    def preferences(self) -> Preferences | None:
        """Return the preferences, or None where there are none yet."""

    def moods(self, since: float, until: float) -> list[PastPrediction]:
        """Return the newest predictions between two times, oldest first."""

    def plays(self, since: float, until: float) -> list[PastPlay]:
        """Return the newest plays between two times, oldest first."""

    def corrections(self, since: float, until: float) -> list[PastCorrection]:
        """Return the newest corrections between two times, and those without, oldest first."""

    def heard(self, since: float, until: float) -> list[PastSong]:
        """Return the newest songs heard between two times, oldest first."""

    def cover(self, uri: str) -> str:
        """Return the address of the picture of a song or a list; empty where there is none."""

    def pictured(self) -> frozenset[str]:
        """Return the lists of which there is a picture."""

    def number_of(self, hashed: str) -> int | None:
        """Return the number of the paired browser with this hashed token."""

    def songs(self) -> Sequence[ListedSong]:
        """Return all songs, playlist by playlist."""

    def playlists(self) -> list[PlaylistSnapshot]:
        """Return the playlists that were read."""

    def features(self) -> Mapping[str, Features | None]:
        """Return how songs sound, by URI."""

    def devices(self) -> list[Device]:
        """Return the paired browsers."""

    def knows_token(self, hashed: str) -> bool:
        """Whether a browser with this hashed token is paired."""


class Store(Protocol):
    """Questions and orders, for any thread; an order waits until it is durable, or raises Fault."""

    keep_days: float

    @property
    def read(self) -> Reader:
        """Questions to the store."""

    def preferences(self) -> Preferences | None:
        """Return the preferences; private ones where they cannot be read."""

    def mood_report(self, days: float, now: float, frequency: Sequence[float]) -> Struct:
        """Sum up the predictions, plays and corrections of so many days before `now`."""

    def week(self, now: float, expected: Expected) -> Week:
        """Return how the week before `now` stands beside the four before."""

    def export(self, faces: Sequence[Path]) -> bytes:
        """Return all that is kept as a ZIP archive, with the `faces` of corrections in it."""

    def add_token(self, hashed: str, name: str, at: float) -> None:
        """Pair a browser."""

    def revoke_token(self, number: int) -> None:
        """Unpair a browser."""

    def forget_token(self, hashed: str) -> None:
        """Unpair the browser with this hashed token."""

    def erase(self) -> None:
        """Forget what is known of people."""


class CorrectionStore(Protocol):
    """The faces beside the store, for any thread."""

    def get(self, prediction: str) -> bytes:
        """Return a face as PNG, b"" where there is none."""

    def files(self) -> list[Path]:
        """Return the faces that are kept."""

    def forget(self) -> None:
        """Erase them."""
