"""What an MPD server has: what there is to pick from, its songs, what words mean, and covers."""

from __future__ import annotations

import unicodedata
from typing import Any

import mpd

from edge.errors import CannotPlay, MoodboxError
from edge.player.mpd_server import PICTURED, Answer, MpdServer, track_of
from edge.spotify.finder import Pick
from edge.uri import Kind, Uri

MOST = 200
"""Of each kind that is offered."""
MOST_SONGS = 20
"""Of those that a search finds."""

MOST_FOLDERS = 500
"""Of a Mopidy, whose folders have to be looked into one by one."""


class MpdLibrary:
    """Asks the server; raises Fault or NeedsSomebody as a talk does. Safe from any thread."""

    def __init__(self, server: MpdServer) -> None:
        """Tell of the library of `server`."""
        self._server = server

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
            return [Uri.file(file).text for file in _files(client, Uri.parse(source))]

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


def _files(client: Any, named: Uri) -> list[str]:
    match named.kind:
        case Kind.FOLDER:
            found = _below(client, named.id)
        case Kind.PLAYLIST:
            return list(client.listplaylist(named.id))
        case Kind.GENRE:
            found = client.find("genre", named.id)
        case _:
            found = client.search(*any_of(named.id))
    return list(dict.fromkeys(it["file"] for it in found if "file" in it))


def _below(client: Any, folder: str) -> list[Answer]:
    """Return what is anywhere below a folder."""
    try:
        return list(client.listall(folder))
    except ValueError:  # Mopidy refuses that, by a number that the protocol does not have
        found, folders = list[Answer](), [folder]
    for one in folders:
        found += (inside := client.lsinfo(one))
        folders += [it["directory"] for it in inside if "directory" in it]
        del folders[MOST_FOLDERS:]
    return found


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
