"""No sequence of inputs makes the player's policy break a promise."""

from __future__ import annotations

from typing import Any

import msgspec
from fakes.room import Room
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.events import Hand, Playback, Played, PlayFailed, SpeakerState, TrackEnded, Wish
from edge.player.policy import (
    Failed,
    Heard,
    Kind,
    LookNow,
    Opened,
    Report,
    Retry,
    Saw,
    State,
    Tick,
    Took,
    Wished,
    step,
)
from edge.player.policy.orders import Found, Input
from edge.player.simulated import SimulatedSpeaker

URIS = [f"spotify:playlist:{n}" for n in range(4)] + ["spotify:track:x", "spotify:album:y"]
SONGS = ("spotify:track:one", "spotify:track:two")
VOLUMES = [10, 20, 30, 45]
LOUDEST_BEFORE = 50
"""Of the simulated speaker."""
MUSIC = ("play", "pause", "resume", "skip", "previous")

wishes = st.one_of(
    st.fixed_dictionaries(
        {"uri": st.sampled_from(URIS), "gentle": st.booleans(), "by_person": st.booleans()},
        optional={"volume": st.sampled_from(VOLUMES), "songs": st.just(SONGS)},
    ),
    st.fixed_dictionaries({"playing": st.booleans(), "by_person": st.booleans()}),
    st.fixed_dictionaries({"volume": st.sampled_from(VOLUMES), "by_person": st.just(True)}),
    st.fixed_dictionaries({"skip": st.just(True), "by_person": st.just(True)}),
    st.fixed_dictionaries({"back": st.just(True), "by_person": st.just(True)}),
    st.just({"uri": "words that cannot be searched for"}),
)
happenings = st.one_of(
    st.tuples(st.just("wish"), wishes),
    st.tuples(st.just("wait"), st.sampled_from([0.5, 4.0, 11.0, 90.0, 400.0])),
    st.tuples(st.just("wait"), st.just(30.0)),
    st.tuples(st.just("hand"), st.sampled_from(["pause", "pick", "turn", "next"])),
    st.tuples(st.just("hand"), st.sampled_from(["pause", "pick"])),
    st.tuples(st.just("fail"), st.integers(1, 4)),
    st.tuples(st.just("limit"), st.sampled_from([30, 700])),
    st.tuples(st.just("vanish"), st.none()),
    st.tuples(st.just("come back"), st.none()),
    st.tuples(st.just("ask"), st.sampled_from(["look", "retry"])),
)


PRELUDE = [("wish", {"uri": URIS[0], "volume": 40}), ("wait", 30.0)]
"""Something is on, or nobody could touch it."""


class Counting(SimulatedSpeaker):
    """Knows which of its orders were carried out."""

    taken: list[tuple[str, Any]]

    def _order(self, what: str, value: Any, act: Any, *, tell: bool = True) -> None:
        super()._order(what, value, act, tell=tell)
        self.__dict__.setdefault("taken", []).append((what, value))


class Story:
    """A room in which anything may happen, and what must not."""

    def __init__(self, *, local: bool, fade: float) -> None:
        self.room = Room(local=local, speaker=Counting, fade=fade)
        self.speaker: Any = self.room.speaker
        self.speaker.taken = []
        self.given: list[str] = []
        self.log: list[tuple[str, Any]] = []
        self.hands = 0
        self.unseen = False
        """Somebody did something by hand, and nobody was told of it yet."""
        self.loudest = LOUDEST_BEFORE
        self.counted = 0
        self.heard = 0

    def happen(self, what: str, how: Any) -> None:
        self.log.append((what, how))
        match what:
            case "wish":
                self.unseen = self.unseen and not how.get("by_person")
                self.loudest = max(self.loudest, how.get("volume") or 0)
                name = self.room.leave(**how)
                self.given.append(name)
            case "hand":
                self.touch(how)
            case "fail":
                self.speaker.fail(how)
            case "limit":
                self.speaker.limit(how)
            case "vanish":
                self.speaker.vanish()
                self.unseen = False
            case "come back":
                self.speaker.come_back()
            case "ask":
                getattr(self.room.dj, how)()
        self.live(how if what == "wait" else 0.0)

    def touch(self, how: str) -> None:
        if self.speaker._state().playback is not Playback.PLAYING or self.speaker._position() < 1:
            return
        self.hands += 1
        match how:
            case "pause":
                self.speaker.press_pause()
            case "pick":
                self.speaker.pick(f"spotify:album:picked{self.hands}")
            case "turn":
                self.speaker.turn(100 - 4 * (self.hands % 10))
                self.loudest = 100
            case "next":
                self.speaker.press_next()
        person = any(wish.by_person for wish in self.room.dj._state.pending.open)
        self.unseen = how in {"pause", "pick"} and not person

    def live(self, seconds: float) -> None:
        end = self.room.now + seconds
        while True:
            wait = self.room.dj.advance(self.room.now)
            self.look()
            if self.room.now + wait > end:
                break
            self.room.now += max(wait, 0.001)
        self.room.now = end
        self.room.dj.advance(end)
        self.look()

    def look(self) -> None:
        """Hold what was ordered since the last look to the promises."""
        ordered, self.counted = self.speaker.taken[self.counted :], len(self.speaker.taken)
        news, self.heard = self.room.events[self.heard :], len(self.room.events)
        hands = [it.hand for it in news if isinstance(it, SpeakerState)]
        told = Hand.PAUSE in hands or Hand.PICK in hands
        if self.unseen and not told:
            assert not [what for what, _ in ordered if what in MUSIC], "a hand was undone"
        self.unseen = self.unseen and not told
        for what, value in ordered:
            assert what != "volume" or value <= self.loudest
        played = [it.wish for it in self.room.heard(Played)]
        assert len(set(played)) == len(played), "a wish was played twice"

    def end(self) -> None:
        """All is well again for long enough: nothing waits any more, and the last is answered."""
        self.speaker.fail(0)
        self.speaker.come_back()
        self.live(4000)
        assert not self.room.dj._state.pending.open
        if self.given:
            given = [it.wish for it in self.room.heard(SpeakerState) if it.hand]
            failed = [it.wish for it in self.room.heard(PlayFailed)]
            done = [it.wish for it in self.room.heard(Played)]
            assert self.given[-1] in {*given, *failed, *done}, self.log
        plays = [what for what, _ in self.speaker.taken if what == "play"]
        assert len(plays) <= len(set(self.given))


@settings(deadline=None, max_examples=150)
@given(st.booleans(), st.sampled_from([0.0, 2.0]), st.lists(happenings, max_size=20))
def test_hands_are_not_undone_wishes_are_answered_once_and_nothing_is_too_loud(
    local: bool, fade: float, story: list[tuple[str, Any]]
) -> None:
    told = Story(local=local, fade=fade)
    for what, how in [*PRELUDE, *story]:
        told.happen(what, how)
    told.end()


states = st.builds(
    SpeakerState,
    at=st.just(0.0),
    playback=st.sampled_from(Playback),
    volume=st.sampled_from([None, 0, 30, 100]),
    speaker=st.sampled_from(["", "box", "phone"]),
)
inputs = st.one_of(
    st.builds(Opened, st.just(0.0)),
    st.builds(LookNow, st.just(0.0)),
    st.builds(Retry, st.just(0.0)),
    st.builds(Tick, st.just(0.0)),
    st.builds(Heard, states, st.just(0.0)),
    st.builds(Heard, st.builds(TrackEnded, st.just("u"), st.just(0.0), st.just(9.0)), st.just(0.0)),
    wishes.map(lambda how: Wished(Wish(**{"id": "w", "playing": True} | how), 0.0)),
)
answers = st.one_of(
    st.just("took"),
    st.builds(Failed, st.just("why"), st.sampled_from(Kind), st.just(0.0)),
    states,
)


@settings(deadline=None, max_examples=150)
@given(st.booleans(), st.lists(st.tuples(inputs, st.floats(0, 500), answers), max_size=40))
def test_at_most_one_order_is_under_way_and_the_same_inputs_give_the_same_orders(
    local: bool, told: list[tuple[Input, float, Any]]
) -> None:
    def play_out() -> list[Any]:
        state, now = State("box", local=local), 0.0
        given: list[Any] = []
        for one, seconds, answer in told:
            now += seconds
            queue: list[Input] = [_at(one, now)]
            while queue:
                state, orders = step(state, queue.pop())
                asked = [order for order in orders if not isinstance(order, Report)]
                assert len(asked) <= 1
                given += orders
                queue += [_answer(order, answer, now) for order in asked]
                assert len(given) < 10_000
        return given

    assert play_out() == play_out()


def _at(told: Any, now: float) -> Any:
    return msgspec.structs.replace(told, at=now)


def _answer(order: Any, answer: Any, now: float) -> Input:
    if isinstance(answer, Failed):
        failed: Failed = _at(answer, now)
        return failed
    match type(order).__name__:
        case "Read":
            seen = answer if isinstance(answer, SpeakerState) else None
            return Saw(_at(seen or SpeakerState(0.0, Playback.IDLE), now), now)
        case "Search":
            return Found("spotify:playlist:found", now)
        case _:
            return Took(order, now)
