"""The traps of a Raspberry Pi, decided on files as its kernel has them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from fakes.board import PI_4, PI_5, pi, write

from edge.cli.check import board
from edge.settings import Settings, SimulatedCameraSettings, VisionSettings


def vision(device: str) -> Settings:
    return Settings(vision=msgspec.convert({"device": device}, VisionSettings))


def config(root: Path, text: str) -> Path:
    write(root, "boot/firmware/config.txt", text)
    return root


@pytest.mark.parametrize(
    ("name", "five"),
    [(PI_5, True), ("Raspberry Pi Compute Module 5 Rev 1.0", True), (PI_4, False), ("A PC", False)],
)
def test_a_pi_five_is_known_by_its_name(tmp_path: Path, name: str, five: bool) -> None:
    assert board.is_five(pi(tmp_path, name)) is five


@pytest.mark.parametrize(
    ("name", "cells", "state"),
    [
        (PI_5, {"max_current": 3000, "usb_max_current_enable": 0}, "warn"),
        (PI_5, {"max_current": 5000, "usb_max_current_enable": 1}, "ok"),
        (PI_5, {}, "skipped"),
        (PI_4, {"max_current": 3000, "usb_max_current_enable": 0}, "skipped"),
    ],
)
def test_a_weak_supply_at_a_pi_five_is_told_before_the_coral_falls_off(
    tmp_path: Path, name: str, cells: dict[str, int], state: str
) -> None:
    result = board.usb_power(vision("auto"), pi(tmp_path, name, **cells))
    assert result.state == state
    assert ("3000 mA" in result.words and "600 mA" in result.words) == (state == "warn")


def test_nobody_without_a_coral_is_bothered_about_usb_power(tmp_path: Path) -> None:
    root = pi(tmp_path, PI_5, max_current=3000, usb_max_current_enable=0)
    assert board.usb_power(vision("cpu"), root).state == "skipped"


@pytest.mark.parametrize(
    ("page", "driver", "state", "words"),
    [
        (4096, True, "ok", "/dev/apex_0"),
        (16384, True, "fail", "pages of 4 KiB; this one has 16"),
        (4096, False, "fail", "gasket"),
    ],
)
def test_a_coral_on_pcie_without_its_driver_or_its_kernel_fails_with_the_reason(
    tmp_path: Path, page: int, driver: bool, state: str, words: str
) -> None:
    write(tmp_path, "sys/bus/pci/devices/0000:01:00.0/vendor", "0x1ac1\n")
    write(tmp_path, "sys/bus/pci/devices/0000:01:00.0/device", "0x089a\n")
    if driver:
        write(tmp_path, "dev/apex_0", "")
    result = board.pcie_coral(Settings(), tmp_path, page)
    assert (result.state, words in result.words) == (state, True)


def test_another_card_on_pcie_is_no_coral(tmp_path: Path) -> None:
    write(tmp_path, "sys/bus/pci/devices/0000:01:00.0/vendor", "0x144d\n")
    write(tmp_path, "sys/bus/pci/devices/0000:01:00.0/device", "0xa80a\n")
    assert board.pcie_coral(Settings(), tmp_path, 16384).state == "skipped"


@pytest.mark.parametrize(
    ("rows", "state"),
    [
        ("", "ok"),
        ("/dev/zram0 partition 2097148 0 100\n", "ok"),
        ("/dev/zram0 partition 2097148 0 100\n/var/swap file 524284 0 -2\n", "warn"),
        ("/dev/mmcblk0p3 partition 1 0 -2\n", "warn"),
    ],
)
def test_swap_on_the_card_is_told_and_swap_in_memory_is_not(
    tmp_path: Path, rows: str, state: str
) -> None:
    write(tmp_path, "proc/swaps", f"Filename Type Size Used Priority\n{rows}")
    assert board.swap(Settings(), tmp_path).state == state


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("camera_auto_detect=1\n", "ok"),
        ("#camera_auto_detect=1\ndtoverlay=imx708\n", "ok"),
        ("[all]\ndtoverlay=ov5647 # an old one\n", "ok"),
        ("#camera_auto_detect=1\ndtparam=audio=on\n", "fail"),
    ],
)
def test_a_camera_that_the_firmware_does_not_look_for_fails(
    tmp_path: Path, text: str, state: str
) -> None:
    assert board.boot_camera(Settings(), config(tmp_path, text)).state == state


def test_another_camera_needs_nothing_of_the_firmware(tmp_path: Path) -> None:
    settings = Settings(camera=SimulatedCameraSettings())
    assert board.boot_camera(settings, config(tmp_path, "none=1\n")).state == "skipped"
    assert board.boot_camera(Settings(), tmp_path / "nowhere").state == "skipped"


@pytest.mark.parametrize(
    ("file", "state"),
    [
        ("sys/class/rtc/rtc0/name", "ok"),
        ("var/lib/systemd/timesync/clock", "ok"),
        ("etc/fake-hwclock.data", "ok"),
        ("etc/hostname", "warn"),
    ],
)
def test_time_that_a_power_cut_would_lose_is_told(tmp_path: Path, file: str, state: str) -> None:
    write(tmp_path, file, "")
    assert board.time_kept(Settings(), tmp_path).state == state


def test_every_trap_can_be_looked_at_on_a_machine_that_is_no_pi(tmp_path: Path) -> None:
    looks: list[Any] = [board.usb_power, board.pcie_coral, board.swap, board.boot_camera]
    assert {look(Settings(), tmp_path).state for look in looks} <= {"ok", "skipped"}
