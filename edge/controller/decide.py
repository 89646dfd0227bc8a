"""From an event to what is to be done about it."""

from __future__ import annotations

from edge.controller import (
    button,
    clock,
    listening,
    music,
    parts,
    requests,
    senses,
    sources,
    speaker,
)
from edge.controller.state import State, Turn
from edge.events import (
    Account,
    Command,
    Down,
    Emotions,
    Ended,
    Event,
    Fallback,
    Health,
    Learnt,
    MusicEnded,
    Nobody,
    PairingCode,
    Played,
    PlayFailed,
    PlaylistNames,
    Pressed,
    Pulse,
    Release,
    Request,
    SongsKnown,
    SpeakerState,
    Tick,
    TrackEnded,
    Up,
    Watching,
)


def decide(state: State, event: Event) -> tuple[State, tuple[Command, ...]]:
    """Return the state after `event`, and what is to be done, in order."""
    turn = Turn(state, event.at)
    before = state.mood_name
    _dispatch(turn, event)
    senses.settle(turn, before)
    music.follow_mood(turn)
    clock.keep_hands_off(turn)
    senses.set_pace(turn)
    return turn.state, tuple(turn.commands)


def _dispatch(turn: Turn, event: Event) -> None:  # noqa: C901, PLR0912  a line a kind of event
    match event:
        case Emotions() | Nobody():
            senses.perceive(turn, event)
        case Tick():
            clock.tick(turn, event)
        case Pressed():
            button.pressed(turn, event)
        case Request():
            requests.follow(turn, event)
        case SpeakerState():
            speaker.heard(turn, event)
            listening.heard(turn, event)
        case Played():
            speaker.played(turn, event)
        case PlayFailed():
            speaker.failed(turn, event)
        case TrackEnded():
            speaker.track_ended(turn, event)
            listening.ended(turn, event)
        case MusicEnded():
            speaker.music_ended(turn, event)
        case Fallback():
            speaker.fell_back(turn, event)
        case Watching() | Up() | Down():
            parts.reported(turn, event)
        case Ended():
            senses.closed(turn, "camera")
        case Pulse():
            turn.set(pulse=event)
        case Account():
            parts.account(turn, event)
        case PlaylistNames():
            turn.set(titles=event.names)
        case SongsKnown():
            sources.learnt(turn, event)
        case Health():
            parts.health(turn, event)
        case Release():
            parts.release(turn, event)
        case Learnt():
            turn.set(learnt=event if turn.state.preferences.learn else None)
        case PairingCode():
            parts.pairing(turn, event)
