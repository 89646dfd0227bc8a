"""The commands that want something of the music: told as done only once it is.

Exit codes: 0 done, 1 refused or failed, 75 heard but still under way (EX_TEMPFAIL).
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import Any

import msgspec

from edge.cli.show import show
from edge.client import Control
from edge.errors import Refused
from edge.events import (
    Answer,
    FollowMood,
    Next,
    Pause,
    Play,
    Previous,
    RequestBody,
    Resume,
    SetVolume,
    Status,
)

WITHIN = 30.0
"""Seconds to wait for what becomes of a wish: a speaker may have to be found first."""
LOOK_EVERY = 0.25
UNDER_WAY = 75
"""EX_TEMPFAIL."""


class Became(msgspec.Struct, frozen=True):
    """What became of a wish."""

    state: str
    """done, failed or under way."""
    words: str


def play(control: Control, arguments: argparse.Namespace) -> int:
    """Play a URI, what suits a mood, or what is found for some words."""
    return wish(control, arguments, checked(Play, what=" ".join(arguments.what)))


def pause(control: Control, arguments: argparse.Namespace) -> int:
    """Be quiet."""
    return wish(control, arguments, Pause())


def resume(control: Control, arguments: argparse.Namespace) -> int:
    """Play on."""
    return wish(control, arguments, Resume())


def next_track(control: Control, arguments: argparse.Namespace) -> int:
    """Not this one."""
    return wish(control, arguments, Next())


def previous(control: Control, arguments: argparse.Namespace) -> int:
    """The one before."""
    return wish(control, arguments, Previous())


def volume(control: Control, arguments: argparse.Namespace) -> int:
    """Set the volume."""
    return wish(control, arguments, checked(SetVolume, volume=arguments.percent))


def follow(control: Control, arguments: argparse.Namespace) -> int:
    """Let the mood choose again, at once."""
    return wish(control, arguments, FollowMood())


def wish(control: Control, arguments: argparse.Namespace, body: RequestBody) -> int:
    """Ask for something and wait for what becomes of it."""
    answer = control.request(body)
    became = follow_up(lambda: control.get("/api/status", Status), answer)
    show(arguments, became, became.words)
    return {"done": 0, "failed": 1}.get(became.state, UNDER_WAY)


def follow_up(
    look: Callable[[], Status],
    answer: Answer,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Became:
    """Look until nothing is under way any more, or for WITHIN seconds."""
    began = clock()
    while True:
        status = look()
        # The status that follows the answer is shown a moment after it.
        if status.at >= began and answer.note:
            return Became("done", answer.note)  # it is due later
        if status.at >= began and not status.doing:
            failed = status.problems.get("music", "")
            return Became("failed", failed) if failed else Became("done", "done")
        if clock() - began >= WITHIN:
            return Became("under way", f"heard, and under way: {status.doing or 'no news yet'}")
        sleep(LOOK_EVERY)


def checked(kind: Any, **values: Any) -> Any:
    """Return the request `kind` of `values`; raise Refused, naming the value that cannot be."""
    try:
        return msgspec.convert(values | {"type": kind.__name__}, kind)
    except msgspec.ValidationError as error:
        what, _, where = str(error).replace("`", "").partition(" - at $.")
        raise Refused(f"{where}: {what[0].lower()}{what[1:]}") from error
