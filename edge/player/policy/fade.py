"""Fading a speaker of our own out before its music changes, and in again after.

A fade is a few small orders, each given when it is due: nothing waits for it, and it can turn back
at any moment. Where it has to end is desired before the first of them, so that neither a fault nor
a crash half-way leaves the speaker too quiet.
"""

from __future__ import annotations

import msgspec

from edge.events import Playback
from edge.player.policy.hands import VOLUME_STEP
from edge.player.policy.orders import Read, SetVolume
from edge.player.policy.state import STEPS, Fade, Turn

AGAIN = 15.0
"""Seconds until a step that failed is tried again."""


def recover(turn: Turn) -> None:
    """Go home from a fade that was cut short, in one step: how far it had come is unknown."""
    home = turn.state.desired.fading
    if home is not None:
        turn.set(fade=Fade(turn.at, STEPS - 1, tuple(range(home + 1))))


def fades_out(turn: Turn) -> bool:
    """Go on towards silence; return whether the music has to wait for that."""
    if turn.state.fade.at is None and not _begin(turn):
        return turn.state.under_way is not None
    fade = turn.state.fade
    if fade.at is not None and turn.at >= fade.at:
        if fade.level == 0:
            return False
        _step(turn, fade.level - 1)
    else:
        turn.set(due=fade.at)
    return True


def back(turn: Turn) -> None:
    """Take a step back to the volume from before."""
    if turn.state.fade.level == STEPS:
        stop(turn)
    else:
        _step(turn, turn.state.fade.level + 1)


def stepped(turn: Turn, level: int) -> None:
    """Go on from a step that was taken."""
    if turn.state.fade.at is not None:
        at = turn.at + turn.state.fade_seconds / STEPS
        turn.set(fade=msgspec.structs.replace(turn.state.fade, at=at, level=level))


def aim(turn: Turn, volume: int) -> bool:
    """Come back to `volume` instead; return whether anything is being faded."""
    if turn.state.fade.at is None:
        return False
    turn.at_volume(volume)
    turn.desire(fading=volume)
    return True


def stop(turn: Turn) -> None:
    """Leave the volume where it is."""
    turn.set(fade=msgspec.structs.replace(turn.state.fade, at=None))
    turn.desire(fading=None)


def turned(turn: Turn, volume: int | None) -> bool:
    """Whether `volume` is none that was ordered lately, but a hand's."""
    fade = turn.state.fade
    if fade.at is None or volume is None:
        return False
    for number, level in enumerate(fade.ordered):
        if abs(level - volume) < VOLUME_STEP:
            turn.set(fade=msgspec.structs.replace(fade, ordered=fade.ordered[number:]))
            return False
    return True


def _begin(turn: Turn) -> bool:
    """Begin from the volume of this moment; False where there is nothing to fade, or to be read."""
    state = turn.state
    seen = turn.look()
    if state.fade_seconds <= 0 or not state.local:
        return False
    if seen is not None and seen.playback is not Playback.PLAYING:
        return False
    if state.attempt is None or not state.attempt.looked:
        turn.order(Read())
        return False
    if seen is None or seen.is_elsewhere(state.speaker) or not seen.volume:
        return False
    last = state.fade.ordered[-1:]  # the last one may be heard of only now
    turn.set(fade=Fade(turn.at, STEPS, (*last, seen.volume)))
    turn.desire(fading=seen.volume)
    return True


def _step(turn: Turn, level: int) -> None:
    fade = turn.state.fade
    volume = round((turn.state.desired.fading or 0) * level / STEPS)
    ordered = (*fade.ordered, volume)
    turn.set(fade=msgspec.structs.replace(fade, at=turn.at + AGAIN, ordered=ordered))
    turn.order(SetVolume(volume, level))
