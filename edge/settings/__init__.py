"""What the installer wrote: one TOML file, read once, never written.

Preferences, which the people of the house change, live in the store instead; `[defaults]` may seed
them once.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from msgspec import Meta, field

from edge.errors import SettingsError
from edge.events import Preferences
from edge.settings import validation
from edge.settings.camera import (
    CameraSettings,
    Picamera2Settings,
    PlayedSettings,
    SimulatedCameraSettings,
    StillsSettings,
    StreamSettings,
    VideoSettings,
    WebcamSettings,
)
from edge.settings.moved import brought_up_to_date
from edge.settings.panel import (
    ButtonSettings,
    GpioButtonSettings,
    GpioLampSettings,
    LampSettings,
    NoButtonSettings,
    NoLampSettings,
    SimulatedButtonSettings,
    SimulatedLampSettings,
    WiredButton,
    WiredLamp,
)
from edge.settings.player import (
    LibrespotSettings,
    MpdSettings,
    MqttPlayerSettings,
    OfSpotify,
    PlayerSettings,
    SimulatedPlayerSettings,
    SoloistSettings,
    SpotifySettings,
)
from edge.settings.table import NotNegative, Port, Positive, Strict
from edge.uri import Scheme

__all__ = [
    "AlertSettings",
    "BoxSettings",
    "ButtonSettings",
    "CameraSettings",
    "GpioButtonSettings",
    "GpioLampSettings",
    "LampSettings",
    "LibrespotSettings",
    "MoodSettings",
    "MpdSettings",
    "MqttPlayerSettings",
    "MqttSettings",
    "MusicSettings",
    "NoButtonSettings",
    "NoLampSettings",
    "OfSpotify",
    "Picamera2Settings",
    "PlayedSettings",
    "PlayerSettings",
    "Settings",
    "SimulatedButtonSettings",
    "SimulatedCameraSettings",
    "SimulatedLampSettings",
    "SimulatedPlayerSettings",
    "SoloistSettings",
    "SpotifySettings",
    "StillsSettings",
    "StreamSettings",
    "UpdateSettings",
    "VideoSettings",
    "VisionSettings",
    "WebSettings",
    "WebcamSettings",
    "WiredButton",
    "WiredLamp",
    "load",
    "parse",
]


class BoxSettings(Strict, frozen=True):
    """The box as a whole."""

    name: Annotated[str, Meta(min_length=1, max_length=40)] = "moodbox"
    """How it is called in the home."""
    id: Annotated[str, Meta(pattern="^([a-z0-9][a-z0-9-]{0,30})?$")] = ""
    """Stable and unique in the home: part of topics and entity ids. Empty: moodbox- and six digits
    that are this machine's own."""
    area: Annotated[str, Meta(max_length=40)] = ""
    """The room it stands in, as a suggestion to Home Assistant."""
    state: str = "/var/lib/moodbox"
    """Folder that survives a restart; systemd's $STATE_DIRECTORY wins."""
    runtime: str = "/run/moodbox"
    """Folder for the control socket; systemd's $RUNTIME_DIRECTORY wins."""


INSTALLED = Path("/usr/share/moodbox/models")
SHIPPED = Path(__file__).parents[1] / "models"
"""In a checkout a link to models/, in a wheel the files themselves."""


def models_folder() -> str:
    """Return the folder of the models: where a box has them, else where the package has its own."""
    return str(INSTALLED if INSTALLED.is_dir() else SHIPPED)


class VisionSettings(Strict, frozen=True):
    """What is made of the frames."""

    device: Literal["auto", "tpu", "cpu"] = "auto"
    """"auto" falls back from the Edge TPU to the CPU, and says so."""
    models: str = field(default_factory=models_folder)
    """Folder of the models and their cards; by default /usr/share/moodbox/models, and where that is
    not, what came with the package."""
    model: str = "emotion"
    """Name of the model in that folder."""
    detector: Literal["auto", "yunet", "haar"] = "auto"
    """"auto": YuNet where its file is there, else Haar, and says so."""
    people: Literal["group", "leader"] = "group"
    """Whose mood counts when several are there."""


class MoodSettings(Strict, frozen=True):
    """From emotions to a mood."""

    view: Literal["seven", "four", "fine"] = "seven"
    """Which moods are told apart."""
    away_after: Positive = 20.0
    """Seconds without a face until the mood is "away"."""
    correction_holds: NotNegative = 10.0
    """Minutes that the mood is at least the one that somebody said."""


class MusicSettings(Strict, frozen=True):
    """What holds for the music on every player."""

    min_play: Annotated[float, Meta(ge=0.5)] = 20.0
    """Minutes between two changes that the mood makes."""
    hands_off: NotNegative = 60.0
    """Minutes the mood leaves the music alone after somebody chose by hand."""
    away: Literal["pause", "keep"] = "pause"
    """What the music does when nobody is there."""
    fade: Annotated[float, Meta(ge=0, le=10)] = 2.0
    """Seconds to fade out, and in again, when the mood changes or pauses the music; 0: no fading.
    Only local players can."""
    reccobeats: str = ""
    """Where to ask how songs sound, as https://api.reccobeats.com/v1/; empty: nobody is asked."""
    fallback: PlayerSettings | None = None
    """Who plays where [player] cannot: [music.fallback] is a table as that one is, of a driver for
    other music, as mpd beside Spotify's. Left out: nobody."""
    song_moods: str = ""
    """A file that `moodbox-convert songs` made: of what a mood has, what fits is played first.
    Empty: songs have their playlists' moods, and those that they sound like to `reccobeats`."""


class MqttSettings(Strict, frozen=True):
    """The home's broker."""

    host: str = ""
    """Empty: no MQTT."""
    port: Port = 1883
    user: str = ""
    password_file: str = ""
    """A file that holds only the password; $CREDENTIALS_DIRECTORY/mqtt-password wins."""
    tls: bool = False
    ca: str = ""
    """Certificate authority's file; empty: the system's."""
    certificate: str = ""
    key: str = ""
    server_name: str = ""
    """The name in the broker's certificate, where that is another one than `host`."""
    insecure: bool = False
    """Encrypt, but do not ask who it is that answers: any certificate will do."""
    prefix: str = "moodbox"
    """First part of the box's own topics: PREFIX/ID/…"""
    discovery: str = "homeassistant"
    """Home Assistant's discovery prefix; empty: no discovery."""


class WebSettings(Strict, frozen=True):
    """The box's own page."""

    enabled: bool = True
    host: str = "0.0.0.0"  # noqa: S104  the page is for the home's network
    port: Port = 8080
    guests: bool = False
    """Whether unpaired browsers may look (never touch)."""
    names: tuple[Annotated[str, Meta(pattern=r"^[A-Za-z0-9.-]{1,253}$")], ...] = ()
    """Other names by which the box is called: of a proxy, or one that the router gives."""
    frames: tuple[
        Annotated[str, Meta(pattern=r"^('self'|https?://[A-Za-z0-9.-]+(:\d{1,5})?)$")], ...
    ] = ()
    """Origins whose pages may show the box's in a frame, "'self'" for a proxy's own (as Home
    Assistant's ingress). Browsers send a paired browser's cookie only into frames of the same
    site."""


Channel = Literal["stable", "beta"]


class UpdateSettings(Strict, frozen=True):
    """Where newer releases come from, and how long one is on trial."""

    address: Annotated[
        str, Meta(pattern=r"^(https://\S+|http://(127\.0\.0\.1|localhost)[:/]\S*)?$")
    ] = ""
    """HTTPS folder that `moodbox-convert publish` made; empty: no updates by itself."""
    channel: Channel = "stable"
    """beta: also releases that the maker is still trying, before all other boxes."""
    root: str = "/etc/moodbox/update-root.json"
    """Root of trust, which was installed with the box."""
    folder: str = "/opt/moodbox"
    """Where the releases lie."""
    watch: NotNegative = 5.0
    """Minutes a new release is watched before it is kept."""


class AlertSettings(Strict, frozen=True):
    """When the house is told by itself; where, its people say on the page."""

    drift: Positive = 0.25
    """Population stability index of a week's moods, against the four before, that passes."""


class Settings(Strict, frozen=True):
    """The whole file."""

    box: BoxSettings = BoxSettings()
    camera: CameraSettings = Picamera2Settings()
    vision: VisionSettings = VisionSettings()
    mood: MoodSettings = MoodSettings()
    player: PlayerSettings = SpotifySettings()
    music: MusicSettings = MusicSettings()
    lamp: LampSettings = GpioLampSettings()
    button: ButtonSettings = GpioButtonSettings()
    mqtt: MqttSettings = MqttSettings()
    web: WebSettings = WebSettings()
    update: UpdateSettings = UpdateSettings()
    alerts: AlertSettings = AlertSettings()
    defaults: Preferences = Preferences()
    """Seeds the preferences, once, on a box that has none."""
    written_for: str = ""
    """The release that the file was written for; keys that an older release does not know are
    passed over by it, so that a box can go back."""

    @property
    def players(self) -> tuple[PlayerSettings, ...]:
        """The one that plays, and after it the one that does where it cannot."""
        fallback = self.music.fallback
        return (self.player,) if fallback is None else (self.player, fallback)

    @property
    def account(self) -> SpotifySettings | LibrespotSettings | SoloistSettings | None:
        """The player that needs Spotify's account; None: no player does."""
        return next((it for it in self.players if isinstance(it, OfSpotify)), None)


def load(path: Path) -> Settings:
    """Read the settings; every error is one line: file, key, value, what is allowed."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: not valid TOML: {error}") from error
    return parse(table, str(path))


def parse(table: dict[str, Any], where: str) -> Settings:
    """Return the settings in `table`, which was read from `where`."""
    settings = validation.parse(brought_up_to_date(table, Settings, where), Settings, where)
    _check_players(settings, where)
    return settings


def _check_players(settings: Settings, where: str) -> None:
    player, fallback = settings.player, settings.music.fallback
    if fallback is None or not _share(player, fallback):
        return
    others = [it for it in get_args(PlayerSettings) if not _share(player, it)]
    allowed = ", ".join(str(it.__struct_config__.tag) for it in others) or "none"
    raise SettingsError(
        f"{where}: music.fallback.driver = {fallback.driver!r}: has the same music as "
        f"player.driver = {player.driver!r}; allowed: {allowed}"
    )


def _share(one: PlayerSettings, other: PlayerSettings | type[PlayerSettings]) -> bool:
    """Return whether both play music of the same kind; words are anybody's."""
    return bool(one.plays & other.plays - {Scheme.WORDS})
