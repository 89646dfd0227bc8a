"""The commands about songs and speakers, clients of the running daemon."""

from __future__ import annotations

import argparse
import csv
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec

from edge.choose.songs import MoodSong, Songs
from edge.cli.show import show
from edge.client import Control
from edge.errors import Refused
from edge.records import Features, PlaylistSnapshot
from edge.spotify.speakers import Speaker
from edge.uri import Uri

COLUMNS = (
    "mood", "lists", "times", "track_id", "artists", "album_name", "track_name", "duration_ms",
    "isrc", "link", *Features.__struct_fields__,
)  # fmt: skip
"""Of the export; named as in the tables of audio features that `moodbox-convert songs` reads."""


def songs(control: Control, arguments: argparse.Namespace) -> int:
    """Show songs for a mood, or write the table of all."""
    if arguments.what == "export":
        return _export(control, arguments)
    if arguments.file is not None:
        raise Refused("only `moodbox songs export FILE.csv` takes a file")
    found = control.get(f"/api/songs?mood={quote(arguments.what)}", Songs)
    show(arguments, found, "\n".join([*_lines(found.songs), *_problems(found.playlists)]))
    return 0


def devices(control: Control, arguments: argparse.Namespace) -> int:
    """Show the speakers; with a Web API player that costs one request."""
    found = control.get("/api/speakers", list[Speaker])
    lines = [_speaker(it) for it in found] or [
        "no speaker now: switch it on and pick it once in the Spotify app"
    ]
    show(arguments, found, "\n".join(lines))
    return 0


def _lines(found: Sequence[MoodSong]) -> list[str]:
    if not found:
        return ["no songs are known for this mood yet; playlists are read once a day"]
    return [f'"{it.title}" by {it.artist}  {it.link}' for it in found]


def _problems(playlists: Sequence[PlaylistSnapshot]) -> list[str]:
    return [f"! {it.name or it.source}: {it.problem}" for it in playlists if it.problem]


def _speaker(it: Speaker) -> str:
    volume = "" if it.volume is None else f", volume {it.volume}"
    marks = [word for word, holds in (("active", it.active), ("ours", it.ours)) if holds]
    return f"{it.name} ({it.kind}{volume}){': ' + ', '.join(marks) if marks else ''}"


def _export(control: Control, arguments: argparse.Namespace) -> int:
    if arguments.file is None:
        raise Refused("songs export: into which file? moodbox songs export FILE.csv")
    found = control.get("/api/songs/all", Songs)
    write(arguments.file, found.songs)
    counts = Counter(it.mood for it in found.songs)
    lines = [f"{mood}: {count} songs" for mood, count in counts.most_common()]
    lines += [f"{len(found.songs)} rows in {arguments.file}", *_problems(found.playlists)]
    show(arguments, dict(counts), "\n".join(lines))
    return 0


def write(file: Path, found: Sequence[MoodSong]) -> None:
    """Write the table of songs as CSV, a line for each song and mood."""
    try:
        with file.open("w", encoding="utf-8", newline="") as out:
            table = csv.writer(out)
            table.writerow(COLUMNS)
            table.writerows(_row(it) for it in found)
    except OSError as error:
        raise Refused(f"{file}: {error.strerror}") from error


def _row(it: MoodSong) -> list[Any]:
    sound = [""] * len(Features.__struct_fields__)
    return [
        it.mood, "; ".join(it.lists), len(it.lists), Uri.parse(it.uri).id, it.artist,
        it.album, it.title, round(it.duration * 1000), it.isrc, it.link,
        *(msgspec.structs.astuple(it.features) if it.features else sound),
    ]  # fmt: skip
