"""Give songs moods by how they sound: `moodbox-convert songs FEATURES.csv --out songs.json`.

The table is the owner's: one in the layout of the well-known Kaggle tables (track_id, valence,
energy and so on), or what `moodbox songs export` wrote, whose features come from ReccoBeats. Do
not feed it with what Spotify's own interface returns: its policy forbids to analyse that. With
`--audio FOLDER` the table is made first, from audio files of one's own.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from convert.songs.audio import write_table
from convert.songs.mixture import Found, find
from convert.songs.plot import plot
from convert.songs.table import (
    AUDIO,
    MOSTLY_BROKEN,
    Table,
    about_broken,
    ids_of,
    mostly_broken,
    read,
)
from edge.mood.moods import VIEWS


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("features", type=Path, metavar="FEATURES.csv")
    parser.add_argument("--out", type=Path, required=True, metavar="songs.json")
    parser.add_argument(
        "--audio", type=Path, metavar="FOLDER", help="make FEATURES.csv of the audio files there"
    )
    parser.add_argument(
        "--playlists", type=Path, metavar="FOLDER", help="write a playlist for MPD for each mood"
    )
    parser.add_argument("--plot", type=Path, metavar="p.png", help="draw the moods")
    parser.add_argument("--only", type=Path, metavar="EXPORT.csv", help="keep only its songs")
    parser.add_argument(
        "--strict", action="store_true", help="refuse one most of whose rows are broken or empty"
    )
    parser.add_argument(
        "--view", choices=VIEWS, default="seven", help="as in the box's settings; default: seven"
    )


def run(args: argparse.Namespace) -> int:
    """Find each song's mood, and write the box's file."""
    if args.audio is not None:
        write_table(args.audio, args.features)
    table = read(args.features, strict=args.strict)
    for line in about_broken(args.features, table):
        print(line, file=sys.stderr)
    if table.broken_share > MOSTLY_BROKEN:
        print(f"{args.features}: {mostly_broken(table)}", file=sys.stderr)
    only = None if args.only is None else ids_of(args.only)
    found = find(table, args.view)
    made = document(table, found, args.features.name, only)
    args.out.write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
    if args.playlists is not None:
        write_playlists(args.playlists, made["songs"])
    if args.plot is not None:
        plot(table, found, args.plot)
    print("\n".join(_lines(table, found)))
    return 0


def document(table: Table, found: Found, source: str, only: set[str] | None) -> dict[str, Any]:
    """Return what the box reads, and how it came about; `only` these ids, where that is told."""
    kept = [n for n, id_ in enumerate(table.ids) if only is None or id_ in only]
    moods, sure = found.moods, found.probabilities.max(axis=1)
    return {
        "source": source,
        "songs_read": len(table.ids),
        "rows_broken": len(table.broken),
        "rows_without_features": table.silent,
        "rows_double": table.doubled,
        "criterion": found.criterion,
        "silhouette": found.silhouette,
        "families": [it._asdict() for it in found.families],
        "songs": {table.ids[n]: moods[n] for n in kept},
        "probabilities": {table.ids[n]: round(float(sure[n]), 3) for n in kept},
    }


def write_playlists(folder: Path, moods: Mapping[str, str]) -> None:
    """Write `moodbox MOOD.m3u` for each mood that an audio file has: one path a line."""
    of_mood: dict[str, list[str]] = defaultdict(list)
    for id_, mood in moods.items():
        if id_.lower().endswith(AUDIO):
            of_mood[mood].append(f"{id_}\n")
    folder.mkdir(parents=True, exist_ok=True)
    for mood, lines in of_mood.items():
        (folder / f"moodbox {mood}.m3u").write_text("".join(lines), encoding="utf-8")


def _lines(table: Table, found: Found) -> Iterator[str]:
    yield (
        f"{len(table.ids)} songs; left out: {len(table.broken)} broken rows, {table.doubled} "
        f"doubles, {table.silent} without features"
    )
    if table.encoding != "utf-8-sig":
        yield f"read as {table.encoding}: it is not UTF-8"
    yield f"{len(found.families)} families; silhouette of the moods {found.silhouette:.3f}"
    counts = Counter(found.moods)
    for mood in found.names:
        theirs = [it for it in found.families if it.mood == mood]
        where = "; ".join(f"valence {it.valence:.2f}, energy {it.energy:.2f}" for it in theirs)
        yield f"{mood}: {counts[mood]} songs{f' ({where})' if where else ''}"
