from __future__ import annotations

import json
import socket
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from edge import __version__
from edge.__main__ import LOCAL, REMOTE, _load, main
from edge.settings import Settings, SpotifySettings, parse


@pytest.fixture(autouse=True)
def _no_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MOODBOX_CONFIG", "MOODBOX_DEBUG", "STATE_DIRECTORY", "RUNTIME_DIRECTORY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "moodbox.toml"
    path.write_text(
        f"""
        [box]
        state = "{tmp_path}"
        runtime = "{tmp_path}"
        [camera]
        driver = "stills"
        source = "{tmp_path}/none"
        [player]
        driver = "spotify"
        api = "https://me:hidden@example.org/v1/"
        [lamp]
        driver = "none"
        [button]
        driver = "none"
        [defaults.sources]
        happy = ["spotify:playlist:x"]
        """
    )
    return path


@pytest.mark.parametrize("where", [*LOCAL.values(), *REMOTE.values()])
def test_every_command_leads_to_a_function(where: str) -> None:
    assert callable(_load(where))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[web]\nport = 'x'", "web.port"),
        ("[webb]\nport = 1", "webb: no such setting; allowed: "),
        ("[camera]\ndriver = 'kodak'", "allowed: picamera2, "),
        ("[web", "not valid TOML"),
    ],
)
@pytest.mark.parametrize("command", ["run", "status", "check", "config"])
def test_bad_settings_are_one_line_and_exit_78(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, said: str, command: str
) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(text)
    assert main([command, "--config", str(path)]) == 78
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith(f"moodbox: {path}: ")
    assert said in lines[0]


def test_settings_that_are_not_there_exit_78(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "--config", str(tmp_path / "none.toml")]) == 78
    assert "cannot be read" in capsys.readouterr().err


@pytest.mark.parametrize("command", [["status"], ["why"], ["pause"], ["play", "happy"]])
def test_without_a_daemon_a_command_says_so_in_one_line(
    config: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    assert main([*command, "--config", str(config)]) == 1
    [line] = capsys.readouterr().err.splitlines()
    assert "moodbox is not running" in line


def test_config_prints_settings_that_can_be_read_back_with_secrets_masked(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["config", "--config", str(config)]) == 0
    text = capsys.readouterr().out
    assert "hidden" not in text
    read = parse(tomllib.loads(text), "printed")
    assert isinstance(read.player, SpotifySettings)
    assert read.player.api == "https://***@example.org/v1/"
    assert read.defaults.sources == {"happy": ["spotify:playlist:x"]}
    assert read.web == Settings().web


def test_systemds_folders_win(
    config: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STATE_DIRECTORY", "/var/lib/elsewhere")
    main(["config", "--config", str(config)])
    assert tomllib.loads(capsys.readouterr().out)["box"]["state"] == "/var/lib/elsewhere"


def test_check_names_each_part_and_fails_where_one_does(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "--config", str(config), "--json"]) == 1
    results = {row["part"]: row for row in map(json.loads, capsys.readouterr().out.splitlines())}
    assert results["camera"]["state"] == "fail"
    assert results["camera"]["fix"]
    assert results["gpio"]["state"] == "skipped"
    assert results["spotify"]["fix"] == "moodbox login"
    assert results["disk"]["state"] in ("ok", "warn")


def test_an_unexpected_error_is_one_line(
    config: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(LOCAL, "config", "edge.no_such_module:run")
    assert main(["config", "--config", str(config)]) == 1
    [line] = capsys.readouterr().err.splitlines()
    assert "unexpected ModuleNotFoundError" in line


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["--version"])
    assert end.value.code == 0
    assert __version__ in capsys.readouterr().out


def test_asking_the_daemon_imports_nothing_heavy(config: Path) -> None:
    program = (
        "import sys; from edge.__main__ import main; "
        f"main(['status', '--config', {str(config)!r}]); "
        "heavy = {'cv2', 'numpy', 'uvicorn', 'starlette', 'spotipy', 'paho', 'gpiozero'}; "
        "print(sorted(heavy & sys.modules.keys()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"


def test_the_daemon_begins_without_what_its_player_may_never_use() -> None:
    program = (
        "import sys, edge.app; "
        "later = {'requests', 'urllib3', 'spotipy', 'websockets', 'cv2', 'numpy', 'uvicorn'}; "
        "print(sorted(later & sys.modules.keys()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"


def test_the_label_is_the_pages_address_as_a_qr_code(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = socket.gethostname().partition(".")[0]
    assert main(["label", "--config", str(config)]) == 0
    address, *code = capsys.readouterr().out.splitlines()
    assert address == f"http://{name}.local:8080/"
    assert len(code) > 10
    picture = tmp_path / "label.svg"
    assert main(["label", str(picture), "--config", str(config)]) == 0
    assert address in picture.read_text()
    assert main(["label", str(tmp_path / "none" / "label.svg"), "--config", str(config)]) == 1


def test_the_demos_download_asks_for_no_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken.toml").write_text("[web")
    monkeypatch.setenv("MOODBOX_CONFIG", str(tmp_path / "broken.toml"))
    assert main(["models", "fetch", "--quick"]) == 0
