"""What every command prints: words for people, JSON for programs."""

from __future__ import annotations

import argparse
from typing import Any

import msgspec


def show(arguments: argparse.Namespace, value: Any, text: str) -> None:
    """Print `value` as JSON where that was asked for, else `text`."""
    print(msgspec.json.encode(value).decode() if arguments.json else text)
