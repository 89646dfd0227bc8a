"""moodbox: the command line."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

from edge.commands.parser import parser
from edge.errors import MoodboxError, SettingsError

BAD_SETTINGS = 78
"""EX_CONFIG; systemd does not start the daemon again after it."""
INTERRUPTED = 130

LOCAL = {
    "run": "edge.commands.local:run",
    "demo": "edge.commands.local:demo",
    "check": "edge.commands.local:check",
    "bench": "edge.commands.local:bench",
    "config": "edge.commands.local:config",
    "label": "edge.commands.label:label",
    "reset": "edge.commands.reset:reset",
    "models": "edge.commands.local:models",
    "update": "edge.commands.update:update",
}
REMOTE = {
    "status": "edge.commands.remote:status",
    "login": "edge.commands.remote:login",
    "play": "edge.commands.remote:play",
    "pause": "edge.commands.remote:pause",
    "next": "edge.commands.remote:next_track",
    "volume": "edge.commands.remote:volume",
    "devices": "edge.commands.songs:devices",
    "songs": "edge.commands.songs:songs",
    "why": "edge.commands.remote:why",
    "report": "edge.commands.remote:report",
}


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code: 0, 1, or 78 for bad settings."""
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
    from edge.commands.client import Control  # noqa: PLC0415
    from edge.commands.local import settings  # noqa: PLC0415

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
