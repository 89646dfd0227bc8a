"""Made-up faces from the shipped statistics of those that a model was trained on. Pure.

Whoever has not the base data has their second moment (edge/personal/fit.py), so he can ask how much
a change changes: the released model's own answers to made-up embeddings are the truth of these.
"""

from __future__ import annotations

import numpy as np

from edge.personal.fit import Floats

DRAWN = 20_000
MOST_CHANGED = 0.015
"""Of them that may be read otherwise. On 46 made-up households such changes lost 0.13 points of
accuracy on other people's faces on average, and 0.45 at most (docs/training.md)."""
JITTER = 1e-6
"""Share of the mean variance that is added to each: some channels never vary."""


def drawn(moment: Floats, seed: int = 0) -> Floats:
    """Return made-up embeddings with this second moment, (DRAWN, width + 1), the last one a 1."""
    mean = moment[-1, :-1]
    spread = moment[:-1, :-1] - np.outer(mean, mean)
    spread = spread + np.eye(len(mean)) * (JITTER * np.trace(spread) / len(mean) + 1e-12)
    rng = np.random.default_rng(seed)
    made = mean + rng.normal(size=(DRAWN, len(mean))) @ np.linalg.cholesky(spread).T
    return np.asarray(np.c_[made, np.ones(DRAWN)])
