"""The commands that need no daemon."""

from __future__ import annotations

import argparse
import os

import msgspec

from edge.commands.parser import config_file
from edge.errors import SettingsError
from edge.settings import Settings, load

MASKED = ("password", "secret", "token")


def settings(arguments: argparse.Namespace) -> Settings:
    """Return the effective settings: the file's, with systemd's folders.

    Raises:
        SettingsError: one line that says what is wrong with the file.
    """
    file = config_file(arguments)
    read = load(file) if file else Settings()
    replaced = {
        name: folder.split(":")[0]
        for name, variable in (("state", "STATE_DIRECTORY"), ("runtime", "RUNTIME_DIRECTORY"))
        if (folder := os.environ.get(variable))
    }
    box = msgspec.structs.replace(read.box, **replaced)
    return msgspec.structs.replace(read, box=box)


def run(arguments: argparse.Namespace) -> int:
    """Run the daemon."""
    from edge.app import run  # noqa: PLC0415  the whole box, for this command alone

    if config_file(arguments) is None:
        raise SettingsError("no settings: give --config FILE")
    return run(settings(arguments))
