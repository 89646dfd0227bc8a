"""Releases from a folder, by the real command: what Ansible calls. The daemon is a stand-in."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from fakes.releases import Box, Maker, Site, lay

from edge.errors import MoodboxError
from edge.update.folder import FolderSource, asked


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "folder"


@pytest.fixture
def box(tmp_path: Path) -> Box:
    """A box that is told of no address."""
    (tmp_path / "opt").mkdir()
    return Box(tmp_path / "opt", "", tmp_path / "root.json")


@pytest.fixture
def empty(box: Box) -> Box:
    """A box with no release on it yet."""
    (box.folder / "current").unlink()
    shutil.rmtree(box.folder / "releases")
    return box


def take(box: Box, folder: Path, *words: str) -> tuple[int, str]:
    """Take what is in a folder; return the state, or its one line where it failed, and the code."""
    done = box.update("--json", "--from", str(folder), *words)
    if done.stderr:
        [line] = done.stderr.splitlines()
        assert line.startswith("moodbox: ")
        assert not done.stdout
        return done.returncode, line.removeprefix("moodbox: ")
    return done.returncode, json.loads(done.stdout)["state"]


# What is kept.


def test_what_lies_in_the_folder_is_installed_and_kept(box: Box, folder: Path) -> None:
    lay(folder, "1.1.0")
    assert take(box, folder) == (0, "kept")
    assert box.runs() == "1.1.0"
    assert box.restarts == 1
    assert box.releases.good == box.releases.current
    models = box.folder / "current" / "models"
    assert sorted(path.name for path in models.iterdir()) == ["emotion.json", "emotion.tflite"]
    assert box.releases.complete("aaaaaaaaaaaa"), "the one before stays"


def test_a_second_run_changes_nothing(box: Box, folder: Path) -> None:
    lay(folder, "1.1.0")
    take(box, folder)
    before = {path: path.lstat().st_mtime_ns for path in box.folder.rglob("*")}
    assert take(box, folder) == (0, "current")
    assert {path: path.lstat().st_mtime_ns for path in box.folder.rglob("*")} == before


def test_check_only_says_what_there_is(box: Box, folder: Path) -> None:
    lay(folder, "1.1.0")
    said = box.update("--check", "--from", str(folder)).stdout
    assert said == "1.1.0 can be installed; 1.0.0 runs\n"
    assert box.runs() == "1.0.0"


@pytest.mark.parametrize("version", ["0.9.0", "1.0.0"])
def test_root_may_go_to_an_older_release_and_to_another_of_the_same_version(
    box: Box, folder: Path, version: str
) -> None:
    lay(folder, version)
    assert take(box, folder) == (0, "kept")
    assert box.runs() == version
    assert box.releases.current != "aaaaaaaaaaaa"


def test_another_model_is_another_release(box: Box, folder: Path) -> None:
    take(box, lay(folder, "1.1.0", model="v1"))
    first = box.releases.current
    assert take(box, lay(folder, "1.1.0", model="v2")) == (0, "kept")
    assert box.releases.current != first
    assert (box.folder / "current" / "models" / "emotion.tflite").read_text() == "v2"
    assert sorted(path.name for path in box.releases.path("").iterdir()) == sorted(
        [first, box.releases.current]
    ), "two releases stay"


def test_wheels_that_are_not_asked_for_and_lines_for_other_pythons_are_left_out(
    box: Box, folder: Path
) -> None:
    take(box, lay(folder, "1.1.0"))
    lay(folder, "1.2.0")
    with (folder / "requirements.txt").open("a") as file:
        file.write(f"missing==1 ; python_version < '3' --hash=sha256:{'0' * 64}\n")
    source = FolderSource(folder)
    [offer] = source.offers()
    assert offer.release.wheels == ("moodbox-1.2.0-py3-none-any.whl",)
    assert [path.name for path in source.fetch(offer).wheels] == list(offer.release.wheels)


def test_every_line_of_the_list_that_ansible_ships_is_read(root: Path) -> None:
    shipped = root / "ansible" / "roles" / "moodbox" / "files" / "requirements.txt"
    read = {wanted.name: digests for wanted, digests in asked(shipped)}
    assert {"installer", "msgspec", "numpy"} <= read.keys()
    hashes = re.findall("sha256:([0-9a-f]{64})", shipped.read_text(encoding="utf-8"))
    assert {digest for digests in read.values() for digest in digests} <= set(hashes)
    assert all(len(digest) == 64 for digests in read.values() for digest in digests)


# The first release.


def test_the_first_release_is_installed_where_there_is_none(empty: Box, folder: Path) -> None:
    lay(folder, "1.1.0")
    said = empty.update("--check", "--from", str(folder)).stdout
    assert said == "1.1.0 can be installed; nothing runs\n"
    assert take(empty, folder) == (0, "kept")
    assert empty.runs() == "1.1.0"
    assert empty.releases.good == empty.releases.current
    assert empty.restarts == 1


def test_the_first_release_stays_where_its_daemon_falls_for_there_is_none_to_go_back_to(
    empty: Box, folder: Path
) -> None:
    lay(folder, "1.1.0", "broken")
    words = "1.1.0, the first release here, does not run well: the daemon does not run"
    assert take(empty, folder) == (1, words)
    assert empty.runs() == "1.1.0"
    assert take(empty, lay(folder, "1.2.0")) == (0, "kept")


def test_where_no_daemon_can_run_a_release_is_kept_untried(empty: Box, folder: Path) -> None:
    lay(folder, "1.1.0", "broken")
    assert take(empty, folder, "--no-trial") == (0, "kept")
    assert empty.restarts == 0
    assert empty.releases.good == empty.releases.current


# What is not kept.


def test_a_release_whose_daemon_falls_goes_back_and_is_tried_again_when_root_says_so(
    box: Box, folder: Path
) -> None:
    lay(folder, "1.1.0", "broken")
    done = box.update("--from", str(folder))
    assert done.returncode == 1
    assert done.stdout == "1.1.0 was not kept: the daemon does not run; 1.0.0 runs again\n"
    assert box.runs() == "1.0.0"
    assert box.releases.good == box.releases.current == "aaaaaaaaaaaa"
    assert take(box, folder) == (1, "back")
    assert box.restarts == 4


def test_a_release_that_does_not_fit_never_runs(box: Box, folder: Path) -> None:
    lay(folder, "1.1.0", "choosy")
    code, line = take(box, folder)
    assert code == 1
    assert line == "1.1.0 does not fit this box: moodbox.toml: no such setting"
    assert box.restarts == 0


def test_a_trial_that_was_cut_off_is_finished_first(box: Box, folder: Path) -> None:
    lay(folder, "1.1.0")
    take(box, folder)
    box.releases.begin_trial("aaaaaaaaaaaa")  # and then the power went
    assert take(box, folder) == (0, "kept")
    assert box.runs() == "1.1.0"
    box.releases.begin_trial("aaaaaaaaaaaa")
    shutil.rmtree(folder)
    code, line = take(box, folder)
    assert code == 1
    assert "not a whole release" in line
    assert box.releases.good == box.releases.current == "aaaaaaaaaaaa"


# Folders that hold no release.


WORDS = {
    "tampered": "moodbox==1.1.0 is not what its hash says",
    "no wheel": "there is no wheel of moodbox==1.1.0",
    "no library": "there is no wheel of tuf==7.0.0",
    "no hash": "moodbox==1.1.0 has no hash",
    "no sense": "requirements.txt: '--index-url https://e.org' asks for no library",
    "another processor": "the release has no moodbox for this Python and processor",
    "no daemon": "requirements.txt does not name moodbox",
    "no list": "requirements.txt",
    "no models": "No such file or directory",
}
"""What is said of a folder that is broken so."""


def damage(folder: Path, how: str) -> None:
    wanted, (file,) = folder / "requirements.txt", (folder / "wheels").iterdir()
    match how:
        case "tampered":
            file.write_bytes(file.read_bytes() + b"x")
        case "no wheel":
            file.unlink()
        case "no library":
            wanted.write_text(wanted.read_text() + f"tuf==7.0.0 --hash=sha256:{'0' * 64}\n")
        case "no hash":
            wanted.write_text("moodbox==1.1.0\n")
        case "no sense":
            wanted.write_text(wanted.read_text() + "--index-url https://e.org\n")
        case "another processor":
            file.rename(file.with_name("moodbox-1.1.0-cp311-cp311-manylinux_2_28_s390x.whl"))
        case "no daemon":
            wanted.write_text("")
        case "no list":
            wanted.unlink()
        case "no models":
            shutil.rmtree(folder / "models")


@pytest.mark.parametrize("how", WORDS)
def test_a_folder_that_holds_no_whole_release_changes_nothing(folder: Path, how: str) -> None:
    lay(folder, "1.1.0")
    damage(folder, how)
    with pytest.raises(MoodboxError, match="not a whole release") as caught:
        FolderSource(folder)
    assert WORDS[how] in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_wheel_that_was_tampered_with_is_refused_by_the_command(box: Box, folder: Path) -> None:
    lay(folder, "1.1.0")
    damage(folder, "tampered")
    code, line = take(box, folder)
    assert (code, line) == (
        1,
        f"{folder}: not a whole release: moodbox==1.1.0 is not what its hash says",
    )
    assert box.runs() == "1.0.0"
    assert box.restarts == 0


# Signed releases go on from there.


def test_a_box_that_ansible_set_back_takes_the_next_signed_release(
    tmp_path: Path, folder: Path, box: Box
) -> None:
    maker = Maker(tmp_path)
    maker.publish("1.2.0")
    take(box, lay(folder, "1.1.0"))
    with Site(maker.site) as site:
        text = box.settings.read_text().replace('address = ""', f'address = "{site.address}"')
        box.settings.write_text(
            text.replace(str(tmp_path / "root.json"), str(maker.keys / "root.json"))
        )
        assert box.update().returncode == 0
        assert box.runs() == "1.2.0"
        assert take(box, folder) == (0, "kept")
        assert box.runs() == "1.1.0"


ONLY = """
import sys
allowed = {"edge", *sys.argv[1].split(","), *sys.stdlib_module_names}

class Few:
    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        if top not in allowed and not top.startswith("_sysconfigdata"):
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Few())
from edge.__main__ import main
sys.exit(main(sys.argv[2:]))
"""


def test_the_folder_is_laid_down_with_the_few_libraries_that_ansible_begins_with(
    empty: Box, folder: Path, root: Path
) -> None:
    role = root / "ansible" / "roles" / "moodbox"
    few = yaml.safe_load((role / "vars" / "main.yml").read_text())["moodbox_updater_libraries"]
    lay(folder, "1.1.0")
    config = ["--config", str(empty.settings)]
    words = [sys.executable, "-c", ONLY, ",".join(few)]
    for command in (
        [*words, "config", *config],
        [*words, "update", "--from", str(folder), *config],
    ):
        subprocess.run(command, env=empty.environment, cwd=root, timeout=110, check=True)
    assert empty.runs() == "1.1.0"
