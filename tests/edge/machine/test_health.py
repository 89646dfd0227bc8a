"""What the Raspberry Pi says of itself; the routes are in the words of a real kernel."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from edge.events import Down, Health, Up
from edge.machine import health

HEAD = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n"
HOME = "wlan0\t0000A8C0\t00000000\t0001\t0\t0\t600\t00FFFFFF\t0\t0\t0\n"
WAY_OUT = "wlan0\t00000000\t0100A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0\n"
OWN_POINT = "wlan0\t0000290A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"
NOWHERE = f"{'0' * 32} 00 {'0' * 32} 00 {'0' * 32} ffffffff 00000001 00000000 00200200       lo\n"
WAY_OUT_6 = f"{'0' * 32} 00 {'0' * 32} 00 fe80{'0' * 27}1 00000400 1 0 00450003    wlan0\n"


@pytest.mark.parametrize(
    ("four", "six", "online"),
    [
        (HEAD + WAY_OUT + HOME, NOWHERE, True),
        (HEAD + OWN_POINT, NOWHERE, False),
        (HEAD, NOWHERE + WAY_OUT_6, True),
        (HEAD, "", False),
    ],
    ids=["at home", "its own access point", "IPv6 alone", "nothing"],
)
def test_a_network_is_a_way_out(tmp_path: Path, four: str, six: str, online: bool) -> None:
    (tmp_path / "4").write_text(four)
    (tmp_path / "6").write_text(six)
    assert health.online(tmp_path / "4", tmp_path / "6") is online


def test_a_machine_that_does_not_tell_is_not_called_offline(tmp_path: Path) -> None:
    assert health.online(tmp_path / "4", tmp_path / "6") is None


def test_the_kernel_of_this_machine_tells() -> None:
    assert health.online() in (True, False)


def test_the_first_word_does_not_wait_for_a_minute(tmp_path: Path) -> None:
    heard: list[Up | Down | Health] = []
    monitor = health.HealthMonitor(tmp_path, heard.append)
    monitor.start()
    end = time.monotonic() + 30
    while not heard and time.monotonic() < end:
        time.sleep(0.01)
    assert monitor.stop(10)
    assert isinstance(heard[0], Health)
    assert heard[0].disk_free


def test_the_clock_of_a_machine_that_is_set_is_trusted() -> None:
    assert health.wall_clock() is not None
