"""Bad settings get one clear line; good ones are read whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge import __version__
from edge.errors import SettingsError
from edge.settings import Settings, WebSettings, load


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('[web]\nport = "x"', "web.port = 'x': expected int, got str"),
        ("[web]\nport = 99999", "web.port = 99999: expected int <= 65535"),
        ("[web]\nprot = 1", "web.prot: no such setting; allowed: enabled, host, port, guests"),
        ("speed = 1", "speed: no such setting; allowed: box, camera,"),
        (
            '[camera]\ndriver = "usb"',
            "camera.driver = 'usb': invalid enum value 'usb'; allowed: picamera2,",
        ),
        (
            '[defaults]\nintent = "sing"',
            "defaults.intent = 'sing': invalid enum value 'sing'; allowed: match, lift, calm,",
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
