"""A song, as Spotify's Web API tells of it wherever it names one."""

from __future__ import annotations

from msgspec import Struct


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
    def artist(self) -> str:
        """All who made it."""
        return ", ".join(artist.name for artist in self.artists)

    @property
    def album_name(self) -> str:
        """Empty where it is on none."""
        return self.album.name if self.album else ""

    @property
    def cover(self) -> str:
        """Address of the largest picture; empty where there is none."""
        return self.album.images[0].url if self.album and self.album.images else ""

    @property
    def link(self) -> str:
        """Address that opens it in Spotify."""
        return self.external_urls.get("spotify", "")

    @property
    def duration(self) -> float:
        """Seconds."""
        return self.duration_ms / 1000
