"""Which songs suit which mood, by the owner's own lists: pure."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from edge.choose.circumplex import nearest
from edge.errors import SettingsError
from edge.events import Song
from edge.mood.moods import Place
from edge.records import Features, ListedSong, PlaylistSnapshot
from edge.uri import Uri

Moods = Mapping[str, str]
"""A song's Spotify id -> its mood."""


class MoodSong(Song, frozen=True, kw_only=True):
    """A song that suits a mood."""

    mood: str
    isrc: str
    """International recording code; empty where it is not told."""
    lists: list[str]
    """Names of the owner's lists that it is on."""
    features: Features | None = None
    """How it sounds, where that is known."""


class Songs(Struct, frozen=True):
    """Songs for a mood, or for all of them, and the lists that they come from."""

    songs: list[MoodSong]
    playlists: list[PlaylistSnapshot]


class SongMoods(Struct, frozen=True):
    """The file that `moodbox-convert songs` makes, as far as the box reads it."""

    songs: dict[str, str]


class Collection(Struct, frozen=True):
    """All that is known of the owner's songs."""

    songs: Sequence[ListedSong]
    playlists: Sequence[PlaylistSnapshot]
    sources: Mapping[str, Sequence[str]]
    """For each mood, what the owner gave it."""
    features: Mapping[str, Features | None] = {}
    """By URI."""
    moods: Moods = {}
    """As `moodbox-convert songs` found them."""


def read_moods(path: str) -> Moods:
    """Return the moods in the file `path`, none where it is empty; raise SettingsError."""
    if not path:
        return {}
    try:
        return msgspec.json.decode(Path(path).read_bytes(), type=SongMoods).songs
    except OSError as error:
        raise SettingsError(f"music.song_moods: {path}: {error.strerror}") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"music.song_moods: {path}: not made by `moodbox-convert songs`: {error}"
        ) from error


def table(known: Collection) -> list[MoodSong]:
    """Return every song of every mood: a song that suits two moods is there twice."""
    names = {playlist.source: playlist.name or playlist.source for playlist in known.playlists}
    on: dict[str, list[str]] = defaultdict(list)
    for song in known.songs:
        on[song.uri].append(song.source)
    first = {song.uri: song for song in reversed(known.songs)}
    return [
        MoodSong(
            **first[uri].fields(),
            mood=mood,
            isrc=first[uri].isrc,
            lists=[names.get(it, it) for it in lists],
            features=known.features.get(uri),
        )
        for uri, lists in on.items()
        for mood in _moods(uri, lists, known)
    ]


def recommended(rows: Iterable[MoodSong], mood: str, most: int, seed: str) -> list[MoodSong]:
    """Return songs for a mood: those on the most lists first, else by chance, the same all day."""
    suit = [row for row in rows if row.mood == mood]
    random.Random(f"{seed} {mood}").shuffle(suit)
    return sorted(suit, key=lambda row: -len(row.lists))[:most]


def _moods(uri: str, lists: Sequence[str], known: Collection) -> list[str]:
    """Return the moods that the owner's playlists give a song, and the one that its sound does."""
    found = [mood for mood, sources in known.sources.items() if set(sources) & set(lists)]
    sound = known.moods.get(Uri.parse(uri).id)
    features = known.features.get(uri)
    if sound is None and features is not None and known.sources:
        here = Place(2 * features.valence - 1, 2 * features.energy - 1)
        sound = nearest(here, known.sources)
    if sound is not None and sound not in found:
        found.append(sound)
    return found
