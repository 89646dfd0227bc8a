"""Pictures go to whoever looks, while somebody may; and nowhere else."""

from __future__ import annotations

import base64
import http.client
import json
import time
from typing import Any

from fakes.browser import Browser

from edge.settings import WebSettings
from edge.web.simulated import Simulated

WITHIN = 20.0


def look_in(
    browser: Any, at: str = "/api/live"
) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
    connection = http.client.HTTPConnection("127.0.0.1", browser.port, timeout=WITHIN)
    connection.request("GET", at, headers={"cookie": browser.cookie})
    return connection, connection.getresponse()


def next_picture(response: http.client.HTTPResponse) -> dict[str, Any]:
    while line := response.readline():
        if line.startswith(b"data: "):
            data: dict[str, Any] = json.loads(line[6:])
            return data
    return {}


def test_a_picture_comes_with_the_box_and_the_label(house: Any, paired: Any) -> None:
    connection, response = look_in(paired)
    first, second = next_picture(response), next_picture(response)
    connection.close()
    assert first["box"] == [0.1, 0.2, 0.3, 0.4]
    assert first["label"] == "happy"
    numbers = [int(base64.b64decode(one["jpeg"])) for one in (first, second)]
    assert numbers[0] < numbers[1]
    assert response.headers["cache-control"] == "no-store"


def test_all_who_look_share_one_pair_of_eyes(house: Any, paired: Any) -> None:
    opened = [look_in(paired) for _ in range(8)]
    for _, response in opened:
        for _ in range(3):
            assert next_picture(response)
    for connection, _ in opened:
        connection.close()
    assert house.scene.most_at_once == 1


def test_nobody_looks_when_nobody_looks(house: Any, paired: Any) -> None:
    connection, response = look_in(paired)
    next_picture(response)
    response.close()
    connection.close()
    deadline = time.monotonic() + WITHIN
    before = -1
    while before != (before := house.scene.asked):
        assert time.monotonic() < deadline
        time.sleep(1.0)


def test_privacy_ends_it(house: Any, paired: Any) -> None:
    connection, response = look_in(paired)
    assert next_picture(response)
    house.show(private=True)
    while next_picture(response):
        pass
    connection.close()
    connection, response = look_in(paired)
    assert not next_picture(response)
    connection.close()


def test_a_browser_that_is_revoked_sees_no_more(house: Any, paired: Any) -> None:
    connection, response = look_in(paired)
    assert next_picture(response)
    [device] = house.store.read.devices()
    paired.post("/api/browsers/revoke", {"number": device.number})
    while next_picture(response):
        pass
    connection.close()


def test_a_drawn_lamp_is_shown_until_the_browser_is_revoked(make_house: Any) -> None:
    lit = Simulated(lambda: (0.0, 0.0, 0.0, 1.0))
    house = make_house(WebSettings(host="127.0.0.1", port=0), simulated=lit)
    browser = Browser(house.port)
    browser.pair(house)
    connection, response = look_in(browser, "/api/simulated/lights")
    assert response.readline() == b"event: lights\n"
    [device] = house.store.read.devices()
    browser.post("/api/browsers/revoke", {"number": device.number})
    assert b"event: lights" not in response.read()
    connection.close()


def test_a_stranger_sees_nothing(house: Any, stranger: Any) -> None:
    assert stranger.get("/api/live").status == 401
    assert stranger.get("/api/face?of=p1").status == 401
    assert house.scene.asked == 0


def test_faces_are_given_where_they_are_kept_and_go_with_an_erasure(
    house: Any, paired: Any
) -> None:
    assert paired.get("/api/face?of=p1").status == 404
    house.correction_store.keeping(True)
    answer = paired.get("/api/face?of=p1")
    assert (answer.status, answer.headers["content-type"]) == (200, "image/png")
    house.crops.keep("p2", "sad", b"png")
    assert paired.get("/api/face?of=p2").text == b"png"
    assert paired.get("/api/face?of=../p2").status == 404
    assert paired.post("/api/erase", {}).status == 200
    assert house.crops.files() == []
