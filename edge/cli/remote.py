"""The commands that ask the running daemon."""

from __future__ import annotations

import argparse
import time

from edge.cli import words
from edge.cli.show import show
from edge.client import Control
from edge.events import Preferences, Status
from edge.store.report import MoodReport
from edge.web.answers import LoginBegin, LoginFinish, LoginStep, Why


def status(control: Control, arguments: argparse.Namespace) -> int:
    """Show the one status that lights, MQTT and page show too."""
    now = control.get("/api/status", Status)
    show(arguments, now, words.status(now, time.monotonic(), time.time()))
    return 0


def why(control: Control, arguments: argparse.Namespace) -> int:
    """Say why this is playing."""
    reason = control.get("/api/why", Why)
    show(arguments, reason, reason.why)
    return 0


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
    show(arguments, found, words.report(found))
    return 0
