"""How the box's parts are doing."""

from __future__ import annotations

from edge.controller import music, senses
from edge.controller.state import NEVER, Turn
from edge.errors import Refused
from edge.events import (
    DAMAGED,
    MODEL,
    NETWORK,
    PRIVACY,
    WARN_DAYS,
    Account,
    Acknowledged,
    Announce,
    CloseEyes,
    Down,
    Health,
    KeepTaste,
    OpenEyes,
    PairingCode,
    Release,
    Remember,
    Up,
    Watching,
)

STAY = (DAMAGED, MODEL)
"""Problems that stay until somebody has seen them."""
HOT = 80.0
"""Degrees Celsius; a Raspberry Pi slows down from there on."""
DISK_LOW = 200.0
"""MiB."""


def reported(turn: Turn, event: Watching | Up | Down) -> None:
    """Note that a part works, or what is wrong with it; tell the home of what is new."""
    part = "eyes" if isinstance(event, Watching) else event.part
    turn.set(heard_from=turn.state.heard_from | {part})
    if isinstance(event, Watching):
        if turn.state.preferences.private:
            return  # said just before the eyes were closed
        senses.opened(turn, event)
        turn.problem("eyes", "")
    elif isinstance(event, Up):
        turn.problem(part, "")
    else:
        if part == "eyes" and not turn.state.preferences.private:
            senses.closed(turn, "camera")
        if part == DAMAGED:
            _keep_all(turn)
        if part == "music":
            turn.set(in_vain=("", NEVER))  # it lasts
        _fault(turn, part, event.reason)


def _keep_all(turn: Turn) -> None:
    """Keep anew what is known of the house: the store that knew it was lost."""
    turn.do(Remember(turn.state.preferences))
    turn.do(Remember(turn.state.hands_off))
    turn.do(KeepTaste())


def acknowledge(turn: Turn, part: str) -> None:
    """Somebody has seen a problem that stays until then."""
    if part not in STAY:
        raise Refused(f"{part!r}: goes by itself once it is mended; allowed: {', '.join(STAY)}")
    turn.problem(part, "")
    turn.do(Acknowledged(part))


def account(turn: Turn, event: Account) -> None:
    """Say in words what the household has to do about its sign-in.

    It may be the only word of the music for long: Spotify's speaker is not asked before it has to
    play.
    """
    before = turn.state.account
    turn.set(account=event, heard_from=turn.state.heard_from | {"music"})
    words = ""
    wall = None if turn.state.wall is None else turn.at + turn.state.wall
    if not event.signed_in:
        words = "not signed in to Spotify: sign in on the page, or run `moodbox login`"
    elif event.expires is not None and wall is not None:
        days = int((event.expires - wall) // 86400)
        if days < WARN_DAYS:
            words = f"the Spotify sign-in ends in {max(days, 0)} days: sign in again"
    _fault(turn, "sign-in", words)
    if event.signed_in and before is not None and not before.signed_in:
        music.woken(turn)


def health(turn: Turn, event: Health) -> None:
    """Say in words what is wrong with the Raspberry Pi itself."""
    turn.set(health=event)
    words = []
    if event.under_voltage:
        words.append("under-voltage: use a stronger power supply")
    if event.temperature is not None and event.temperature >= HOT:
        words.append(f"{event.temperature:.0f} °C: give it air")
    if event.disk_free is not None and event.disk_free < DISK_LOW:
        left = f"{event.disk_free:.0f}"
        words.append(f"only {left} MiB of disk left: make room, or take a larger card")
    _fault(turn, "system", "; ".join(words))
    offline = event.online is False
    if not offline and NETWORK in turn.state.problems:
        music.woken(turn)
    _fault(turn, NETWORK, "no network: give the box Wi-Fi or a cable" if offline else "")
    if PRIVACY in turn.state.problems:  # the disk may take it by now
        turn.do(CloseEyes() if turn.state.preferences.private else OpenEyes())


def release(turn: Turn, event: Release) -> None:
    """Note how the box stands with its updates, and what threatens these."""
    turn.set(release=event)
    _fault(turn, "updates", event.warning)


def pairing(turn: Turn, event: PairingCode) -> None:
    """Show a code that grew after wrong guesses, or close the window: somebody has paired."""
    if not event.code:
        turn.set(pairing_until=None, pairing_code=())
    elif turn.state.pairing_until is not None:
        turn.set(pairing_code=event.code)


def _fault(turn: Turn, part: str, words: str) -> None:
    if words and turn.state.problems.get(part) != words:
        turn.do(Announce("fault", turn.at, {"part": part, "reason": words}))
    turn.problem(part, words)
