"""Bad settings get one clear line; good ones are read whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge import __version__
from edge.errors import SettingsError
from edge.settings import (
    ButtonSettings,
    GpioButtonSettings,
    GpioLampSettings,
    LampSettings,
    LibrespotSettings,
    NoButtonSettings,
    NoLampSettings,
    Picamera2Settings,
    PlayerSettings,
    Settings,
    SimulatedButtonSettings,
    SimulatedLampSettings,
    SimulatedPlayerSettings,
    SoloistSettings,
    SpotifySettings,
    WebcamSettings,
    WebSettings,
    load,
)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('[web]\nport = "x"', "web.port = 'x': expected int, got str"),
        ("[web]\nport = 99999", "web.port = 99999: expected int <= 65535"),
        ("[web]\nprot = 1", "web.prot: no such setting; allowed: enabled, host, port, guests"),
        ("speed = 1", "speed: no such setting; allowed: box, camera,"),
        (
            '[camera]\ndriver = "usb"',
            "camera.driver = 'usb': invalid value 'usb'; allowed: picamera2, webcam, stream,",
        ),
        (
            '[defaults]\nintent = "sing"',
            "defaults.intent = 'sing': invalid enum value 'sing'; allowed: match, lift, calm,",
        ),
        (
            '[camera]\ndriver = "webcam"\norders = "x"',
            "camera.orders: no such setting of the driver webcam; allowed: driver, rotate, source,",
        ),
        (
            "[camera]\nspeed = 2",
            "camera.speed: no such setting of the driver picamera2; allowed: driver, rotate,",
        ),
        (
            '[player]\ndriver = "librespot"\nadress = "x"',
            "player.adress: no such setting of the driver librespot; allowed: driver, speaker,",
        ),
        (
            '[player]\naddress = "http://x"',
            "player.address: no such setting of the driver spotify; allowed: driver, speaker,",
        ),
        (
            '[lamp]\ndriver = "none"\nred = 5',
            "lamp.red: no such setting of the driver none; allowed: driver",
        ),
        (
            "[button]\nred = 5",
            "button.red: no such setting of the driver gpio; allowed: driver, pin",
        ),
        ("[panel]\nbutton = 99", "button.pin = 99: expected int <= 27"),
        ("[panel]\npurple = 9", "panel: no such setting; allowed: box, camera,"),
        (
            '[music]\nplayer = "gramophone"',
            "player.driver = 'gramophone': invalid value 'gramophone'; allowed: spotify,",
        ),
        (
            '[player]\nspeaker = "x"\n[music]\nspeaker = "x"',
            "music.speaker: no such setting; allowed: min_play,",
        ),
        ("[camera]\nrotate = 45", "camera.rotate = 45: invalid enum value 45; allowed: 0, 90,"),
        ("[camera]\nwidth = 'x'", "camera.width = 'x': expected int, got str"),
        ("camera = 3", "camera = 3: expected object, got int"),
        (
            '[music.fallback]\ndriver = "librespot"',
            "has the same music as player.driver = 'spotify'; allowed: mpd",
        ),
        (
            '[music.fallback]\ndriver = "sonos"',
            "allowed: spotify, librespot, soloist, mpd, mqtt, simulated",
        ),
        (
            '[music.fallback]\ndriver = "mpd"\nadress = "x"',
            "music.fallback.adress: no such setting of the driver mpd; allowed: driver, speaker,",
        ),
        ("[web", "not valid TOML"),
        ('[box]\nid = "My Box"', "box.id = 'My Box': expected str matching regex"),
    ],
)
def test_a_bad_setting_gets_one_line_with_file_key_value_and_what_is_allowed(
    tmp_path: Path, text: str, line: str
) -> None:
    path = tmp_path / "moodbox.toml"
    path.write_text(text)
    with pytest.raises(SettingsError) as caught:
        load(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert line in message
    assert "\n" not in message


NEWER = """
written_for = "99.0"
hum = 1
[web]
port = 81
glow = true
[web.lamp]
colour = "red"
"""


def test_keys_of_a_newer_release_are_said_and_passed_over(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "moodbox.toml"
    path.write_text(NEWER)
    assert load(path).web == WebSettings(port=81)
    assert [line.split(": ")[1] for line in caplog.messages] == ["hum", "web.glow", "web.lamp"]


@pytest.mark.parametrize("release", ["", __version__, "0.0.1", "soon"])
def test_keys_that_no_newer_release_wrote_are_errors(tmp_path: Path, release: str) -> None:
    path = tmp_path / "moodbox.toml"
    path.write_text(NEWER.replace("99.0", release))
    with pytest.raises(SettingsError, match="no such setting"):
        load(path)


def test_a_wrong_value_of_a_newer_release_is_an_error_still(tmp_path: Path) -> None:
    path = tmp_path / "moodbox.toml"
    path.write_text(NEWER.replace("81", "'x'"))
    with pytest.raises(SettingsError, match=r"web\.port"):
        load(path)


@pytest.mark.parametrize("address", ["http://example.org/", "ftp://example.org", "https://"])
def test_releases_come_by_https_alone(tmp_path: Path, address: str) -> None:
    path = tmp_path / "moodbox.toml"
    path.write_text(f"[update]\naddress = {address!r}")
    with pytest.raises(SettingsError, match=r"update\.address"):
        load(path)


EVERY_CAMERAS_KEYS = """
[camera]
driver = "webcam"
orders = ""
width = 640
speed = {speed}
loop = false
"""


def test_a_file_older_than_drivers_own_tables_loads_still(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "moodbox.toml"
    path.write_text('written_for = "0.1.0"\n' + EVERY_CAMERAS_KEYS.format(speed=0.5))
    assert load(path).camera == WebcamSettings(width=640)
    assert all("another driver's" in line for line in caplog.messages)
    assert len(caplog.messages) == 3


def test_what_an_older_box_printed_as_its_settings_loads(tmp_path: Path) -> None:
    path = tmp_path / "moodbox.toml"
    path.write_text(EVERY_CAMERAS_KEYS.format(speed=1.0))
    assert load(path).camera == WebcamSettings(width=640)


PRINTED = """player = "librespot"
speaker = "moodbox"
min_play = 20.0
hands_off = 60.0
away = "pause"
fade = 2.0
daily_requests = 300
api = "https://api.spotify.com/v1/"
accounts = "https://accounts.spotify.com/"
redirect = "http://127.0.0.1:8898/callback"
reccobeats = ""
song_moods = ""
local = ""
"""
PRINTED_PANEL = """driver = "simulated"
red = 17
green = 27
blue = 22
status = 24
button = 23
common_anode = true
brightness = 0.5
"""
"""What `moodbox config` of such a release printed: every key."""


@pytest.mark.parametrize(
    ("music", "player"),
    [
        ('speaker = "Hi-Fi"\nmin_play = 5', SpotifySettings(speaker="Hi-Fi")),
        ('player = "spotify"\napi = "http://x/"', SpotifySettings(api="http://x/")),
        ('player = "librespot"', LibrespotSettings()),
        ('player = "soloist"\nlocal = "ws://x:1"', SoloistSettings(address="ws://x:1")),
        ('player = "simulated"\ndaily_requests = 60', SimulatedPlayerSettings()),
        (PRINTED, LibrespotSettings()),
    ],
)
@pytest.mark.parametrize("release", ['written_for = "0.2.0"\n', ""])
def test_a_file_whose_player_stands_in_the_music_table_loads_still(
    tmp_path: Path, music: str, player: PlayerSettings, release: str
) -> None:
    path = tmp_path / "moodbox.toml"
    path.write_text(f"{release}[music]\n{music}\n")
    assert load(path).player == player


@pytest.mark.parametrize(
    ("panel", "lamp", "button"),
    [
        ('driver = "none"', NoLampSettings(), NoButtonSettings()),
        ("red = 5\nbutton = 6", GpioLampSettings(red=5), GpioButtonSettings(pin=6)),
        (
            PRINTED_PANEL,
            SimulatedLampSettings(common_anode=True, brightness=0.5),
            SimulatedButtonSettings(),
        ),
        ('driver = "none"\nred = 5\nbutton = 6', NoLampSettings(), NoButtonSettings()),
    ],
)
def test_a_file_whose_lamp_and_button_are_one_panel_loads_still(
    tmp_path: Path, panel: str, lamp: LampSettings, button: ButtonSettings
) -> None:
    path = tmp_path / "moodbox.toml"
    path.write_text(f"[panel]\n{panel}\n")
    assert (load(path).lamp, load(path).button) == (lamp, button)


def test_a_camera_table_without_a_driver_is_the_boxs_own_camera(tmp_path: Path) -> None:
    path = tmp_path / "moodbox.toml"
    path.write_text("[camera]\nrotate = 180")
    assert load(path).camera == Picamera2Settings(rotate=180)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"none\.toml: cannot be read: No such file"):
        load(tmp_path / "none.toml")


def test_an_empty_file_means_the_defaults(tmp_path: Path) -> None:
    path = tmp_path / "moodbox.toml"
    path.write_text("")
    assert load(path) == Settings()


def test_defaults_seed_the_preferences(tmp_path: Path) -> None:
    path = tmp_path / "moodbox.toml"
    path.write_text('[defaults]\nintent = "lift"\n[defaults.sources]\nhappy = ["jazz"]')
    defaults = load(path).defaults
    assert defaults.intent == "lift"
    assert defaults.sources == {"happy": ["jazz"]}
