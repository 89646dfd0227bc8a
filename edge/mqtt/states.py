"""What is published of a status, and when. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from math import inf
from typing import Any

import msgspec

from edge.events import AWAY, EMOTIONS, UNSURE, Announce, Playback, Status, Track

NONE = "None"
"""What Home Assistant shows as unknown."""
LONGEST = 255
"""Characters of a state that Home Assistant takes."""
PACE = 5.0
"""Seconds between two messages on a topic that moves all the time."""
RESTLESS = frozenset(
    {"mood/attributes", "inference_ms", "fps", "temperature", "requests_left", "playing/attributes"}
)


def states(status: Status, moods: Collection[str]) -> dict[str, str]:
    """Return the payload of every retained topic; `moods` are the view's, without unsure, away."""
    account, health = status.account, status.health
    name = status.mood.name if status.mood else NONE
    return {
        "mood/attributes": _json(_mood_attributes(status)),
        "mood": name if name in {*moods, UNSURE, AWAY} else NONE,
        "playing/attributes": _json(_playing_attributes(status)),
        "playing": _playing(status.track),
        "speaker/attributes": _json({"name": status.speaker, "hands_off": _hands_off(status)}),
        "speaker": NONE if status.playback is Playback.UNKNOWN else status.playback.value,
        "intent": status.intent.value,
        "music": _switch(status.music),
        "private": _switch(status.private),
        "volume": _number(status.volume),
        "correction": name if name in moods else NONE,
        "runs_on": status.runs_on or NONE,
        "inference_ms": _number(round(status.inference_ms, 2) if status.runs_on else None),
        "fps": _number(round(status.frames_per_second, 1) if status.runs_on else None),
        "temperature": _number(
            round(health.temperature) if health and health.temperature is not None else None
        ),
        "under_voltage": _switch(health.under_voltage if health else None),
        "sign_in_expires": _time(account.expires if account else None),
        "requests_left": _number(account.requests_left if account else None),
        "problem/attributes": _json(
            {
                "reason": "; ".join(f"{part}: {why}" for part, why in status.problems.items()),
                "parts": status.problems,
            }
        ),
        "problem": _switch(bool(status.problems)),
    }


def due(
    wanted: Mapping[str, str], sent: Mapping[str, tuple[str, float]], now: float
) -> tuple[list[str], float]:
    """Return the topics to send now, and when to look again (infinity: at the next change).

    `sent` holds each topic's last payload and when it was sent. A restless topic waits PACE, but
    attributes never wait longer than the state they belong to.
    """
    changed = {
        topic for topic, payload in wanted.items() if topic not in sent or sent[topic][0] != payload
    }
    topics, again = [], inf
    for topic in wanted:
        if topic not in changed:
            continue
        ready = -inf
        if topic in RESTLESS and topic in sent and topic.rpartition("/")[0] not in changed:
            ready = sent[topic][1] + PACE
        if ready <= now:
            topics.append(topic)
        else:
            again = min(again, ready)
    return topics, again


def event(announced: Announce) -> bytes:
    """Return the message of the events topic."""
    return msgspec.json.encode(announced)


def event_schema() -> dict[str, Any]:
    """Return the JSON schema that every message of the events topic is held to."""
    return msgspec.json.schema(Announce)


def _mood_attributes(status: Status) -> dict[str, Any]:
    shares = status.probabilities or (None,) * len(EMOTIONS)
    return {
        "confidence": round(status.mood.confidence, 2) if status.mood else None,
        **{
            name: None if share is None else round(share, 2)
            for name, share in zip(EMOTIONS, shares, strict=True)
        },
        "people": status.faces,
        "unknown": status.unknown,
    }


def _playing(track: Track | None) -> str:
    if track is None:
        return NONE
    words = " - ".join(part for part in (track.artist, track.title) if part) or track.uri
    return words[:LONGEST] or NONE


def _playing_attributes(status: Status) -> dict[str, Any]:
    track = status.track or Track("")
    return {
        "title": track.title,
        "artist": track.artist,
        "album": track.album,
        "link": track.link,
        "uri": track.uri,
        "why": status.why,
    }


def _hands_off(status: Status) -> bool:
    return status.hands_off_until is not None


def _switch(on: bool | None) -> str:
    return NONE if on is None else "ON" if on else "OFF"


def _number(number: float | None) -> str:
    return NONE if number is None else str(number)


def _time(wall: float | None) -> str:
    return NONE if wall is None else datetime.fromtimestamp(wall, UTC).isoformat(timespec="seconds")


def _json(value: dict[str, Any]) -> str:
    return msgspec.json.encode(value).decode()
