"""The units, held against the systemd of this machine."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from edge.__main__ import BAD_SETTINGS
from edge.app import STOP_WITHIN
from edge.cli.parser import parser
from edge.settings import Settings
from edge.settings.player import SoloistSettings
from edge.web.listener import CONTROL, PAGE

SELECT = 1024
"""Descriptors that select() knows."""
EXPOSURE = 20
"""Tenths; systemd's own scale ends at 100, "unsafe"."""
UNITS = sorted(path.name for path in (Path(__file__).parents[2] / "systemd").glob("*.*"))
SERVICES = [name for name in UNITS if name.endswith(".service")]


def analyze(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["systemd-analyze", *map(str, words)],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def settings(unit: Path) -> list[tuple[str, str]]:
    lines = unit.read_text(encoding="utf-8").splitlines()
    return [(k, v) for k, _, v in (line.partition("=") for line in lines if line[:1].isupper())]


def values(unit: Path, key: str) -> list[str]:
    return [value for name, value in settings(unit) if name == key]


@pytest.fixture(scope="module")
def installed(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The units, with programs that are there: verify looks for them."""
    folder = tmp_path_factory.mktemp("units")
    for name in UNITS:
        text = (root / "systemd" / name).read_text(encoding="utf-8")
        (folder / name).write_text(
            re.sub(r"^(Exec(?:Start|Condition))=\S+", r"\1=/bin/true", text, flags=re.MULTILINE)
        )
    return folder


@pytest.mark.parametrize("name", UNITS)
def test_systemd_has_nothing_to_say_about_a_unit(installed: Path, name: str) -> None:
    # Its exit status is 0 even for a key it does not know.
    assert analyze("verify", "--man=no", installed / name).stderr == ""


def test_a_misspelt_key_would_be_noticed(installed: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.service"
    text = (installed / "moodbox.service").read_text(encoding="utf-8")
    wrong.write_text(text.replace("WatchdogSec", "WatchdogSecs"))
    assert "WatchdogSecs" in analyze("verify", "--man=no", wrong).stderr


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_hardly_exposed(installed: Path, name: str) -> None:
    gate = analyze(
        "security", "--offline=true", f"--threshold={EXPOSURE}", "--json=short", installed / name
    )
    worst = sorted(json.loads(gate.stdout), key=lambda row: -float(row["exposure"] or 0))[:5]
    assert gate.returncode == 0, worst


def test_the_gate_rejects_a_plain_service(tmp_path: Path) -> None:
    plain = tmp_path / "plain.service"
    plain.write_text("[Service]\nExecStart=/bin/true\n")
    assert analyze("security", "--offline=true", f"--threshold={EXPOSURE}", plain).returncode != 0


def test_the_daemon_never_gives_up_except_on_bad_settings(root: Path) -> None:
    unit = root / "systemd" / "moodbox.service"
    assert values(unit, "Restart") == ["always"]
    assert values(unit, "StartLimitIntervalSec") == ["0"]
    assert values(unit, "RestartPreventExitStatus") == [str(BAD_SETTINGS)]


def test_systemd_waits_longer_for_the_end_than_the_daemon_takes(root: Path) -> None:
    (stop,) = values(root / "systemd" / "moodbox.service", "TimeoutStopSec")
    assert float(stop) > STOP_WITHIN


def test_whoever_floods_the_daemon_leaves_it_most_of_its_descriptors(root: Path) -> None:
    (most,) = values(root / "systemd" / "moodbox.service", "LimitNOFILE")
    assert (PAGE.total + CONTROL.total) * 4 < int(most)
    assert int(most) <= SELECT, "paho waits with select()"


@pytest.mark.parametrize(
    "device",
    ["char-video4linux", "char-media", "char-dma_heap", "char-gpiochip", "char-usb_device"],
)
def test_the_daemon_reaches_its_hardware(root: Path, device: str) -> None:
    unit = root / "systemd" / "moodbox.service"
    assert f"{device} rw" in values(unit, "DeviceAllow")
    kept = dict(settings(unit))
    assert "PrivateDevices" not in kept  # would hide all of them
    assert "ProcSubset" not in kept  # would hide /proc/cpuinfo from gpiozero


def test_every_service_has_a_user_of_its_own_or_no_rights(root: Path) -> None:
    for name in SERVICES:
        unit = root / "systemd" / name
        assert values(unit, "CapabilityBoundingSet") == [""], name
        assert values(unit, "User") or values(unit, "Type") == ["oneshot"], name


def test_an_update_runs_from_the_release_that_proved_itself_and_goes_on_after_boot(
    root: Path,
) -> None:
    (command,) = values(root / "systemd" / "moodbox-update.service", "ExecStart")
    program, *words = command.split()
    assert Path(program).parent == Path(Settings().update.folder, "good", "bin")
    assert parser().parse_args(words).command == "update"
    assert values(root / "systemd" / "moodbox-trial.timer", "Unit") == ["moodbox-update.service"]
    assert values(root / "systemd" / "moodbox-trial.timer", "OnBootSec")


def test_a_box_restarts_where_the_system_asks_for_it_and_moodbox_says_that_nobody_minds(
    root: Path,
) -> None:
    unit = root / "systemd" / "moodbox-reboot.service"
    assert values(unit, "ConditionPathExists") == ["/run/reboot-required"]
    (_, *words) = values(unit, "ExecCondition")[0].replace("${NIGHT}", "04:30").split()
    assert parser().parse_args(words).command == "resting"
    assert values(unit, "ExecStart") == ["+/usr/bin/systemctl reboot"]
    assert values(unit.with_suffix(".timer"), "OnCalendar")


def test_no_unit_holds_a_secret(root: Path) -> None:
    for name in UNITS:
        text = (root / "systemd" / name).read_text(encoding="utf-8")
        assert not re.search(r"(password|key|token)=\S", text, flags=re.IGNORECASE), name


def test_the_daemon_looks_for_soloist_where_its_unit_lets_it_listen(root: Path) -> None:
    [command] = values(root / "systemd" / "soloist.service", "ExecStart")
    listens = re.findall(r"--ws (\S+:\d+)", command)
    assert [SoloistSettings().address] == [f"ws://{where}" for where in listens]
