from __future__ import annotations

import http.client
import json
import socket
import stat
import time
from argparse import Namespace
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
import pytest

from edge.cli.resting import resting
from edge.client import SOCKET, Control, _Connection
from edge.errors import Fault, MoodboxError, Refused
from edge.events import (
    Announce,
    Answer,
    Correction,
    Down,
    Next,
    Playback,
    Prediction,
    Preferences,
    SetVolume,
    Status,
)
from edge.settings import WebSettings
from edge.store.report import MoodReport
from edge.web import api
from edge.web.answers import History, Why
from edge.web.listener import control_socket


@pytest.fixture
def control(house: Any) -> Control:
    return Control(house.runtime)


def events(house: Any) -> tuple[_Connection, http.client.HTTPResponse]:
    connection = _Connection(house.runtime / "control.sock")
    connection.request("GET", "/api/events")
    return connection, connection.getresponse()


def next_event(response: http.client.HTTPResponse) -> tuple[str, dict[str, Any]]:
    name = ""
    while line := response.readline().decode().strip("\n"):
        if line.startswith("event: "):
            name = line[7:]
        if line.startswith("data: "):
            response.readline()
            return name, json.loads(line[6:])
    return name, {}


def test_the_control_socket_is_for_its_owner_and_group_alone(house: Any) -> None:
    mode = (house.runtime / "control.sock").stat().st_mode
    assert stat.S_IMODE(mode) == 0o660


def test_the_status_is_the_one_that_was_shown(house: Any, control: Control) -> None:
    assert control.get("/api/status", Status) == house.status


def test_a_command_waits_its_turn_where_the_kernel_holds_no_more(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / SOCKET))
        listening.listen(0)
        before = _Connection(tmp_path / SOCKET)
        before.connect()

        def serve() -> None:
            time.sleep(0.1)  # until the command waits
            listening.accept()[0].close()
            with listening.accept()[0] as asked:
                asked.recv(4096)
                asked.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")

        with ThreadPoolExecutor(1) as box:
            served = box.submit(serve)
            assert Control(tmp_path).get("/api/why", dict) == {}
            served.result(10)
        before.close()


def test_the_pairing_colours_are_never_told(house: Any, control: Control) -> None:
    house.show(pairing_until=time.monotonic() + 99, pairing_code=("red",) * 4)
    assert control.get("/api/status", Status).pairing_code == ()


def test_a_request_reaches_the_controller_and_is_answered(house: Any, control: Control) -> None:
    assert control.request(SetVolume(30)).accepted
    [request] = house.requests
    assert request.body == SetVolume(30)
    assert request.origin == "command line"


def test_a_rejected_request_gives_the_reason(control: Control) -> None:
    with pytest.raises(Refused, match="nothing plays"):
        control.request(Next())


def quiet_hours(since: float, until: float) -> Preferences:
    """Quiet hours that began and end so many seconds from now."""
    begin, end = (time.strftime("%H:%M", time.localtime(time.time() + it)) for it in (since, until))
    return Preferences(quiet_from=begin, quiet_to=end)


def test_a_restart_waits_for_the_music_and_for_the_quiet_hours_of_the_house(
    house: Any, control: Control
) -> None:
    asked = Namespace(night=quiet_hours(-600, 0).quiet_from)
    house.show(playback=Playback.PLAYING)
    with pytest.raises(Refused, match="music plays"):
        resting(control, asked)
    house.show(playback=Playback.PAUSED)
    assert resting(control, asked) == 0  # this hour of the night, for there are no quiet hours
    house.store.remember(quiet_hours(7200, 9000))
    house.store.flush()
    with pytest.raises(Refused, match="not quiet before"):
        resting(control, asked)
    house.store.remember(quiet_hours(-7200, 7200))
    house.store.flush()
    assert resting(control, asked) == 0


def test_a_box_whose_daemon_is_down_restarts_at_night(tmp_path: Path) -> None:
    assert resting(Control(tmp_path), Namespace(night=quiet_hours(-600, 0).quiet_from)) == 0
    with pytest.raises(Refused, match="not quiet before"):
        resting(Control(tmp_path), Namespace(night=quiet_hours(7200, 0).quiet_from))


def test_a_request_that_nobody_answers_ends(house: Any, control: Control, monkeypatch: Any) -> None:
    house.deaf = True
    monkeypatch.setattr(api, "ANSWER_WITHIN", 0.1)
    with pytest.raises(Refused, match="no answer within"):
        control.request(Next())


BAD_BODIES = [
    b"",
    b"{",
    b"[]",
    b'{"type":"Explode"}',
    b'{"type":"SetVolume"}',
    b'{"type":"SetVolume","volume":101}',
    b'{"type":"SetVolume","volume":"loud"}',
    b'{"type":"Play","what":""}',
    b'\xff\xfe{"type":"Next"}',
    b"[" * 100_000,
]


def test_a_bad_request_is_refused_in_one_line_and_changes_nothing(house: Any) -> None:
    for body in BAD_BODIES:
        connection = _Connection(house.runtime / "control.sock")
        connection.request("POST", "/api/request", body)
        response = connection.getresponse()
        words = json.loads(response.read())["error"]
        connection.close()
        assert response.status in (400, 413)
        assert words
        assert "\n" not in words
    assert house.requests == []


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"type":"SetVolume","volume":30,"fade":2}', "fade: no such key; allowed: type, volume"),
        (b'{"type":"Next","skip":true}', "skip: no such key; allowed: type"),
        (
            b'{"type":"SetPreferences","broker":{"host":"a","pasword":"x"}}',
            "broker.pasword: no such key; allowed: host, port, user, tls",
        ),
        (b'{"type":"SetVolume","volume":101}', "volume: Expected int <= 100"),
    ],
)
def test_a_key_that_says_nothing_is_refused_with_those_that_are_allowed(
    house: Any, control: Control, body: bytes, words: str
) -> None:
    with pytest.raises(Refused, match=f"^{words}$"):
        control.post("/api/request", msgspec.Raw(body), Answer)
    assert house.requests == []


@pytest.mark.parametrize("most", ["²", "٣", "201", "-1", "1.5", "", "x" * 400])
def test_a_number_that_is_none_is_refused_where_songs_are_asked_for(
    control: Control, most: str
) -> None:
    with pytest.raises(Refused, match=r"^most: Expected int"):
        control.get(f"/api/songs?mood=happy&most={quote(most)}", dict[str, Any])


def test_history_tells_moods_and_corrections(house: Any, control: Control) -> None:
    now = time.monotonic()
    house.store.clock_is(time.time() - now)
    house.store.remember(Prediction("p1", now, "happy", 0.4, (0.1,) * 7, "m", "home"))
    house.store.remember(Correction("p1", now, "sad", "home"))
    house.store.flush()
    history = control.get("/api/history", History)
    assert [row.mood for row in history.moods] == ["happy"]
    assert [(row.mood, row.predicted) for row in history.corrections] == [("sad", "happy")]
    report = control.get("/api/report?days=1", MoodReport)
    assert (report.predictions, report.corrections, report.agreed) == (1, 1, 0)
    assert {(row.here, row.card) for row in report.drift} == {(0.1, 1 / 7)}
    assert [(row.felt, row.predicted, row.times) for row in report.confused] == [
        ("sad", "happy", 1)
    ]


def test_why_says_why(control: Control) -> None:
    assert control.get("/api/why", Why).why == "you like this when happy"


def test_events_begin_with_the_status_and_follow_its_changes(house: Any) -> None:
    connection, response = events(house)
    assert next_event(response)[0] == "hello"
    response.readline()
    assert next_event(response)[1]["volume"] == 40
    house.show(volume=41)
    assert next_event(response)[1]["volume"] == 41
    house.web.announce(Announce("gesture", 1.0, {"gesture": "press"}))
    name, data = next_event(response)
    assert (name, data["data"]) == ("announce", {"gesture": "press"})
    connection.close()


def test_a_slow_reader_gets_the_newest_status_and_holds_no_queue(house: Any) -> None:
    connection, response = events(house)
    next_event(response)
    for number in range(3000):
        house.show(volume=number % 100, why="x" * 1000)
    house.show(volume=77)
    seen = [next_event(response)[1]["volume"]]
    while seen[-1] != 77:
        seen.append(next_event(response)[1]["volume"])
    assert len(seen) < 100
    connection.close()


def test_stopping_does_not_wait_for_those_who_watch(house: Any) -> None:
    connection, response = events(house)
    next_event(response)
    assert house.web.stop(5.0)
    connection.close()


def test_a_daemon_that_is_not_there_is_said_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(MoodboxError, match="not running"):
        Control(tmp_path).get("/api/status", Status)


def test_a_second_daemon_is_refused_and_the_first_one_stays(house: Any, control: Control) -> None:
    with pytest.raises(Fault, match="another moodbox is running"):
        control_socket(house.runtime / "control.sock")
    assert isinstance(control.get("/api/status", Status), Status)


def test_a_socket_that_a_killed_daemon_left_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "control.sock"
    with socket.socket(socket.AF_UNIX) as killed:
        killed.bind(str(path))
    control_socket(path).close()


def test_a_port_that_is_taken_leaves_the_control_socket_working(
    make_house: Callable[..., Any],
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        house = make_house(WebSettings(host="127.0.0.1", port=taken.getsockname()[1]))
        deadline = time.monotonic() + 20
        while not house.parts and time.monotonic() < deadline:
            time.sleep(0.01)
        [down] = house.parts
        assert isinstance(down, Down)
        assert down.part == "page"
        assert isinstance(Control(house.runtime).get("/api/status", Status), Status)
