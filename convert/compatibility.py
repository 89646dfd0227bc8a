"""Check that a file is one the Edge TPU can run, and that it says what it should.

    moodbox-convert check --model models/emotion.tflite
    moodbox-convert check --model models/emotion.tflite --run runs/ferplus --data faces.npz \
        --reference-python /opt/tf26/bin/python

What the static gate lets through, convert/static_check.py says.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from convert import agreement, dataset
from convert.dataset import NO_LABEL, Split
from convert.int8 import Int8Model
from convert.static_check import violations
from edge.errors import ModelError
from edge.vision import card as cards

# TensorFlow 2.6 takes up to a second a face on a PC's processor.
REFERENCE_FACES = 60


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command line."""
    parser.add_argument("--model", type=Path, required=True, help="the int8 file (.tflite)")
    parser.add_argument("--data", type=Path, help="the data set; needed for what follows")
    parser.add_argument("--run", type=Path, help="the training it came from: compare with float")
    parser.add_argument(
        "--reference-python",
        type=Path,
        help="a Python 3.9 with tensorflow-cpu 2.6.5, the compiler's generation: run it there too",
    )


def run(arguments: argparse.Namespace) -> int:
    """Check a model; one line for each thing that is wrong, and 1 if there is any."""
    path: Path = arguments.model
    try:
        wrong = violations(path.read_bytes())
    except OSError as error:
        raise ModelError(f"{path}: the model cannot be read: {error.strerror}") from error
    if not wrong and (arguments.run or arguments.reference_python):
        if arguments.data is None:
            raise ModelError("check: --run and --reference-python need --data")
        wrong = _agreement(arguments)
    for line in wrong:
        print(f"{path}: {line}")
    if not wrong:
        print(f"{path}: passes the static gate; whether it maps, only edgetpu_compiler can tell")
    return 1 if wrong else 0


def _agreement(arguments: argparse.Namespace) -> list[str]:
    """Compare with the float network and with an old interpreter, as far as asked for."""
    faces = dataset.load(arguments.data).part(Split.TEST)
    faces = faces.take(~faces.copied)
    wrong = []
    if arguments.run:
        from convert import quantize  # noqa: PLC0415  brings TensorFlow

        card = cards.load(arguments.model.with_suffix(".json"))
        network = quantize.load(arguments.run, card.truth, card.prior_shift)
        truth = faces.answers(card.truth)
        rows = faces.take(truth != NO_LABEL)
        found = agreement.compare(
            quantize.float_logits(network, rows.images),
            Int8Model.read(arguments.model).logits(rows.images),
            truth[truth != NO_LABEL],
        )
        print(f"int8 and float say the same on {found.same:.2%} of {len(rows):,} test faces")
        wrong += found.complaints()
    if arguments.reference_python:
        old = agreement.reference(
            arguments.reference_python, arguments.model, faces.images[:REFERENCE_FACES]
        )
        print(f"TensorFlow {old.version} agrees to {old.lsb} LSB")
        wrong += old.complaints()
    return wrong
