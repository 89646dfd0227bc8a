"""Everything that the house has told the box is gone, and nothing else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from edge import reset
from edge.__main__ import main
from edge.errors import Fault

NMCLI = """#!/bin/sh
case "$*" in
*permissions*) echo org.freedesktop.NetworkManager.settings.modify.system:{may} ;;
*UUID,TYPE*) printf 'a:802-11-wireless\\nb:802-3-ethernet\\nc:802-11-wireless\\n' ;;
*mode*a) echo infrastructure ;;
*mode*c) echo ap ;;
*) echo "$*" >> {said} ;;
esac
"""


@pytest.fixture
def state(tmp_path: Path) -> Path:
    folder = tmp_path / "state"
    (folder / "faces").mkdir(parents=True)
    (folder / "faces" / "p1.png").write_bytes(b"a face")
    for name in (
        "moodbox.db",
        "moodbox.db-wal",
        "spotify-sign-in.json",
        ".spotify-sign-in.json.new",
    ):
        (folder / name).write_text("secret")
    (folder / "link").symlink_to(tmp_path)
    return folder


@pytest.fixture
def config(tmp_path: Path, state: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("STATE_DIRECTORY", "RUNTIME_DIRECTORY"):
        monkeypatch.delenv(name, raising=False)
    path = tmp_path / "moodbox.toml"
    path.write_text(f'[box]\nstate = "{state}"\nruntime = "{tmp_path}/run"\n')
    return path


def test_nothing_is_erased_that_nobody_ordered(state: Path) -> None:
    before = sorted(state.rglob("*"))
    reset.carry_out(state)
    assert sorted(state.rglob("*")) == before


def test_all_of_it_goes_and_nothing_outside(state: Path, tmp_path: Path) -> None:
    (tmp_path / "settings").write_text("stay")
    reset.order(state)
    reset.carry_out(state)
    assert not list(state.iterdir())
    assert (tmp_path / "settings").exists()


def test_what_a_power_cut_interrupted_is_done_again(state: Path) -> None:
    reset.order(state)
    (state / "faces" / "p1.png").unlink()
    (state / "moodbox.db").unlink()
    reset.carry_out(state)
    assert not list(state.iterdir())


def test_a_folder_that_is_not_there_is_a_fault_in_words(tmp_path: Path) -> None:
    with pytest.raises(Fault, match="nothing can be erased there"):
        reset.order(tmp_path / "none")


def test_nobody_is_reset_without_a_yes(
    config: Path, state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["reset", "--config", str(config)]) == 1
    assert "--yes" in capsys.readouterr().err
    assert (state / "moodbox.db").exists()


def test_a_box_that_does_not_run_is_erased_at_once(config: Path, state: Path) -> None:
    assert main(["reset", "--yes", "--config", str(config)]) == 0
    assert not list(state.iterdir())


def test_a_broker_that_is_away_is_no_reason_not_to_erase(
    config: Path, state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (state / "on-broker.json").write_text('["moodbox/box/mood"]')
    config.write_text(config.read_text() + '[mqtt]\nhost = "127.0.0.1"\nport = 1\n')
    assert main(["reset", "--yes", "--config", str(config)]) == 0
    assert "stays there: no broker at 127.0.0.1:1" in capsys.readouterr().err
    assert not list(state.iterdir())


@pytest.mark.parametrize("may", ["yes", "no"])
def test_the_wifi_is_forgotten_but_for_the_boxs_own_access_point(
    config: Path, state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, may: str
) -> None:
    said = tmp_path / "said"
    program = tmp_path / "nmcli"
    program.write_text(NMCLI.format(said=said, may=may))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    code = main(["reset", "--yes", "--wifi", "--config", str(config)])
    if may == "yes":
        assert code == 0
        assert said.read_text() == "connection delete uuid a\n"
    else:
        assert code == 1
        assert (state / "moodbox.db").exists(), "refused, and yet erased"
