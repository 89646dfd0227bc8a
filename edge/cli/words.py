"""What the commands print for people."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

from edge.events import Status, Track

if TYPE_CHECKING:  # the daemon's store takes a command longer to import than it takes to run
    from edge.store.report import MoodReport


def status(status: Status, now: float, wall: float) -> str:
    """Return the status in lines; `now` is monotonic time, and `wall` the clock's."""
    began = wall - now
    lines = [
        ("mood", _mood(status, now, began)),
        ("music", music(status)),
        ("why", status.why),
        ("eyes", _eyes(status)),
        ("intent", status.intent.value + _left_alone(status, began)),
        ("profile", status.profile),
    ]
    lines += [(f"! {part}", problem) for part, problem in sorted(status.problems.items())]
    return "\n".join(f"{name:<9} {words}" for name, words in lines if words)


def _mood(status: Status, now: float, began: float) -> str:
    mood = status.mood
    if mood is None:
        return f"not looking: {status.unknown}"
    if status.corrected:
        until = status.corrected_until
        holds = f", holds until {_clock(began + until)} at least" if until is not None else ""
        return f"{mood.name}, as somebody said{holds}"
    sure = f" ({mood.confidence:.0%} sure)" if status.probabilities else ""
    return f"{mood.name}{sure} for {_duration(now - mood.since)}"


def _left_alone(status: Status, began: float) -> str:
    if not status.music:
        return ", the music is switched off"
    if not status.mood_drives:
        return ", the mood does not choose the music"
    if status.hands_off_until is None:
        return ""
    return f", the mood waits until {_clock(began + status.hands_off_until)} (`moodbox follow`)"


def _clock(wall: float) -> str:
    return time.strftime("%H:%M", time.localtime(wall))


def music(status: Status) -> str:
    """Return what plays, where and how loud."""
    parts = [status.playback.value]
    if status.track:
        parts[0] += f" {title(status.track)}"
    if status.speaker:
        parts.append(f"on {status.speaker}")
    if status.volume is not None:
        parts.append(f"volume {status.volume}")
    return ", ".join(parts)


def title(track: Track) -> str:
    """Return what to call a track."""
    name = f'"{track.title}"' if track.title else track.uri
    return f"{name} by {track.artist}" if track.artist else name


def _eyes(status: Status) -> str:
    if not status.runs_on:
        return "closed" if status.private else "not open"
    speed = f"{status.frames_per_second:.1f} frames/s, {status.inference_ms:.2f} ms a face"
    parts = (status.runs_on, status.camera, status.detector, speed, status.eyes_note)
    return ", ".join(filter(None, parts))


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{max(0.0, seconds):.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"


def report(found: MoodReport) -> str:
    """Return the mood report in lines."""
    read = f"{found.predictions} moods read, {found.corrections} corrected"
    lines = [f"the past {found.days:g} days: {read}, {found.agreed} confirmed"]
    lines += [f"{row.felt} was taken for {row.predicted} {row.times} x" for row in found.confused]
    for mood, plays in sorted(found.played.items()):
        skipped = found.skipped.get(mood, 0)
        lines.append(f"{mood or 'picked by hand'}: {plays} plays, {skipped} skipped")
    for row in found.drift[:2]:
        lines.append(f"{row.emotion}: {row.here:.0%} here, {row.card:.0%} of the model's own data")
    return "\n".join(lines)


def without_login(text: str) -> str:
    """Return `text` with no user and no password in its addresses."""
    return re.sub(r"//[^/\s\"]+@", "//***@", text)
