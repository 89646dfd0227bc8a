"""How well anybody could foretell what most of ten people say of a face.

    python tests/bench/people.py --data faces.npz

Prints one JSON object, for the validation rows that a model is judged on: how often one of the ten
says what most of them say, how often ten others would, and how often somebody would who knew
for each face what share of all people says what. The last is the most that a model can reach.

A face's shares are not known, only ten votes: they are drawn from the Dirichlet distribution that
the votes leave (its prior has the mean of all votes, and the weight under which each vote is
best foretold by the nine others), and new votes from them.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from convert import dataset
from convert.dataset import NO_LABEL, Split

WEIGHTS = np.arange(0.5, 5, 0.25)
DRAWS = 50


def left_out(votes: NDArray[np.integer], prior: NDArray[np.floating]) -> float:
    """Return the log likelihood of every vote, foretold by the others and a prior."""
    others = votes - 1 + prior
    told = others / (votes.sum(axis=1, keepdims=True) - 1 + prior.sum())
    return float((votes * np.log(np.where(votes > 0, told, 1))).sum())


def majority(votes: NDArray[np.integer]) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Return what most said, and where that is one of the seven and unique."""
    ranked = np.sort(votes, axis=1)
    winner = votes.argmax(axis=1)
    return winner, (ranked[:, -1] > ranked[:, -2]) & (winner < votes.shape[1] - 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    rows = dataset.load(parser.parse_args().data).part(Split.VALIDATION)
    rows = rows.take(~rows.copied & (rows.majority() != NO_LABEL))
    votes = np.c_[rows.votes, rows.voters - rows.votes.sum(axis=1)].astype(int)
    mean = votes.sum(axis=0) / votes.sum()
    weight = max(WEIGHTS, key=lambda weight: left_out(votes, weight * mean))

    rng = np.random.default_rng(0)
    known, others = [], []
    for _ in range(DRAWS):
        shares = rng.gamma(votes + weight * mean + 1e-9)
        shares /= shares.sum(axis=1, keepdims=True)
        said, clear = majority(rng.multinomial(votes.sum(axis=1), shares))
        known.append((shares[:, :-1].argmax(axis=1) == said)[clear].mean())
        others.append((votes[:, :-1].argmax(axis=1) == said)[clear].mean())
    one = votes[:, :-1].max(axis=1).sum() / votes.sum()
    found = {"one of them": one, "ten others": np.mean(others), "who knows": np.mean(known)}
    print(json.dumps({"rows": len(rows), "weight": weight} | found, indent=2))


if __name__ == "__main__":
    main()
