"""How the entities' states are read from the status: what takes more than one word. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import edge
from edge.covers import NO_PICTURE, path_of
from edge.events import (
    AWAY,
    UNSURE,
    Gesture,
    GestureTarget,
    Playback,
    Release,
    RequestBody,
    SetPreferences,
    Status,
)
from edge.mood.moods import colour_of
from edge.mqtt.entity import Context, Value, clock

LONGEST = 255
"""Characters of a state that Home Assistant takes."""


def mood(c: Context) -> Value:
    """The mood that counts; None where nobody knows, or Home Assistant was not told of it."""
    name = c.status.mood.name if c.status.mood else None
    return name if name in {*c.moods, UNSURE, AWAY} else None


def about_mood(c: Context) -> dict[str, Any]:
    """Its colour, why it is not known, whether somebody said it, and since when."""
    status = c.status
    return {
        "colour": colour_of(status.mood.name) if status.mood else None,
        "unknown": status.unknown,
        "corrected": bool(status.corrected),
        "since": c.when(status.mood.since) if status.mood else None,
    }


def correction(c: Context) -> Value:
    """What somebody said that the mood is, as long as that holds."""
    name = c.status.mood.name if c.status.mood and c.status.corrected else None
    return name if name in c.moods else None


def share(index: int) -> Callable[[Context], Value]:
    """Return a reader of one emotion's share, in percent."""

    def read(c: Context) -> Value:
        shares = c.status.probabilities
        return round(shares[index] * 100) if shares else None

    return read


def somebody(c: Context) -> Value:
    """Whether somebody is there; None where nobody looks."""
    return c.status.mood.name != AWAY if c.status.mood else None


def people(c: Context) -> Value:
    """How many are there; None where nobody looks."""
    return c.status.faces


def playing(c: Context) -> Value:
    """Artist and title."""
    track = c.status.track
    if track is None:
        return None
    words = " - ".join(part for part in (track.artist, track.title) if part) or track.uri
    return words[:LONGEST] or None


def about_playing(c: Context) -> dict[str, Any]:
    """What else is known of the track, and why it plays."""
    track = c.status.track
    names = ("title", "artist", "album", "link", "uri")
    return {
        **{name: getattr(track, name) if track else None for name in names},
        "why": c.status.why,
    }


def speaker(c: Context) -> Value:
    """What the speaker does."""
    playback = c.status.playback
    return None if playback is Playback.UNKNOWN else playback.value


def about_speaker(c: Context) -> dict[str, Any]:
    """Which speaker it is, how loud it really is, and what is under way."""
    status = c.status
    volume = status.volume
    return {
        "name": status.speaker,
        "volume": volume,
        "volume_level": None if volume is None else volume / 100,
        "doing": status.doing,
    }


def volume(c: Context) -> Value:
    """How loud it is."""
    # Home Assistant takes no number above the most that it was told.
    return None if c.status.volume is None else min(c.status.volume, c.status.max_volume)


def what(c: Context) -> Value:
    """The playlist, album or song that plays, as a command would name it."""
    track = c.status.track
    return (track.context or track.uri)[:LONGEST] if track else ""


def cover(c: Context) -> Value:
    """Where the box serves the track's cover; the page's own picture where there is none."""
    address = c.status.track.cover if c.status.track else ""
    return c.page + (path_of(address) if address else NO_PICTURE).removeprefix("/")


def update(c: Context) -> dict[str, Any]:
    """What runs and what there is, by Home Assistant's schema."""
    release = c.status.release
    latest = {"latest_version": release.latest} if release and release.latest else {}
    return {
        # A release may bring other models alone: then its version is not the program's.
        "installed_version": (release.runs if release else "") or edge.__version__,
        **latest,
        "in_progress": bool(release and release.installing),
        "update_percentage": None,
        "title": "moodbox",
        "release_summary": _summary(release) if release else "",
    }


def _summary(release: Release) -> str:
    """Return the changes that there is room for; else what came of the last look."""
    text = ""
    for note in release.notes:
        line = f"- {note}\n"
        if len(text) + len(line) >= LONGEST:
            return f"{text}…" if text else f"{note[: LONGEST - 1]}…"
        text += line
    return text.strip() or release.words[:LONGEST]


def account(field: str) -> Callable[[Context], Any]:
    """Return a reader of what the account tells."""
    return lambda c: getattr(c.status.account, field) if c.status.account else None


def health(field: str) -> Callable[[Context], Any]:
    """Return a reader of what the machine tells of itself."""
    return lambda c: getattr(c.status.health, field) if c.status.health else None


def sign_in_ends(c: Context) -> Value:
    """When the sign-in ends."""
    account = c.status.account
    return clock(account.expires) if account else None


def temperature(c: Context) -> Value:
    """The processor's, in degrees Celsius."""
    health = c.status.health
    return None if health is None or health.temperature is None else round(health.temperature)


def running(field: str, digits: int | None = None) -> Callable[[Context], Any]:
    """Return a reader of what only open eyes can tell; a number of 0 was not measured yet."""

    def read(c: Context) -> Any:
        value = getattr(c.status, field) if c.status.runs_on else None
        return value if digits is None else round(value, digits) if value else None

    return read


def follower(gesture: Gesture) -> Callable[[Context], Value]:
    """Return a reader of who follows a gesture."""
    return lambda c: c.status.gestures.get(gesture, GestureTarget.BOTH).value


def problem(status: Status) -> dict[str, Any]:
    """What is wrong, in words, by part."""
    words = "; ".join(f"{part}: {why}" for part, why in status.problems.items())
    return {"reason": words, "parts": status.problems}


def give(gesture: Gesture) -> Callable[[str], RequestBody]:
    """Return what asks for another follower of a gesture."""
    # What is no target is refused when the request is checked.
    return lambda target: SetPreferences(gestures={gesture: target})  # type: ignore[dict-item]
