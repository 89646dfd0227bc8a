"""Keeps what the house's taps teach up to date, and the eyes told of it.

Nothing of it is kept: the taps are, and the same taps always teach the same. NumPy is loaded where
a house wants to be learnt from, and nowhere else.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path

from edge.errors import Fault, ModelError
from edge.events import EMOTIONS, Down, Learnt, Up
from edge.records import Tap
from edge.service import Service
from edge.vision import card as cards
from edge.vision.card import Card
from edge.vision.messages import Teach

AGAIN = 60.0
"""Seconds after which the taps are looked at again: old ones go, and all may be erased."""


class Learner(Service):
    """Learns in a thread of its own, and only where the house wants it."""

    def __init__(
        self,
        card: Path,
        taps: Callable[[], list[Tap]],
        forget: Callable[[], None],
        teach: Callable[[Teach], None],
        report: Callable[[Up | Down | Learnt], None],
    ) -> None:
        """Learn for the model of `card`, from what `taps` returns; `teach` tells the eyes.

        `forget` deletes what is kept of the taps, or raises Fault.
        """
        super().__init__("learning", report)
        self._card, self._taps = card, taps
        self._forget, self._teach, self._tell = forget, teach, report
        self._changed = threading.Condition()
        """Guards what follows."""
        self._on = False
        self._erase = False
        self._due = False
        self._known: list[Tap] | None = None

    # For the other parts, from any thread.

    def learning(self, *, on: bool) -> None:
        """Learn from now on; or stop, and forget it all."""
        with self._changed:
            self._on, self._erase, self._due = on, self._erase or not on, on
            self._known = None
            self._teach(Teach(on=on))
            self._changed.notify()

    def forget(self) -> None:
        """Forget what was learnt, with what was kept for it, and begin anew."""
        with self._changed:
            self._erase, self._known = True, None
            self._teach(Teach(on=self._on))
            self._changed.notify()

    def tapped(self) -> None:
        """Look at the taps: somebody may have said something."""
        with self._changed:
            self._due = True
            self._changed.notify()

    # For the thread.

    def step(self) -> None:
        """Forget, or learn, or wait."""
        with self._changed:
            self._changed.wait_for(self._awaited, AGAIN if self._on else 1.0)
            erase, on, self._due = self._erase, self._on, False
        if erase:
            self._forget()
            with self._changed:
                self._erase = False
        if on and not self.stopping:
            self._learn()

    def wake(self) -> None:
        """Cut the waiting short."""
        with self._changed:
            self._changed.notify_all()

    def _awaited(self) -> bool:
        return self.stopping or self._erase or (self._on and self._due)

    def _learn(self) -> None:
        try:
            taps = self._taps()
        except (sqlite3.Error, ValueError) as error:
            raise Fault(f"what was said of the moods cannot be read: {error}") from error
        if taps == self._known:
            return
        try:
            card = cards.load(self._card)
        except ModelError as error:
            raise Fault(str(error)) from error
        model = card.model.sha256[:12]
        told, change = learnt_from([tap for tap in taps if tap.model == model], card, self._card)
        with self._changed:
            if not self._on or self._erase:
                return  # not wanted any more
            self._known = taps
            self._teach(Teach(on=True, model=model, change=change))
        self._tell(told)


def learnt_from(taps: list[Tap], card: Card, path: Path) -> tuple[Learnt, bytes]:
    """Return what the taps teach the model of `card`, at `path`: in numbers, and as Teach has it.

    Raises:
        Fault: the model cannot be taught.
    """
    import numpy as np  # noqa: PLC0415

    from edge.personal import head  # noqa: PLC0415

    layer = card.last_layer
    if layer is None:
        raise Fault(f"{card.name}: this model cannot be taught: it does not say its embedding")
    with np.load(path.parent / layer.file.file, allow_pickle=False) as file:
        base = head.Base.of(file["weights"], file["penalty"])
    rows = [t for t in taps if t.mood in EMOTIONS and len(t.embedding) == base.width]
    felt = [EMOTIONS.index(tap.mood) for tap in rows]
    known = head.Taps.of([t.embedding for t in rows], felt, layer.scale, layer.zero_point)
    found = head.judge(base, known)
    told = Learnt(time.monotonic(), found.state, len(rows), found.corrections, found.mended)
    return told, b"" if found.change is None else found.change.astype("<f4").tobytes()
