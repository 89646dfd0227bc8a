"""The speakers of the account, for somebody who asks: one request."""

from __future__ import annotations

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


class _Device(Struct):
    name: str = ""
    type: str = ""
    volume_percent: float | None = None
    is_active: bool = False


class _Devices(Struct):
    devices: list[_Device] = []


def speakers(api: WebApi, ours: str) -> list[Speaker]:
    """Return the account's speakers; `ours` is the name of the one that the box drives.

    Raises what WebApi.call does. Spotify may leave out a speaker that is idle.
    """
    api.ready(by_person=True)
    found = parsed(api.call(lambda s: s.devices()) or {}, _Devices).devices
    return [
        Speaker(
            name=it.name,
            kind=it.type,
            volume=None if it.volume_percent is None else round(it.volume_percent),
            active=it.is_active,
            ours=it.name.casefold() == ours.casefold(),
        )
        for it in found
    ]
