"""Keeps what the house's taps teach up to date, and the eyes told of it.

Where the house shares with a fleet, an update lies in the runtime folder for the fleet's program,
which can read nothing else of the box (systemd/moodbox-fleet.service); it goes when they stop.

Nothing of it is kept: the taps are, and the same taps always teach the same. NumPy is loaded where
a house wants to be learnt from, and nowhere else.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path

from edge import files
from edge.errors import Fault, ModelError
from edge.events import EMOTIONS, Down, Learnt, Up
from edge.records import Tap
from edge.service import Service
from edge.vision import card as cards
from edge.vision import last_layer
from edge.vision.card import Card
from edge.vision.messages import Teach

AGAIN = 60.0
"""Seconds after which the taps are looked at again: old ones go, and all may be erased."""


class Learner(Service):
    """Learns in a thread of its own, and only where the house wants it."""

    def __init__(
        self,
        card: Callable[[], Path],
        taps: Callable[[], list[Tap]],
        forget: Callable[[], None],
        teach: Callable[[Teach], None],
        report: Callable[[Up | Down | Learnt], None],
        *,
        update: Path,
    ) -> None:
        """Learn for the model of `card` now, from what `taps` returns; `teach` tells the eyes.

        `forget` deletes what is kept of the taps, or raises Fault; `update` is the fleet's file.
        """
        super().__init__("learning", report)
        self._card, self._taps = card, taps
        self._forget, self._teach, self._tell = forget, teach, report
        self._update = update
        self._changed = threading.Condition()
        """Guards what follows."""
        self._on = self._share = False
        self._erase = False
        self._due = False
        self._known: tuple[str, list[Tap]] | None = None

    # For the other parts, from any thread.

    def learning(self, *, on: bool, share: bool = False) -> None:
        """Learn from now on, and `share` it or not; or stop, and forget it all."""
        with self._changed:
            self._on, self._erase, self._due = on, self._erase or not on, on
            self._share = on and share
            self._update.unlink(missing_ok=True)
            self._known = None
            self._teach(Teach(on=on))
            self._changed.notify()

    def forget(self) -> None:
        """Forget what was learnt, with what was kept for it, and begin anew."""
        with self._changed:
            self._erase, self._known = True, None
            self._update.unlink(missing_ok=True)
            self._teach(Teach(on=self._on))
            self._changed.notify()

    def tapped(self) -> None:
        """Look at the taps: somebody may have said something."""
        with self._changed:
            self._due = True
            self._changed.notify()

    # For the thread.

    def open(self) -> None:
        """Leave nothing for a fleet that a daemon before this one left."""
        with self._changed:
            self._update.unlink(missing_ok=True)

    def step(self) -> None:
        """Forget, or learn, or wait."""
        with self._changed:
            with self.idle():
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
        path = self._card()
        try:
            card = cards.read(path)
        except ModelError as error:
            raise Fault(str(error)) from error
        model = card.model.version
        if (model, taps) == self._known:
            return
        mine = [tap for tap in taps if tap.model == model]
        told, change, update = learnt_from(mine, card, path.parent)
        with self._changed:
            if not self._on or self._erase:
                return  # not wanted any more
            self._known = model, taps
            self._teach(Teach(on=True, model=model, change=change))
            if self._share:
                files.replace(self._update, update, durable=False)
        self._tell(told)


def learnt_from(taps: list[Tap], card: Card, folder: Path) -> tuple[Learnt, bytes, bytes]:
    """Return what the taps teach the model of `card`, in `folder`.

    In numbers, as Teach has it, and as a fleet has it.

    Raises:
        Fault: the model cannot be taught.
    """
    from edge.personal import fit, head, share  # noqa: PLC0415

    try:
        base = fit.Base.of(*last_layer.read(folder, card))
    except ModelError as error:
        raise Fault(str(error)) from error
    layer = card.last_layer
    assert layer is not None  # noqa: S101  what was read is its
    rows = [t for t in taps if t.mood in EMOTIONS and len(t.embedding) == base.width]
    felt = [EMOTIONS.index(tap.mood) for tap in rows]
    known = fit.Taps.of([t.embedding for t in rows], felt, layer.scale, layer.zero_point)
    found = head.judge(base, known)
    told = Learnt(time.monotonic(), found.state, len(rows), found.corrections, found.mended)
    change = b"" if found.change is None else found.change.astype("<f4").tobytes()
    return told, change, share.packed(share.update(base, known), card.model.version)
