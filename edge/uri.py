"""What names music: a URI of Spotify's, of an MPD server's or of a file, or free words. Pure.

On the wire and on the disk it is its text. Nothing else takes that text apart.
"""

from __future__ import annotations

import functools
from enum import StrEnum
from urllib.parse import unquote

from msgspec import Struct


class Scheme(StrEnum):
    """Whose music it is."""

    SPOTIFY = "spotify"
    MPD = "mpd"
    """In the library of an MPD server: mpd:KIND:NAME."""
    FILE = "file"
    """An audio file of the player's own library: file:PATH."""
    WORDS = ""
    """Free words, for any player to search for."""


class Kind(StrEnum):
    """What sort of music it is."""

    PLAYLIST = "playlist"
    ALBUM = "album"
    ARTIST = "artist"
    TRACK = "track"
    EPISODE = "episode"
    SHOW = "show"
    LIKED = "liked"
    """The songs that the account's owner has saved."""
    TOP = "top"
    """Those that are heard most."""
    STATION = "station"
    """What Spotify goes on with by itself."""
    FOLDER = "folder"
    GENRE = "genre"
    SEARCH = "search"
    OTHER = "other"
    """Nothing that can be told apart."""


SPOTIFY = (Kind.PLAYLIST, Kind.ALBUM, Kind.ARTIST, Kind.TRACK)
"""What of Spotify's a mood can be given."""
LIKED, TOP = "spotify:liked", "spotify:top"
"""The account's own lists: Spotify has no URI for them, and plays them only song by song."""
LISTS = frozenset({Kind.LIKED, Kind.TOP})
EVERYTHING = "mpd:folder:/"
"""All that an MPD server has."""
MOPIDYS = "local:track:"
"""Begins what Mopidy calls a file of its own."""
MPD = (Kind.FOLDER, Kind.PLAYLIST, Kind.GENRE, Kind.SEARCH)
_LINKED = frozenset({*SPOTIFY, Kind.EPISODE, Kind.SHOW})
_PIECES = frozenset({Kind.TRACK, Kind.EPISODE})
_MIXES = LISTS | {Kind.PLAYLIST, Kind.ARTIST, Kind.FOLDER, Kind.GENRE, Kind.SEARCH}


class Uri(Struct, frozen=True):
    """One name of music, taken apart."""

    text: str
    """As it was written."""
    scheme: Scheme
    kind: Kind
    id: str
    """Within its scheme and kind: Spotify's id, a name, a path, the words; empty for OTHER."""

    @classmethod
    @functools.lru_cache(maxsize=1024)  # the same few hundred are asked about at every turn
    def parse(cls, text: str) -> Uri:
        """Take any text apart: what is no URI is words, what is odd is OTHER; never an error."""
        scheme, colon, rest = text.partition(":")
        match scheme if colon else "":
            case Scheme.SPOTIFY:
                return cls(text, Scheme.SPOTIFY, *_spotify(rest))
            case Scheme.MPD:
                return cls(text, Scheme.MPD, *_known(rest, MPD))
            case Scheme.FILE:
                return cls(text, Scheme.FILE, Kind.TRACK, rest)
            case "search":
                return cls(text, Scheme.WORDS, Kind.SEARCH, rest.strip())
        return cls(text, Scheme.WORDS, Kind.SEARCH, text.strip())

    @classmethod
    def spotify(cls, kind: Kind, name: str) -> Uri:
        """Return the URI of what Spotify knows as `name`."""
        return cls(f"{Scheme.SPOTIFY}:{kind}:{name}", Scheme.SPOTIFY, kind, name)

    @classmethod
    def file(cls, path: str) -> Uri:
        """Return the URI of an audio file."""
        return cls(f"{Scheme.FILE}:{path}", Scheme.FILE, Kind.TRACK, path)

    @classmethod
    def mpd(cls, kind: Kind, name: str) -> Uri:
        """Return the URI of what an MPD server knows as `name`."""
        return cls(f"{Scheme.MPD}:{kind}:{name}", Scheme.MPD, kind, name)

    @property
    def words(self) -> str:
        """What to search for first; empty where it can be played as it is."""
        return self.id if self.scheme is Scheme.WORDS else ""

    @property
    def is_context(self) -> bool:
        """Whether tracks are played from it, rather than it being one."""
        return self.kind not in _PIECES

    @property
    def is_mix(self) -> bool:
        """Whether it has no end that counts: it is shuffled, and begins again at its end."""
        return self.kind in _MIXES

    @property
    def is_list(self) -> bool:
        """Whether it is played only song by song: its songs have to be known first."""
        return self.kind in LISTS

    @property
    def label(self) -> str:
        """What a table of songs calls it: its id at Spotify, or its path in the player's library.

        Mopidy tells the path of a file of its own as a URI.
        """
        if self.scheme is Scheme.FILE and self.id.startswith(MOPIDYS):
            return unquote(self.id.removeprefix(MOPIDYS))
        return self.id

    @property
    def link(self) -> str:
        """The address that opens it in Spotify; empty where it has none."""
        if self.scheme is not Scheme.SPOTIFY or self.kind not in _LINKED:
            return ""
        return f"https://open.spotify.com/{self.kind}/{self.id}"


def is_spotifys(text: str, kind: Kind) -> bool:
    """Return whether `text` names something of this kind at Spotify."""
    uri = Uri.parse(text)
    return uri.scheme is Scheme.SPOTIFY and uri.kind is kind


def _spotify(rest: str) -> tuple[Kind, str]:
    """Return kind and id; Spotify once put whose playlist it is before them."""
    if rest in LISTS:
        return Kind(rest), rest
    if rest.startswith("station:"):
        return Kind.STATION, rest.partition(":")[2]
    if rest.startswith("user:") and rest.count(":") == 3:
        rest = rest.split(":", 2)[2]
    kind, name = _known(rest, _LINKED)
    return (Kind.OTHER, "") if ":" in name else (kind, name)


def _known(rest: str, kinds: tuple[Kind, ...] | frozenset[Kind]) -> tuple[Kind, str]:
    kind, _, name = rest.partition(":")
    return (Kind(kind), name) if kind in kinds and name else (Kind.OTHER, "")
