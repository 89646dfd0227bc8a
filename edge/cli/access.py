"""Who may use the page and the account: pair, logout."""

from __future__ import annotations

import argparse
import sys
from urllib.parse import urlsplit

import segno

from edge.cli.show import show
from edge.client import Control
from edge.errors import Refused
from edge.records import Device
from edge.web.answers import Invitation, Revoke


def pair(control: Control, arguments: argparse.Namespace) -> int:
    """Print a one-time address of the page, as a QR code too where somebody looks."""
    invitation = control.post("/api/invite", {}, Invitation)
    within = f"pairs the first browser that opens it, within {invitation.seconds / 60:.0f} minutes"
    words = f"{invitation.address}\n{within}"
    if here := _from_here(invitation.address):
        words += f"\non this machine: {here}"
    show(arguments, invitation, words)
    if sys.stdout.isatty() and not arguments.json:
        segno.make(invitation.address, error="l").terminal(compact=True)
    return 0


def _from_here(address: str) -> str:
    """Return the address for a browser on this machine, which may not know its name in the home.

    Empty: `address` is no such name.
    """
    url = urlsplit(address)
    if not (url.hostname or "").endswith(".local"):
        return ""
    return url._replace(netloc=f"127.0.0.1:{url.port}").geturl()


def logout(control: Control, arguments: argparse.Namespace) -> int:
    """Sign out of Spotify, sign browsers out of the page, or say which there are."""
    browsers = control.get("/api/browsers", list[Device])
    if not arguments.what:
        lines = [f"{it.number}: {it.name}" for it in browsers] or ["no browser is paired"]
        lines.append("moodbox logout NUMBER|browsers|spotify")
        show(arguments, browsers, "\n".join(lines))
        return 0
    if arguments.what == "spotify":
        control.post("/api/login/forget", {}, dict)
        show(arguments, {}, "signed out of Spotify")
        return 0
    gone = [it for it in browsers if arguments.what in ("browsers", str(it.number))]
    if not gone and arguments.what != "browsers":
        known = ", ".join(["spotify", "browsers", *(str(it.number) for it in browsers)])
        raise Refused(f"logout {arguments.what}: no such browser; allowed: {known}")
    for it in gone:
        control.post("/api/browsers/revoke", Revoke(it.number), dict)
    show(arguments, gone, "\n".join(f"signed out: {it.name}" for it in gone) or "none was paired")
    return 0
