"""What Home Assistant is told of the box: one device, by device-based discovery. Pure.

The short keys are Home Assistant's own: https://www.home-assistant.io/integrations/mqtt, "Supported
abbreviations in MQTT discovery messages". One wrong component makes it refuse the whole device.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import edge
from edge.events import AWAY, UNSURE, Gesture, Intent, Playback
from edge.settings import BoxSettings

DIAGNOSTIC = {"ent_cat": "diagnostic"}
MEASURED = {**DIAGNOSTIC, "stat_cla": "measurement"}


def config_topic(discovery: str, box: BoxSettings) -> str:
    """Return the topic of the device's configuration below the discovery prefix."""
    return f"{discovery}/device/{box.id}/config"


def config(base: str, box: BoxSettings, moods: Collection[str], page: str = "") -> dict[str, Any]:
    """Return the device's configuration.

    Args:
        base: PREFIX/ID, below which the box's topics are.
        box: Its name and id.
        moods: The view's, without unsure and away.
        page: Address of the box's own page, where it has one.
    """
    device = {"ids": [f"moodbox-{box.id}"], "name": box.name, "mf": "moodbox", "mdl": "moodbox"}
    origin = {"name": "moodbox", "sw": edge.__version__}
    if page:
        device["cu"] = page
        origin["url"] = page
    return {
        "dev": {**device, "sw": edge.__version__},
        "o": origin,
        "avty_t": f"{base}/availability",
        "qos": 1,
        "cmps": {
            key: _component(base, box, key, platform, more)
            for key, (platform, more) in _entities(base, moods).items()
        },
    }


def _entities(base: str, moods: Collection[str]) -> dict[str, tuple[str, dict[str, Any]]]:
    """Return for each key its platform, and what only this entity has."""
    return {
        "mood": (
            "sensor",
            {
                "name": "Mood",
                "ic": "mdi:emoticon-outline",
                **_enum([*moods, UNSURE, AWAY]),
                **_attributes(base, "mood"),
            },
        ),
        "playing": (
            "sensor",
            {"name": "Now playing", "ic": "mdi:music", **_attributes(base, "playing")},
        ),
        "speaker": (
            "sensor",
            {
                "name": "Speaker",
                "ic": "mdi:speaker",
                **_enum([one.value for one in Playback if one is not Playback.UNKNOWN]),
                **_attributes(base, "speaker"),
            },
        ),
        "intent": (
            "select",
            {"name": "Intent", "ic": "mdi:target", "ops": [one.value for one in Intent]},
        ),
        "music": ("switch", {"name": "Music", "ic": "mdi:music-note"}),
        "private": ("switch", {"name": "Camera privacy", "ic": "mdi:eye-off"}),
        "volume": (
            "number",
            {
                "name": "Volume",
                "ic": "mdi:volume-high",
                "min": 0,
                "max": 100,
                "step": 1,
                "unit_of_meas": "%",
                "mode": "slider",
            },
        ),
        "next": ("button", {"name": "Next", "ic": "mdi:skip-next", "pl_prs": "PRESS"}),
        "play_pause": (
            "button",
            {"name": "Play or pause", "ic": "mdi:play-pause", "pl_prs": "PRESS"},
        ),
        "wrong_mood": (
            "button",
            {"name": "Wrong mood", "ic": "mdi:emoticon-confused-outline", "pl_prs": "PRESS"},
        ),
        "correction": (
            "select",
            {"name": "I actually feel", "ic": "mdi:emoticon-happy-outline", "ops": [*moods]},
        ),
        "runs_on": (
            "sensor",
            {"name": "Runs on", "ic": "mdi:chip", **_enum(["Edge TPU", "CPU"]), **DIAGNOSTIC},
        ),
        "inference_ms": (
            "sensor",
            {"name": "Inference time", "dev_cla": "duration", "unit_of_meas": "ms", **MEASURED},
        ),
        "fps": (
            "sensor",
            {"name": "Frames a second", "ic": "mdi:camera", "unit_of_meas": "1/s", **MEASURED},
        ),
        "temperature": (
            "sensor",
            {"name": "Temperature", "dev_cla": "temperature", "unit_of_meas": "°C", **MEASURED},
        ),
        "under_voltage": (
            "binary_sensor",
            {"name": "Under-voltage", "dev_cla": "problem", **DIAGNOSTIC},
        ),
        "sign_in_expires": (
            "sensor",
            {"name": "Sign-in expires", "dev_cla": "timestamp", **DIAGNOSTIC},
        ),
        "requests_left": (
            "sensor",
            {"name": "Requests left today", "ic": "mdi:counter", **MEASURED},
        ),
        "problem": (
            "binary_sensor",
            {
                "name": "Problem",
                "dev_cla": "problem",
                **DIAGNOSTIC,
                **_attributes(base, "problem"),
            },
        ),
        "gesture": (
            "event",
            {"name": "Button", "dev_cla": "button", "evt_typ": [one.value for one in Gesture]},
        ),
    }


SILENT = {"button"}
"""Platforms without a state."""
OBEY = {"select", "switch", "number", "button"}
"""Platforms with commands."""


def _component(
    base: str, box: BoxSettings, key: str, platform: str, more: dict[str, Any]
) -> dict[str, Any]:
    name = f"{box.id.replace('-', '_')}_{key}"
    topics = {} if platform in SILENT else {"stat_t": f"{base}/{key}"}
    if platform in OBEY:
        topics["cmd_t"] = f"{base}/set/{key}"
    return {
        "p": platform,
        "uniq_id": f"{box.id}-{key}",
        "def_ent_id": f"{platform}.{name}",
        **topics,
        **more,
    }


def _enum(options: list[str]) -> dict[str, Any]:
    return {"dev_cla": "enum", "ops": options}


def _attributes(base: str, key: str) -> dict[str, str]:
    return {"json_attr_t": f"{base}/{key}/attributes"}
