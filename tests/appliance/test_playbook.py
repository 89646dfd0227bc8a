"""What the playbook says, held against the code it installs."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jinja2
import jinja2.nativetypes
import pytest
import yaml
from fakes.mpd import RealMpd, library
from fakes.releases import lay
from fakes.releases import wheel as stand_in

from edge.cli.check import CHECKS
from edge.cli.parser import parser
from edge.player.mpd_library import MpdLibrary
from edge.settings import GpioButtonSettings, GpioLampSettings, Settings, parse
from edge.update.folder import FolderSource
from edge.vision.detector import YUNET
from edge.vision.fetch import SOURCE

ROLES = Path(__file__).parents[2] / "ansible" / "roles"
ROLE_NAMES = sorted(path.name for path in ROLES.iterdir())


def load(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def pins(path: Path) -> dict[str, str]:
    found = re.findall(r"^([\w.-]+)==([^\s;\\]+)", path.read_text(), flags=re.MULTILINE)
    return {name.lower().replace("_", "-").replace(".", "-"): version for name, version in found}


@pytest.fixture
def render(root: Path) -> Any:
    """The settings file of `moodbox_settings`, as the template makes it."""
    environment = jinja2.Environment(trim_blocks=True, keep_trailing_newline=True)
    environment.filters["to_json"] = json.dumps
    text = (ROLES / "moodbox" / "templates" / "moodbox.toml.j2").read_text(encoding="utf-8")
    return lambda settings: environment.from_string(text).render(moodbox_settings_here=settings)


def combine(under: dict[str, Any], over: dict[str, Any], *, recursive: bool) -> dict[str, Any]:
    """Return what Ansible's filter of that name makes of two tables of tables."""
    assert recursive
    return under | {key: under.get(key, {}) | it for key, it in over.items()}


@pytest.mark.parametrize(
    ("os", "settings", "drivers"),
    [
        (True, {}, ("picamera2", "gpio", "gpio")),
        (False, {}, ("webcam", "none", "none")),
        (False, {"box": {"name": "Hall"}, "camera": {"rotate": 180}}, ("webcam", "none", "none")),
        (False, {"lamp": {"driver": "gpio", "red": 5}}, ("webcam", "gpio", "none")),
        (True, {"button": {"driver": "none"}}, ("picamera2", "gpio", "none")),
    ],
)
def test_a_box_with_debian_has_no_part_that_only_raspberry_pi_os_can_drive(
    render: Any, os: bool, settings: dict[str, Any], drivers: tuple[str, str, str]
) -> None:
    environment = jinja2.nativetypes.NativeEnvironment()
    environment.filters["combine"] = combine
    written = environment.from_string(
        load(ROLES / "moodbox" / "vars" / "main.yml")["moodbox_settings_here"]
    ).render(base_is_raspberry_pi_os=os, moodbox_settings=settings)
    read = parse(tomllib.loads(render(written)), "test")
    assert (read.camera.driver, read.lamp.driver, read.button.driver) == drivers


@pytest.mark.parametrize("role", ROLE_NAMES)
def test_every_default_of_a_role_is_described(role: str) -> None:
    described = load(ROLES / role / "meta" / "argument_specs.yml")["argument_specs"]["main"]
    assert set(load(ROLES / role / "defaults" / "main.yml")) <= set(described["options"])


def test_the_box_gets_the_libraries_that_were_tested(root: Path) -> None:
    tested = pins(root / "constraints.txt")
    shipped = pins(ROLES / "moodbox" / "files" / "requirements.txt")
    both = shipped.keys() & tested.keys()
    assert {name: shipped[name] for name in both} == {name: tested[name] for name in both}


def test_the_box_gets_every_library_that_the_daemon_asks_for(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["box"]]
    names = {re.split(r"[<>=;\[]", line)[0].strip().lower() for line in wanted}
    assert names <= pins(ROLES / "moodbox" / "files" / "requirements.txt").keys()


def test_every_library_is_pinned_by_hash() -> None:
    text = (ROLES / "moodbox" / "files" / "requirements.txt").read_text(encoding="utf-8")
    for requirement in re.split(r"\n(?=[A-Za-z])", text)[1:]:
        assert "--hash=sha256:" in requirement, requirement.splitlines()[0]


def test_the_playbook_and_the_command_fetch_the_same_face_detector() -> None:
    assert load(ROLES / "moodbox" / "vars" / "main.yml")["moodbox_yunet_sha256"] == YUNET.sha256
    assert load(ROLES / "moodbox" / "defaults" / "main.yml")["moodbox_yunet_url"] == SOURCE


def test_the_box_gets_the_model_that_its_settings_name() -> None:
    name = jinja2.Template(load(ROLES / "moodbox" / "vars" / "main.yml")["moodbox_model"])
    assert name.render(moodbox_settings={}) == Settings().vision.model
    assert name.render(moodbox_settings={"vision": {"model": "mine"}}) == "mine"


def test_settings_survive_the_way_through_ansible(render: Any) -> None:
    written: dict[str, Any] = {
        "box": {"name": 'Küche "oben" 🎵', "id": "kitchen"},
        "camera": {"driver": "simulated", "source": "a.mp4", "loop": True},
        "music": {"min_play": 5.5, "hands_off": 0},
        "defaults": {"sources": {"happy": ["a", "b"], "sad": []}, "max_volume": 80},
    }
    read = tomllib.loads(render(written))
    assert read == written
    assert parse(read, "test").box.name == written["box"]["name"]


def test_settings_name_the_release_that_they_were_written_for() -> None:
    environment = jinja2.Environment(trim_blocks=True)
    environment.filters["to_json"] = json.dumps
    text = (ROLES / "moodbox" / "templates" / "moodbox.toml.j2").read_text(encoding="utf-8")
    values = {
        "moodbox_settings_here": {},
        "moodbox_wheel": "/a/dist/moodbox-1.2.3-py3-none-any.whl",
    }
    written = environment.from_string(text).render(values)
    assert parse(tomllib.loads(written), "test").written_for == "1.2.3"


def test_no_settings_are_good_settings(render: Any) -> None:
    assert parse(tomllib.loads(render({})), "test") == Settings()


def test_the_example_inventory_is_accepted_by_the_daemon(root: Path, render: Any) -> None:
    settings = load(root / "ansible" / "inventory.example.yml")["boxes"]["vars"]["moodbox_settings"]
    assert parse(tomllib.loads(render(settings)), "example").box.id == "kitchen"


# soloist-renew, with builds of our own.


def pack(folder: Path, words: str, name: str = "soloist") -> str:
    program = folder / "release" / name
    program.parent.mkdir(exist_ok=True)
    program.write_text(f"#!/bin/sh\necho {words}\n")
    tarball = folder / "build.tar.gz"
    with tarfile.open(tarball, "w:gz") as archive:
        archive.add(program, f"soloist-1.0/{name}")
    program.unlink()
    return tarball.as_uri()


def renew(url: str, into: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [ROLES / "receiver" / "files" / "soloist-renew"],
        env={"SOLOIST_URL": url, "SOLOIST_FOLDER": str(into), "PATH": "/usr/bin:/bin"},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def said(into: Path) -> str:
    return subprocess.run(
        [into / "soloist"], capture_output=True, text=True, timeout=10, check=True
    ).stdout.strip()


@pytest.fixture
def into(tmp_path: Path) -> Path:
    folder = tmp_path / "opt"
    folder.mkdir()
    return folder


def test_soloist_is_fetched_and_renewed(tmp_path: Path, into: Path) -> None:
    assert renew(pack(tmp_path, "one"), into).returncode == 0
    assert said(into) == "one"
    assert renew(pack(tmp_path, "two"), into).returncode == 0
    assert said(into) == "two"
    assert (into / "soloist.old").exists()


def test_the_same_build_is_left_alone(tmp_path: Path, into: Path) -> None:
    url = pack(tmp_path, "one")
    renew(url, into)
    before = (into / "soloist").stat().st_ino
    assert "already" in renew(url, into).stdout
    assert (into / "soloist").stat().st_ino == before


@pytest.mark.parametrize("broken", ["empty", "nowhere"])
def test_a_build_that_is_none_changes_nothing(tmp_path: Path, into: Path, broken: str) -> None:
    renew(pack(tmp_path, "one"), into)
    nowhere = (tmp_path / "nowhere.tar.gz").as_uri()
    url = pack(tmp_path, "two", name="README") if broken == "empty" else nowhere
    assert renew(url, into).returncode != 0
    assert said(into) == "one"
    assert not list(into.glob(".new.*"))


# ask-for-restart, with processes of our own.

LIBRARY = "7f3c14a26000-7f3c14a6b000 {} 00006000 b3:02 2321 {}"


def asks(proc: Path, flag: Path) -> str:
    """Return what is said where a restart is asked for."""
    ended = subprocess.run(
        [ROLES / "hardening" / "files" / "ask-for-restart"],
        env={"PROC": str(proc), "REBOOT_REQUIRED": str(flag), "PATH": "/usr/bin:/bin"},
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert not ended.stderr
    assert bool(ended.stdout) <= flag.exists()
    return ended.stdout


@pytest.mark.parametrize(
    ("rights", "file", "stale"),
    [
        ("r-xp", "/usr/lib/aarch64-linux-gnu/libssl.so.3 (deleted)", True),
        ("r-xp", "/usr/lib/aarch64-linux-gnu/libc-2.41.so (deleted)", True),
        ("r-xp", "/usr/lib/aarch64-linux-gnu/libssl.so.3", False),
        ("r--p", "/usr/lib/aarch64-linux-gnu/libssl.so.3 (deleted)", False),
        ("r-xp", "/memfd:doublemapper (deleted)", False),
        ("rwxs", "/dev/zero (deleted)", False),
        ("r-xp", "[vdso]", False),
    ],
)
def test_a_restart_is_asked_for_where_code_that_was_replaced_still_runs(
    tmp_path: Path, rights: str, file: str, stale: bool
) -> None:
    proc, flag = tmp_path / "proc", tmp_path / "reboot-required"
    for number, line in ((1, LIBRARY.format("r-xp", "/usr/lib/systemd/systemd")), (22, "")):
        (proc / str(number)).mkdir(parents=True)
        (proc / str(number) / "maps").write_text(line + "\n")
    (proc / "333").mkdir()  # gone a moment ago
    assert asks(proc, flag) == ""
    assert not flag.exists()
    (proc / "22" / "maps").write_text(LIBRARY.format(rights, file) + "\n")
    assert (file.removesuffix(" (deleted)") in asks(proc, flag)) is stale
    assert flag.exists() is stale
    assert asks(proc, flag) == "", "it is said once"


def test_a_program_that_runs_a_library_of_before_the_update_is_found(tmp_path: Path) -> None:
    library, flag = tmp_path / "libold.so.1", tmp_path / "reboot-required"
    source = next(
        line.split()[-1]
        for line in Path("/proc/self/maps").read_text().splitlines()
        if "r-xp" in line and "/libc.so" in line
    )
    library.write_bytes(Path(source).read_bytes())
    loads = "import ctypes, sys; ctypes.CDLL(sys.argv[1]); print(1, flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", loads, library], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as program:
        assert program.stdout
        assert program.stdin
        assert program.stdout.readline() == b"1\n"
        library.unlink()
        said = asks(Path("/proc"), flag)
        program.stdin.close()
    assert str(library) in said


# The folder of a release, and who takes it.


def jinja() -> jinja2.Environment:
    """Ansible's, as far as it is used here."""
    environment = jinja2.Environment(trim_blocks=True, keep_trailing_newline=True)
    environment.filters["urldecode"] = unquote
    return environment


def test_what_ansible_lists_is_a_release_that_the_command_takes(tmp_path: Path) -> None:
    lay(tmp_path, "1.1.0")
    wheels = tmp_path / "wheels"
    coral = stand_in(wheels, "2.0.3", name="pycoral")
    (tmp_path / "libraries.txt").write_text("# none\n")
    text = (ROLES / "moodbox" / "templates" / "requirements.txt.j2").read_text(encoding="utf-8")
    [daemon] = wheels.glob("moodbox-*.whl")
    (tmp_path / "requirements.txt").write_text(
        jinja()
        .from_string(text)
        .render(
            moodbox_wheel=f"/a/dist/{daemon.name}",
            moodbox_wheel_file={"stat": {"checksum": sha256(daemon)}},
            coral_pycoral=[f"https://e.org/a/{coral.name}#sha256={sha256(coral)}"],
        )
    )
    release = FolderSource(tmp_path).offers()[0].release
    assert release.version == "1.1.0"
    assert release.wheels == (daemon.name, coral.name)


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("running", [True, False])
def test_ansible_calls_a_command_that_there_is(running: bool) -> None:
    tasks = load(ROLES / "moodbox" / "tasks" / "switch.yml")
    [argv] = [t["ansible.builtin.command"]["argv"] for t in tasks if "ansible.builtin.command" in t]
    values = {"moodbox_folder": "/a/b", "base_runs_systemd": running, "moodbox_watch": 30}
    program, *words = [jinja().from_string(word).render(values) for word in argv]
    assert program == "/a/b/updater/bin/moodbox"
    said = parser().parse_args(words)
    assert (said.command, said.folder, said.json) == ("update", Path("/a/b"), True)
    assert (said.watch, said.no_trial) == ((30, False) if running else (None, True))


@pytest.mark.parametrize("running", [True, False])
def test_a_tree_in_which_nothing_runs_is_not_asked_for_its_hardware(running: bool) -> None:
    command = load(ROLES / "moodbox" / "vars" / "main.yml")["moodbox_check_command"]
    words = jinja().from_string(command).render(base_runs_systemd=running).split()
    asked = parser().parse_args(words[words.index("check") :])
    assert set(asked.parts) <= CHECKS.keys()
    assert "camera" not in asked.parts
    assert bool(asked.parts) is not running


def test_what_runs_the_update_is_part_of_what_is_downloaded() -> None:
    few = load(ROLES / "moodbox" / "vars" / "main.yml")["moodbox_updater_libraries"]
    assert set(few) <= pins(ROLES / "moodbox" / "files" / "requirements.txt").keys()


def test_the_page_and_the_night_never_name_a_folder(root: Path) -> None:
    unit = (root / "systemd" / "moodbox-update.service").read_text(encoding="utf-8")
    [started] = re.findall(r"^ExecStart=(.*)$", unit, flags=re.MULTILINE)
    assert parser().parse_args(started.split()[1:]).folder is None


@pytest.mark.parametrize(
    ("settings", "on"),
    [({}, False), ({"update": {}}, False), ({"update": {"address": "https://e.org/"}}, True)],
)
def test_a_box_updates_itself_only_where_it_is_told_from_where(
    settings: dict[str, Any], on: bool
) -> None:
    tasks = load(ROLES / "moodbox" / "tasks" / "update.yml")
    words = tasks[0]["ansible.builtin.set_fact"]["moodbox_updates"]
    said = jinja2.Environment().from_string(words).render(moodbox_settings=settings)
    assert said == str(on)


# Sound: HATs are data, and who plays is a choice with a reason.

AUDIO = ROLES / "audio"


def audio(**given: Any) -> dict[str, Any]:
    """Return the role's own variables, as they come out for what was given."""
    values: dict[str, Any] = load(AUDIO / "defaults" / "main.yml")
    values |= {"moodbox_settings": {}} | given
    environment = jinja2.nativetypes.NativeEnvironment()
    for name, text in load(AUDIO / "vars" / "main.yml").items():
        native = environment.from_string(text) if isinstance(text, str) else None
        values[name] = native.render(values) if native else text
    return values


def audio_tasks(name: str, module: str) -> list[dict[str, Any]]:
    return [
        task[f"ansible.builtin.{module}"]
        for task in load(AUDIO / "tasks" / name)
        if f"ansible.builtin.{module}" in task
    ]


@pytest.mark.parametrize(
    "line",
    [
        "dtoverlay=vc4-kms-v3d",
        "dtoverlay=vc4-fkms-v3d,cma-256",
        "dtoverlay=vc4-kms-v3d-pi5,nohdmi1",
        "dtoverlay=imx219",
    ],
)
def test_hdmi_sounds_again_once_there_is_no_hat(line: str) -> None:
    [off] = audio_tasks("main.yml", "replace")
    [on] = audio_tasks("gone.yml", "replace")
    config = f"[all]\n{line}\narm_boost=1\n"
    silent = re.sub(off["regexp"], off["replace"], config, flags=re.MULTILINE)
    assert ("noaudio" in silent) is ("vc4" in line)
    assert re.sub(on["regexp"], on["replace"], silent, flags=re.MULTILINE) == config


def test_all_that_a_hat_brings_is_taken_away_when_it_is_no_longer_named() -> None:
    written = {
        task["dest"] for kind in ("copy", "template") for task in audio_tasks("main.yml", kind)
    }
    text = (AUDIO / "tasks" / "gone.yml").read_text(encoding="utf-8")
    gone = {path for path in written if re.search(rf"(path: |[\[ ]){re.escape(path)}\b", text)}
    assert written == gone
    [off] = audio_tasks("gone.yml", "systemd_service")
    assert off == {"name": "moodbox-volume", "enabled": False}


@pytest.mark.parametrize("name", load(AUDIO / "vars" / "main.yml")["audio_hats"])
def test_a_hat_says_what_is_loaded_which_volume_it_has_and_which_pins_it_keeps(name: str) -> None:
    hat = load(AUDIO / "vars" / "main.yml")["audio_hats"][name]
    assert set(hat) == {"overlay", "control", "pins"}
    assert re.fullmatch(r"[a-z0-9-]+(,[a-z0-9_-]+)*", hat["overlay"])
    assert all(0 <= pin <= 27 for pin in hat["pins"])


@pytest.mark.parametrize(
    ("hat", "settings", "clash"),
    [
        ("hifiberry-dac", {}, []),
        ("raspberrypi-digiampplus", {}, [22]),
        ("raspberrypi-digiampplus", {"lamp": {"blue": 5}}, []),
        ("raspberrypi-digiampplus", {"lamp": {"driver": "none"}}, []),
        ("hifiberry-dac", {"button": {"pin": 18}}, [18]),
        ("", {"button": {"pin": 18}}, []),
    ],
)
def test_a_hat_on_the_pins_of_lamp_or_button_is_refused(
    hat: str, settings: dict[str, Any], clash: list[int]
) -> None:
    values = audio(audio_hat=hat, moodbox_settings=settings)
    assert sorted(set(values["audio_pins"]) & set(values["audio_box_pins"])) == clash


def test_the_pins_of_lamp_and_button_are_the_daemons() -> None:
    lamp, button = Settings().lamp, Settings().button
    assert isinstance(lamp, GpioLampSettings)
    assert isinstance(button, GpioButtonSettings)
    pins = [lamp.red, lamp.green, lamp.blue, lamp.status, button.pin]
    assert audio()["audio_box_pins"] == pins


@pytest.mark.parametrize(
    ("hat", "card", "volume"),
    [("hifiberry-dac", "", "softvol"), ("hifiberry-amp2", "", ""), ("", "Headphones", "")],
)
def test_the_card_that_plays_is_told_alsa(hat: str, card: str, volume: str) -> None:
    values = audio(audio_hat=hat, audio_card=card)
    text = (AUDIO / "templates" / "asound.conf.j2").read_text(encoding="utf-8")
    written = jinja2.Environment(trim_blocks=True).from_string(text).render(values)
    assert f'"hw:{card or 0}"' in written
    assert ("softvol" in written) == bool(volume)
    assert written.count("{") == written.count("}")


@pytest.mark.parametrize(
    ("release", "given", "plays"),
    [
        ("bookworm", {}, "go-librespot"),
        ("bookworm", {"receiver_soloist_key": "a key"}, "go-librespot"),
        ("trixie", {}, "go-librespot"),
        ("trixie", {"receiver_soloist_key": "a key"}, "soloist"),
        ("trixie", {"receiver_soloist_key": "a key", "wifi_portal": True}, "go-librespot"),
        ("trixie", {"receiver_kind": "none"}, "none"),
        ("bookworm", {"receiver_kind": "mpd"}, "mpd"),
    ],
)
def test_who_plays_where_nobody_says_is_what_the_release_lets_play(
    release: str, given: dict[str, Any], plays: str
) -> None:
    values = load(ROLES / "receiver" / "defaults" / "main.yml") | {"wifi_portal": False} | given
    values["ansible_facts"] = {"distribution_release": release}
    words = load(ROLES / "receiver" / "vars" / "main.yml")
    table = words["receiver_by_release"].items()
    values["receiver_by_release"] = {
        name: jinja2.Template(text).render(values) for name, text in table
    }
    assert jinja2.Template(words["receiver_chosen"]).render(values).strip() == plays


def test_mpd_takes_what_is_written_for_it_and_hears_this_machine_alone(tmp_path: Path) -> None:
    text = (ROLES / "mpd" / "templates" / "mpd.conf.j2").read_text(encoding="utf-8")
    environment = jinja2.Environment(keep_trailing_newline=True)
    environment.filters["to_json"] = json.dumps
    folder = tmp_path / "a box"
    given = {"mpd_music": f"{folder}/music", "mpd_alsa_device": "default"}
    written = environment.from_string(text).render(given)
    assert 'bind_to_address "127.0.0.1"' in written
    library(folder)
    (folder / "state" / "playlists").mkdir(parents=True)  # as the package brings them
    # Without its user and its own folders: these are not a box's.
    written = written.replace('user "mpd"\n', "").replace("/var/lib/mpd", f"{folder}/state")
    with RealMpd(folder, written=written) as mpd:
        assert "mpd:folder:Calm" in {it.uri for it in MpdLibrary(mpd.server).own()}
        (output,) = mpd.ask(lambda client: client.outputs())
    assert (output["plugin"], output["outputname"]) == ("alsa", "moodbox")
    (socket,) = [it for it in load(ROLES / "mpd" / "tasks" / "socket.yml") if "copy" in str(it)]
    assert "ListenStream=127.0.0.1:6600" in socket["ansible.builtin.copy"]["content"]


# Updates of the operating system.


def upgrades(**given: Any) -> str:
    values = load(ROLES / "hardening" / "defaults" / "main.yml")
    values |= load(ROLES / "hardening" / "vars" / "main.yml") | given
    path = ROLES / "hardening" / "templates" / "52moodbox-upgrades.j2"
    return jinja2.Environment(trim_blocks=True).from_string(path.read_text("utf-8")).render(values)


@pytest.mark.parametrize(
    ("package", "held"),
    [
        ("linux-image-rpi-v8", True),
        ("linux-image-6.12.47+rpt-rpi-2712", True),
        ("raspi-firmware", True),
        ("rpi-eeprom", True),
        ("libcamera0.5", True),
        ("python3-picamera2", True),
        ("openssl", False),
        ("libcap2", False),
        ("linux-libc-dev", False),
        ("systemd", False),
    ],
)
def test_what_a_box_stands_on_is_held_and_all_else_gets_its_security_updates(
    package: str, held: bool
) -> None:
    block = upgrades().partition("Package-Blacklist {")[2].partition("}")[0]
    patterns = re.findall(r'"(.+)";', block)
    # unattended-upgrades matches from the name's beginning.
    assert any(re.match(pattern, package) for pattern in patterns) is held


def test_apt_reads_what_is_written_about_updates(tmp_path: Path) -> None:
    file = tmp_path / "52moodbox-upgrades"
    for given in ({}, {"hardening_hold": False}):
        file.write_text(upgrades(**given))
        dump = subprocess.run(
            ["apt-config", "dump", f"--config-file={file}"],
            capture_output=True, text=True, timeout=60, check=True,
        ).stdout  # fmt: skip
        assert ('Package-Blacklist:: "linux-image-"' in dump) == given.get("hardening_hold", True)
        assert 'Automatic-Reboot "false"' in dump
