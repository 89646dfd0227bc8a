"""A second box whose speaker is a media player of Home Assistant's own demo: docs/speaker.md."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from fakes.broker import Home
from fakes.home_assistant import HomeAssistant, until

ROOT = Path(__file__).parents[2]
ID = "speaker"
BOX = f"moodbox/{ID}"
PLAYER = "media_player.living_room"
"""The demo's video player: it plays what it is given, and cannot skip."""
SKIPS = "media_player.walkman"
"""The demo's music player: it skips, and cannot be given anything."""
OTHER = "moodbox/other"
"""Where no box is: the wishes are the trial's own."""


class Trial(Protocol):
    """What it needs of the whole trial."""

    hass: HomeAssistant
    home: Home

    def hold(self, words: str, took: float | bool | None) -> None:
        """Note that something holds, or does not."""


def automations() -> str:
    """Return the recipe of docs/speaker.md for the box, and for what skips."""
    guide = (ROOT / "docs" / "speaker.md").read_text("utf-8")
    (recipe,) = re.findall(r"```yaml\n# automations.yaml\n(.*?)```", guide, re.DOTALL)
    box = recipe.replace("moodbox/moodbox", BOX)
    other = recipe.replace("moodbox/moodbox", OTHER).replace(PLAYER, SKIPS)
    return str(box + other.replace("moodbox_speaker", "other_speaker").replace("room", "walkman"))


def tried(trial: Trial) -> None:
    """The box plays there, and hears what is done there."""
    hass = trial.hass

    def reaches(words: str, holds: Callable[[], Any], within: float = 60.0) -> None:
        trial.hold(f"speaker: {words}", until(holds, within))

    def of(name: str) -> Any:
        return hass.states()[PLAYER]["attributes"].get(name)

    def press(key: str) -> None:
        hass.call("button.press", entity_id=f"button.{ID}_{key}")

    def say(state: str) -> Callable[[], bool]:
        return lambda: hass.state(f"sensor.{ID}_speaker") == state

    reaches("the box is there", lambda: hass.state(f"text.{ID}_play") != "unavailable", 120)
    hass.call("text.set_value", entity_id=f"text.{ID}_play", value="spotify:album:b")
    reaches("a wish plays there", lambda: of("media_content_id") == "spotify:album:b")
    reaches("the box says so", say("playing"))
    title = of("media_title")
    reaches("its title is told", lambda: title in hass.state(f"sensor.{ID}_playing"))
    press("pause")
    reaches("pause", lambda: hass.state(PLAYER) == "paused")
    reaches("the box knows", say("paused"))
    press("resume")
    reaches("resume", lambda: hass.state(PLAYER) == "playing")
    reaches("the box knows that too", say("playing"))
    hass.call("number.set_value", entity_id=f"number.{ID}_volume", value=33)
    reaches("volume", lambda: of("volume_level") == 0.33)
    hass.call("media_player.volume_set", entity_id=PLAYER, volume_level=0.2)
    reaches("a volume from there", lambda: float(hass.state(f"number.{ID}_volume")) == 20)
    hass.call("media_player.media_pause", entity_id=PLAYER)
    reaches("a pause from there", say("paused"))
    hass.call("text.set_value", entity_id=f"text.{ID}_play", value="spotify:album:c")
    reaches("a wish ends the pause", lambda: hass.state(PLAYER) == "playing")
    press("next")
    reaches(
        "what it cannot do is said",
        lambda: (
            "cannot do that: next"
            in hass.states()[f"binary_sensor.{ID}_problem"]["attributes"]["reason"]
        ),
    )
    hass.call("media_player.turn_off", entity_id=PLAYER)
    reaches("switched off there", say("idle"))
    hass.call("text.set_value", entity_id=f"text.{ID}_play", value="So What")
    reaches("a wish switches it on", lambda: hass.state(PLAYER) == "playing")
    reaches("words are searched there", lambda: of("media_content_id") == "So What")
    _skips(trial)


def _skips(trial: Trial) -> None:
    home, first = trial.home, trial.hass.states()[SKIPS]["attributes"]["media_title"]

    def told() -> dict[str, Any]:
        return dict(json.loads(home.last()[f"{OTHER}/player/state"]))

    def wish(number: int, do: str, **more: str) -> None:
        home.forget()
        home.say(f"{OTHER}/player/wish", json.dumps({"wish": number, "do": do} | more))

    # What it does by then may be told right after the answer.
    wish(1, "next")
    trial.hold("speaker: next", until(lambda: told()["title"] != first))
    wish(2, "previous")
    trial.hold("speaker: previous", until(lambda: told()["title"] == first))
    wish(3, "play", uri="spotify:album:b")
    refused = until(lambda: told()["wish"] == 3 and "cannot do that: play" in told()["error"])
    trial.hold("speaker: a player that takes no music says so", refused)
