"""The commands that ask the running daemon."""

from __future__ import annotations

import argparse
import time
from typing import Any

import msgspec

from edge.cli import words
from edge.client import Control
from edge.errors import Refused
from edge.events import Next, Pause, Play, Preferences, RequestBody, SetVolume, Status
from edge.store.report import MoodReport
from edge.web.answers import LoginBegin, LoginFinish, LoginStep, Why


def status(control: Control, arguments: argparse.Namespace) -> int:
    """Show the one status that lights, MQTT and page show too."""
    now = control.get("/api/status", Status)
    _show(arguments, now, words.status(now, time.monotonic()))
    return 0


def why(control: Control, arguments: argparse.Namespace) -> int:
    """Say why this is playing."""
    reason = control.get("/api/why", Why)
    _show(arguments, reason, reason.why or "nothing was chosen yet")
    return 0


def play(control: Control, arguments: argparse.Namespace) -> int:
    """Play a URI or what suits a mood."""
    return _request(control, arguments, _checked(Play, what=arguments.what))


def pause(control: Control, arguments: argparse.Namespace) -> int:
    """Be quiet."""
    return _request(control, arguments, Pause())


def next_track(control: Control, arguments: argparse.Namespace) -> int:
    """Not this one."""
    return _request(control, arguments, Next())


def volume(control: Control, arguments: argparse.Namespace) -> int:
    """Set the volume."""
    return _request(control, arguments, _checked(SetVolume, volume=arguments.percent))


def login(control: Control, arguments: argparse.Namespace) -> int:
    """Sign in to Spotify: an address to open, and the one it led to."""
    client_id = arguments.client_id or control.get("/api/preferences", Preferences).client_id
    client_id = client_id or input("client id of your Spotify app: ").strip()
    step = control.post("/api/login/begin", LoginBegin(client_id), LoginStep)
    print(f"open this address, and agree:\n\n{step.url}\n")
    print("the browser ends at an address that it cannot open; paste that address here")
    control.post("/api/login/finish", LoginFinish(input("> ").strip()), dict)
    print("signed in")
    return 0


def report(control: Control, arguments: argparse.Namespace) -> int:
    """Sum up what the corrections say."""
    found = control.get(f"/api/report?days={arguments.days}", MoodReport)
    _show(arguments, found, words.report(found))
    return 0


def _checked(kind: Any, **values: Any) -> Any:
    try:
        return msgspec.convert(values | {"type": kind.__name__}, kind)
    except msgspec.ValidationError as error:
        what, _, where = str(error).replace("`", "").partition(" - at $.")
        raise Refused(f"{where}: {what[0].lower()}{what[1:]}") from error


def _request(control: Control, arguments: argparse.Namespace, body: RequestBody) -> int:
    answer = control.request(body)
    _show(arguments, answer, "done" if not answer.reason else answer.reason)
    return 0


def _show(arguments: argparse.Namespace, value: Any, text: str) -> None:
    print(msgspec.json.encode(value).decode() if arguments.json else text)
