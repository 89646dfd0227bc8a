"""What hangs on time alone."""

from __future__ import annotations

from edge.controller import hands, speaker
from edge.controller.state import Turn
from edge.controller.volume import is_quiet
from edge.events import Tick


def tick(turn: Turn, event: Tick) -> None:
    """Let time pass."""
    if event.wall is not None:
        turn.set(wall=event.wall - event.at)
    _quiet_hours(turn)
    speaker.tick(turn)
    if (turn.state.pairing_until or turn.at) < turn.at:
        turn.set(pairing_until=None, pairing_code=())


def _quiet_hours(turn: Turn) -> None:
    """Turn down what is too loud when they begin; whoever turns it up then has the say."""
    quiet = is_quiet(turn.state.preferences, turn.state.clock)
    begins = quiet and not turn.state.quiet
    turn.set(quiet=quiet)
    if begins:
        hands.no_louder_than_allowed(turn)
