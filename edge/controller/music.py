"""When the music changes, and when it is left alone."""

from __future__ import annotations

import random

from edge.choose.chooser import Ask, Choice, Outcome, choose, learn, parse_source
from edge.controller.state import Turn
from edge.controller.volume import loudest, start_volume
from edge.errors import MoodboxError, Refused
from edge.events import (
    AWAY,
    Announce,
    Fulfil,
    Intent,
    KeepTaste,
    Playback,
    PlayEnd,
    PlayFailed,
    PlayRecord,
    Remember,
    SpeakerState,
    TrackEnded,
    Wish,
)
from edge.mood.moods import moods

# --- the mood drives -----------------------------------------------------------------------------


def follow_mood(turn: Turn) -> None:
    """Let the music follow the mood, where no person has the say."""
    state = turn.state
    if not state.mood_may_drive(turn.at):
        return
    if state.mood_name == AWAY:
        _nobody_there(turn)
    elif state.left:
        _back_again(turn)
    elif state.feels() and _change_due(turn):
        change(turn)


def _change_due(turn: Turn) -> bool:
    state = turn.state
    if turn.at < state.last_change + state.policy.min_play:
        return False
    over = state.speaker is not None and state.speaker.playback is Playback.IDLE
    return state.mood_name != state.playing_for or over or not state.arrived


def change(turn: Turn, *, by_person: bool = False) -> None:
    """Choose something for the mood of the moment, and have it played."""
    state = turn.state
    same = state.mood_name == state.playing_for
    turn.set(step=state.step + 1 if same else 0)
    choice = _choose(turn, state.mood_name, state.preferences.intent)
    if choice is None:
        # Asked again no sooner than a change would be due, or it would be asked every frame.
        turn.set(last_change=turn.at, playing_for=state.mood_name, arrived=True)
        turn.problem("playlists", "nothing to play: give the moods playlists on the page")
        return
    _start(turn, choice, state.mood_name, by_person=by_person)


def _choose(turn: Turn, mood: str, intent: Intent) -> Choice | None:
    state = turn.state
    preferences = state.preferences
    return choose(
        state.taste,
        Ask(
            mood=mood,
            intent=intent,
            sources=preferences.sources,
            profile=preferences.profile,
            last=state.source,
            step=state.step,
            titles=state.titles,
        ),
        random.Random(turn.new_id()),
    )


def _start(turn: Turn, choice: Choice, mood: str, *, by_person: bool) -> None:
    """Wish for a choice of the chooser's, and remember that it was ours."""
    _end_play(turn, "replaced")
    state = turn.state
    wish = Wish(
        id=turn.new_id(),
        playing=True,
        uri=choice.uri,
        why=choice.why,
        volume=start_volume(
            state.preferences,
            state.clock,
            state.speaker.volume if state.speaker else None,
            playing=state.playing,
        ),
        prediction=state.prediction.id if state.prediction else "",
        mood=mood,
        gentle=state.playing and not by_person,
        by_person=by_person,
        at=turn.at,
    )
    turn.set(
        wish=wish,
        source=choice.uri,
        playing_for=mood,
        arrived=choice.arrived,
        last_change=turn.at,
        left=False,
        silenced=False,
    )
    turn.problem("playlists", "")
    turn.do(
        Remember(
            PlayRecord(
                id=wish.id,
                at=turn.at,
                uri=wish.uri,
                why=wish.why,
                mood=wish.mood,
                prediction=wish.prediction,
                profile=state.preferences.profile,
            )
        )
    )
    turn.do(Announce("play", turn.at, {"uri": wish.uri, "why": wish.why, "mood": wish.mood}))
    turn.do(Fulfil(wish))


def _nobody_there(turn: Turn) -> None:
    state = turn.state
    if state.policy.pause_when_away and state.playing and not state.left:
        turn.set(left=True)
        _wish(turn, playing=False, why="nobody is there")


def _back_again(turn: Turn) -> None:
    turn.set(left=False)
    _wish(turn, playing=True, why="somebody came back")


def _wish(turn: Turn, **fields: bool | str | int) -> None:
    """Wish for a change that is no new music."""
    base = turn.state.wish
    wish = Wish(
        id=turn.new_id(),
        at=turn.at,
        gentle=False,
        mood=base.mood if base else "",
        prediction=base.prediction if base else "",
        **fields,  # type: ignore[arg-type]  # the fields of Wish
    )
    turn.do(Fulfil(wish))


# --- a person has the say ------------------------------------------------------------------------


def pause(turn: Turn) -> None:
    """Be quiet until a person wants music again."""
    _hands_off(turn)
    turn.set(silenced=True, left=False)
    _wish(turn, playing=False, why="somebody paused it", by_person=True)


def resume(turn: Turn) -> None:
    """Play on, or play what suits the mood where nothing was on."""
    state = turn.state
    turn.set(silenced=False, left=False)
    on_hold = state.speaker is not None and state.speaker.playback is Playback.PAUSED
    if on_hold or state.wish is not None or not state.feels():
        _wish(turn, playing=True, why="somebody pressed play", by_person=True)
    else:
        change(turn, by_person=True)


def skip(turn: Turn) -> None:
    """Not this one: go on to the next. What is learnt comes with the end of the track."""
    turn.set(silenced=False, left=False)
    _wish(turn, playing=True, skip=True, why="somebody wanted the next one", by_person=True)


def play(turn: Turn, what: str) -> None:
    """Play what a person named: a mood, or a Spotify URI or link. The mood waits for a while."""
    view = turn.state.policy.rules.view
    choice: Choice | None
    if what in moods(view):
        turn.set(step=0)
        choice = _choose(turn, what, Intent.MATCH)
        if choice is None:
            raise Refused(f"play {what}: no mood has anything to play; give them playlists first")
    else:
        try:
            choice = Choice(parse_source(what).text, "somebody asked for it")
        except MoodboxError as error:
            raise Refused(str(error)) from error
    _hands_off(turn)
    _start(turn, choice, what if what in moods(view) else "", by_person=True)


def volume(turn: Turn, percent: int) -> None:
    """Set the volume, no louder than the house allows."""
    most = loudest(turn.state.preferences, turn.state.clock)
    if percent > most:
        raise Refused(f"volume {percent}: the loudest this house allows now is {most}")
    _wish(turn, playing=turn.state.playing, volume=percent, why="somebody", by_person=True)


def no_louder_than_allowed(turn: Turn) -> None:
    """Turn down what is louder than the house allows now."""
    most, speaker = loudest(turn.state.preferences, turn.state.clock), turn.state.speaker
    if turn.state.playing and speaker and speaker.volume is not None and speaker.volume > most:
        _wish(turn, playing=True, volume=most, why="the house allows no more", by_person=True)


def _hands_off(turn: Turn) -> None:
    turn.set(hands_off_until=turn.at + turn.state.policy.hands_off)


# --- what the speaker says -----------------------------------------------------------------------


def heard(turn: Turn, event: SpeakerState) -> None:
    """Take in what the speaker does; what was done by hand has the say for a while."""
    turn.set(speaker=event, heard_from=turn.state.heard_from | {"music"})
    if not event.by_hand:
        return
    _hands_off(turn)
    if event.playback is Playback.PLAYING:
        _learn(turn, "replaced")
    _end_play(turn, "stopped" if event.playback is not Playback.PLAYING else "replaced")
    turn.set(silenced=event.playback is Playback.PAUSED, left=False, playing_for="", wish=None)


def failed(turn: Turn, event: PlayFailed) -> None:
    """Say why the music is not what it should be; the DJ goes on trying by itself."""
    if turn.state.problems.get("music") != event.reason:
        turn.do(Announce("fault", turn.at, {"part": "music", "reason": event.reason}))
    turn.problem("music", event.reason)


def track_ended(turn: Turn, event: TrackEnded) -> None:
    """Learn from a track of ours that was heard out, or cut short."""
    wish = turn.state.wish
    if wish is not None and event.wish == wish.id:
        _learn(turn, "skipped" if event.skipped else "finished")


def corrected(turn: Turn) -> None:
    """The mood was wrong: what was chosen for it may have fitted badly."""
    if turn.state.playing_for == turn.state.mood_name:
        _learn(turn, "corrected")


def _learn(turn: Turn, outcome: str) -> None:
    state = turn.state
    wish = state.wish
    if wish is None or not wish.mood or not state.source:
        return
    what = Outcome(state.preferences.profile, wish.mood, state.source, outcome)
    turn.set(taste=learn(state.taste, what))
    turn.do(KeepTaste())


def _end_play(turn: Turn, outcome: str) -> None:
    wish = turn.state.wish
    if wish is not None and wish.uri:
        turn.do(Remember(PlayEnd(wish.id, turn.at, outcome, max(0.0, turn.at - wish.at))))


def new_visit(turn: Turn) -> None:
    """Begin anew for who comes into an empty room, once a pause by hand has had its time."""
    if turn.state.silenced and turn.at >= turn.state.hands_off_until:
        turn.set(silenced=False, playing_for="")
