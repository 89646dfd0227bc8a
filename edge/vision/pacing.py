"""How often to look, and how closely. Pure.

While nobody is there, looking may cost a small share of one core: what a look cost is measured, and
the next one waits until it is earned; but nobody who comes in waits longer than NOTICED to be seen,
however slow the processor, or the reading of the camera's pictures, may be.
"""

from __future__ import annotations

from edge.vision.search import Look

IDLE = 1.5
"""Looks a second while nobody is there."""
DARK = 1.0
"""Looks a second while it is dark."""
LINGER = 2.0
"""Seconds after the last face that somebody is still taken to be there."""
FIRST_PACE = 5.0
"""Looks a second while somebody is there, until the daemon says otherwise."""
FASTEST = 30.0
IDLE_SHARE = 0.018
"""Of one core, while nobody is there."""
BUSY_SHARE = 0.5
"""Of one core, while somebody is there; a slow processor looks less often."""
WHOLE_EVERY = 1.0
"""Seconds between two looks at the whole while known faces are followed."""
SURE_EVERY = 3.0
"""Seconds between two looks at the whole though nothing changed, or the quick one was enough."""
NOTICED = 5.0
"""The same at the most, whether it was earned or not."""
SAVED = 2.0
"""Seconds' worth of looking that can be saved up."""
GUESS = {
    Look.NOT: 0.002,
    Look.AROUND: 0.01,
    Look.QUICK: 0.01,
    Look.WHOLE: 0.03,
    Look.CLOSELY: 0.03,
}
"""Seconds of processor time, before any look was measured."""
LEARNS = 0.2
"""How much of what a look is taken to cost comes from the newest one."""


class FramePacer:
    """Slow while nobody is there, at the daemon's pace while somebody is."""

    def __init__(self) -> None:
        """Open with nobody there."""
        self._pace = FIRST_PACE
        self._face_at = -LINGER
        self._dark = False
        self._cost = dict(GUESS)
        self._earned = GUESS[Look.WHOLE]
        """Seconds of processor time; less than nothing after a look that took too long."""
        self._counted_at: float | None = None
        self._whole_at = -SURE_EVERY
        self._changed = True
        """Something has, since the last look at the whole."""

    def set_pace(self, frames_per_second: float) -> None:
        """Look so often while somebody is there, within reason."""
        self._pace = min(max(frames_per_second, IDLE), FASTEST)

    def how(self, changed: bool, now: float) -> Look:
        """Return how to look at a frame; `changed`: it differs from the last one looked at."""
        self._changed = self._changed or changed
        whole_is_old = now - self._whole_at >= SURE_EVERY
        if self._somebody(now):
            return Look.AROUND if now - self._whole_at < WHOLE_EVERY else Look.WHOLE
        self._earn(now)
        if now >= self._look_by:
            return Look.WHOLE
        if self._changed or whole_is_old:
            if self._affords(Look.WHOLE):
                return Look.WHOLE
            return Look.QUICK if not whole_is_old and self._affords(Look.QUICK) else Look.NOT
        return Look.CLOSELY if self._affords(Look.CLOSELY) else Look.NOT

    def looked(self, how: Look, *, face: bool, dark: bool, at: float, cost: float) -> None:
        """Note what a look at `at` showed, and the seconds of processor time that it took."""
        self._dark = dark
        if face:
            self._face_at = at
        if how is Look.WHOLE:
            self._whole_at = at
            self._changed = False
        if not dark:
            self._cost[how] += LEARNS * (cost - self._cost[how])
        if not self._somebody(at):
            # What such a look cost is not paid back by more than the wait for the next one.
            self._earned = max(self._earned - cost, -IDLE_SHARE * NOTICED)

    def interval(self, now: float) -> float:
        """Return the seconds from the beginning of one look to the next."""
        if self._somebody(now):
            return max(1 / self._pace, self._cost[Look.AROUND] / BUSY_SHARE)
        earned = min(-self._earned / IDLE_SHARE, self._look_by - now)
        return max(1 / (DARK if self._dark else IDLE), earned)

    @property
    def _look_by(self) -> float:
        """When the whole is to be looked at in any case."""
        return self._whole_at + NOTICED

    def _somebody(self, now: float) -> bool:
        return now - self._face_at < LINGER

    def _earn(self, now: float) -> None:
        since = now if self._counted_at is None else self._counted_at
        self._counted_at = now
        most = max(SAVED * IDLE_SHARE, 1.5 * self._cost[Look.WHOLE])
        self._earned = min(most, self._earned + IDLE_SHARE * (now - since))

    def _affords(self, how: Look) -> bool:
        return self._earned >= self._cost[how]
