"""Print what each stage of the pipeline took: `moodbox-convert stages build/stages`."""

from __future__ import annotations

import argparse
from pathlib import Path

from convert.stage import table


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command line."""
    parser.add_argument("folder", type=Path, nargs="?", default=Path("build/stages"))


def run(arguments: argparse.Namespace) -> int:
    """Print the table."""
    print(table(arguments.folder))
    return 0
