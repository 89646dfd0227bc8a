"""Two players as one: the second plays where the first cannot, and never both at once."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from fakes.room import Room
from hypothesis import example, given, settings
from hypothesis import strategies as st

from edge.events import Fallback, Hand, Playback, PlayFailed, SpeakerState
from edge.player.fallback import FallbackPlayer
from edge.player.policy.fallback import LONGEST, PATIENCE, UNSEEN, step
from edge.player.policy.orders import Kind
from edge.player.policy.pair import Broke, Change, Clock, Pair, Say, Side
from edge.player.simulated import SimulatedSpeaker
from edge.uri import Scheme

HAPPY, SAD = "spotify:playlist:happy", "spotify:playlist:sad"
DISK, OTHER = "mpd:folder:Happy", "mpd:folder:Sad"
SPOTIFYS, MPDS = frozenset({Scheme.SPOTIFY}), frozenset({Scheme.MPD})


class Two(FallbackPlayer):
    """The house's player of two simulated speakers."""

    def __init__(self, *, local: bool, clock: Any) -> None:
        self.one = SimulatedSpeaker("moodbox", local=local, clock=clock)
        self.two = SimulatedSpeaker("the disk", clock=clock)
        super().__init__(self.one, self.two, plays=(SPOTIFYS, MPDS), clock=clock)

    @property
    def sounding(self) -> list[str]:
        """What can be heard, of both."""
        states = [it._state() for it in (self.one, self.two)]
        return [it.track.context for it in states if it.playback is Playback.PLAYING and it.track]


@pytest.fixture(params=[True, False], ids=["local", "asked"])
def room(request: pytest.FixtureRequest) -> Room:
    return Room(local=request.param, speaker=Two, fade=2.0)


def reasons(room: Room) -> list[str]:
    return [it.reason for it in room.heard(Fallback)]


def test_what_only_the_second_has_is_played_there_and_the_first_is_quiet(room: Room) -> None:
    room.wish(HAPPY)
    room.live(30)
    room.wish(DISK)
    room.live(30)
    assert room.speaker.sounding == [DISK]
    room.wish(SAD)
    room.live(30)
    assert room.speaker.sounding == [SAD]
    assert reasons(room) == []
    assert not [it for it in room.heard(SpeakerState) if it.hand]


def test_a_speaker_that_is_away_is_said_and_said_again_once_it_is_back(room: Room) -> None:
    room.wish(HAPPY)
    room.live(30)
    room.speaker.one.vanish()
    room.wish(SAD)
    room.live(PATIENCE + 30)
    [reason] = reasons(room)
    assert "is not found" in reason
    assert room.dj._state.local
    room.wish(DISK)
    room.live(30)
    assert room.speaker.sounding == [DISK]
    seen = room.heard(SpeakerState)[-1]
    assert seen.speaker == "moodbox"
    assert seen.track is not None
    assert seen.track.context == DISK
    assert seen.hand is None

    room.speaker.one.come_back()
    room.live(LONGEST + 60)
    assert reasons(room) == [reason, ""]
    assert room.speaker.sounding == [DISK]  # until something of the first's is wished for
    room.wish(HAPPY, gentle=True)
    before = room.now
    room.live(300)
    assert room.speaker.sounding == [HAPPY]
    [played] = [it for it in room.speaker.one.orders if it.what == "play" and it.at >= before]
    disk = [it for it in room.heard(SpeakerState) if it.track and it.track.context == DISK][-1]
    assert 0 < disk.at + (disk.remaining or 0) - played.at < 5, "at a song's end"
    assert not [it for it in room.heard(SpeakerState) if it.hand]


def test_a_hiccup_hands_nothing_over(room: Room) -> None:
    room.speaker.one.fail(1)
    room.wish(HAPPY)
    room.live(60)
    assert room.speaker.sounding == [HAPPY]
    assert reasons(room) == []


@pytest.mark.parametrize("by_person", [False, True])
def test_the_second_waits_while_the_first_may_still_sound(*, by_person: bool) -> None:
    room = Room(local=False, speaker=Two)
    room.wish(HAPPY)
    room.live(30)
    room.speaker.one.limit(2 * UNSEEN)
    room.wish(DISK, by_person=by_person)
    room.live(UNSEEN - 60)
    assert room.speaker.sounding == [HAPPY]
    assert reasons(room) == []
    assert "asks to wait" in room.heard(PlayFailed)[-1].reason
    room.live(LONGEST)
    [reason] = reasons(room)
    assert "asks to wait" in reason


def test_a_song_that_somebody_starts_at_the_second_has_the_say() -> None:
    room = Room(speaker=Two)
    room.wish(HAPPY)
    room.live(30)
    room.speaker.two.pick(OTHER)
    room.live(1)
    assert room.speaker.sounding == [OTHER]
    assert [it.hand for it in room.heard(SpeakerState) if it.hand] == [Hand.PICK]
    assert room.speaker.two._state().volume == 50


def test_a_play_that_fails_leaves_the_second_playing(room: Room) -> None:
    room.wish(DISK)
    room.live(30)
    room.speaker.one.refuses_keys = False
    room.speaker.one.vanish()
    room.wish(HAPPY, by_person=True)
    room.live(5)
    assert room.speaker.sounding == [DISK]
    assert "is not found" in room.heard(PlayFailed)[-1].reason


def test_the_volume_goes_with_the_music(room: Room) -> None:
    room.wish(HAPPY, volume=23)
    room.live(30)
    room.wish(DISK)
    room.live(30)
    assert room.speaker.two._state().volume == 23
    room.wish(volume=31, by_person=True)
    room.live(5)
    room.wish(SAD)
    room.live(30)
    assert [it._state().volume for it in (room.speaker.one, room.speaker.two)] == [31, 31]


def test_one_that_takes_all_and_plays_nothing_is_replaced() -> None:
    room = Room(speaker=Two)
    room.speaker.one.refuses_keys = True
    room.wish(HAPPY)
    room.live(60)
    [reason] = reasons(room)
    assert "skips every track" in reason
    room.wish(DISK)
    room.live(3600)
    assert room.speaker.sounding == [DISK]
    assert reasons(room) == [reason]


def test_one_that_was_told_to_be_quiet_at_once_is_not_suspected() -> None:
    room = Room(local=False, speaker=Two)
    room.wish(HAPPY)
    room.wish(playing=False)
    for _ in range(5):
        room.dj.look(by_person=True)
        room.live(4)
    assert reasons(room) == []


# --- no sequence breaks a promise ----------------------------------------------------------------

wishes = st.fixed_dictionaries(
    {"uri": st.sampled_from([HAPPY, SAD, DISK, OTHER]), "gentle": st.booleans()},
    optional={"volume": st.sampled_from([20, 40]), "by_person": st.booleans()},
)
happenings = st.one_of(
    st.tuples(st.just("wish"), wishes),
    st.tuples(st.just("wish"), st.fixed_dictionaries({"playing": st.booleans()})),
    st.tuples(st.just("wait"), st.sampled_from([0.5, 8.0, 40.0, 400.0, 1300.0])),
    st.tuples(st.just("vanish"), st.none()),
    st.tuples(st.just("come back"), st.none()),
    st.tuples(st.just("limit"), st.sampled_from([30, 700])),
    st.tuples(st.just("fail"), st.integers(1, 4)),
)


QUIETER = ("wish", {"uri": HAPPY, "gentle": False, "volume": 20})


@settings(deadline=None, max_examples=150)
@example(
    [("wish", {"uri": HAPPY}), QUIETER, ("wait", 0.5), ("wish", {"playing": False})], True, 2.0
)
@example([("wish", {"uri": HAPPY}), ("vanish", None)], False, 0.0)
@example(
    [
        ("wish", {"uri": HAPPY}),
        ("wish", {"uri": HAPPY, "gentle": True, "volume": 40}),
        ("wish", {"playing": False}),
        ("limit", 30),
        ("wish", {"uri": HAPPY}),
    ],
    True,
    2.0,
)
@given(st.lists(happenings, max_size=14), st.booleans(), st.sampled_from([0.0, 2.0]))
def test_whatever_happens_never_two_at_once_and_never_said_twice(
    story: list[tuple[str, Any]], local: bool, fade: float
) -> None:
    room = Room(local=local, speaker=Two, fade=fade)
    one = room.speaker.one
    for what, how in [*story, ("come back", None), ("wait", UNSEEN + LONGEST + 60.0)]:
        match what:
            case "wish":
                room.leave(**how)
            case "vanish":
                one.vanish()
            case "come back":
                one.come_back()
            case "limit":
                one.limit(how)
            case "fail":
                one.fail(how)
        end = room.now + (how if what == "wait" else 0.0)
        while True:
            wait = room.dj.advance(room.now)
            assert len(room.speaker.sounding) < 2
            if room.now + wait > end:
                break
            room.now += max(wait, 0.001)
        room.now = end
    said = [it == "" for it in reasons(room)]
    assert all(one != other or not one for one, other in pairwise(said))
    assert not said or said[-1], "it is well, and nobody says so"
    assert not [it for it in room.heard(SpeakerState) if it.hand], "nobody touched anything"


broken = st.builds(
    Broke,
    reason=st.sampled_from(["one", "other"]),
    kind=st.sampled_from([it for it in Kind if it is not Kind.NEVER]),
    at=st.just(0.0),
    wait=st.none() | st.sampled_from([5.0, 50_000.0]),
    free=st.booleans(),
)


@given(st.lists(broken | st.sampled_from([1.0, 30.0, 700.0]), max_size=30))
def test_a_first_that_never_sounded_is_replaced_once(story: list[Any]) -> None:
    pair, now, changes = Pair("moodbox", local=False), 0.0, 0
    for told in story:
        if isinstance(told, Broke):
            pair, actions = step(pair, Broke(told.reason, told.kind, now, told.wait))
        else:
            now += told
            pair, actions = step(pair, Clock(now))
        changes += sum(isinstance(it, Change) for it in actions)
        assert pair.look_at <= now + 3600.0
    for later in (30.0, 60.0):  # a look that is due comes first
        pair, actions = step(pair, Clock(now + later))
        changes += sum(isinstance(it, Change) for it in actions)
        assert Say("") not in actions
    broke = any(isinstance(it, Broke) for it in story)
    assert (changes, pair.on) == ((1, Side.SECOND) if broke else (0, Side.FIRST))
