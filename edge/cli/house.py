"""The commands that change what the house prefers; done once it is on the disk."""

from __future__ import annotations

import argparse

from edge.cli.show import show
from edge.cli.wishes import checked
from edge.client import Control
from edge.errors import Refused
from edge.events import (
    Confirm,
    Intent,
    Preferences,
    RequestBody,
    SetIntent,
    SetPreferences,
    SetPrivate,
    SetProfile,
    SetSources,
)


def intent(control: Control, arguments: argparse.Namespace) -> int:
    """Say what the music is to do with the mood."""
    if arguments.intent not in set(Intent):
        raise Refused(f"intent {arguments.intent!r}: allowed: {', '.join(Intent)}")
    return _ask(control, arguments, SetIntent(Intent(arguments.intent)))


def private(control: Control, arguments: argparse.Namespace) -> int:
    """Close the eyes, or open them."""
    return _ask(control, arguments, SetPrivate(arguments.state == "on"))


def confirm(control: Control, arguments: argparse.Namespace) -> int:
    """Say that the mood is right."""
    return _ask(control, arguments, Confirm())


def profile(control: Control, arguments: argparse.Namespace) -> int:
    """Say who listens, or show who could."""
    if arguments.name:
        return _ask(control, arguments, checked(SetProfile, profile=arguments.name))
    now = _preferences(control)
    lines = [f"{'*' if name == now.profile else ' '} {name}" for name in now.profiles]
    show(arguments, {"profile": now.profile, "profiles": now.profiles}, "\n".join(lines))
    return 0


def sources(control: Control, arguments: argparse.Namespace) -> int:
    """Show what the moods have to play, or change it."""
    now = _preferences(control).sources
    if arguments.what == "list":
        if arguments.source is not None:
            raise Refused("sources list: takes a mood or nothing")
        shown = {mood: own for mood, own in now.items() if arguments.mood in ("", mood)}
        lines = [f"{mood}: {source}" for mood, own in shown.items() for source in own]
        show(arguments, shown, "\n".join(lines) or "no mood was given anything yet")
        return 0
    if not arguments.mood or arguments.source is None:
        raise Refused(f"sources {arguments.what}: needs a mood, and what to {arguments.what}")
    own = now.get(arguments.mood, [])
    if arguments.what == "add":
        own = [*own, arguments.source]
    elif arguments.source in own:
        own = [source for source in own if source != arguments.source]
    else:
        has = ", ".join(own) or "nothing"
        raise Refused(f"{arguments.mood} has no {arguments.source!r}; it has: {has}")
    return _ask(control, arguments, checked(SetSources, mood=arguments.mood, sources=own))


def quiet(control: Control, arguments: argparse.Namespace) -> int:
    """Show the quiet hours, set them, or have none."""
    begin, end = arguments.begin, arguments.end
    if not begin and arguments.volume is None:
        now = _preferences(control)
        hours = {"from": now.quiet_from, "to": now.quiet_to, "volume": now.quiet_volume}
        said = f"{now.quiet_from} to {now.quiet_to}, volume {now.quiet_volume} at most"
        show(arguments, hours, said if now.quiet_from else "no quiet hours")
        return 0
    changes: dict[str, str | int] = {}
    if begin == "off" and not end:
        changes = {"quiet_from": "", "quiet_to": ""}
    elif begin:
        changes = {"quiet_from": begin, "quiet_to": end}
    if arguments.volume is not None:
        changes["quiet_volume"] = arguments.volume
    return _ask(control, arguments, checked(SetPreferences, **changes))


def _preferences(control: Control) -> Preferences:
    return control.get("/api/preferences", Preferences)


def _ask(control: Control, arguments: argparse.Namespace, body: RequestBody) -> int:
    answer = control.request(body)
    show(arguments, answer, answer.note or "done")
    return 0
