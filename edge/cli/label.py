"""`moodbox label`: the page's address as a QR code, to look at or to print for the box's back."""

from __future__ import annotations

import argparse
import io
import socket

import segno

from edge import files
from edge.cli.local import settings
from edge.errors import MoodboxError, Refused
from edge.web.listener import page_address


def label(arguments: argparse.Namespace) -> int:
    """Show the address and its QR code; write them as an SVG picture where a file is named."""
    web = settings(arguments).web
    if not web.enabled:
        raise Refused("this box has no page ([web] enabled)")
    address = page_address(web, socket.gethostname())
    code = segno.make(address, error="m")
    print(address)
    if arguments.file is None:
        code.terminal(compact=True)
        return 0
    try:
        code.save(picture := io.BytesIO(), kind="svg", scale=8, title=address)
        files.replace(arguments.file, picture.getvalue(), mode=0o644)
    except OSError as error:
        raise MoodboxError(f"{arguments.file}: {error.strerror}") from error
    return 0
