"""Give each song a mood and a probability, by where it lies in its own table.

A mixture of Gaussians over valence and energy finds the families of songs (McLachlan and Peel 2000,
"Finite mixture models"; as many as the Bayesian information criterion likes best, Schwarz 1978, and
at least one a mood), all of one shape, so that none can be the whole table. A family lies on
Russell's circle, seen from the middle of the table: what is quiet is quiet beside the rest of what
somebody listens to. There the moods of the finest view are its neighbours, and what they are called
in the view that is asked for follows from the emotions that both show.

Valence and energy alone: tempo, loudness and the rest divide songs too, but into genres; and where
they weigh, the happy half of a genre goes wherever the genre goes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from convert.songs.table import Table
from edge.events import EMOTIONS
from edge.mood.moods import MOODS, ViewName, moods

UNMUSICAL = frozenset({"disgust", "fear", "surprise"})
"""Moods that no song is given."""
FEWEST, MORE = 6, 4
"""Families: at least so many, or as many as there are moods; and up to so many more are tried."""
FINEST = 0.02
"""Least variance of a family, in the table's: values are rounded, and cut off at 0 and 1."""
NEAR = 0.5
"""Distance on the circle, whose radius is 1, at which a mood is a near neighbour."""
PLAIN = 2.0
"""Power of how alike two moods are: one that is half another is not called by its name."""
NORMAL_IQR = 1.349
"""Quartiles of a normal distribution lie so many standard deviations apart."""
SAMPLE = 4000
"""Songs that a silhouette is reckoned from: it takes their number squared."""
SEED = 0

Array = NDArray[np.float64]


class Family(NamedTuple):
    """Songs that sound alike."""

    mood: str
    """The likeliest."""
    share: float
    """Of all songs."""
    valence: float
    energy: float


class Found(NamedTuple):
    """What came of it."""

    names: tuple[str, ...]
    """The moods."""
    probabilities: Array
    """(songs, moods), each row summing to one."""
    families: list[Family]
    criterion: dict[int, float]
    """Bayesian information criterion for each number of families that was tried; less is better."""
    silhouette: float
    """Of the moods, on valence and energy (Rousseeuw 1987): 1 apart, 0 side by side."""

    @property
    def moods(self) -> list[str]:
        """Return the likeliest mood of each song."""
        return [self.names[n] for n in self.probabilities.argmax(axis=1)]


def find(table: Table, view: ViewName, seed: int = SEED) -> Found:
    """Return the moods of the songs in `table`, as `view` tells them apart."""
    from sklearn.mixture import GaussianMixture  # noqa: PLC0415  takes seconds

    names = tuple(name for name in moods(view) if name not in UNMUSICAL)
    values = table.values[:, :2]
    middle, scale = _middle(values)
    places = (values - middle) / scale
    first = places[table.first_of_each_name()]
    least = max(len(names), FEWEST)
    mixtures = {
        k: GaussianMixture(k, covariance_type="tied", n_init=2, reg_covar=FINEST, random_state=seed)
        for k in range(least, least + MORE + 1)
    }
    criterion = {
        k: round(float(mixture.fit(first).bic(first)), 1) for k, mixture in mixtures.items()
    }
    best = mixtures[min(criterion, key=criterion.__getitem__)]
    of_family = _moods_at(best.means_, names)
    probabilities = best.predict_proba(places) @ of_family
    families = [
        Family(names[mood], round(float(share), 3), *(mean * scale + middle).round(3).tolist())
        for mood, share, mean in zip(
            of_family.argmax(axis=1), best.weights_, best.means_, strict=True
        )
    ]
    silhouette = _silhouette(places, probabilities.argmax(axis=1), seed)
    return Found(names, probabilities, families, criterion, silhouette)


def _middle(values: Array) -> tuple[Array, Array]:
    """Return the median and a standard deviation of each column that strays cannot move."""
    low, middle, high = np.percentile(values, [25, 50, 75], axis=0)
    return middle, np.maximum((high - low) / NORMAL_IQR, 0.02)


def _moods_at(places: Array, names: Sequence[str]) -> Array:
    """Return how likely each mood of a view is at each place of the circle, (places, moods)."""
    anchors = [MOODS[name] for name in moods("fine")]
    circle = np.array([anchor.place for anchor in anchors])
    far = ((places[:, None, :] - circle) ** 2).sum(axis=2)
    near = np.exp(-far / (2 * NEAR**2) + far.min(axis=1, keepdims=True) / (2 * NEAR**2))
    near /= near.sum(axis=1, keepdims=True)
    called = [
        np.eye(len(names))[names.index(anchor.name)]
        if anchor.name in names
        else _likeness(_emotions(anchor.name), names)
        for anchor in anchors
    ]
    return np.asarray(near @ np.array(called))


def _likeness(shown: Array, names: Sequence[str]) -> Array:
    """Return what a mood that shows so many emotions is called among `names`, summing to one."""
    alike = np.array([_emotions(name) @ shown for name in names]) ** PLAIN
    return np.asarray(alike / alike.sum())


def _emotions(mood: str) -> Array:
    shares = np.array([MOODS[mood].shares.get(emotion, 0.0) for emotion in EMOTIONS])
    return np.asarray(shares / shares.sum())


def _silhouette(places: Array, label: NDArray[np.intp], seed: int) -> float:
    from sklearn.metrics import silhouette_score  # noqa: PLC0415  takes seconds

    if len(np.unique(label)) < 2:
        return 0.0
    size = min(SAMPLE, len(places))
    return round(float(silhouette_score(places, label, sample_size=size, random_state=seed)), 3)
