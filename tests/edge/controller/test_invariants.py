"""No sequence of events breaks a promise."""

from __future__ import annotations

from typing import Any

from fakes.table import Table, only, plays
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.controller import view
from edge.events import (
    EMOTIONS,
    Confirm,
    Correct,
    Down,
    FollowMood,
    Fulfil,
    Gesture,
    Hand,
    LookAtSpeaker,
    MusicEnded,
    Next,
    Nobody,
    Pause,
    Play,
    Playback,
    PlayPause,
    Preferences,
    Pressed,
    Previous,
    RequestBody,
    Resume,
    SetIntent,
    SetMoodDrives,
    SetMusic,
    SetPrivate,
    SpeakerState,
    TakeBack,
    Track,
    TrackEnded,
    Watching,
)

NEVER = float("-inf")

BODIES: list[RequestBody] = [
    PlayPause(),
    Next(),
    Pause(),
    Play("happy"),
    SetMusic(on=True),
    SetMusic(on=False),
    SetIntent("lift"),  # type: ignore[arg-type]
    SetIntent("match"),  # type: ignore[arg-type]
    Resume(),
    Previous(),
    FollowMood(),
    SetMoodDrives(on=False),
    SetMoodDrives(on=True),
    Correct("sad"),
    Confirm(),
    TakeBack(),
    LookAtSpeaker(),
    SetPrivate(private=True),
]

HANDS = {
    Playback.PLAYING: Hand.PICK,
    Playback.PAUSED: Hand.PAUSE,
    Playback.IDLE: None,
    Playback.UNKNOWN: Hand.VOLUME,
}

steps = st.lists(
    st.one_of(
        st.tuples(st.just("see"), st.sampled_from(EMOTIONS), st.integers(1, 40)),
        st.tuples(st.just("leave"), st.just(""), st.integers(1, 60)),
        st.tuples(st.just("wait"), st.just(""), st.integers(1, 900)),
        st.tuples(st.just("ask"), st.sampled_from(BODIES), st.just(0)),
        st.tuples(
            st.just("press"),
            st.sampled_from([Gesture.PRESS, Gesture.DOUBLE, Gesture.TRIPLE, Gesture.HOLD]),
            st.just(0),
        ),
        st.tuples(st.just("hand"), st.sampled_from(list(Playback)), st.just(0)),
        st.tuples(st.just("eyes"), st.booleans(), st.just(0)),
        st.tuples(st.just("ended"), st.booleans(), st.just(0)),
        st.tuples(st.just("over"), st.just(""), st.just(0)),
        st.tuples(st.just("dark"), st.just(""), st.integers(1, 60)),
    ),
    max_size=25,
)


def play_out(table: Table, what: str, which: Any, seconds: int) -> None:  # noqa: C901  a line a kind
    match what:
        case "see":
            table.see(str(which), seconds, rate=2.0)
        case "leave":
            table.leave(seconds)
        case "wait":
            table.wait(seconds)
        case "ask":
            table.ask(which)
        case "press":
            table.tell(Pressed(which, table.now))
        case "hand":
            track = Track("spotify:track:hand")
            table.tell(SpeakerState(table.now, which, track, hand=HANDS[which]))
        case "eyes" if which:
            table.tell(Watching(table.now, "CPU", "video", "yunet", "0123456789ab"))
        case "eyes":
            table.tell(Down("eyes", "gone", table.now))
        case "over":
            table.tell(MusicEnded("spotify:track:x", table.now))
        case "dark":
            for _ in range(seconds):
                table.tell(Nobody(table.now + 1, dark=True))
        case "ended":
            table.tell(TrackEnded("spotify:track:x", table.now, 30.0, skipped=bool(which)))


@settings(deadline=None, max_examples=60)
@given(steps)
def test_the_mood_never_plays_twice_within_min_play_nor_against_a_hand(
    sequence: list[tuple[str, object, int]],
) -> None:
    table = Table()
    last_by_mood, picked_at, paused_at = NEVER, NEVER, NEVER
    for what, which, seconds in sequence:
        before = len(table.commands)
        play_out(table, what, which, seconds)
        if what == "hand" and which is Playback.PLAYING:
            picked_at, paused_at = table.now, NEVER
        elif (what == "hand" and which is Playback.PAUSED) or isinstance(which, Pause):
            paused_at = table.now
        elif what == "over":
            picked_at = last_by_mood = (
                NEVER  # what somebody chose is over, and something has to follow
            )
        elif isinstance(which, SetMoodDrives | FollowMood):
            last_by_mood = NEVER
        wishes = [order.wish for order in only(table.commands[before:], Fulfil)]
        follows = isinstance(which, FollowMood)
        if follows or any(wish.by_person and wish.playing for wish in wishes):
            paused_at = NEVER  # who wants music takes back that it was to be quiet
        if follows or any(w.by_person and w.uri for w in wishes):
            picked_at = NEVER
        for wish in plays(table.commands[before:]):
            if wish.by_person:
                continue
            assert wish.at >= last_by_mood + table.state.policy.min_play
            assert wish.at >= max(picked_at, paused_at) + table.state.policy.hands_off
            last_by_mood = wish.at


@settings(deadline=None, max_examples=60)
@given(steps)
def test_a_private_box_never_opens_its_eyes_by_itself(
    sequence: list[tuple[str, object, int]],
) -> None:
    table = Table()
    table.ask(SetPrivate(private=True))
    for step in sequence:
        play_out(table, *step)
        assert view(table.state).private
        assert view(table.state).runs_on == ""


@settings(deadline=None, max_examples=60)
@given(steps)
def test_what_is_unknown_is_said_by_nobody_and_moves_nothing(
    sequence: list[tuple[str, object, int]],
) -> None:
    table = Table()
    for step in sequence:
        before, unknown = len(table.commands), view(table.state).unknown
        play_out(table, *step)
        status = view(table.state)
        assert (status.mood is None) == bool(status.unknown)
        if status.unknown:
            assert (status.faces, status.probabilities, status.corrected) == (None, (), "")
        if unknown and status.unknown and step[0] in ("wait", "dark", "over"):
            wishes = [order.wish for order in only(table.commands[before:], Fulfil)]
            assert [wish for wish in wishes if not wish.by_person] == []


@settings(deadline=None, max_examples=60)
@given(steps)
def test_there_is_always_a_reason_why_this_plays_or_why_nothing_does(
    sequence: list[tuple[str, object, int]],
) -> None:
    table = Table(Preferences())
    assert view(table.state).why
    for step in sequence:
        play_out(table, *step)
        assert view(table.state).why
