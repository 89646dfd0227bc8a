"""What is wrong with the rows, and which of them must go. Pure: a table in, a verdict out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from convert.data import UNDECLARED
from convert.dataset import Split

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Verdict:
    """What to do with each row of the table."""

    split: NDArray[np.int64]
    """A Split, (n,)."""
    copied: Mask
    """Evaluation rows that some training row shows too, or did before it was dropped, (n,)."""
    crossed: Mask
    """Validation rows that some test row shows too, (n,); they stay."""
    blank: Mask
    """Images of one single grey, (n,)."""
    repeated: Mask
    """Training rows that show what an earlier training row shows, (n,)."""
    leaked: Mask
    """Training rows that show what an evaluation row shows, (n,)."""
    contradictory: list[NDArray[np.intp]]
    """Groups of equal images with different labels, as indices of rows."""
    assigned: int
    """Rows given another split than their source declares, or one where it declares none."""

    @property
    def keep(self) -> Mask:
        """Rows that stay: evaluation rows that are no blanks, and training rows seen nowhere."""
        return ~(self.blank | self.repeated | self.leaked)


def judge(table: pd.DataFrame) -> Verdict:
    """Look at all rows of a table that the schema has passed."""
    split = settle(table["split"].to_numpy(), table["image"].to_numpy())
    _, group = np.unique(table["image"], return_inverse=True)
    training = split == Split.TRAIN
    earliest = np.full(group.max() + 1, len(table))
    np.minimum.at(earliest, group[training], np.flatnonzero(training))

    def shown(mask: Mask) -> Mask:
        """Return which rows show what some row of `mask` shows."""
        return np.bincount(group[mask], minlength=len(earliest))[group] > 0

    return Verdict(
        split=split,
        copied=~training & (shown(training) | table["copied"].to_numpy()),
        crossed=(split == Split.VALIDATION) & shown(split == Split.TEST),
        blank=(table["darkest"] == table["brightest"]).to_numpy(),
        repeated=training & (earliest[group] != np.arange(len(table))),
        leaked=training & shown(~training),
        contradictory=_contradictions(table["label"].to_numpy(), group),
        assigned=int((table["split"] != split).sum()),
    )


def settle(split: NDArray[np.int64], image: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Return a split for each row, (n,): what is not declared is for training.

    Where no row is for validation, or none for the test, a tenth of the training rows takes its
    place. The image's hash draws them, so copies stay together and a second run agrees.
    """
    settled = np.where(split == UNDECLARED, Split.TRAIN, split)
    for lot, part in enumerate((Split.VALIDATION, Split.TEST)):
        if not (settled == part).any():
            drawn = (settled == Split.TRAIN) & (image % 10 == lot)
            settled = np.where(drawn, part, settled)
    return settled


def _contradictions(label: NDArray[np.int64], group: NDArray[np.intp]) -> list[NDArray[np.intp]]:
    order = np.argsort(group, kind="stable")
    starts = np.flatnonzero(np.diff(group[order], prepend=-1))
    lowest = np.minimum.reduceat(label[order], starts)
    highest = np.maximum.reduceat(label[order], starts)
    ends = np.append(starts[1:], len(order))
    groups = [order[starts[i] : ends[i]] for i in np.flatnonzero(lowest != highest)]
    return sorted(groups, key=lambda rows: int(rows[0]))
