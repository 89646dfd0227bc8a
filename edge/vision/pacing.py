"""How often to look. Pure."""

from __future__ import annotations

IDLE = 1.5
"""Looks a second while nobody is there."""
DARK = 1.0
"""Looks a second while it is dark."""
LINGER = 2.0
"""Seconds after the last face that somebody is still taken to be there."""
FIRST_PACE = 5.0
"""Looks a second while somebody is there, until the daemon says otherwise."""
FASTEST = 30.0


class FramePacer:
    """Slow while nobody is there, at the daemon's pace while somebody is."""

    def __init__(self) -> None:
        """Begin with nobody there."""
        self._pace = FIRST_PACE
        self._face_at = -LINGER
        self._dark = False

    def set_pace(self, frames_per_second: float) -> None:
        """Look so often while somebody is there, within reason."""
        self._pace = min(max(frames_per_second, IDLE), FASTEST)

    def saw(self, face: bool, dark: bool, at: float) -> None:
        """Note what a frame taken at `at` showed."""
        self._dark = dark
        if face:
            self._face_at = at

    def interval(self, now: float) -> float:
        """Return the seconds from the beginning of one look to the next."""
        if now - self._face_at < LINGER:
            return 1 / self._pace
        return 1 / (DARK if self._dark else IDLE)
