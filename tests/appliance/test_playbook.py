"""What the playbook says, held against the code it installs."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import tarfile
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jinja2
import pytest
import yaml
from fakes.releases import lay
from fakes.releases import wheel as stand_in

from edge.cli.parser import parser
from edge.settings import Settings, parse
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
    return lambda settings: environment.from_string(text).render(moodbox_settings=settings)


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
    values = {"moodbox_settings": {}, "moodbox_wheel": "/a/dist/moodbox-1.2.3-py3-none-any.whl"}
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
    release = FolderSource(tmp_path).newest().release
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
