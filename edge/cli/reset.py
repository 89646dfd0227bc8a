"""`moodbox reset`: the box as it was before anybody lived with it."""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

from edge import reset as factory
from edge.cli.local import settings
from edge.client import Control
from edge.errors import Fault, MoodboxError, NotRunning, Refused
from edge.settings import Settings

QUESTION = """\
This erases, for good: the Spotify sign-in, the history, corrections and faces, all that was set
on the page, and the paired browsers{wifi}. The installer's settings stay. Type yes: """
WIFI = "802-11-wireless"
MODIFY = "org.freedesktop.NetworkManager.settings.modify.system"
NMCLI_WITHIN = 30.0
"""Seconds."""


def reset(arguments: argparse.Namespace) -> int:
    """Ask, then erase everything that the house has told the box."""
    wanted = settings(arguments)
    box = wanted.box
    networks = _networks() if arguments.wifi else []
    if not arguments.yes and not _sure(wifi=arguments.wifi):
        raise Refused("nothing was erased")
    try:
        Control(Path(box.runtime)).post("/api/reset", {}, dict)
    except NotRunning:
        _leave_the_broker(wanted)
        factory.order(Path(box.state))
        factory.carry_out(Path(box.state))
    for network in networks:
        _nmcli("connection", "delete", "uuid", network)
    print("erased; the box begins anew")
    return 0


def _leave_the_broker(wanted: Settings) -> None:
    """Leave nothing of the box on the home's broker; one that is away is no reason not to erase."""
    if not wanted.mqtt.host:
        return
    from edge.mqtt.trial import forget  # noqa: PLC0415  paho is heavy

    try:
        forget(wanted.mqtt, wanted.box)
    except Fault as error:
        print(f"what the home's broker keeps of the box stays there: {error}", file=sys.stderr)


def _sure(*, wifi: bool) -> bool:
    if not sys.stdin.isatty():
        raise Refused("nobody is there to ask; --yes erases without asking")
    answer = input(QUESTION.format(wifi=", and the Wi-Fi networks it knows" if wifi else ""))
    return answer.strip().lower() == "yes"


def _networks() -> list[str]:
    """Return the ids of the Wi-Fi networks the box joins; its own access point is none."""
    if not shutil.which("nmcli"):
        raise Refused("--wifi: there is no NetworkManager here")
    if f"{MODIFY}:yes" not in _nmcli("-g", "PERMISSION,VALUE", "general", "permissions"):
        raise Refused("--wifi: only root may forget the Wi-Fi: sudo moodbox reset --wifi")
    rows = [row.split(":") for row in _nmcli("-g", "UUID,TYPE", "connection", "show")]
    known = [uuid for uuid, kind in rows if kind == WIFI]
    return [it for it in known if _nmcli("-g", f"{WIFI}.mode", "connection", "show", it) != ["ap"]]


def _nmcli(*words: str) -> list[str]:
    try:
        done = subprocess.run(  # noqa: S603  words of our own
            ["nmcli", *words],  # noqa: S607  wherever it is
            capture_output=True,
            text=True,
            timeout=NMCLI_WITHIN,
            check=True,
        )
    except subprocess.CalledProcessError as error:
        raise MoodboxError(f"nmcli {' '.join(words)}: {error.stderr.strip()}") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise MoodboxError(f"nmcli {' '.join(words)}: {error}") from error
    return done.stdout.split()
