"""How a network is trained: the knobs of a run, and what is made of them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate, groupby
from typing import Annotated, Any, get_args

from msgspec import Meta

from convert.dataset import SIZE, Truth
from convert.network import Residual, Separable, Shape, Transformer

HEADS: tuple[Truth, ...] = get_args(Truth)

CALM = 0.35
"""Strength of the augmentation in the last epochs."""

SLIM = (32, 48, 112, 112, 240, 240, 368, 368, 368, 368, 352, 192)
"""Channels of what the box runs, in a megabyte; convert/lab/prune.py finds out which of the
student's these are. The layers were cut where that cost least for the time and room it saved."""


@dataclass(frozen=True)
class Recipe:
    """The knobs of one training run, each with its reason."""

    shape: Shape
    heads: tuple[Truth, ...] = HEADS
    epochs: int = 60
    small_epochs: int = 24
    """Epochs on 40-pixel pictures first: they cost two thirds (progressive resizing, Tan and Le
    2021); at 32 pixels a face has lost too much."""
    calm_epochs: int = 11
    """Last epochs, with views closer to the faces as they are: augmented faces are distributed
    otherwise than those it will meet (He et al. 2019, "Data augmentation revisited")."""
    batch: int = 64
    rate: float = 1e-3
    """Peak learning rate; warmed up for an epoch, then down to zero on a cosine."""
    decay: float = 0.05
    """AdamW's weight decay; kernels only."""
    average: float = 0.999
    """Momentum of the weight average (EMA): about two epochs of memory."""
    mixup: float = 0.0
    """Beta parameter of mixup (Zhang et al. 2017); 0 switches it off."""
    smoothing: float = 0.1
    """Label smoothing of the FER2013 labels; a third of them is what nobody else sees."""
    balance: float = 0.05
    """Rows weigh (class frequency) ** -balance: disgust is one face in two hundred."""
    teacher_share: float = 0.5
    """How much of the target is the teachers' prediction, where there are any."""
    guided: float = 0.5
    """How much of the target is what the guide says of the very view that is shown, where there is
    one."""
    second: float = 0.4
    """What every head but the first counts for: the other truth, as a hint on the first."""
    keep: float = 0.0
    """Share of the weights it began with in those it ends with; the mean of both is more robust
    than either (Wortsman et al. 2021, WiSE-FT)."""
    seed: int = 1
    limit: int | None = None
    """Use only so many training rows."""


PRESETS = {
    "teacher": Recipe(Residual(), epochs=7, small_epochs=0, calm_epochs=2, rate=4e-4),
    "student": Recipe(Separable(), epochs=21, small_epochs=6, calm_epochs=4, rate=6e-4),
    "finish": Recipe(
        Separable(SLIM),
        epochs=8,
        small_epochs=0,
        calm_epochs=4,
        rate=3e-4,
        teacher_share=0.7,
        keep=0.3,
    ),
    "transformer": Recipe(Transformer(), epochs=20, small_epochs=0, calm_epochs=4),
    "tiny": Recipe(
        Separable((8, 16), (2,)), epochs=3, small_epochs=1, calm_epochs=1, average=0.9, limit=1024
    ),
}


_Count, _Many = Annotated[int, Meta(ge=0)], Annotated[int, Meta(ge=1)]
_Size, _Share = Annotated[float, Meta(ge=0)], Annotated[float, Meta(ge=0, le=1)]
KNOBS: dict[str, Any] = {
    "small_epochs": _Count,
    "calm_epochs": _Count,
    "batch": _Many,
    "rate": Annotated[float, Meta(gt=0)],
    "decay": _Size,
    "average": _Share,
    "mixup": _Size,
    "smoothing": _Share,
    "balance": _Size,
    "teacher_share": _Share,
    "guided": _Share,
    "second": _Size,
    "keep": _Share,
    "limit": _Many,
}
"""What of a recipe can be set by its name, and what it may be."""


@dataclass(frozen=True)
class Phase:
    """What an epoch is like."""

    size: int
    """Pixels."""
    strength: float
    """Of the augmentation."""


def phases(recipe: Recipe) -> list[tuple[int, Phase]]:
    """Return a run's phases in their order, each with the epochs that are done when it is."""
    epochs = [
        Phase(
            size=40 if epoch < recipe.small_epochs else SIZE,
            strength=1.0 if epoch < recipe.epochs - recipe.calm_epochs else CALM,
        )
        for epoch in range(recipe.epochs)
    ]
    lengths = [(phase, len(list(same))) for phase, same in groupby(epochs)]
    ends = accumulate(length for _, length in lengths)
    return [(end, phase) for end, (phase, _) in zip(ends, lengths, strict=True)]
