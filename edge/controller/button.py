"""What the gestures mean."""

from __future__ import annotations

from edge.controller import requests
from edge.controller.offer import offered, picked
from edge.controller.state import State, Turn
from edge.errors import Refused
from edge.events import (
    Announce,
    Correct,
    Gesture,
    GestureTarget,
    Next,
    PlayPause,
    Pressed,
    SetPrivate,
)
from edge.mood.moods import moods


def pressed(turn: Turn, event: Pressed) -> None:
    """Follow one gesture, or tell the home of it, or both, as the house wants."""
    target = turn.state.preferences.gestures.get(event.gesture, GestureTarget.BOTH)
    if target is not GestureTarget.BOX:
        turn.do(Announce("gesture", turn.at, {"gesture": event.gesture.value}))
    # Whoever asked the light for moods picks one of them, whatever a press is for otherwise.
    if target is GestureTarget.HOME and turn.state.offering_since is None:
        return
    try:
        _follow(turn, event)
    except Refused as error:
        turn.do(Announce("fault", turn.at, {"part": "button", "reason": str(error)}))


def _follow(turn: Turn, event: Pressed) -> None:
    state = turn.state
    offer = _picked(state, event)
    turn.set(offering_since=None)
    match event.gesture:
        case Gesture.PRESS:
            requests.act(turn, Correct(offer) if offer else PlayPause(), "button")
        case Gesture.DOUBLE:
            requests.act(turn, Next(), "button")
        case Gesture.TRIPLE:
            turn.set(offering_since=turn.at)
        case Gesture.HOLD:
            turn.set(held_when_private=state.preferences.private)
            requests.act(turn, SetPrivate(private=True), "button")
        case Gesture.RELEASE:
            if state.held_when_private:
                requests.act(turn, SetPrivate(private=False), "button")
            turn.set(held_when_private=None)
        case Gesture.LONG_HOLD:
            if state.held_when_private is False:
                requests.act(turn, SetPrivate(private=False), "button")
            turn.set(held_when_private=None)
            turn.let_pair(state.policy.pairing_window)


def _picked(state: State, event: Pressed) -> str:
    """Return the mood that was offered when the finger went down; empty where none was."""
    if state.offering_since is None:
        return ""
    down = event.at if event.began is None else event.began
    return picked(down - state.offering_since, moods(state.policy.rules.view))


def offering(state: State) -> str:
    """Return the mood that the lights offer now; empty where they offer none."""
    if state.offering_since is None:
        return ""
    return offered(state.at - state.offering_since, moods(state.policy.rules.view))
