"""`moodbox resting`: would a restart disturb nobody? A timer asks before it reboots the box."""

from __future__ import annotations

import argparse
import time

from edge.client import Control
from edge.controller.volume import is_quiet, minutes, night_from
from edge.errors import NotRunning, Refused
from edge.events import Playback, Preferences, Status


def resting(control: Control, arguments: argparse.Namespace) -> int:
    """Exit with 0 in the quiet hours of who listens, while nothing plays; else say what is on.

    Where the house has no quiet hours, or the daemon is down, they are an hour of the night.
    """
    minutes(arguments.night)
    preferences = Preferences()
    try:
        if control.get("/api/status", Status).playback is Playback.PLAYING:
            raise Refused("music plays")
        preferences = control.get("/api/preferences", Preferences).in_force()
    except NotRunning:
        pass
    hours = night_from(preferences, arguments.night)
    if not is_quiet(hours, time.time()):
        raise Refused(f"it is not quiet before {hours.quiet_from}")
    return 0
