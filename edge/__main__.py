"""moodbox: the command line."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

from edge.cli.parser import parser
from edge.errors import MoodboxError, SettingsError

BAD_SETTINGS = 78
"""EX_CONFIG; systemd does not start the daemon again after it."""
INTERRUPTED = 130

LOCAL = {
    "run": "edge.cli.local:run",
    "demo": "edge.cli.local:demo",
    "check": "edge.cli.local:check",
    "bench": "edge.cli.local:bench",
    "config": "edge.cli.local:config",
    "label": "edge.cli.label:label",
    "reset": "edge.cli.reset:reset",
    "models": "edge.cli.local:models",
    "update": "edge.cli.update:update",
}
REMOTE = {
    "status": "edge.cli.remote:status",
    "login": "edge.cli.remote:login",
    "logout": "edge.cli.access:logout",
    "pair": "edge.cli.access:pair",
    "play": "edge.cli.wishes:play",
    "pause": "edge.cli.wishes:pause",
    "resume": "edge.cli.wishes:resume",
    "next": "edge.cli.wishes:next_track",
    "previous": "edge.cli.wishes:previous",
    "volume": "edge.cli.wishes:volume",
    "follow": "edge.cli.wishes:follow",
    "confirm": "edge.cli.house:confirm",
    "intent": "edge.cli.house:intent",
    "private": "edge.cli.house:private",
    "profile": "edge.cli.house:profile",
    "sources": "edge.cli.house:sources",
    "quiet": "edge.cli.house:quiet",
    "resting": "edge.cli.resting:resting",
    "press": "edge.cli.press:press",
    "devices": "edge.cli.songs:devices",
    "songs": "edge.cli.songs:songs",
    "why": "edge.cli.remote:why",
    "report": "edge.cli.remote:report",
}


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code.

    0, 1, 75 for what is still under way (see cli/wishes.py), or 78 for bad settings.
    """
    arguments = parser().parse_args(words)
    try:
        return _dispatch(arguments)
    except SettingsError as error:
        return _say(error, BAD_SETTINGS)
    except MoodboxError as error:
        return _say(error, 1)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        if os.environ.get("MOODBOX_DEBUG"):
            raise
        reason = f"unexpected {type(error).__name__}: {error}; MOODBOX_DEBUG=1 shows where"
        return _say(" ".join(reason.split()), 1)


def _dispatch(arguments: argparse.Namespace) -> int:
    """Import only what the command needs: a Pi is slow to import."""
    if arguments.command in LOCAL:
        return _load(LOCAL[arguments.command])(arguments)
    from edge.cli.local import settings  # noqa: PLC0415
    from edge.client import Control  # noqa: PLC0415

    control = Control(Path(settings(arguments).box.runtime))
    return _load(REMOTE[arguments.command])(control, arguments)


def _load(where: str) -> Callable[..., int]:
    module, _, name = where.partition(":")
    found: Callable[..., int] = getattr(import_module(module), name)
    return found


def _say(message: object, code: int) -> int:
    print(f"moodbox: {message}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
