"""One table a player, which has what this player needs. What holds for all is in [music]."""

from __future__ import annotations

from typing import Annotated, ClassVar, NamedTuple

from msgspec import Meta

from edge.settings.table import Driven, Port
from edge.uri import EVERYTHING, Scheme


class Program(NamedTuple):
    """A program of its own beside the daemon."""

    name: str
    licence: str
    link: str


class AnyPlayer(Driven, frozen=True, kw_only=True):
    """What every player has. Each driver's own table follows."""

    program: ClassVar[Program | None] = None
    """What it drives on this machine; no setting, but the page says whose work it is."""
    plays: ClassVar[frozenset[Scheme]] = frozenset({Scheme.SPOTIFY, Scheme.WORDS})
    """Whose music it can play; no setting either."""
    everything: ClassVar[str] = ""
    """All that it has of its own; empty: what it has is as good as without end."""
    lists: ClassVar[bool] = False
    """It plays the songs that it is given one by one, and so the account's own lists."""

    speaker: str = "moodbox"
    """The speaker's name, as people see it: with Spotify Connect the one that its app shows."""


class OfSpotify(AnyPlayer, frozen=True, kw_only=True):
    """A player for Spotify's music: the household signs in to its account."""

    daily_requests: Annotated[int, Meta(ge=50, le=5000)] = 300
    """Requests to the Web API in any 24 hours."""
    api: str = "https://api.spotify.com/v1/"
    accounts: str = "https://accounts.spotify.com/"
    redirect: str = "http://127.0.0.1:8898/callback"
    """As registered with the household's Spotify app; nothing listens there."""


class SpotifySettings(OfSpotify, frozen=True, kw_only=True, tag="spotify"):
    """Any Connect speaker of the account, through the Web API."""

    lists = True


class LibrespotSettings(OfSpotify, frozen=True, kw_only=True, tag="librespot"):
    """go-librespot on this machine."""

    program = Program("go-librespot", "GPL-3.0-only", "https://github.com/devgianlu/go-librespot")

    address: str = "http://127.0.0.1:3678"
    """Where its REST interface listens."""


class SoloistSettings(OfSpotify, frozen=True, kw_only=True, tag="soloist"):
    """Spotify Soloist on this machine."""

    program = Program(
        "Spotify Soloist",
        "Spotify's own terms",
        "https://developer.spotify.com/documentation/soloist",
    )

    address: str = "ws://127.0.0.1:3679"
    """Where its WebSocket listens."""


class MpdSettings(AnyPlayer, frozen=True, kw_only=True, tag="mpd"):
    """Any MPD or Mopidy, with the music that it has; no account is needed."""

    program = Program("MPD", "GPL-2.0-or-later", "https://www.musicpd.org")
    plays = frozenset({Scheme.MPD, Scheme.FILE, Scheme.WORDS})
    everything = EVERYTHING

    host: str = "127.0.0.1"
    """A name, an address, or the path of its socket."""
    port: Port = 6600
    password_file: str = ""
    """A file that holds only the password; empty: it wants none."""


class MqttPlayerSettings(AnyPlayer, frozen=True, kw_only=True, tag="mqtt"):
    """Whatever takes wishes from the home's broker, which [mqtt] names; see docs/speaker.md."""

    plays = frozenset({Scheme.SPOTIFY, Scheme.FILE, Scheme.WORDS})


class SimulatedPlayerSettings(AnyPlayer, frozen=True, kw_only=True, tag="simulated"):
    """A speaker that is not there, with music that is not there."""


PlayerSettings = (
    SpotifySettings
    | LibrespotSettings
    | SoloistSettings
    | MpdSettings
    | MqttPlayerSettings
    | SimulatedPlayerSettings
)
"""Who plays."""
