"""A model's card: everything that is known of a model, in one JSON file beside it.

The box and the desktop read the same card, so nothing about a model is written twice.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from edge.errors import ModelError
from edge.events import EMOTIONS, Emission

Share = Annotated[float, Meta(ge=0, le=1)]
Seven = tuple[Share, Share, Share, Share, Share, Share, Share]
Digest = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


class Input(Struct, frozen=True):
    """What the model reads: int8, (1, height, width, 1), `real = scale * (int8 - zero_point)`."""

    height: Annotated[int, Meta(ge=8)]
    width: Annotated[int, Meta(ge=8)]
    colour: Literal["grey"]
    scale: float
    """1/255: with a zero point of -128 a grey byte becomes an input by flipping its top bit."""
    zero_point: int


class Output(Struct, frozen=True):
    """What the model says: int8 logits, (1, 7)."""

    scale: float
    zero_point: int
    temperature: Annotated[float, Meta(gt=0)]
    """Probabilities are softmax(scale * (int8 - zero_point) / temperature), in float."""


class Framing(Struct, frozen=True):
    """Where the model's square lies, seen from a detector's box."""

    dx: float
    """The square's centre, to the right of the box's centre; in box widths."""
    dy: float
    """The square's centre, below the box's centre; in box heights."""
    scale: Annotated[float, Meta(gt=0)]
    """The square's side, as a multiple of sqrt(width * height) of the box."""


VERSION = 12
"""Digits of a hash that tell models apart."""


class Artefact(Struct, frozen=True):
    """A file beside the card."""

    file: str
    sha256: Digest
    size: int
    """Bytes."""

    @property
    def version(self) -> str:
        """What people and files call a model by: the first digits of its hash."""
        return self.sha256[:VERSION]


class LastLayer(Struct, frozen=True):
    """What a household's own change of the last layer is learnt with (edge/personal)."""

    file: Artefact
    """An npz: `weights`, float32 (7, width + 1), the bias last, of logits over the temperature, and
    `moment`, float32 (width + 1, width + 1), the second moment of what it reads of base faces."""
    width: Annotated[int, Meta(ge=1)]
    """How many numbers the last layer reads: the model's second output, int8 (1, 1, 1, width)."""
    scale: float
    """They are scale * (int8 - zero_point)."""
    zero_point: int


class Figure(Struct, frozen=True):
    """A measured figure with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float
    rows: int
    """How many faces, or repetitions of a timing, it was measured on."""


class Card(Struct, frozen=True, kw_only=True):
    """One model. Accuracies are shares of one, measured on the int8 file unless they say float."""

    name: str
    note: str = ""
    """What a reader must know first, such as that the model is preliminary."""
    allowed_worse: str = ""
    """Why it was released although it is worse than the one before; empty: it is not."""
    labels: tuple[str, ...]
    """The emotions, in the order of the outputs."""
    truth: Literal["ferplus", "fer2013"]
    """Whose labels it was trained towards."""
    model: Artefact
    """Runs on a CPU."""
    edgetpu: Artefact | None = None
    """The same, compiled for the Edge TPU; None until somebody has compiled it."""
    input: Input
    output: Output
    last_layer: LastLayer | None = None
    """None: the model says nothing but its logits, so nobody can teach it on the box."""
    framing: dict[str, Framing] = {}
    """By face detector: from its box to the square the model was trained to see."""
    mood: Emission | None = None
    """What the mood filter has to know of the model; None until `moodbox-convert mood` has measured
    it: the filter then uses the defaults of Emission."""
    confidence: dict[str, tuple[float, ...]] = {}
    """By the view of moods: how sure the filter is of the moods of validation faces, as a share of
    them in each bin of edge/mood/confidence.py, weighed as emotions come at home; empty until
    `moodbox-convert mood` has measured it."""
    confusion: tuple[Seven, Seven, Seven, Seven, Seven, Seven, Seven]
    """Share of each true emotion's faces (row) that were read as each emotion (column), on the
    validation rows. Some are zero only because the rows are few."""
    frequency: Seven
    """Share of each emotion among the validation rows."""
    prior_shift: tuple[float, ...] = ()
    """What was added to each logit, in the last bias, so that rare emotions are not overlooked;
    empty: nothing."""
    parameters: int
    multiply_adds: int
    """A single image's."""
    recipe: dict[str, str] = {}
    """How it was trained."""
    figures: dict[str, Figure] = {}
    """On the test rows; convert/figures.py says what each name means."""
    shifts: dict[str, Figure] = {}
    """Accuracy when every test face is shifted, tilted, half-lit or blurred."""
    detectors: dict[str, Figure] = {}
    """Accuracy when every test face is cut out by a face detector and its framing."""
    data: str
    licence: str
    intended_use: str
    limits: tuple[str, ...]
    not_shown: tuple[str, ...] = ()
    """What nobody has measured yet."""


def load(path: Path) -> Card:
    """Read a card (.json) and check it against the model beside it.

    Raises:
        ModelError: one line that says which file is missing or not what the card says.
    """
    card = read(path)
    if card.labels != EMOTIONS:
        raise ModelError(f"{path}: labels {list(card.labels)} are not {list(EMOTIONS)}, in order")
    verify(path.parent / card.model.file, card.model)
    for more in (card.edgetpu, card.last_layer.file if card.last_layer else None):
        if more is not None:
            verify(path.parent / more.file, more)
    return card


def read(path: Path) -> Card:
    """Read a card without looking at its model."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Card)
    except OSError as error:
        raise ModelError(f"{path}: a model's card cannot be read: {error.strerror}") from error
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise ModelError(f"{path}: not a model's card: {error}") from error


def save(card: Card, path: Path) -> None:
    """Write a card that people can read too."""
    path.write_bytes(written(card))


def written(card: Card) -> bytes:
    """Return a card as `save` writes it."""
    return msgspec.json.format(msgspec.json.encode(card), indent=2) + b"\n"


def artefact(path: Path) -> Artefact:
    """Describe the file at `path`."""
    content = path.read_bytes()
    return Artefact(path.name, hashlib.sha256(content).hexdigest(), len(content))


def verify(path: Path, promised: Artefact) -> None:
    """Raise ModelError unless the file at `path` is the one that was promised."""
    try:
        found = artefact(path)
    except OSError as error:
        raise ModelError(f"{path}: the model cannot be read: {error.strerror}") from error
    if found.sha256 != promised.sha256:
        raise ModelError(
            f"{path}: sha256 is {found.sha256}, its card says {promised.sha256};"
            " copy model and card together"
        )
