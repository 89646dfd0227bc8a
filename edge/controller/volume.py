"""Quiet hours: when they are, and how loud music may begin. Pure."""

from __future__ import annotations

import re
import time

import msgspec

from edge.errors import MoodboxError
from edge.events import Preferences

UNASKED = 50
"""Percent: the loudest that music begins where nobody said how loud. A new speaker may stand at its
loudest, and to begin too low costs a turn of a knob; too loud it frightens a house."""
CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


def minutes(text: str) -> int:
    """Return the minutes after midnight that "22:30" names."""
    found = CLOCK.fullmatch(text)
    if found is None:
        raise MoodboxError(f"quiet hours {text!r}: no time of day; allowed: 00:00 to 23:59")
    return int(found[1]) * 60 + int(found[2])


def is_quiet(preferences: Preferences, wall: float | None) -> bool:
    """Return whether `wall` (seconds; None: not known) lies in the quiet hours, by local time."""
    if wall is None or not (preferences.quiet_from and preferences.quiet_to):
        return False
    local = time.localtime(wall)
    now = local.tm_hour * 60 + local.tm_min
    begin, end = minutes(preferences.quiet_from), minutes(preferences.quiet_to)
    return begin <= now < end if begin <= end else now >= begin or now < end


def night_from(preferences: Preferences, begin: str) -> Preferences:
    """Return preferences with quiet hours: their own, or an hour from `begin` on."""
    if preferences.quiet_from and preferences.quiet_to:
        return preferences
    end = (minutes(begin) + 60) % (24 * 60)
    return msgspec.structs.replace(
        preferences, quiet_from=begin, quiet_to=f"{end // 60:02}:{end % 60:02}"
    )


def loudest(preferences: Preferences, wall: float | None) -> int:
    """Return the loudest that music may be now, in percent."""
    if is_quiet(preferences, wall):
        return min(preferences.max_volume, preferences.quiet_volume)
    return preferences.max_volume


def start_volume(
    preferences: Preferences, wall: float | None, *, playing: bool, used: bool
) -> tuple[int | None, bool]:
    """Return the volume to begin or change music with, and whether it is only the loudest.

    None leaves the volume alone. Music that is on already keeps its volume, unless that is louder
    than is allowed at this time. Where nobody said how loud to begin, nothing is turned up, and a
    speaker that was `used` (it has music on it, or had until that ended) is as loud as somebody
    left it.
    """
    limit = loudest(preferences, wall)
    if not playing and preferences.volume is not None:
        return min(preferences.volume, limit), False
    most = limit if used else min(limit, UNASKED)
    return (most if most < 100 else None), True
