"""What the installer wrote: one TOML file, read once, never written.

Preferences, which the people of the house change, live in the store instead; `[defaults]` may seed
them once.
"""

from __future__ import annotations

import logging
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct
from packaging.version import InvalidVersion, Version

from edge import __version__
from edge.errors import SettingsError
from edge.events import Preferences

log = logging.getLogger(__name__)

UNKNOWN = re.compile(r"Object contains unknown field `([^`]*)`(?: - at `([^`]*)`)?")
"""What msgspec says of a key that it does not know, and where."""
Port = Annotated[int, Meta(ge=1, le=65535)]
Pin = Annotated[int, Meta(ge=0, le=27)]
Positive = Annotated[float, Meta(gt=0)]
NotNegative = Annotated[float, Meta(ge=0)]


class Strict(Struct, frozen=True, forbid_unknown_fields=True):
    """A table of the file: unknown keys are errors."""


class BoxSettings(Strict, frozen=True):
    """The box as a whole."""

    name: Annotated[str, Meta(min_length=1, max_length=40)] = "moodbox"
    """How it is called in the home."""
    id: Annotated[str, Meta(pattern="^[a-z0-9][a-z0-9-]{0,30}$")] = "moodbox"
    """Stable and unique in the home: part of topics and entity ids."""
    state: str = "/var/lib/moodbox"
    """Folder that survives a restart; systemd's $STATE_DIRECTORY wins."""
    runtime: str = "/run/moodbox"
    """Folder for the control socket; systemd's $RUNTIME_DIRECTORY wins."""


class CameraSettings(Strict, frozen=True):
    """Where the frames come from."""

    driver: Literal["picamera2", "webcam", "video", "stills", "simulated"] = "picamera2"
    source: str = ""
    """webcam: its number; video, simulated: the file; stills: the folder; picamera2: the
    camera's number."""
    orders: str = ""
    """simulated: a file whose one word the camera obeys: hang, unplug or abort."""
    width: Annotated[int, Meta(ge=160, le=1920)] = 640
    height: Annotated[int, Meta(ge=120, le=1080)] = 480
    rotate: Literal[0, 90, 180, 270] = 0
    """Degrees clockwise the picture has to be turned to stand upright."""
    speed: NotNegative = 1.0
    """video and stills: 1 plays at the file's own speed, 0 as fast as possible."""
    loop: bool = False
    """video and stills: begin again at the end."""


class VisionSettings(Strict, frozen=True):
    """What is made of the frames."""

    device: Literal["auto", "tpu", "cpu"] = "auto"
    """"auto" falls back from the Edge TPU to the CPU, and says so."""
    models: str = "/usr/share/moodbox/models"
    """Folder of the models and their cards."""
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


class MusicSettings(Strict, frozen=True):
    """The speaker and how it is driven."""

    player: Literal["spotify", "librespot", "soloist", "simulated"] = "spotify"
    speaker: str = "moodbox"
    """The Connect speaker's name, as the Spotify app shows it."""
    min_play: Annotated[float, Meta(ge=0.5)] = 20.0
    """Minutes between two changes that the mood makes."""
    hands_off: NotNegative = 60.0
    """Minutes the mood leaves the music alone after somebody chose by hand."""
    away: Literal["pause", "keep"] = "pause"
    """What the music does when nobody is there."""
    fade: Annotated[float, Meta(ge=0, le=10)] = 2.0
    """Seconds to fade out, and in again, when the mood changes or pauses the music; 0: no fading.
    Only local players can."""
    daily_requests: Annotated[int, Meta(ge=50, le=5000)] = 300
    """Requests to the Web API in any 24 hours."""
    api: str = "https://api.spotify.com/v1/"
    accounts: str = "https://accounts.spotify.com/"
    redirect: str = "http://127.0.0.1:8898/callback"
    """As registered with the household's Spotify app; nothing listens there."""
    reccobeats: str = ""
    """Where to ask how songs sound, as https://api.reccobeats.com/v1/; empty: nobody is asked."""
    song_moods: str = ""
    """A file that `moodbox-convert songs` made; empty: songs have their playlists' moods."""
    local: str = ""
    """librespot: http://127.0.0.1:3678; soloist: ws://127.0.0.1:PORT."""


class PanelSettings(Strict, frozen=True):
    """Lights and button, by BCM pin number."""

    driver: Literal["gpio", "simulated", "none"] = "gpio"
    """gpio: the pins through lgpio; simulated: gpiozero's mock pins; none: no panel."""
    red: Pin = 17
    green: Pin = 27
    blue: Pin = 22
    status: Pin = 24
    button: Pin = 23
    common_anode: bool = False
    """The LEDs light when their pins are low."""
    brightness: Annotated[float, Meta(gt=0, le=1)] = 1.0


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


class UpdateSettings(Strict, frozen=True):
    """Where newer releases come from, and how long one is on trial."""

    address: Annotated[
        str, Meta(pattern=r"^(https://\S+|http://(127\.0\.0\.1|localhost)[:/]\S*)?$")
    ] = ""
    """HTTPS folder that `moodbox-convert publish` made; empty: no updates by itself."""
    root: str = "/etc/moodbox/update-root.json"
    """Root of trust, which was installed with the box."""
    folder: str = "/opt/moodbox"
    """Where the releases lie."""
    watch: NotNegative = 5.0
    """Minutes a new release is watched before it is kept."""


class Settings(Strict, frozen=True):
    """The whole file."""

    box: BoxSettings = BoxSettings()
    camera: CameraSettings = CameraSettings()
    vision: VisionSettings = VisionSettings()
    mood: MoodSettings = MoodSettings()
    music: MusicSettings = MusicSettings()
    panel: PanelSettings = PanelSettings()
    mqtt: MqttSettings = MqttSettings()
    web: WebSettings = WebSettings()
    update: UpdateSettings = UpdateSettings()
    defaults: Preferences = Preferences()
    """Seeds the preferences, once, on a box that has none."""
    written_for: str = ""
    """The release that the file was written for; keys that an older release does not know are
    passed over by it, so that a box can go back."""


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
    try:
        return msgspec.convert(table, Settings)
    except msgspec.ValidationError as error:
        words = _in_words(str(error), table)
        found = UNKNOWN.fullmatch(str(error))
        if found is None or not _is_newer(table.get("written_for")):
            raise SettingsError(f"{where}: {words}") from error
        log.warning("%s: %s; written for a newer release, and passed over", where, words)
        return parse(_without(table, [*(found[2] or "").split(".")[1:], found[1]]), where)


def _is_newer(release: Any) -> bool:
    try:
        return Version(str(release)) > Version(__version__)
    except InvalidVersion:
        return False


def _without(table: dict[str, Any], path: list[str]) -> dict[str, Any]:
    key, *rest = path
    if rest:
        return table | {key: _without(table[key], rest)}
    return {name: value for name, value in table.items() if name != key}


def _in_words(message: str, table: dict[str, Any]) -> str:
    """Turn "Expected `int` … - at `$.web.port`" into "web.port = "x": expected int …"."""
    what, _, at = message.partition(" - at `$")
    path = at.rstrip("`").lstrip(".")
    if "unknown field" in what:
        unknown = what.split("`")[1]
        return f"{path + '.' if path else ''}{unknown}: no such setting; allowed: {_allowed(path)}"
    value: Any = table
    for key in path.split(".") if path else []:
        value = value.get(key) if isinstance(value, dict) else value
    what = what[0].lower() + what[1:]
    if "enum value" in what or "expected" not in what:
        what += f"; allowed: {_choices(path)}" if _choices(path) else ""
    return f"{path} = {value!r}: {what.replace('`', '')}"


def _table(path: str) -> type[Struct]:
    kind: Any = Settings
    for key in path.split(".") if path else []:
        kind = getattr(Settings(), key).__class__
    return kind  # type: ignore[no-any-return]


def _allowed(path: str) -> str:
    return ", ".join(field.encode_name for field in msgspec.structs.fields(_table(path)))


def _choices(path: str) -> str:
    table, _, key = path.rpartition(".")
    for field in msgspec.structs.fields(_table(table)):
        if field.encode_name == key:
            kind = msgspec.inspect.type_info(field.type)
            if isinstance(kind, msgspec.inspect.LiteralType):
                return ", ".join(map(str, kind.values))
            if isinstance(kind, msgspec.inspect.EnumType):
                return ", ".join(str(member.value) for member in kind.cls)
    return ""
