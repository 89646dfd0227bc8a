"""The way back of an image in layers: whole after a power cut at any step, and nothing lost."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROLES, SYSTEMD = ROOT / "ansible" / "roles", ROOT / "systemd"
LAYERS = ROOT / "ansible" / "image" / "layers"
SCRIPT = LAYERS / "etc/initramfs-tools/scripts/local-bottom/layers"
KEPT = LAYERS / "usr/local/lib/moodbox/layers-kept"
WANTED = dict.fromkeys(
    ("etc/moodbox/moodbox.toml", "home/owner/.ssh/key", "var/lib/moodbox/store", "etc/passwd"),
    "the household's",
) | {"etc/localtime": "-> /usr/share/zoneinfo/Europe/Berlin"}
"""What is there afterwards, and nothing else."""
MOVE = """#!/bin/sh
echo move >> '{log}'
[ "$(wc -l < '{log}')" = "{cut}" ] && {before} kill -9 "$PPID" && exit 137
exec {mv} "$@"
"""
"""Stands in for mv: at the move that is told, the power fails before it or just after it."""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The data partition of a box whose system was changed, and was told of a household."""
    lower, upper = tmp_path / "lower", tmp_path / "data" / "upper"
    (lower / "usr/local/lib/moodbox").mkdir(parents=True)
    shutil.copy(KEPT, lower / "usr/local/lib/moodbox/layers-kept")
    for path in (
        "etc/moodbox/moodbox.toml",
        "home/owner/.ssh/key",
        "var/lib/moodbox/store",
        "etc/passwd",
    ):
        (upper / path).parent.mkdir(parents=True, exist_ok=True)
        (upper / path).write_text("the household's")
    # Where this leads there is nothing as long as the initramfs has the word.
    (upper / "etc/localtime").symlink_to("/usr/share/zoneinfo/Europe/Berlin")
    (upper / "usr/lib").mkdir(parents=True)
    (upper / "usr/lib/libc.so.6").write_text("broken")
    return tmp_path / "data"


def kept(path: str) -> bool:
    lines = [line for line in KEPT.read_text().splitlines() if line.startswith("/")]
    return any(path == line or path.startswith(f"{line}/") for line in lines)


def go_back(data: Path, *, cut: int = 0, after: bool = False) -> int:
    """Go back, or begin to; the power fails at the move `cut`. Returns how often it moved."""
    folder = data.parent
    text = SCRIPT.read_text()
    text = text[text.index("MOST_TRIES") : text.index('mkdir -p "$lower" "$data"')]
    log, mv = folder / "log", shutil.which("mv")
    log.write_text("")
    (folder / "bin").mkdir(exist_ok=True)
    stand_in = folder / "bin" / "mv"
    before = f'{mv} "$@" &&' if after else ""
    stand_in.write_text(MOVE.format(log=log, cut=cut, before=before, mv=mv))
    stand_in.chmod(0o755)
    text = f'log_warning_msg() {{ :; }}\n{text}\nmkdir -p "$upper"\ngo_back'
    subprocess.run(
        ["sh", "-c", text.replace("/run/layers", str(folder))],
        env=os.environ | {"PATH": f"{folder / 'bin'}:{os.environ['PATH']}"},
        capture_output=True, check=False, timeout=60,
    )  # fmt: skip
    return len(log.read_text().splitlines())


def state(data: Path) -> dict[str, str]:
    upper = data / "upper"
    return {
        str(p.relative_to(upper)): f"-> {p.readlink()}" if p.is_symlink() else p.read_text()
        for p in upper.rglob("*")
        if p.is_symlink() or p.is_file()
    }


def test_the_way_back_puts_the_system_aside_and_keeps_what_is_the_households(data: Path) -> None:
    (data / "back").touch()
    go_back(data)
    assert state(data) == WANTED
    assert (data / "aside-1/usr/lib/libc.so.6").read_text() == "broken"
    assert not (data / "going-back").exists()
    assert not (data / "back").exists(), "else it would go back at every start"
    assert (data / "tries").read_text().strip() == "0"


@pytest.mark.parametrize("after", [False, True])
def test_a_power_cut_at_any_step_loses_nothing(data: Path, tmp_path: Path, *, after: bool) -> None:
    fresh = tmp_path / "fresh"
    shutil.copytree(data, fresh, symlinks=True)
    moves = go_back(data)
    assert moves >= len(WANTED) + 2
    for cut in range(1, moves + 1):
        shutil.rmtree(data)
        shutil.copytree(fresh, data, symlinks=True)
        go_back(data, cut=cut, after=after)
        if not (data / "went-back").exists():
            go_back(data)
        assert state(data) == WANTED, cut
        assert (data / "aside-1/usr/lib/libc.so.6").exists()
        assert not (data / "aside-2").exists(), "one way back, not two"


def test_a_second_way_back_leaves_the_first_one_aside(data: Path) -> None:
    go_back(data)
    (data / "upper/usr").mkdir()
    (data / "upper/usr/new").write_text("broken again")
    go_back(data)
    assert state(data) == WANTED
    assert (data / "aside-2/usr/new").exists()


@pytest.mark.parametrize("role", ["audio", "wifi"])
def test_the_way_back_keeps_what_the_playbook_wrote_of_sound_and_wifi(role: str) -> None:
    tasks = (ROLES / role / "tasks" / "main.yml").read_text(encoding="utf-8")
    written = set(re.findall(r"dest: (/etc/\S+)", tasks))
    assert written, "nothing of it is written under /etc"
    # What is written for every box alike is in the image already.
    assert not {path for path in written if not kept(path) and "{{" not in path}


def test_each_time_the_daemon_is_ready_the_tries_are_forgotten(tmp_path: Path) -> None:
    """A daemon that came up at its second try would else be put back after three such starts."""
    units = tmp_path / "units"
    shutil.copytree(LAYERS / "etc/systemd/system", units)
    daemon = (SYSTEMD / "moodbox.service").read_text(encoding="utf-8")
    (units / "moodbox.service").write_text(re.sub(r"ExecStart=\S+", "ExecStart=/bin/true", daemon))
    counter = units / "moodbox-layers.service"
    counter.write_text(counter.read_text().replace("/usr/local/lib/moodbox/layers-up", "/bin/true"))
    for unit in ("moodbox.service", "moodbox-layers.service"):
        said = subprocess.run(
            ["systemd-analyze", "verify", "--man=no", units / unit],
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert said.stderr == ""
    [after] = re.findall(
        r"^ExecStartPost=-\+(.*)",
        (units / "moodbox.service.d/layers.conf").read_text(),
        re.MULTILINE,
    )
    assert after.split()[1:] == ["--no-block", "start", counter.name], "READY waits for no card"
    assert not list(units.glob("*.wants/*")), "nor by a target, which is reached but once"
