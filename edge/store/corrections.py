"""Fetches the faces of corrections from the eyes, and keeps them; only where somebody opted in."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

from edge.errors import Fault
from edge.events import EMOTIONS, Down, KeepFace, Up
from edge.service import Service
from edge.store.crops import Crops

WITHIN = 2.0
"""Seconds the eyes have to find a face."""
PURGE_EVERY = 3600.0
MOST_WAITING = 50

FaceReader = Callable[[str, float], bytes]
"""Returns the face of a prediction within some seconds; empty where there is none."""


class CorrectionStore(Service):
    """Keeps faces in `crops`. Nobody who hands in a correction waits for it."""

    def __init__(self, crops: Crops, face: FaceReader, report: Callable[[Up | Down], None]) -> None:
        """Ask `face` for a prediction's face; keep nothing until told to."""
        super().__init__("faces", report)
        self._crops = crops
        self._face = face
        self._changed = threading.Condition()
        """Guards what follows, and the files."""
        self._on = False
        self._erase = False
        self._waiting: deque[KeepFace] = deque(maxlen=MOST_WAITING)
        self._purged = float("-inf")

    # For the other parts, from any thread.

    def keeping(self, on: bool) -> None:
        """Keep the faces of corrections from now on; or forget all that were kept, soon."""
        with self._changed:
            self._on, self._erase = on, not on
            self._waiting.clear()
            self._changed.notify()

    def keep(self, wanted: KeepFace) -> None:
        """Keep the face of a prediction, soon."""
        with self._changed:
            if self._on and wanted.mood in EMOTIONS:
                self._waiting.append(wanted)
                self._changed.notify()

    def drop(self, prediction: str) -> None:
        """Delete the face of a correction that was a mistake; raise OSError as `forget`."""
        with self._changed:
            kept = [one for one in self._waiting if one.prediction != prediction]
            self._waiting = deque(kept, maxlen=MOST_WAITING)
            self._crops.drop(prediction)

    def forget(self) -> None:
        """Delete every face now; raise OSError where that is impossible."""
        with self._changed:
            self._waiting.clear()
            self._crops.erase()

    def get(self, prediction: str) -> bytes:
        """Return a prediction's face as a PNG, kept or still in the eyes' memory; or nothing."""
        if not self._on:
            return b""
        with self._changed:
            kept = self._crops.get(prediction)
        return kept or self._face(prediction, WITHIN)

    def files(self) -> list[Path]:
        """Return the files of all kept faces."""
        with self._changed:
            return self._crops.files()

    # For the thread.

    def step(self) -> None:
        """Keep one face, or tidy up; wait where there is nothing to do."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._erase or self.stopping, 1.0)
            wanted = self._waiting[0] if self._waiting else None
        try:
            if wanted is not None:
                self._fetch(wanted)
            self._tidy()
        except OSError as error:
            raise Fault(f"faces of corrections cannot be kept: {error}") from error

    def wake(self) -> None:
        """Cut the waiting short."""
        with self._changed:
            self._changed.notify_all()

    def _fetch(self, wanted: KeepFace) -> None:
        png = self._face(wanted.prediction, WITHIN)
        with self._changed:
            if not self._waiting or self._waiting[0] is not wanted:
                return  # forgotten meanwhile
            self._waiting.popleft()
            if png:
                self._crops.keep(wanted.prediction, wanted.mood, png)

    def _tidy(self) -> None:
        now = time.monotonic()
        with self._changed:
            if self._erase:
                self._crops.erase()
                self._erase = False
            elif now - self._purged > PURGE_EVERY:
                self._crops.purge()
                self._purged = now
