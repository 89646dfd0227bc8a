"""The speakers of the account: which of them is ours, and a list for somebody who asks."""

from __future__ import annotations

import unicodedata

from msgspec import Struct

from edge.spotify.web_api import WebApi, parsed


class Speaker(Struct, frozen=True):
    """A speaker that could play."""

    name: str
    kind: str
    """As Spotify calls it: Speaker, Computer, Smartphone and so on."""
    volume: int | None
    """Percent; None where it has none to set."""
    active: bool
    """The account's music is on it."""
    ours: bool
    """It is the one that this box drives."""


class Device(Struct, frozen=True):
    """A speaker, as Spotify tells of it."""

    name: str = ""
    id: str | None = None
    type: str = ""
    volume_percent: float | None = None
    is_active: bool = False
    is_restricted: bool = False
    """Spotify lets nobody control it from here."""

    @property
    def volume(self) -> int | None:
        """Percent; None where it has none to set."""
        told = self.volume_percent
        return None if told is None else min(100, max(0, round(told)))


class _Devices(Struct):
    devices: list[Device] = []


def devices(api: WebApi) -> list[Device]:
    """Return what Spotify lists: one request. It may leave out a speaker that is idle."""
    return parsed(api.call(lambda s: s.devices()) or {}, _Devices).devices


def is_called(device: Device, name: str) -> bool:
    """Return whether `name` means this speaker: by its id, or by its name as people see it."""
    return name == device.id or _seen(device.name) == _seen(name)


def _seen(name: str) -> str:
    return unicodedata.normalize("NFC", name).strip().casefold()


def speakers(api: WebApi, ours: str) -> list[Speaker]:
    """Return the account's speakers; `ours` is the name of the one that the box drives.

    Raises what WebApi.call does.
    """
    api.ready(by_person=True)
    return [
        Speaker(it.name, it.type, it.volume, it.is_active, ours=is_called(it, ours))
        for it in devices(api)
    ]
