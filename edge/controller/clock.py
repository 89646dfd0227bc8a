"""What hangs on time alone."""

from __future__ import annotations

from edge.controller import hands, speaker
from edge.controller.state import Turn
from edge.controller.volume import is_quiet
from edge.events import HandsOff, Remember, Tick


def tick(turn: Turn, event: Tick) -> None:
    """Let time pass."""
    if event.wall is not None:
        turn.set(wall=event.wall - event.at)
    _quiet_hours(turn)
    speaker.tick(turn)
    if (turn.state.pairing_until or turn.at) < turn.at:
        turn.set(pairing_until=None, pairing_code=())


def keep_hands_off(turn: Turn) -> None:
    """Keep over a restart until when a person has the say, as far as the clock is known."""
    state = turn.state
    if state.wall is None:
        return
    ends = {
        name: round(end + state.wall) if (end := getattr(state, name)) > state.at else 0.0
        for name in ("picked_until", "silenced_until")
    }
    now = HandsOff(**ends, silenced=state.silenced)
    if now != state.hands_off:
        turn.set(hands_off=now)
        turn.do(Remember(now))


def _quiet_hours(turn: Turn) -> None:
    """Turn down what is too loud when they begin; whoever turns it up then has the say."""
    quiet = is_quiet(turn.state.preferences.in_force(), turn.state.clock)
    begins = quiet and not turn.state.quiet
    turn.set(quiet=quiet)
    if begins:
        hands.no_louder_than_allowed(turn)
