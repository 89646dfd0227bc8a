"""The panel on gpiozero's mock pins: real threads, real edges, real bounces."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from edge.errors import SettingsError
from edge.events import Down, Event, Gesture, Mood, Pressed, Status
from edge.panel.button import SimulatedButton
from edge.panel.gestures import SETTLE
from edge.panel.lamp import SimulatedLamp
from edge.panel.panel import Panel
from edge.settings import (
    GpioButtonSettings,
    GpioLampSettings,
    NoButtonSettings,
    NoLampSettings,
    SimulatedButtonSettings,
    SimulatedLampSettings,
)

WIRED = SimulatedLampSettings()
BUTTON = SimulatedButtonSettings()


def status(**changes: Any) -> Status:
    fields: dict[str, Any] = {"at": 0.0, "mood": Mood("happy", 1.0, 0.0)}
    return Status(**fields | changes)


class Reported:
    """Everything the panel reported, to wait for."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._changed = threading.Condition()

    def __call__(self, event: Event) -> None:
        with self._changed:
            self.events.append(event)
            self._changed.notify()

    def until(self, holds: Callable[[list[Event]], bool]) -> list[Event]:
        with self._changed:
            assert self._changed.wait_for(lambda: holds(self.events), 20), self.events
            return self.events


@pytest.fixture
def reported() -> Reported:
    return Reported()


@pytest.fixture
def panel(reported: Reported) -> Iterator[Panel]:
    part = Panel(WIRED, BUTTON, reported)
    part.start()
    until(lambda: pin(part, WIRED.status).function == "output" and level(part, WIRED.red) > 0)
    yield part
    assert part.stop(10)


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < end, "it did not come about in 20 s"
        time.sleep(0.005)


def pin(part: Panel, number: int) -> Any:
    assert isinstance(part.lamp, SimulatedLamp)
    return part.lamp.board.pin(number)


def contact(part: Panel) -> Any:
    assert isinstance(part.button, SimulatedButton)
    return part.button.board.pin(BUTTON.pin)


def level(part: Panel, number: int) -> float:
    return float(pin(part, number).state)


def press(part: Panel, bounces: int = 4) -> float:
    """Go down and up as a worn contact does; return the seconds of the longer bouncing."""
    button, bounced = contact(part), 0.0
    for drive in (button.drive_low, button.drive_high):
        other = button.drive_high if drive == button.drive_low else button.drive_low
        began = time.monotonic()
        for _ in range(bounces):
            drive()
            other()
        drive()
        bounced = max(bounced, time.monotonic() - began)
        time.sleep(0.06)
    return bounced


def test_a_bouncing_press_is_one_press(panel: Panel, reported: Reported) -> None:
    # On a machine that has no time for it just now a contact bounces for longer than any does.
    for _ in range(20):
        reported.events.clear()
        bounced = press(panel)
        events = reported.until(bool)
        if bounced < SETTLE:
            break
    assert bounced < SETTLE
    assert [event.gesture for event in events if isinstance(event, Pressed)] == [Gesture.PRESS]


def test_each_edge_turns_the_status_light_over(panel: Panel) -> None:
    panel.show(status())
    until(lambda: level(panel, WIRED.status) == 0.5)
    lamp = pin(panel, WIRED.status)
    lamp.clear_states()
    press(panel)
    until(lambda: len(lamp.states) >= 3)
    assert [state.state for state in lamp.states] == [0.5, 0, 0.5]


def test_the_mood_light_glides_to_the_mood_colour(panel: Panel) -> None:
    panel.show(status())
    until(lambda: level(panel, WIRED.red) > 0.6)
    red = pin(panel, WIRED.blue)
    red.clear_states()
    panel.show(status(mood=Mood("sad", 1.0, 0.0)))
    until(lambda: level(panel, WIRED.red) < 0.01)
    assert level(panel, WIRED.blue) > 0.4
    assert len(red.states) > 10


def test_privacy_darkens_the_mood_light_at_once(panel: Panel) -> None:
    panel.show(status())
    until(lambda: level(panel, WIRED.red) > 0.6)
    red = pin(panel, WIRED.red)
    red.clear_states()
    panel.show(status(private=True))
    until(lambda: level(panel, WIRED.red) == 0)
    assert [state.state for state in red.states][1:] == [0]


def test_a_light_that_rests_is_left_alone(panel: Panel) -> None:
    panel.show(status())
    until(lambda: level(panel, WIRED.status) == 0.5)
    until(lambda: panel._busy_since is not None and time.monotonic() - panel._busy_since > 1)


def test_common_anode_leds_light_when_their_pins_are_low(reported: Reported) -> None:
    part = Panel(SimulatedLampSettings(common_anode=True), BUTTON, reported)
    part.start()
    until(lambda: pin(part, WIRED.status).function == "output")
    part.show(status(private=True))
    until(lambda: level(part, WIRED.red) == 1)
    assert part.stop(10)


def test_the_lights_are_out_when_it_stopped(reported: Reported) -> None:
    part = Panel(WIRED, BUTTON, reported)
    part.start()
    part.show(status())
    until(lambda: level(part, WIRED.red) > 0.6)
    red = pin(part, WIRED.red)
    assert part.stop(10)
    assert red.states[-1].state == 0


def test_a_button_that_is_stuck_says_nothing(reported: Reported) -> None:
    part = Panel(WIRED, BUTTON, reported)
    contact(part)._set_pull("up")
    contact(part).drive_low()
    part.touch(down=True, at=0.0)
    part.start()
    until(lambda: level(part, WIRED.red) > 0)
    assert part.stop(10)
    assert reported.events == []


def test_a_machine_without_pins_is_told_what_to_do(reported: Reported) -> None:
    part = Panel(GpioLampSettings(), GpioButtonSettings(), reported)
    part.start()
    (event,) = reported.until(bool)
    assert isinstance(event, Down)
    assert "lgpio" in event.reason or "pins cannot be used" in event.reason
    assert part.stop(10)


def test_a_box_without_a_panel_runs_and_hears_keys(reported: Reported) -> None:
    part = Panel(NoLampSettings(), NoButtonSettings(), reported)
    part.start()
    part.show(status())
    until(lambda: hasattr(part, "_finger"))
    now = time.monotonic()
    part.touch(down=True, at=now)
    part.touch(down=False, at=now + 0.05)
    (event,) = reported.until(bool)
    assert isinstance(event, Pressed)
    assert event.gesture is Gesture.PRESS
    assert event.began == now
    assert part.stop(10)


@pytest.mark.parametrize(
    ("lamp", "button"),
    [
        (SimulatedLampSettings(red=17, blue=17), NoButtonSettings()),
        (SimulatedLampSettings(), SimulatedButtonSettings(pin=17)),
    ],
)
def test_a_pin_named_twice_is_refused(
    reported: Reported,
    lamp: SimulatedLampSettings,
    button: NoButtonSettings | SimulatedButtonSettings,
) -> None:
    with pytest.raises(SettingsError, match="pin 17 is named twice"):
        Panel(lamp, button, reported)
