"""Who is kept and who goes back, in made-up time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingUnixStreamServer

import pytest

from edge.errors import MoodboxError
from edge.update.trial import LASTS, SILENT, DaemonState, Systemd, watch

WELL = DaemonState(active=True, restarts=0, troubles=frozenset())
NOBODY: frozenset[str] = frozenset()


class Played:
    """A daemon that is, at each moment, as a list of (seconds, look) says."""

    def __init__(self, *story: tuple[float, DaemonState]) -> None:
        self.now = 1000.0
        self.began = self.now
        self.story = story

    def restart(self) -> None:
        raise AssertionError("a watched daemon is left alone")

    def look(self) -> DaemonState:
        return [look for at, look in self.story if at <= self.now - self.began][-1]

    def watched(self, before: frozenset[str] = NOBODY, seconds: float = 300) -> str:
        return watch(self, before, seconds, clock=lambda: self.now, sleep=self.sleep)

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def troubled(*parts: str) -> DaemonState:
    return DaemonState(active=True, restarts=0, troubles=frozenset(parts))


def test_who_stays_well_is_kept_after_the_whole_time() -> None:
    daemon = Played((0, WELL))
    assert daemon.watched() == ""
    assert daemon.now == daemon.began + 300


@pytest.mark.parametrize(
    ("look", "why"),
    [
        (DaemonState(active=False, restarts=0, troubles=NOBODY), "the daemon does not run"),
        (DaemonState(active=True, restarts=1, troubles=NOBODY), "the daemon was restarted"),
    ],
)
@pytest.mark.parametrize("at", [0, 150, 299])
def test_who_falls_goes_at_once(look: DaemonState, why: str, at: float) -> None:
    daemon = Played((0, WELL), (at, look), (at + 10, WELL))
    assert daemon.watched() == why
    assert daemon.now - daemon.began < at + 3


def test_a_part_that_comes_up_late_is_no_fault() -> None:
    assert Played((0, troubled("eyes", SILENT)), (200, WELL)).watched() == ""


def test_a_part_that_is_down_at_the_end_and_was_not_before_is_a_fault() -> None:
    daemon = Played((0, WELL), (280, troubled("eyes", "panel")))
    assert daemon.watched(frozenset({"panel"})) == "it broke: eyes"


def test_what_a_flood_silences_for_a_moment_is_no_fault_of_the_release() -> None:
    flooded = Played(
        (0, WELL), (290, troubled(SILENT, "page")), (310, troubled("page")), (320, WELL)
    )
    assert flooded.watched() == ""
    assert flooded.now - flooded.began < 325


def test_parts_that_fail_in_turns_are_not_broken() -> None:
    flapping = Played(
        *((20 * turn, troubled("eyes" if turn % 2 else "panel")) for turn in range(30))
    )
    assert flapping.watched() == ""
    assert flapping.now - flapping.began <= 300 + LASTS


def test_a_daemon_that_no_longer_answers_is_a_fault() -> None:
    assert Played((0, troubled(SILENT))).watched() == f"it broke: {SILENT}"
    assert Played((0, troubled(SILENT))).watched(frozenset({SILENT})) == ""


# What systemd and the daemon say, read for real.


@pytest.fixture
def systemctl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    program = tmp_path / "bin" / "systemctl"
    program.parent.mkdir()
    program.touch(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=":")
    return program


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[list[bytes]]:
    """Answers on the control socket with what is in the list."""
    says: list[bytes] = [b"{}"]

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(says[0])))
            self.end_headers()
            self.wfile.write(says[0])

        def log_message(self, *_: object) -> None:
            pass

        def address_string(self) -> str:
            return ""

    with ThreadingUnixStreamServer(str(tmp_path / "control.sock"), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield says
        server.shutdown()


@pytest.mark.parametrize(
    ("said", "look"),
    [
        ("ActiveState=active\\nNRestarts=0", DaemonState(active=True, restarts=0, troubles=NOBODY)),
        ("NRestarts=3\\nActiveState=active", DaemonState(active=True, restarts=3, troubles=NOBODY)),
        (
            "ActiveState=activating\\nNRestarts=2",
            DaemonState(active=False, restarts=2, troubles=NOBODY),
        ),
        ("", DaemonState(active=False, restarts=0, troubles=NOBODY)),
    ],
)
def test_what_systemd_says_is_read(
    tmp_path: Path, systemctl: Path, daemon: list[bytes], said: str, look: DaemonState
) -> None:
    systemctl.write_text(f"#!/bin/sh\nprintf '{said}'\n")
    assert Systemd(tmp_path).look() == look


@pytest.mark.parametrize(
    ("said", "troubles"),
    [
        (b'{"eyes": "no camera", "mqtt": "the broker is away"}', {"eyes"}),
        (b'{"music": "not signed in"}', set()),
        (b'{"page": "no port", "web": "a listener ended"}', {"page", "web"}),
        (b'{"page": "no port", "eyes": "no", "connections": "192.168.1.7 opens"}', {"eyes"}),
        (b"<html>", {SILENT}),
        (b'{"eyes": {"of": "a later release"}}', {SILENT}),
    ],
)
def test_parts_of_the_home_are_no_fault_of_a_release(
    tmp_path: Path, systemctl: Path, daemon: list[bytes], said: bytes, troubles: set[str]
) -> None:
    systemctl.write_text("#!/bin/sh\necho ActiveState=active\n")
    daemon[0] = said
    assert Systemd(tmp_path).look().troubles == troubles


def test_a_silent_systemd_is_no_fault_of_the_release(tmp_path: Path, systemctl: Path) -> None:
    systemctl.write_text("#!/bin/sh\necho Connection refused >&2\nexit 1\n")
    with pytest.raises(MoodboxError, match="systemd does not answer: Connection refused"):
        Systemd(tmp_path).look()


def test_without_a_control_socket_the_daemon_is_silent(tmp_path: Path, systemctl: Path) -> None:
    systemctl.write_text("#!/bin/sh\necho ActiveState=active\n")
    assert Systemd(tmp_path).look().troubles == {SILENT}
