"""Which box this is."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.machine.identity import client_id, hardware, machine, named
from edge.settings import BoxSettings


def source(folder: Path, text: str) -> Path:
    path = folder / "machine-id"
    path.write_text(text)
    return path


def test_a_machine_is_told_by_its_own_id_which_stays_here(tmp_path: Path) -> None:
    own = source(tmp_path, "3f2a9c0d4b5e4f60a1b2c3d4e5f60718\n")
    told = machine(tmp_path, [own])
    assert told == machine(tmp_path, [own])
    assert told not in own.read_text()
    assert int(told, 16) < 2**24
    assert told != machine(tmp_path, [source(tmp_path, "another")])


@pytest.mark.parametrize("nothing", ["", "uninitialized\n", "0000000000000000\0"])
def test_a_machine_without_one_keeps_one_in_its_state_folder(tmp_path: Path, nothing: str) -> None:
    own = source(tmp_path, nothing)
    told = machine(tmp_path, [own, tmp_path / "missing"])
    assert told == machine(tmp_path, [own])
    (tmp_path / "machine").unlink()
    assert told != machine(tmp_path, [own])


def test_what_outlives_a_new_card_is_asked_first(tmp_path: Path) -> None:
    serial = tmp_path / "serial-number"
    serial.write_bytes(b"10000000abcdef01\0")
    told = machine(tmp_path, [serial, source(tmp_path, "one card")])
    assert told == machine(tmp_path, [serial, source(tmp_path, "the next card")])


def test_a_box_that_nobody_named_is_called_after_its_machine(tmp_path: Path) -> None:
    box = named(BoxSettings(state=str(tmp_path)))
    assert box.id == f"moodbox-{machine(tmp_path)}"
    assert client_id(box) == box.id


def test_an_id_of_the_settings_stays_and_the_broker_still_knows_the_machine(tmp_path: Path) -> None:
    box = named(BoxSettings(id="kitchen", state=str(tmp_path)))
    assert box.id == "kitchen"
    assert client_id(box) == f"moodbox-kitchen-{machine(tmp_path)}"


def test_hardware_that_does_not_tell_its_name_has_none(tmp_path: Path) -> None:
    assert hardware(tmp_path / "model") == ""
    (tmp_path / "model").write_bytes(b"Raspberry Pi 4 Model B Rev 1.5\0")
    assert hardware(tmp_path / "model") == "Raspberry Pi 4 Model B Rev 1.5"
