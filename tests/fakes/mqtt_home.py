"""A home for a Year whose speaker is the house's own, behind the broker.

A broker has no made-up time, so it is left out: wishes and states are handed over at once, each
held to the schemas of docs/speaker.md. tests/edge/mqtt/test_speaker.py has them go through a real
one. Whoever carries wishes out does as the blueprint has Home Assistant do.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from fakes.spotify import Clock
from fakes.year import DAY, HOUR, MINUTE, LocalHome
from jsonschema import Draft202012Validator

from edge.errors import Fault
from edge.events import EMOTIONS, Hand, Playback, SpeakerState
from edge.player.mqtt import Do, MqttPlayer, SpeakerTold, SpeakerWish
from edge.player.simulated import SimulatedSpeaker

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "speaker.md"


@cache
def judge(kind: str) -> Draft202012Validator:
    """Return what judges a message by the schema that the guide has of it."""
    blocks = GUIDE.read_text("utf-8").split("```json\n")[1:]
    schemas = [json.loads(block.partition("```")[0]) for block in blocks]
    return Draft202012Validator(next(it for it in schemas if it.get("title") == kind))


class House:
    """The player's connection, and behind it whoever carries its wishes out on a speaker."""

    def __init__(self, speaker: SimulatedSpeaker) -> None:
        self.speaker = speaker
        self.violations: list[str] = []
        self.plays: list[float] = []
        self.away = False
        """The broker."""
        self.deaf = False
        """Whoever carries wishes out."""
        self.cannot: set[Do] = set()
        """What the speaker has no button for."""
        self._heard: Callable[[bytes], None]
        self._lost: Callable[[], None]
        speaker.open(self._changed)

    def connect(self, heard: Callable[[bytes], None], lost: Callable[[], None]) -> House:
        """Be the connection; see Connect."""
        self._heard, self._lost = heard, lost
        return self

    # The connection.

    def begin(self, patience: float) -> None:
        if self.away:
            raise Fault("the broker is away")

    def stop(self, within: float) -> bool:
        return True

    def say(self, payload: bytes) -> None:
        if self.away:
            raise Fault("the broker is away, and the speaker is played through it")
        self._judge("SpeakerWish", payload)
        if not self.deaf:
            self._carry_out(msgspec.json.decode(payload, type=SpeakerWish))

    # What happens to it.

    def cut(self) -> None:
        """The broker goes."""
        self.away = True
        self._lost()

    def tell(self, wish: int | None = None, error: str = "") -> None:
        """Say what the speaker does, as it is now."""
        if self.away or self.deaf:
            return
        told = self._told()
        payload = msgspec.json.encode(msgspec.structs.replace(told, wish=wish, error=error))
        self._judge("SpeakerTold", payload)
        self._heard(payload)

    def _changed(self) -> None:
        self.speaker.hear()
        self.tell()

    def _carry_out(self, wish: SpeakerWish) -> None:
        speaker = self.speaker
        if speaker._away:
            self.tell()  # as "unavailable", and the wish stays unanswered
            return
        if wish.do in self.cannot:
            self.tell(wish.wish, f"the media player cannot do that: {wish.do}")
            return
        match wish.do:
            case Do.PLAY:
                speaker.play(wish.uri or wish.search, repeat=wish.repeat)
                self.plays.append(speaker._clock())
            case Do.PAUSE | Do.RESUME | Do.PREVIOUS:
                getattr(speaker, wish.do)()
            case Do.NEXT:
                speaker.skip()
            case Do.VOLUME:
                speaker.set_volume(wish.volume or 0)
        self.tell(wish.wish)

    def _told(self) -> SpeakerTold:
        """Return it in the words of Home Assistant's media players."""
        if self.speaker._away:
            return SpeakerTold("unavailable")
        state: SpeakerState = self.speaker._state()
        track = state.track
        if track is None:
            return SpeakerTold("idle", volume=state.volume)
        return SpeakerTold(
            "playing" if state.playback is Playback.PLAYING else "paused",
            uri=track.uri, title=track.title, artist=track.artist, duration=track.duration,
            position=self.speaker._position(), volume=state.volume,
        )  # fmt: skip

    def _judge(self, kind: str, payload: bytes) -> None:
        self.violations += [e.message for e in judge(kind).iter_errors(json.loads(payload))]


class MqttHome(LocalHome):
    """A speaker of the house that says what it does, through Home Assistant."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.house = House(self.speaker)
        self.violations = self.house.violations
        self.player: Any = MqttPlayer("moodbox", self.house.connect, clock, answers=0.0)
        self.sources = {
            mood: [f"spotify:playlist:{mood}", f"search:{mood} music"] for mood in EMOTIONS
        }

    def live(self, until: float) -> None:
        # From song to song: what is heard late would be taken to have happened late.
        while self.clock.now < until:
            remaining = self.speaker._state().remaining
            plays = self.speaker._state().playback is Playback.PLAYING
            step = until - self.clock.now
            if plays and remaining is not None:
                step = min(step, remaining + 0.001)
            self.clock.now += step
            if self.speaker.hear():
                self.house.tell()

    def touch(self, rng: random.Random) -> Hand | None:
        """Press pause or turn the volume: who picks other music is not seen by this player."""
        state = self.speaker._state()
        if state.playback is not Playback.PLAYING or self.speaker._position() < 1:
            return None
        if rng.random() < 0.5:
            self.speaker.press_pause()
            return Hand.PAUSE
        self.speaker.turn(rng.choice(self.volumes.fresh(state.volume or 0)))
        return Hand.VOLUME

    def trouble(self, day: int, hour: int, rng: random.Random) -> Iterator[float]:
        house = self.house
        if hour == 9 and day % 9 == 1:
            self.speaker.vanish()
            house.tell()
            yield rng.choice([20 * MINUTE, 6 * HOUR])
            self.speaker.come_back()
            house.tell()
        elif hour == 11 and day % 7 == 1:
            house.cut()
            yield rng.choice([MINUTE, 3 * HOUR, DAY])
            house.away = False
        elif hour == 14 and day % 8 == 2:
            house.deaf = True
            yield rng.choice([2 * MINUTE, 3 * HOUR, DAY])
            house.deaf = False
            house.tell()
        elif hour == 16 and day % 6 == 2:
            house.cannot = rng.choice([{Do.NEXT, Do.PREVIOUS}, {Do.PLAY}, {Do.VOLUME}])
            yield 5 * HOUR
            house.cannot = set()

    def plays(self) -> list[float]:
        return self.house.plays
