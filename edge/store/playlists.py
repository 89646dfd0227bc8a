"""The owner's lists of songs to SQL: pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from edge.records import Features, ListedSong, PlaylistSnapshot
from edge.store.statements import Statement

SONG = ListedSong.__struct_fields__


def of_playlist(playlist: PlaylistSnapshot, songs: Iterable[ListedSong] | None) -> list[Statement]:
    """Return what puts a list in the place of what it was; `songs` None leaves its songs."""
    kept = Statement(
        "INSERT INTO shelves (source, name, snapshot, at, problem) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT DO UPDATE SET name = excluded.name, snapshot = excluded.snapshot, "
        "at = excluded.at, problem = excluded.problem",
        msgspec.structs.astuple(playlist),
    )
    if songs is None:
        return [kept]
    return [kept, _empty(playlist.source), *_songs(songs)]


def _songs(songs: Iterable[ListedSong]) -> list[Statement]:
    marks = ", ".join("?" * (len(SONG) + 1))
    sql = f"INSERT INTO songs (place, {', '.join(SONG)}) VALUES ({marks})"  # noqa: S608  our own
    return [
        Statement(sql, (place, *msgspec.structs.astuple(song))) for place, song in enumerate(songs)
    ]


def _empty(source: str) -> Statement:
    return Statement("DELETE FROM songs WHERE source = ?", (source,))


def forget(sources: Iterable[str]) -> list[Statement]:
    """Return what forgets lists with their songs."""
    return [
        statement
        for source in sources
        for statement in (
            _empty(source),
            Statement("DELETE FROM shelves WHERE source = ?", (source,)),
        )
    ]


def of_features(found: Mapping[str, Features | None]) -> list[Statement]:
    """Return what keeps how songs sound, by URI; None: nothing is known of it."""
    sql = "INSERT OR REPLACE INTO features (uri, json) VALUES (?, ?)"
    return [
        Statement(sql, (uri, None if it is None else msgspec.json.encode(it)))
        for uri, it in found.items()
    ]


def erase() -> list[Statement]:
    """Return what forgets all songs."""
    return [Statement(f"DELETE FROM {table}") for table in ("songs", "shelves", "features")]  # noqa: S608
