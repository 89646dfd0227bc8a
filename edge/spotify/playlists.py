"""From what Spotify tells of a list of songs to the rows that the store keeps: pure."""

from __future__ import annotations

from msgspec import Struct

from edge.records import ListedSong
from edge.spotify.items import Item
from edge.uri import Kind, is_spotifys


class Entry(Struct):
    """A place in a list: `item` in a playlist, `track` among the liked; null where it is gone."""

    item: Item | None = None
    track: Item | None = None


class Entries(Struct):
    """A page of a playlist, or of the liked songs."""

    items: list[Entry] = []
    total: int = 0


class Items(Struct):
    """A page of the songs that are heard most."""

    items: list[Item] = []


class Playlist(Struct):
    """A playlist; of one that is somebody else's, `items` is not told."""

    name: str = ""
    snapshot_id: str = ""
    items: Entries | None = None


def songs(source: str, entries: list[Entry]) -> list[ListedSong]:
    """Return the songs among the entries of the list `source`, each once."""
    return rows(source, [entry.item or entry.track for entry in entries])


def rows(source: str, items: list[Item | None]) -> list[ListedSong]:
    """Return the songs among `items`, each once: no episodes, and no files of somebody's disk."""
    tracks = {it.uri: it for it in items if it and is_spotifys(it.uri, Kind.TRACK)}
    return [
        ListedSong(**it.song.fields(), source=source, isrc=it.external_ids.get("isrc", ""))
        for it in tracks.values()
    ]
