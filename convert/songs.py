"""Give songs moods by how they sound: `moodbox-convert songs FEATURES.csv --out songs.json`.

The table is the owner's: one in the layout of the well-known Kaggle tables (track_id, valence,
energy and so on), or what `moodbox songs export` wrote, whose features come from ReccoBeats. Do
not feed it with what Spotify's own interface returns: its policy forbids to analyse that.

The songs are cleaned, freed of duplicates, scaled, turned to their principal components and
clustered (k-means; the number of clusters is the one with the best silhouette, Rousseeuw 1987).
Each cluster is named after the mood that lies nearest to its mean valence and energy on Russell's
circle.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from edge.choose.circumplex import nearest
from edge.errors import MoodboxError
from edge.mood.moods import Place, moods

RANGES: Mapping[str, tuple[float, float]] = MappingProxyType({
    "valence": (0, 1),
    "energy": (0, 1),
    "danceability": (0, 1),
    "loudness": (-100, 20),
    "speechiness": (0, 1),
    "acousticness": (0, 1),
    "instrumentalness": (0, 1),
    "liveness": (0, 1),
    "tempo": (0, 400),
})  # fmt: skip
"""What is allowed in each column that is clustered by."""
MOOD_WEIGHT = 2.0
"""How much more valence and energy weigh than the rest: the clusters are named by them."""
UNMUSICAL = frozenset({"disgust", "fear", "surprise"})
"""Moods that no cluster is named after."""
MOST_CLUSTERS = 8
FEWEST_SONGS = 30
SAMPLE = 4000
"""Songs that a silhouette is reckoned from: it takes their number squared."""
COMPONENTS = 0.9
"""Share of the variance that the principal components keep."""
SHOWN = 5
"""Broken rows that are named, each in a line; the rest are counted."""
TOO_BROKEN = 0.05
"""A table with a greater share of broken rows is another table than it should be."""
SEED = 0

Array = NDArray[np.float64]


class Table(NamedTuple):
    """Songs and how they sound."""

    ids: list[str]
    """Spotify's ids, each once."""
    names: list[str]
    """Artist and title, to tell that two ids are the same song; the id where they are not told."""
    values: Array
    """A row a song, a column each of RANGES."""
    broken: list[str]
    """A line for each row that is left out."""
    silent: int
    """Rows without any feature."""
    doubled: int
    """Rows whose song was there before."""


class Cluster(NamedTuple):
    """Songs that sound alike."""

    mood: str
    songs: int
    valence: float
    energy: float


class Found(NamedTuple):
    """What came of the clustering."""

    label: NDArray[np.intp]
    """Which cluster each song of the table is in."""
    clusters: list[Cluster]
    silhouettes: dict[int, float]
    """For each number of clusters that was tried."""
    explained: list[float]
    """Share of the variance in each principal component that was kept."""


def read(path: Path) -> Table:
    """Read the table; raise MoodboxError, in one line, where it is none that can be used."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return _table(path, csv.DictReader(file))
    except (UnicodeDecodeError, csv.Error) as error:
        raise MoodboxError(f"{path}: not a CSV file in UTF-8: {error}") from error


def _table(path: Path, rows: csv.DictReader[str]) -> Table:
    if missing := [name for name in ("track_id", *RANGES) if name not in (rows.fieldnames or ())]:
        raise MoodboxError(f"{path}: columns are missing: {', '.join(missing)}")
    ids: dict[str, tuple[str, list[float]]] = {}
    broken: list[str] = []
    silent = doubled = 0
    for row in rows:
        id_ = (row["track_id"] or "").strip()
        if not any(row[name] for name in RANGES):
            silent += 1
        elif wrong := _wrong(row):
            broken.append(f"{path}, line {rows.line_num}: {wrong}")
        elif id_ in ids:
            doubled += 1
        else:
            ids[id_] = (_name(row), [float(row[name]) for name in RANGES])
    count = silent + doubled + len(broken) + len(ids)
    if len(broken) > TOO_BROKEN * count:
        raise MoodboxError(f"{broken[0]}; {len(broken)} of {count} rows are broken")
    if len(ids) < FEWEST_SONGS:
        raise MoodboxError(f"{path}: {len(ids)} songs with features; at least {FEWEST_SONGS}")
    names = [name for name, _ in ids.values()]
    values = np.array([row for _, row in ids.values()])
    return Table(list(ids), names, values, broken, silent, doubled)


def _wrong(row: dict[str, str]) -> str:
    """Return what is wrong with a row, or ""."""
    if not (row["track_id"] or "").strip().isalnum():
        return f"track_id {row['track_id']!r}: letters and digits"
    for name, (low, high) in RANGES.items():
        try:
            fits = low <= float(row[name]) <= high
        except (TypeError, ValueError):
            fits = False
        if not fits:
            return f"{name} {row[name]!r}: a number from {low} to {high}"
    return ""


def _name(row: dict[str, str]) -> str:
    artist, title = row.get("artists") or "", row.get("track_name") or ""
    return f"{artist} - {title}".casefold() if artist and title else row["track_id"]


def cluster(table: Table, names: Sequence[str], seed: int = SEED) -> Found:
    """Cluster the songs of `table`, and name each cluster after one of the moods `names`."""
    from sklearn.cluster import KMeans  # noqa: PLC0415  takes seconds
    from sklearn.decomposition import PCA  # noqa: PLC0415
    from sklearn.metrics import silhouette_score  # noqa: PLC0415
    from sklearn.preprocessing import StandardScaler  # noqa: PLC0415

    # The same song on single, album and sampler must not weigh three times.
    _, first = np.unique(table.names, return_index=True)
    weights = [MOOD_WEIGHT if name in ("valence", "energy") else 1.0 for name in RANGES]
    scaler = StandardScaler().fit(table.values[first])
    scaled = scaler.transform(table.values) * weights
    pca = PCA(COMPONENTS, svd_solver="full").fit(scaled[first])
    points = pca.transform(scaled)
    means, silhouettes = {}, {}
    for k in range(2, MOST_CLUSTERS + 1):
        means[k] = KMeans(k, n_init=5, random_state=seed).fit(points[first])
        size = min(SAMPLE, len(first))
        silhouettes[k] = round(
            float(silhouette_score(
                points[first], means[k].labels_, sample_size=size, random_state=seed
            )), 4,
        )  # fmt: skip
    best = max(silhouettes, key=silhouettes.__getitem__)
    label = means[best].predict(points)
    clusters = [_cluster(table.values[label == n], names) for n in range(best)]
    return Found(label, clusters, silhouettes, pca.explained_variance_ratio_.round(4).tolist())


def _cluster(values: Array, names: Sequence[str]) -> Cluster:
    valence, energy = (round(float(values[:, n].mean()), 3) for n in range(2))
    mood = nearest(Place(2 * valence - 1, 2 * energy - 1), names)
    return Cluster(mood, len(values), valence, energy)


def plot(table: Table, found: Found, path: Path) -> None:
    """Draw the songs on valence and energy, and the silhouettes."""
    from matplotlib.figure import Figure  # noqa: PLC0415

    canvas = Figure(figsize=(9, 4.6), layout="constrained")
    songs, scores = canvas.subplots(1, 2, width_ratios=(3, 2))
    few = np.random.default_rng(SEED).permutation(len(table.ids))[:SAMPLE]
    for n, it in enumerate(found.clusters):
        chosen = few[found.label[few] == n]
        values = table.values[chosen]
        songs.scatter(values[:, 0], values[:, 1], s=4, alpha=0.4, label=f"{it.mood} ({it.songs})")
        songs.plot(it.valence, it.energy, "k+", markersize=12)
    songs.set(xlabel="valence", ylabel="energy", xlim=(0, 1), ylim=(0, 1))
    songs.legend(fontsize=7, markerscale=3)
    scores.plot(list(found.silhouettes), list(found.silhouettes.values()), "o-")
    scores.set(xlabel="clusters", ylabel="mean silhouette")
    canvas.savefig(path, dpi=110, metadata={"Software": None})


def document(table: Table, found: Found, source: str, only: set[str] | None) -> dict[str, object]:
    """Return what the box reads, and how it came about; `only` these ids, where that is told."""
    moods_of = [found.clusters[n].mood for n in found.label]
    return {
        "source": source,
        "songs_clustered": len(table.ids),
        "rows_broken": len(table.broken),
        "rows_without_features": table.silent,
        "rows_double": table.doubled,
        "explained_variance": found.explained,
        "silhouettes": found.silhouettes,
        "clusters": [it._asdict() for it in found.clusters],
        "songs": {
            id_: mood
            for id_, mood in zip(table.ids, moods_of, strict=True)
            if only is None or id_ in only
        },
    }


def ids_of(path: Path) -> set[str]:
    """Return the songs in a table of the owner's, such as `moodbox songs export` writes."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        if "track_id" not in (rows.fieldnames or ()):
            raise MoodboxError(f"{path}: columns are missing: track_id")
        return {row["track_id"] for row in rows}


def _lines(table: Table, found: Found) -> Iterator[str]:
    yield (
        f"{len(table.ids)} songs; left out: {len(table.broken)} broken rows, {table.doubled} "
        f"doubles, {table.silent} without features"
    )
    for k, score in found.silhouettes.items():
        mark = "  <- taken" if k == len(found.clusters) else ""
        yield f"{k} clusters: silhouette {score:.3f}{mark}"
    for it in found.clusters:
        yield f"{it.mood}: {it.songs} songs, valence {it.valence:.2f}, energy {it.energy:.2f}"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("features", type=Path, metavar="FEATURES.csv")
    parser.add_argument("--out", type=Path, required=True, metavar="songs.json")
    parser.add_argument("--plot", type=Path, metavar="p.png", help="draw clusters and silhouettes")
    parser.add_argument("--only", type=Path, metavar="EXPORT.csv", help="keep only its songs")
    parser.add_argument(
        "--view",
        choices=["seven", "four", "fine"],
        default="seven",
        help="as in the box's settings",
    )


def run(args: argparse.Namespace) -> int:
    """Cluster the songs, and write the box's file."""
    table = read(args.features)
    for line in table.broken[:SHOWN]:
        print(f"left out: {line}", file=sys.stderr)
    only = None if args.only is None else ids_of(args.only)
    found = cluster(table, [name for name in moods(args.view) if name not in UNMUSICAL])
    made = document(table, found, args.features.name, only)
    args.out.write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
    if args.plot is not None:
        plot(table, found, args.plot)
    print("\n".join(_lines(table, found)))
    return 0
