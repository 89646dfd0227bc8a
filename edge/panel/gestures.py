"""What the finger on the button means. Pure: times come with the edges.

A level counts once it has been still for SETTLE, so neither a bouncing contact nor a spike on the
wire makes a press; it counts from when it came about. Everything that is decided by time passing is
decided at its own moment, in order, however late the next call comes: calling `advance` more often
changes nothing.
"""

from __future__ import annotations

from math import inf

from msgspec import Struct
from msgspec.structs import replace

from edge.events import Gesture

SETTLE = 0.015
"""Seconds a level has to be still to count; contacts bounce for 1 to 10 ms."""
GAP = 0.35
"""Seconds after letting go within which another press belongs to the same gesture."""
HOLD = 2.0
"""Seconds down that make a hold."""
LONG_HOLD = 10.0
"""Seconds down that make a long hold."""

COUNTED = {1: Gesture.PRESS, 2: Gesture.DOUBLE, 3: Gesture.TRIPLE}


class Edge(Struct, frozen=True):
    """The level of the button came about; also sent when it only seems to have changed."""

    down: bool
    at: float


class Decided(Struct, frozen=True):
    """A gesture is over, or a hold is long enough."""

    gesture: Gesture
    at: float
    began: float
    """When the finger first went down."""


class Finger(Struct, frozen=True):
    """Everything that is known of the finger."""

    wire: bool = False
    """The level last heard of, bouncing or not."""
    wire_at: float = -inf
    down: bool = False
    """The level that counts."""
    down_at: float = -inf
    up_at: float = -inf
    presses: int = 0
    """Presses of the gesture under way, this one included."""
    began: float = 0.0
    held: Gesture | None = None
    """What this press has been decided to be already."""


def start(down: bool, at: float) -> Finger:
    """Return the state to begin with.

    A button that is down already says nothing until it is let go: a stuck one must not open the
    pairing window at each start.
    """
    return Finger(wire=down, wire_at=at, down=down, down_at=at, held=Gesture.LONG_HOLD)


def advance(
    finger: Finger, at: float, edge: Edge | None = None
) -> tuple[Finger, tuple[Decided, ...]]:
    """Let time go on to `at` and then take an edge, if there is one; return what was decided."""
    decided: list[Decided] = []
    now = edge.at if edge else at
    while (moment := due(finger)) <= now:
        finger, gesture = _happen(finger)
        if gesture:
            decided.append(Decided(gesture, moment, finger.began))
    if edge:
        finger = _hear(finger, edge)
        finger, later = advance(finger, at)
        decided.extend(later)
    return finger, tuple(decided)


def due(finger: Finger) -> float:
    """Return when something is decided if no edge comes before; infinity if nothing is."""
    if finger.wire != finger.down:
        return finger.wire_at + SETTLE
    if finger.down:
        after = {None: HOLD, Gesture.HOLD: LONG_HOLD}.get(finger.held, inf)
        moment = finger.down_at + after
    else:
        moment = finger.up_at + GAP if finger.presses else inf
    # While a glitch lasted, nothing was decided; what fell due meanwhile is due now.
    return max(moment, finger.wire_at)


def _hear(finger: Finger, edge: Edge) -> Finger:
    if edge.down == finger.wire:
        return finger
    # While it bounces, only the return to the old level undoes a change; the clock of the new one
    # starts again with each.
    return replace(finger, wire=edge.down, wire_at=max(edge.at, finger.wire_at))


def _happen(finger: Finger) -> tuple[Finger, Gesture | None]:
    if finger.wire != finger.down:
        return _press(finger) if finger.wire else _let_go(finger)
    if finger.down:
        held = Gesture.LONG_HOLD if finger.held else Gesture.HOLD
        return replace(finger, held=held, presses=0, began=finger.down_at), held
    gesture = COUNTED.get(finger.presses) if finger.presses < 3 else None
    return replace(finger, presses=0), gesture


def _press(finger: Finger) -> tuple[Finger, None]:
    at = finger.wire_at
    return replace(
        finger,
        down=True,
        down_at=at,
        held=None,
        presses=finger.presses + 1,
        began=finger.began if finger.presses else at,
    ), None


def _let_go(finger: Finger) -> tuple[Finger, Gesture | None]:
    finger = replace(finger, down=False, up_at=finger.wire_at)
    if finger.held:
        gesture = Gesture.RELEASE if finger.held is Gesture.HOLD else None
        return replace(finger, presses=0), gesture
    # The third press says it all; more of them, as children do, belong to it and say nothing.
    return finger, Gesture.TRIPLE if finger.presses == 3 else None
