"""What an MPD server has: what there is to pick from, its songs, what words mean, and covers."""

from __future__ import annotations

import logging
import time
import unicodedata
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

import mpd

from edge.errors import CannotPlay, MoodboxError
from edge.player.mpd_server import PICTURED, Answer, MpdServer, track_of
from edge.spotify.finder import Pick
from edge.uri import Kind, Uri

log = logging.getLogger(__name__)

MOST = 200
"""Of each kind that is offered."""
MOST_SONGS = 20
"""Of those that a search finds."""

LONGEST = 200.0
"""Seconds to look into the folders of one source of a Mopidy, one by one: some ten thousand on a
Raspberry Pi. Below its root there may be the whole internet."""


class MpdLibrary:
    """Asks the server; raises Fault or NeedsSomebody as a talk does. Safe from any thread."""

    def __init__(self, server: MpdServer, clock: Callable[[], float] = time.monotonic) -> None:
        """Tell of the library of `server`; `clock` gives monotonic seconds."""
        self._server, self._clock = server, clock

    def own(self) -> list[Pick]:
        """Return the playlists, the top folders and the genres."""
        with self._server.talk() as client:
            return [
                *_picks(Kind.PLAYLIST, (it["playlist"] for it in client.listplaylists())),
                *_picks(Kind.FOLDER, (it["directory"] for it in client.lsinfo() if _is_folder(it))),
                *_picks(Kind.GENRE, (it["genre"] for it in client.list("genre"))),
            ]

    def search(self, words: str) -> list[Pick]:
        """Return what `words` find: by its name, then all songs that they fit, then the songs."""
        wanted = _folded(words).split()
        named = [it for it in self.own() if all(word in _folded(it.name) for word in wanted)]
        with self._server.talk() as client:
            songs = [it for it in client.search(*any_of(words)) if "file" in it]
        found = Pick(Uri.mpd(Kind.SEARCH, words).text, Kind.SEARCH, words, songs=len(songs))
        return [*named, *([found] if songs else []), *map(_song, songs[:MOST_SONGS])]

    def first(self, words: str) -> str:
        """Return the URI of what `words` mean: what is called so, else the songs that they fit."""
        found = self.search(words)
        exact = [it for it in found if _folded(it.name) == _folded(words)]
        if not found:
            raise CannotPlay(f"MPD has nothing for {words!r}: try other words")
        return (exact or found)[0].uri

    def songs(self, source: str) -> list[str]:
        """Return the URIs of the songs that `source`, of this library, has."""
        with self._server.talk() as client:
            client.iterate = True  # all that is told of a song besides its file is let go at once
            found = self._files(client, Uri.parse(source))
            return [Uri.file(file).text for file in dict.fromkeys(found)]

    def cover(self, address: str) -> bytes:
        """Return the picture at an address that a track has; empty where there is none."""
        file = address.removeprefix(PICTURED)
        for read in ("albumart", "readpicture"):
            try:
                with self._server.talk() as client:
                    picture = _picture(client, read, file)
            except MoodboxError:
                continue
            if picture:
                return picture
        return b""

    def _files(self, client: Any, named: Uri) -> Iterable[str]:
        match named.kind:
            case Kind.FOLDER:
                return self._below(client, named.id)
            case Kind.PLAYLIST:
                return list(client.listplaylist(named.id))
            case Kind.GENRE:
                return _songs(client.find("genre", named.id))
            case _:
                return _songs(client.search(*any_of(named.id)))

    def _below(self, client: Any, folder: str) -> list[str]:
        """Return the files anywhere below a folder; where that takes too long, those so far."""
        try:
            return _songs(client.listall(folder))
        except ValueError:  # Mopidy refuses that, by a number that the protocol does not have
            found, folders = list[str](), deque([folder])
        end, looked = self._clock() + LONGEST, 0
        while folders:
            if self._clock() >= end:
                log.warning(
                    "below mpd:folder:%s %d folders were looked into, and %d more not: it took too"
                    " long, and how the songs there sound is not known; give the moods folders"
                    " further down", folder, looked, len(folders),
                )  # fmt: skip
                break
            for it in client.lsinfo(folders.popleft()):
                if "file" in it:
                    found.append(it["file"])
                elif "directory" in it:
                    folders.append(it["directory"])
            looked += 1
        return found


def _songs(found: Iterable[Answer]) -> list[str]:
    return [it["file"] for it in found if "file" in it]


def any_of(words: str) -> list[str]:
    """Return the server's way to say that each of `words` is anywhere in a song's tags."""
    return [part for word in words.split() for part in ("any", word)]


def _picture(client: Any, read: str, file: str) -> bytes:
    try:
        answer = client.albumart(file) if read == "albumart" else client.readpicture(file)
    except mpd.CommandError:
        return b""
    return bytes(answer.get("binary", b""))


def _is_folder(it: Answer) -> bool:
    return "directory" in it


def _picks(kind: Kind, names: Any) -> list[Pick]:
    return [Pick(Uri.mpd(kind, name).text, kind, name) for name in names if name][:MOST]


def _song(it: Answer) -> Pick:
    track = track_of(it)
    return Pick(track.uri, Kind.TRACK, track.title, track.artist, cover=track.cover)


def _folded(words: str) -> str:
    return unicodedata.normalize("NFC", words).strip().casefold()
