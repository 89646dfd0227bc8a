"""Who may use the page and the account: pair."""

from __future__ import annotations

import argparse
import sys

import msgspec
import segno

from edge.client import Control
from edge.web.answers import Invitation


def pair(control: Control, arguments: argparse.Namespace) -> int:
    """Print a one-time address of the page, as a QR code too where somebody looks."""
    invitation = control.post("/api/invite", {}, Invitation)
    if arguments.json:
        print(msgspec.json.encode(invitation).decode())
        return 0
    print(invitation.address)
    if sys.stdout.isatty():
        segno.make(invitation.address, error="l").terminal(compact=True)
    print(f"pairs the first browser that opens it, within {invitation.seconds / 60:.0f} minutes")
    return 0
