"""The commands that change what the house prefers; done once it is on the disk."""

from __future__ import annotations

import argparse

import msgspec

from edge.cli.show import show
from edge.cli.wishes import checked
from edge.client import Control
from edge.errors import Refused
from edge.events import (
    Confirm,
    Intent,
    Preferences,
    ProfilePreferences,
    QuietHours,
    RequestBody,
    SetIntent,
    SetPreferences,
    SetPrivate,
    SetProfile,
    SetProfilePreferences,
    SetSources,
)
from edge.web.answers import About


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
    preferences, whose = _preferences(control), arguments.profile
    now = _own(preferences, whose).sources if whose else preferences.sources
    if arguments.what == "list":
        if arguments.source is not None:
            raise Refused("sources list: takes a mood or nothing")
        mood = arguments.mood
        moods = control.get("/api/about", About).moods if mood and mood not in now else (mood,)
        if mood not in moods:
            raise Refused(f"mood {mood!r}: no such mood; allowed: {', '.join(moods)}")
        shown = {it: own for it, own in now.items() if mood in ("", it)}
        lines = [f"{it}: {source}" for it, own in shown.items() for source in own]
        nothing = f"{mood} was given nothing yet" if mood else "no mood was given anything yet"
        show(arguments, shown, "\n".join(lines) or nothing)
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
    body = checked(SetSources, mood=arguments.mood, sources=own, profile=whose)
    return _ask(control, arguments, body)


def quiet(control: Control, arguments: argparse.Namespace) -> int:
    """Show the quiet hours, set them, or have none."""
    preferences, whose, begin = _preferences(control), arguments.profile, arguments.begin
    house = QuietHours(
        preferences.quiet_from, preferences.quiet_to, volume=preferences.quiet_volume
    )
    own = _own(preferences, whose).quiet if whose else house
    now = own or house
    if not begin and arguments.volume is None:
        shown = {"from": now.begin, "to": now.end, "volume": now.volume}
        said = f"{now.begin} to {now.end}, volume {now.volume} at most"
        as_house = "" if own else "as the house: "
        show(arguments, shown, as_house + (said if now.begin else "no quiet hours"))
        return 0
    if begin == "house":
        if not whose or arguments.end or arguments.volume is not None:
            raise Refused("quiet house: takes --profile NAME, and nothing else")
        return _ask(control, arguments, checked(SetProfilePreferences, profile=whose, quiet=None))
    times = {"begin": begin, "end": arguments.end} if begin else {}
    if begin == "off" and not arguments.end:
        times = {"begin": "", "end": ""}
    volume = {} if arguments.volume is None else {"volume": arguments.volume}
    if whose:
        hours = msgspec.structs.asdict(now) | times | volume
        return _ask(control, arguments, checked(SetProfilePreferences, profile=whose, quiet=hours))
    names = {"begin": "quiet_from", "end": "quiet_to", "volume": "quiet_volume"}
    changes = {names[name]: value for name, value in (times | volume).items()}
    return _ask(control, arguments, checked(SetPreferences, **changes))


def _own(preferences: Preferences, profile: str) -> ProfilePreferences:
    """Return what a profile has of its own; raise Refused where nobody is called so."""
    if profile not in preferences.profiles:
        allowed = ", ".join(preferences.profiles)
        raise Refused(f"--profile {profile}: no such profile; allowed: {allowed}")
    return preferences.own.get(profile, ProfilePreferences())


def _preferences(control: Control) -> Preferences:
    return control.get("/api/preferences", Preferences)


def _ask(control: Control, arguments: argparse.Namespace, body: RequestBody) -> int:
    answer = control.request(body)
    show(arguments, answer, answer.note or "done")
    return 0
