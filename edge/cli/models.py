"""`moodbox models`: which models the box has, and going to another one."""

from __future__ import annotations

import argparse

from edge.cli.show import show
from edge.client import Control
from edge.errors import Refused
from edge.vision.versions import ModelVersion
from edge.web.answers import ModelLaidDown, UseModel

STATES = {
    "used": "in use",
    "trial": "in use, on trial",
    "kept": "kept",
    "failed": "not kept",
}


def models(control: Control, arguments: argparse.Namespace) -> int:
    """List the versions, or use one of them."""
    found = control.get("/api/models", list[ModelVersion])
    if arguments.what != "use":
        show(arguments, found, "\n".join(_line(it) for it in found))
        return 0
    known = [it.version for it in found]
    if arguments.version not in known:
        allowed = ", ".join(known)
        raise Refused(f"models use {arguments.version}: no such version; allowed: {allowed}")
    done = control.post("/api/models/use", UseModel(arguments.version), ModelLaidDown)
    show(arguments, done, f"model {done.version} is used")
    return 0


def _line(it: ModelVersion) -> str:
    said = [STATES[it.state]]
    if it.why:
        said.append(it.why)
    if it.accuracy is not None:
        said.append(f"{it.accuracy:.1%} on its test")
    if it.note:
        said.append(it.note)
    if it.installed:
        said.append("came with the box")
    return f"{it.version:12}  {'; '.join(said)}"
