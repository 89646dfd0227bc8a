"""The commands that need no daemon."""

from __future__ import annotations

import argparse
import faulthandler
import json
import logging
import os
import re
from pathlib import Path
from typing import Any, cast

import msgspec

from edge.cli.parser import config_file
from edge.cli.words import without_login
from edge.errors import SettingsError
from edge.machine.identity import named
from edge.settings import Settings, load

MARKS = {"ok": "✓", "warn": "!", "fail": "✗", "skipped": "-"}


def settings(arguments: argparse.Namespace) -> Settings:
    """Return the effective settings: the file's, with systemd's folders and the box's id.

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
    box = named(msgspec.structs.replace(read.box, **replaced))
    return msgspec.structs.replace(read, box=box)


def run(arguments: argparse.Namespace) -> int:
    """Run the daemon."""
    if config_file(arguments) is None:
        raise SettingsError("no settings: give --config FILE")
    wanted = settings(arguments)
    faulthandler.enable()
    logging.basicConfig(level=logging.INFO, handlers=[_log_handler()])
    from edge.app import run  # noqa: PLC0415  the whole box, for this command alone

    return run(wanted)


def _log_handler() -> logging.Handler:
    """Log to the journal with its fields where systemd listens, else to standard error."""
    if "JOURNAL_STREAM" in os.environ:
        try:
            from systemd.journal import JournalHandler  # noqa: PLC0415
        except ImportError:
            pass
        else:
            journal = cast("logging.Handler", JournalHandler(SYSLOG_IDENTIFIER="moodbox"))
            journal.setFormatter(logging.Formatter("%(message)s"))  # all else is in the fields
            return journal
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    return handler


def demo(arguments: argparse.Namespace) -> int:
    """Run the whole box on this machine, nothing attached."""
    logging.basicConfig(level=logging.ERROR)  # the demo prints what is wrong with a part itself
    from edge.cli.demo import run  # noqa: PLC0415  the whole box, for this command alone

    page = not (arguments.no_page or arguments.json)
    return run(
        arguments.input,
        arguments.seconds,
        as_json=arguments.json,
        page=page,
        rotate=arguments.rotate,
    )


def bench(arguments: argparse.Namespace) -> int:
    """Measure this machine."""
    from edge.cli.bench import run  # noqa: PLC0415  the whole vision, for this command alone

    models = Path(settings(arguments).vision.models) if config_file(arguments) else None
    return run(models, as_json=arguments.json)


def check(arguments: argparse.Namespace) -> int:
    """Print a tick or the fix for each part, or play a tone; 1 if one has failed."""
    from edge.cli.check import results  # noqa: PLC0415
    from edge.cli.check.speaker import play  # noqa: PLC0415

    if arguments.sound:
        for words in play():
            print(words, flush=True)
        return 0

    wanted = settings(arguments)
    if arguments.models:
        vision = msgspec.structs.replace(wanted.vision, models=arguments.models)
        wanted = msgspec.structs.replace(wanted, vision=vision)
    failed = False
    for result in results(wanted, arguments.parts):
        failed = failed or result.state == "fail"
        if arguments.json:
            print(msgspec.json.encode(result).decode(), flush=True)
        else:
            fix = f" -> {result.fix}" if result.fix else ""
            print(f"{MARKS[result.state]} {result.part:<12} {result.words}{fix}", flush=True)
    return 1 if failed else 0


def config(arguments: argparse.Namespace) -> int:
    """Print the effective settings as TOML, secrets masked."""
    print(toml(msgspec.to_builtins(settings(arguments))), end="")
    return 0


def toml(table: dict[str, Any], name: str = "") -> str:
    """Return `table` as TOML; what is None is left out, and passwords in addresses are masked."""
    plain = {key: value for key, value in table.items() if not isinstance(value, dict)}
    lines = [f"[{name}]"] if name and plain else []
    for key, value in plain.items():
        if value is not None:
            text = json.dumps(value, ensure_ascii=False)
            lines.append(f"{_key(key)} = {without_login(text)}")
    parts = ["\n".join(lines) + "\n"] if lines else []
    for key, value in table.items():
        if isinstance(value, dict):
            parts.append(toml(value, f"{name}.{_key(key)}" if name else _key(key)))
    return "\n".join(part for part in parts if part)


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else json.dumps(key)


def models(arguments: argparse.Namespace) -> int:
    """Tell of the box's models or go to one; or download the face detector by its pinned hash."""
    if arguments.what != "fetch":
        from edge.cli.models import models  # noqa: PLC0415
        from edge.client import Control  # noqa: PLC0415

        return models(Control(Path(settings(arguments).box.runtime)), arguments)
    from edge.vision.fetch import attempt, fetch  # noqa: PLC0415  OpenCV is heavy

    if arguments.quick:  # for the demo, which lives by settings of its own
        attempt(Path(Settings().vision.models))
    else:
        print(fetch(Path(settings(arguments).vision.models)))
    return 0
