"""The pairing window: who opens it, what it shows, and when it closes."""

from __future__ import annotations

from fakes.table import Table, only

from edge.controller import Policy, begin, decide, view
from edge.controller.state import CODE_LENGTH, State
from edge.events import (
    Answer,
    Gesture,
    OpenPairing,
    PairingCode,
    Preferences,
    Pressed,
    Request,
    Tick,
)
from edge.mood.filter import Rules
from edge.records import Taste

POLICY = Policy(rules=Rules())


def start(secret: str) -> State:
    return begin(POLICY, Preferences(), Taste(), "boot", 0.0, pairs=True, secret=secret)


def test_a_box_with_which_nobody_has_paired_opens_its_window_by_itself() -> None:
    shown = view(start("s"))
    assert shown.pairing_until == POLICY.first_window
    assert len(shown.pairing_code) == CODE_LENGTH
    state, _ = decide(start("s"), Tick(POLICY.first_window + 1))
    assert (view(state).pairing_until, view(state).pairing_code) == (None, ())


def test_nobody_can_foresee_the_code_without_the_secret() -> None:
    codes = {view(start(str(n))).pairing_code for n in range(200)}
    assert len(codes) > 150


def test_each_window_has_a_code_of_its_own() -> None:
    state = begin(POLICY, Preferences(), Taste(), "boot", 0.0, secret="s")
    codes = []
    for n in range(20):
        state, _ = decide(state, Pressed(Gesture.LONG_HOLD, float(n)))
        codes.append(view(state).pairing_code)
    assert len(set(codes)) > 5


def test_whoever_has_paired_closes_the_window() -> None:
    state, _ = decide(start("s"), PairingCode((), 1.0))
    assert (view(state).pairing_until, view(state).pairing_code) == (None, ())


def test_a_code_that_grows_after_wrong_guesses_is_shown_while_the_window_is_open() -> None:
    longer = ("red",) * (CODE_LENGTH + 1)
    state, _ = decide(start("s"), PairingCode(longer, 1.0))
    assert view(state).pairing_code == longer
    state, _ = decide(state, Tick(POLICY.first_window + 1))
    state, _ = decide(state, PairingCode(longer, POLICY.first_window + 2))
    assert view(state).pairing_code == ()


def test_only_who_is_at_the_box_opens_the_window_by_asking(table: Table) -> None:
    for origin in ("page", "mqtt"):
        (answer,) = only(table.tell(Request("r", OpenPairing(), origin, 0.0)), Answer)
        assert "only at the box itself" in answer.reason
    (answer,) = only(table.tell(Request("r", OpenPairing(), "command line", 0.0)), Answer)
    assert answer.accepted
    assert view(table.state).pairing_until == table.now + table.state.policy.pairing_window
