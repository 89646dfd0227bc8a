"""The DJ with each player that needs no Web API, over real sockets, by a made-up clock."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, Protocol, Self

import pytest
from fakes.go_librespot import FakeGoLibrespot
from fakes.mpd import SECONDS, RealMpd, library
from fakes.soloist import FakeSoloist

from edge.events import (
    Down,
    Event,
    Hand,
    Playback,
    Played,
    PlayFailed,
    SpeakerState,
    Track,
    TrackEnded,
    Up,
    Wish,
)
from edge.player import Player
from edge.player.dj import Dj
from edge.player.librespot import LibrespotPlayer
from edge.player.mpd import MpdPlayer
from edge.player.soloist import SoloistPlayer
from edge.uri import Uri


class Speaker(Protocol):
    """The other side of a player, with a clock that the test moves."""

    violations: list[str]
    """What was said that no contract allows."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...

    def clock(self) -> float: ...

    def advance(self, seconds: float) -> None:
        """Let time go by."""

    def add_playlist(self, name: str) -> str:
        """Let it have some songs, in order; return the URI that they are played by."""

    def touch(self, *, context: str = "", pause: bool = False) -> None:
        """Do by hand what is named."""

    def hang_up(self) -> None:
        """Break all connections; it can be connected to again soon."""


class Kind(NamedTuple):
    """A player, and what makes both sides."""

    speaker: Callable[[Path], Speaker]
    """Makes it; it may live in a folder."""
    player: Callable[[Any], Player]
    """Makes what drives it."""
    seconds: float = 180.0
    """Of each of its songs."""


def real_mpd(folder: Path) -> RealMpd:
    library(folder)
    return RealMpd(folder)


KINDS: Mapping[str, Kind] = {
    "librespot": Kind(
        lambda _: FakeGoLibrespot(),
        lambda it: LibrespotPlayer("moodbox", it.address, clock=it.clock),
    ),
    "soloist": Kind(
        lambda _: FakeSoloist(),
        lambda it: SoloistPlayer("moodbox", it.address, it.clock, it.clock),
    ),
    "mpd": Kind(real_mpd, lambda it: MpdPlayer("moodbox", it.server, clock=it.clock), SECONDS),
}


def is_from(uri: str, track: Track) -> bool:
    """MPD does not tell from what somebody else's client filled its queue."""
    return track.context == uri or track.uri.startswith(f"file:{Uri.parse(uri).id}/")


class Home:
    """A DJ, its speaker, and what the DJ reports."""

    def __init__(self, speaker: Speaker, kind: Kind) -> None:
        self.speaker, self.seconds = speaker, kind.seconds
        self.events: list[Event] = []
        self.dj = Dj(kind.player(speaker), self.events.append, clock=speaker.clock)
        self.dj.open()

    def until(self, holds: Callable[[], bool]) -> None:
        end = time.monotonic() + 20
        while not holds():
            assert time.monotonic() < end, self.events[-3:]
            self.dj.advance(self.speaker.clock())
            time.sleep(0.005)

    def wish(self, name: str, uri: str = "", *, gentle: bool = False, playing: bool = True) -> None:
        self.dj.wish(Wish(id=name, playing=playing, uri=uri, gentle=gentle))

    def said(self, kind: type[Event]) -> list[Event]:
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def by_hand(self) -> bool:
        return any(isinstance(event, SpeakerState) and event.hand for event in self.events)

    def states(self) -> list[SpeakerState]:
        return [event for event in self.events if isinstance(event, SpeakerState)]

    def last(self) -> SpeakerState | None:
        return next(reversed(self.states()), None)

    def sees(self, playback: Playback, uri: str = "") -> None:
        def holds() -> bool:
            last = self.last()
            return (
                last is not None
                and last.playback is playback
                and (not uri or (last.track is not None and is_from(uri, last.track)))
            )

        self.until(holds)

    def settle(self) -> None:
        """Let the time pass in which a speaker is not held to an order yet."""
        self.speaker.advance(15)
        self.dj.advance(self.speaker.clock())


@pytest.fixture(params=KINDS)
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Home]:
    kind = KINDS[request.param]
    with kind.speaker(tmp_path) as speaker:
        home = Home(speaker, kind)
        yield home
        home.dj.close()
    assert not speaker.violations, "\n".join(speaker.violations[:5])


def test_a_wish_is_played_and_what_ends_belongs_to_it(home: Home) -> None:
    calm = home.speaker.add_playlist("Calm")
    home.wish("w1", calm)
    home.sees(Playback.PLAYING, calm)
    assert home.said(Played)
    home.speaker.advance(190)
    home.until(lambda: bool(home.said(TrackEnded)))
    ended = home.said(TrackEnded)[0]
    assert isinstance(ended, TrackEnded)
    assert (ended.wish, ended.skipped) == ("w1", False)
    assert ended.listened == pytest.approx(home.seconds, abs=0.1)


def test_a_pick_by_hand_stays(home: Home) -> None:
    home.wish("w1", home.speaker.add_playlist("Calm"))
    home.sees(Playback.PLAYING)
    home.settle()
    other = home.speaker.add_playlist("Other")
    home.speaker.touch(context=other)
    home.until(lambda: home.by_hand)
    home.sees(Playback.PLAYING, other)


def test_a_gentle_wish_gives_way_to_a_pick_by_hand(home: Home) -> None:
    home.wish("w1", home.speaker.add_playlist("Calm"))
    home.sees(Playback.PLAYING)
    home.settle()
    home.wish("w2", home.speaker.add_playlist("Next"), gentle=True)
    home.dj.advance(home.speaker.clock())
    other = home.speaker.add_playlist("Other")
    home.speaker.touch(context=other)
    home.until(lambda: home.by_hand)
    home.speaker.advance(400)
    home.settle()
    home.sees(Playback.PLAYING, other)


def test_what_was_done_by_hand_while_soloist_refused_everything_stays() -> None:
    with FakeSoloist() as speaker:
        home = Home(speaker, KINDS["soloist"])
        home.wish("w1", speaker.add_playlist("Calm"))
        home.sees(Playback.PLAYING)
        home.settle()
        speaker.refusal = "out of order"
        home.wish("w2", speaker.add_playlist("Next"))
        home.until(lambda: bool(home.said(PlayFailed)))
        other = speaker.add_playlist("Other")
        speaker.touch(context=other)
        home.settle()
        speaker.refusal = ""
        speaker.advance(60)
        home.until(lambda: home.by_hand)
        assert speaker.world.playback.context == other
        home.dj.close()


def test_a_pause_by_hand_stays(home: Home) -> None:
    home.wish("w1", home.speaker.add_playlist("Calm"))
    home.sees(Playback.PLAYING)
    home.settle()
    home.speaker.touch(pause=True)
    home.until(lambda: home.by_hand)
    home.sees(Playback.PAUSED)
    home.settle()
    home.sees(Playback.PAUSED)


def test_a_pause_of_ours_is_not_by_hand(home: Home) -> None:
    home.wish("w1", home.speaker.add_playlist("Calm"))
    home.sees(Playback.PLAYING)
    home.settle()
    home.wish("w2", playing=False)
    home.sees(Playback.PAUSED)
    home.settle()
    assert not home.by_hand


@pytest.mark.parametrize("home", ["librespot"], indirect=True)  # Soloist is never refused its keys
def test_accepted_but_silent_is_named(home: Home) -> None:
    assert isinstance(home.speaker, FakeGoLibrespot)
    home.speaker.keys_refused = True
    home.wish("w1", home.speaker.add_playlist("Calm"))
    home.until(lambda: bool(home.said(PlayFailed)))
    failed = home.said(PlayFailed)[0]
    assert isinstance(failed, PlayFailed)
    assert "skips every track" in failed.reason


def test_a_speaker_that_went_away_is_a_trouble_and_comes_back(home: Home) -> None:
    calm = home.speaker.add_playlist("Calm")
    home.wish("w1", calm)
    home.sees(Playback.PLAYING, calm)
    home.speaker.hang_up()
    home.until(lambda: Playback.UNKNOWN in [it.playback for it in home.states()])
    home.sees(Playback.PLAYING, calm)


@pytest.mark.parametrize("home", ["mpd"], indirect=True)  # which can be switched off for real
def test_a_speaker_that_ends_while_it_plays_is_missed_though_nobody_wants_anything(
    home: Home,
) -> None:
    assert isinstance(home.speaker, RealMpd)
    calm = home.speaker.add_playlist("Calm")
    home.wish("w1", calm)
    home.sees(Playback.PLAYING, calm)
    home.speaker.stop()
    home.sees(Playback.UNKNOWN)
    assert not home.said(Down), "it may only restart"
    home.settle()
    home.until(lambda: bool(home.said(Down)))
    home.settle()
    home.settle()
    [down] = home.said(Down)
    assert "does not answer: is it on?" in str(down)
    home.speaker.start()
    home.until(lambda: bool(home.said(Up)))
    home.sees(Playback.PLAYING, calm)


@pytest.mark.parametrize("home", ["mpd"], indirect=True)  # the one that tells of no context
def test_the_next_song_of_somebodys_own_queue_is_no_new_pick(home: Home) -> None:
    assert isinstance(home.speaker, RealMpd)
    home.wish("w1", home.speaker.add_playlist("Calm"))
    home.sees(Playback.PLAYING)
    home.settle()
    home.speaker.touch(context=home.speaker.add_playlist("Next"))
    home.until(lambda: Hand.PICK in [it.hand for it in home.states()])
    home.settle()

    def songs() -> list[str]:
        return [it.track.title for it in home.states() if it.track is not None]

    first, hands = songs()[-1], [it for it in home.states() if it.hand]
    assert Hand.SKIP not in [it.hand for it in hands], "a pick that cuts a song short is one thing"
    home.speaker.advance(SECONDS)
    home.until(lambda: songs()[-1] != first)
    home.settle()
    assert [it for it in home.states() if it.hand] == hands
    home.speaker.touch(context=home.speaker.add_playlist("Other"))
    home.until(lambda: len([it for it in home.states() if it.hand]) > len(hands))
