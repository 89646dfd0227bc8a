"""moodbox-convert: from face data to an int8 file that the Edge TPU can run."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence

from edge.errors import MoodboxError

COMMANDS = {
    "data": ("convert.data.command", "read face collections and write one checked data set"),
    "anomalies": ("convert.data.anomalies", "say whether a data set may be trained on"),
    "framing": ("convert.framing", "fit how a face detector's box maps to the data set's faces"),
    "pretrained": ("convert.lab.pretrained", "download a network to begin a training with"),
    "train": ("convert.lab.train_command", "train a network"),
    "ladder": ("convert.lab.ladder", "make the released models from the beginning"),
    "quantize": ("convert.quantize", "make a trained network a full int8 file"),
    "check": ("convert.compatibility", "check that a file is one the Edge TPU can run"),
    "compile": ("convert.compiler", "compile a file for the Edge TPU, where the compiler is"),
    "learn": ("convert.learn.command", "let a model learn from the corrections of one household"),
    "fleet": ("convert.fleet.command", "make a challenger of what a fleet of boxes learnt"),
    "trace": ("convert.trace", "find the run behind a prediction of a box"),
    "evaluate": ("convert.evaluate", "measure a file on test faces"),
    "head": ("convert.last_layer", "let a released model be taught by a household, on its box"),
    "mood": ("convert.fit_mood", "fit the mood filter to a model"),
    "songs": ("convert.songs.command", "give songs moods by how they sound"),
    "report": ("convert.report", "make the page and the plots about a model"),
    "stage": ("convert.stage", "run a command and write down what it took"),
    "stages": ("convert.stages", "print what each stage took"),
    "keys": ("convert.keys", "make the keys that sign releases"),
    "publish": ("convert.publish", "publish a release, from which boxes update themselves"),
    "release": ("convert.release", "put a model and its card into models/"),
}
"""Name -> its module, which offers add_arguments(parser) and run(args), and what it does."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return 0, or 1 after one line about what is wrong."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    parser = argparse.ArgumentParser(prog="moodbox-convert", description=__doc__)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, (module, what) in COMMANDS.items():
        command = commands.add_parser(name, help=what, description=what)
        # Only the command that is asked for is imported: some of them take seconds to.
        if arguments[:1] == [name]:
            importlib.import_module(module).add_arguments(command)
    args = parser.parse_args(arguments)
    try:
        return int(importlib.import_module(COMMANDS[args.command][0]).run(args))
    except MoodboxError as error:
        print(f"moodbox-convert: {error}", file=sys.stderr)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        print(f"moodbox-convert: {where}{error.strerror or error}", file=sys.stderr)
    except KeyboardInterrupt:
        return 130
    return 1


if __name__ == "__main__":
    sys.exit(main())
