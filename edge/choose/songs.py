"""Which songs suit which mood, by the owner's own lists: pure."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from edge.choose.circumplex import nearest
from edge.events import Song, Sounding
from edge.mood.moods import Place, place
from edge.records import Features, ListedSong, PlaylistSnapshot
from edge.uri import Uri


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
    """A song's Spotify id, or its path in MPD's library -> its mood."""
    probabilities: dict[str, float] = {}
    """How sure that is; a song that is left out: wholly."""


NO_MOODS = SongMoods({})


class Collection(Struct, frozen=True):
    """All that is known of the owner's songs."""

    songs: Sequence[ListedSong]
    playlists: Sequence[PlaylistSnapshot]
    sources: Mapping[str, Sequence[str]]
    """For each mood, what the owner gave it."""
    features: Mapping[str, Features | None] = {}
    """By URI."""
    moods: SongMoods = NO_MOODS
    """As `moodbox-convert songs` found them."""


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
    sound = known.moods.songs.get(Uri.parse(uri).id)
    features = known.features.get(uri)
    if sound is None and features is not None and known.sources:
        sound = nearest(_place(features), known.sources)
    if sound is not None and sound not in found:
        found.append(sound)
    return found


def by_list(
    lists: Iterable[str],
    songs: Iterable[ListedSong],
    features: Mapping[str, Features | None],
    moods: SongMoods,
    view: Sequence[str],
) -> dict[str, tuple[Sounding, ...]]:
    """Return the songs of each of `lists`, and which mood of `view` each sounds like.

    A list that can be played as it is, is left out where of none of its songs that is known.
    """
    found: dict[str, list[Sounding]] = {it: [] for it in lists}
    for song in songs:
        if song.source in found:
            found[song.source].append(_sounding(song.uri, features.get(song.uri), moods, view))
    return {
        source: tuple(theirs)
        for source, theirs in found.items()
        if theirs and (Uri.parse(source).is_list or any(it.mood for it in theirs))
    }


def _sounding(
    uri: str, features: Features | None, moods: SongMoods, view: Sequence[str]
) -> Sounding:
    label = Uri.parse(uri).label
    if mood := moods.songs.get(label):
        known = mood if mood in view or not view else nearest(place(mood), view)
        return Sounding(uri, known, moods.probabilities.get(label, 1.0))
    return Sounding(uri, nearest(_place(features), view) if features and view else "")


def _place(features: Features) -> Place:
    return Place(2 * features.valence - 1, 2 * features.energy - 1)
