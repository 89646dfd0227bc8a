"""A song, as Spotify's Web API tells of it wherever it names one."""

from __future__ import annotations

from msgspec import Struct

from edge.events import Song


class _Named(Struct):
    name: str = ""


class _Image(Struct):
    url: str = ""


class _Album(Struct):
    name: str = ""
    images: list[_Image] = []


class Item(Struct):
    """A song, or an episode, which has other fields."""

    uri: str = ""
    name: str = ""
    duration_ms: float = 0.0
    artists: list[_Named] = []
    album: _Album | None = None
    external_urls: dict[str, str] = {}
    external_ids: dict[str, str] = {}

    @property
    def song(self) -> Song:
        """What it tells of itself; the cover is the largest picture."""
        pictures = self.album.images if self.album else []
        return Song(
            uri=self.uri,
            title=self.name,
            artist=", ".join(artist.name for artist in self.artists),
            album=self.album.name if self.album else "",
            cover=pictures[0].url if pictures else "",
            link=self.external_urls.get("spotify", ""),
            duration=self.duration_ms / 1000,
        )
