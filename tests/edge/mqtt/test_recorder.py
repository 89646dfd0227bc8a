"""How much of a home's recorder a lived-in day fills: a row each time a state or attribute changes.

Home Assistant 2026.2 writes one row for each `state_changed` event of an entity that is enabled
(homeassistant/components/recorder), and an entity of MQTT has one for each message that changes its
state or its attributes. An image has one more every five minutes, as the key to its picture is new
then (homeassistant/components/image, TOKEN_CHANGE_INTERVAL).
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator

import pytest

from edge.events import (
    AWAY,
    EMOTIONS,
    Account,
    Health,
    Mood,
    Playback,
    Status,
    Track,
)
from edge.mqtt.entities import ENTITIES
from edge.mqtt.entity import Context
from edge.mqtt.states import ATTRIBUTES, Sent, due, states

DAY = 24 * 3600
MOST = 2000
"""Rows a day."""
WHOLE = {row.key for row in ENTITIES if row.attributes is not None}


def day(chance: random.Random) -> Iterator[Status]:
    """A status each second: up at seven, out from nine to five, music in the evening until eleven.

    The mood is another one every quarter of an hour, its confidence and shares waver all the time,
    two are there for one look in twenty, and a song lasts three and a half minutes.
    """
    mood, song, ends = Mood("neutral", 0.8, 0.0), 0, 0.0
    wavers, warm = 0.0, 50.0
    for second in range(DAY):
        hour = second / 3600
        there = 7 <= hour < 9 or 17 <= hour < 23
        if there and (second % 900 == 0 or mood.name == AWAY):
            mood = Mood(chance.choice(EMOTIONS), 0.7, float(second))
        elif not there and mood.name != AWAY:
            mood = Mood(AWAY, 1.0, float(second))
        wavers = 0.95 * wavers + chance.gauss(0, 0.05)
        warm += 0.02 * (50 + 8 * there - warm) + chance.gauss(0, 0.1)
        if there and second >= ends:
            song, ends = song + 1, second + chance.uniform(150, 270)
        sure = min(1.0, max(0.2, 0.75 + wavers)) if there else 1.0
        share = (1 - sure) / 6
        yield Status(
            at=float(second),
            mood=Mood(mood.name, sure, mood.since),
            probabilities=tuple(sure if name == mood.name else share for name in EMOTIONS)
            if there
            else (),
            faces=chance.choices((1, 2), (0.95, 0.05))[0] if there else 0,
            playback=Playback.PLAYING if there else Playback.PAUSED,
            track=Track(
                *(f"spotify:track:{song}", f"Song {song}", "Band", "Album"),
                cover=f"https://i.scdn.co/image/{song}",
            ),
            music_for=mood.name if there else "",
            volume=30 if second % 7200 else 35,
            runs_on="Edge TPU",
            frames_per_second=5 + chance.gauss(0, 0.2),
            inference_ms=0.7 + chance.gauss(0, 0.02),
            health=Health(float(second), warm, under_voltage=False),
            account=Account(float(second), signed_in=True, expires=1.8e9, requests_left=300 - song),
        )


def rows(day: Iterator[Status]) -> Counter[str]:
    """Return for each entity how many rows it makes."""
    sent: dict[str, Sent] = {}
    told: Counter[str] = Counter(cover=DAY // 300)
    for status in day:
        wanted = states(Context(status, EMOTIONS, "http://box.local/", 1.8e9))
        topics, _ = due(wanted, sent, status.at)
        # Where there are attributes, Home Assistant hears of the state with them.
        told.update(topic.removesuffix(ATTRIBUTES) for topic in topics if topic not in WHOLE)
        sent |= {topic: Sent(wanted[topic], status.at) for topic in topics}
    return told


@pytest.fixture(scope="module")
def told() -> Counter[str]:
    return rows(day(random.Random(7)))


def test_a_lived_in_day_fills_little_of_the_homes_recorder(told: Counter[str]) -> None:
    shown = {row.key for row in ENTITIES if row.enabled}
    by_default = sum(count for key, count in told.items() if key in shown)
    assert by_default < MOST, told.most_common(8)
    assert told["mood"] > 30
    assert told["playing"] > 100


def test_an_entity_that_is_enabled_later_makes_at_most_a_row_a_minute(told: Counter[str]) -> None:
    slow = {row.key for row in ENTITIES if row.pace}
    assert max(told[key] for key in slow) <= DAY / 60
