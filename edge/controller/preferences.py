"""What the people of the house change, and what of it makes no sense."""

from __future__ import annotations

import msgspec
from msgspec import UNSET

from edge.controller.state import Turn
from edge.controller.volume import minutes
from edge.errors import MoodboxError, Refused
from edge.events import (
    Gesture,
    GestureTarget,
    Ignore,
    KeepFaces,
    Learn,
    Prefer,
    Preferences,
    ProfilePreferences,
    Rectangle,
    Remember,
    SetLamp,
    SetPreferences,
    SetProfilePreferences,
)

MOST_PROFILES = 20
KEPT = (Gesture.HOLD, Gesture.RELEASE, Gesture.LONG_HOLD)
"""Gestures that a box always follows: a finger on it closes the eyes, whatever the home wants."""


def prefer(turn: Turn, *, chosen: bool = True, **changes: object) -> None:
    """Change preferences, and keep them where they are new.

    `chosen`: whoever asked is answered once they are on the disk.
    """
    preferences = msgspec.structs.replace(turn.state.preferences, **changes)
    if preferences != turn.state.preferences:
        turn.prefer(preferences)
        turn.do(Remember(preferences, chosen=chosen))
        turn.do(Prefer(preferences))


def change(turn: Turn, body: SetPreferences) -> None:
    """Change what `body` names, all of it or nothing."""
    before = turn.state.preferences
    changes = {n: v for n, v in msgspec.structs.asdict(body).items() if v is not UNSET}
    if "gestures" in changes:
        changes["gestures"] = before.gestures | _followers(changes["gestures"])
    profiles = changes.get("profiles", before.profiles)
    if profiles and before.profile not in profiles:
        changes["profile"] = profiles[0]
    changes["own"] = {name: own for name, own in before.own.items() if name in profiles}
    check(msgspec.structs.replace(before, **changes))
    prefer(turn, **changes)
    after = turn.state.preferences
    if after.keep_faces is not before.keep_faces:
        turn.do(KeepFaces(after.keep_faces))
    if after.learn is not before.learn:
        turn.set(learnt=None, embedding=b"", embeddings={})
    if (after.learn, after.share) != (before.learn, before.share):
        turn.do(Learn(after.learn, after.share))


def _followers(gestures: dict[Gesture, GestureTarget]) -> dict[Gesture, GestureTarget]:
    """Return who is to follow which gesture; no home takes the finger's privacy away."""
    for gesture, target in gestures.items():
        if gesture in KEPT and target is GestureTarget.HOME:
            raise Refused(
                f"{gesture.value} for the home alone: privacy and pairing stay the button's; "
                f"allowed: {GestureTarget.BOX}, {GestureTarget.BOTH}"
            )
    return gestures


def ignore(turn: Turn, places: tuple[Rectangle, ...]) -> None:
    """Let the eyes take faces at these places for nobody, from now on."""
    for left, top, width, height in places:
        if not width or not height or left + width > 1.0001 or top + height > 1.0001:
            raise Refused(
                f"place {[left, top, width, height]}: left, top, width and height are shares of"
                " the picture, and it has to lie within it"
            )
    prefer(turn, ignored=places)
    turn.do(Ignore(places))


def set_lamp(turn: Turn, body: SetLamp) -> None:
    """Set the mood light as the home wants it, until the home gives it back."""
    changes = {n: v for n, v in msgspec.structs.asdict(body).items() if v is not UNSET}
    prefer(turn, lamp=msgspec.structs.replace(turn.state.preferences.lamp, **changes))


def choose_profile(turn: Turn, name: str) -> None:
    """Take the word of whoever says that it is `name` who listens."""
    check_profile(turn, name)
    prefer(turn, profile=name)


def change_profile(turn: Turn, body: SetProfilePreferences) -> None:
    """Give a profile volume and quiet hours of its own, or the house's again."""
    check_profile(turn, body.profile)
    asked = {"volume": body.volume, "quiet": body.quiet}
    changes = {name: value for name, value in asked.items() if value is not UNSET}
    keep_own(turn, body.profile, **changes)


def keep_own(turn: Turn, profile: str, **changes: object) -> None:
    """Change what `profile` has of its own; raise Refused where that makes no sense."""
    before = turn.state.preferences
    own = msgspec.structs.replace(before.own.get(profile, ProfilePreferences()), **changes)
    others = {name: theirs for name, theirs in before.own.items() if name != profile}
    wanted = others | ({profile: own} if own != ProfilePreferences() else {})
    check(msgspec.structs.replace(before, own=wanted))
    prefer(turn, own=wanted)


def check_profile(turn: Turn, name: str) -> None:
    """Raise Refused where nobody is called `name`."""
    profiles = turn.state.preferences.profiles
    if name not in profiles:
        raise Refused(f"profile {name!r}: no such profile; allowed: {', '.join(profiles)}")


def check(preferences: Preferences) -> None:
    """Raise Refused, naming what cannot be."""
    _check_quiet(preferences.quiet_from, preferences.quiet_to)
    for own in preferences.own.values():
        if own.quiet is not None:
            _check_quiet(own.quiet.begin, own.quiet.end)
    profiles = preferences.profiles
    if not 1 <= len(profiles) <= MOST_PROFILES:
        raise Refused(f"{len(profiles)} profiles; allowed: 1 to {MOST_PROFILES}")
    for name in profiles:
        if not name or name != name.strip() or profiles.count(name) > 1:
            raise Refused(f"profile {name!r}: needs a name that no other has, no spaces around it")


def _check_quiet(begin: str, end: str) -> None:
    if bool(begin) is not bool(end):
        raise Refused("quiet hours need a beginning and an end, or neither")
    try:
        if begin and minutes(begin) == minutes(end):
            raise Refused(f"quiet hours from {begin} to {end}: they would never begin")
    except MoodboxError as error:
        raise Refused(str(error)) from error
