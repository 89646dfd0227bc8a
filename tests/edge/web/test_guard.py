from __future__ import annotations

import asyncio
import http.client
import json
import random
import sqlite3
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from fakes.browser import Browser, until
from starlette.responses import PlainTextResponse
from starlette.types import Message

from edge.client import Control
from edge.controller.state import CODE_LENGTH
from edge.errors import Refused
from edge.events import CODE_COLOURS
from edge.settings import WebSettings
from edge.web.answers import Invitation
from edge.web.guard import Guard, at_home
from edge.web.limit import Limit
from edge.web.pairing import (
    COOKIE,
    INVITED_FOR,
    MOST_COLOURS,
    MOST_INVITATIONS,
    TRIES,
    WRONG,
    WRONG_COSTS,
    Invitations,
    Window,
    attempt,
    seen,
)

EVERYTHING = [
    ("GET", "/api/status"),
    ("GET", "/api/events"),
    ("GET", "/api/history"),
    ("GET", "/api/health"),
    ("GET", "/api/why"),
    ("GET", "/api/licences"),
    ("GET", "/api/preferences"),
    ("GET", "/api/report"),
    ("GET", "/api/week"),
    ("GET", "/api/export"),
    ("GET", "/api/browsers"),
    ("GET", "/api/face?of=p1"),
    ("GET", "/api/live"),
    ("GET", "/api/songs"),
    ("GET", "/api/songs/all"),
    ("GET", "/api/speakers"),
    ("POST", "/api/request"),
    ("POST", "/api/erase"),
    ("POST", "/api/browsers/revoke"),
    ("POST", "/api/login/begin"),
    ("POST", "/api/login/finish"),
    ("GET", "/api/heard"),
    ("GET", "/api/sources"),
    ("GET", "/api/music/own"),
    ("GET", "/api/music/search?q=x"),
    ("GET", "/api/cover?of=x"),
    ("GET", "/api/troubles"),
    ("POST", "/api/restart"),
    ("POST", "/api/logout"),
    ("POST", "/api/broker/test"),
    ("POST", "/api/broker/password"),
    ("GET", "/api/simulated/lights"),
    ("POST", "/api/simulated/button"),
    ("GET", "/static/../page.py"),
    ("GET", "/static/%2e%2e/page.py"),
    ("GET", "//api/status"),
    ("GET", "/pair/../api/status"),
]
OF_THE_HOUSE = (
    "/api/history",
    "/api/export",
    "/api/browsers",
    "/api/face?of=p1",
    "/api/live",
    "/api/songs",
    "/api/preferences",
    "/api/heard",
    "/api/music/own",
    "/api/troubles",
)
"""No guest's."""


def test_a_stranger_gets_nothing(house: Any, stranger: Any) -> None:
    for method, path in EVERYTHING:
        response = stranger.get(path) if method == "GET" else stranger.post(path, {"type": "Next"})
        assert response.status in (401, 404), path
        assert b"happy" not in response.text
    assert house.requests == []


def test_a_stranger_is_shown_the_pairing_page_in_place_of_the_page(stranger: Any) -> None:
    response = stranger.get("/")
    assert response.status == 200
    assert b"/pair.js" in response.text
    assert b"first.js" not in response.text
    assert b"begun" not in response.text


def test_a_forged_token_is_nobodys(stranger: Any) -> None:
    stranger.cookie = "moodbox=" + "A" * 43
    assert stranger.get("/api/status").status == 401


def test_the_colours_of_the_light_pair_a_browser(house: Any, paired: Any) -> None:
    response = paired.get("/api/status")
    assert response.status == 200
    assert json.loads(response.text)["mood"]["name"] == "happy"
    assert [device.name for device in house.store.read.devices()] == ["a test"]


def test_a_paired_browser_may_ask(house: Any, paired: Any) -> None:
    assert paired.post("/api/request", {"type": "SetVolume", "volume": 20}).status == 200
    assert house.requests[-1].origin == "page"


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(
    house: Any, stranger: Any
) -> None:
    house.show(pairing_until=time.monotonic() + 300, pairing_code=("red",) * 4)
    response = stranger.post("/api/pair", {"colours": ["red"] * 4})
    cookie = response.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    token = response.headers["set-cookie"].partition("=")[2].partition(";")[0]
    assert len(token) >= 43
    connection = sqlite3.connect(house.store.path)
    kept = connection.execute("SELECT hash FROM tokens").fetchall()
    connection.close()
    assert token not in str(kept)


def test_who_comes_in_by_an_address_needs_no_window_and_the_light_may_show_the_mood(
    house: Any,
) -> None:
    colours = ("blue", "green", "blue", "white", "green", "purple")
    house.show(pairing_until=time.monotonic() + 3600, pairing_code=colours)
    browser = Browser(house.port)
    invitation = house.web.invite().partition("#")[2]
    assert browser.post("/api/pair", {"invitation": invitation, "name": "mine"}).status == 200
    assert until(lambda: house.codes)[-1].code == (), "the light need not show them any more"
    late = browser.post("/api/pair", {"colours": colours, "name": "a guest of the first hour"})
    assert late.status == 403


def test_five_wrong_codes_by_a_stranger_do_not_lock_the_owner_out(house: Any) -> None:
    house.show(pairing_until=time.monotonic() + 300, pairing_code=("red",) * 4)
    stranger, owner = Browser(house.port, "127.0.0.2"), Browser(house.port)
    tries = [stranger.post("/api/pair", {"colours": ["blue"] * 4}).status for _ in range(TRIES + 1)]
    assert tries == [403] * TRIES + [429]
    code = until(lambda: house.codes)[-1].code
    assert code[:4] == ("red",) * 4
    assert len(code) == 5
    until(lambda: json.loads(owner.get("/api/pair").text)["length"] == 5)
    assert owner.post("/api/pair", {"colours": list(code[:4])}).status == 403
    assert owner.post("/api/pair", {"colours": list(code)}).status == 200


def test_strangers_who_hang_up_keep_no_owner_waiting_and_make_no_code_longer(house: Any) -> None:
    code = ("red",) * 4
    house.show(pairing_until=time.monotonic() + 300, pairing_code=code)
    for last in range(2, 32):
        Browser(house.port, f"127.0.0.{last}").hang_up("/api/pair", {"colours": ["blue"] * 4})
    assert Browser(house.port).post("/api/pair", {"colours": list(code)}).status == 200


def test_no_code_pairs_while_the_window_is_closed(house: Any, stranger: Any) -> None:
    for colours in ([], ["red"] * 4):
        response = stranger.post("/api/pair", {"colours": colours})
        assert response.status == 403
        assert b"hold the button" in response.text


def test_a_revoked_browser_is_out_at_once(house: Any, paired: Any) -> None:
    [device] = json.loads(paired.get("/api/browsers").text)
    assert paired.post("/api/browsers/revoke", {"number": device["number"]}).status == 200
    assert paired.get("/api/status").status == 401


def test_a_revoked_browser_hears_nothing_more(house: Any, paired: Any) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", paired.port, timeout=20)
    connection.request("GET", "/api/events", headers={"cookie": paired.cookie})
    response = connection.getresponse()
    [device] = house.store.read.devices()
    paired.post("/api/browsers/revoke", {"number": device.number})
    response.read()  # ends
    connection.close()


def test_another_sites_page_cannot_ask(house: Any, paired: Any) -> None:
    for headers in (
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": ""},
        {"content_type": "text/plain"},
        {"content_type": "application/x-www-form-urlencoded"},
    ):
        assert paired.post("/api/request", {"type": "Next"}, **headers).status == 403, headers
    assert house.requests == []


def test_a_foreign_name_is_not_served(paired: Any) -> None:
    for host in ("evil.example", "evil.example:8080", " ", "moodbox.evil.example"):
        assert paired.get("/api/status", host=host).status == 421, host


@pytest.mark.parametrize(
    "host",
    ["moodbox.local", "moodbox", "192.168.1.9:8080", "[fe80::1]:8080", "moodbox.lan"]
    + [f"moodbox.{name}:8080" for name in ("home", "localdomain", "fritz.box", "tail1.ts.net")],
)
def test_names_of_the_home_are_served(host: str) -> None:
    assert at_home(host)


@pytest.mark.parametrize("host", ["[::1", "a.b.c", "localhost.evil.example", "1.2.3.4.nip.io"])
def test_names_that_somebody_can_buy_are_not(host: str) -> None:
    assert not at_home(host)


def test_a_name_of_the_household_s_own_is_served_and_framed_where_the_settings_say(
    make_house: Callable[..., Any],
) -> None:
    settings = WebSettings(
        host="127.0.0.1", port=0, names=("box.example.org",), frames=("http://ha.local:8123",)
    )
    house = make_house(settings)
    browser = Browser(house.port)
    browser.pair(house)
    answer = browser.get("/", host="box.example.org")
    assert answer.status == 200
    policy = answer.headers["content-security-policy"]
    assert policy.endswith("frame-ancestors http://ha.local:8123")
    body = {"type": "PlayPause"}
    # A proxy may call the box by its address, while the browser calls it by the household's name.
    assert browser.post("/api/request", body, origin="https://box.example.org").status == 200
    assert browser.post("/api/request", body, origin="https://evil.example").status == 403


def test_a_person_who_comes_by_a_foreign_name_is_told_what_to_do(paired: Any) -> None:
    answer = paired.get("/", host="box.example.org", accept="text/html")
    assert answer.status == 421
    assert b"[web] names" in answer.text
    assert b"box.example.org" not in answer.text, "what somebody sent is not sent back"


def test_guests_may_look_but_not_touch(make_house: Callable[..., Any], stranger: Any) -> None:
    guests = make_house(WebSettings(host="127.0.0.1", port=0, guests=True))
    guest = type(stranger)(guests.port)
    assert guest.get("/api/status").status == 200
    for method, path in EVERYTHING:
        if method == "POST" or path in OF_THE_HOUSE:
            answer = guest.get(path) if method == "GET" else guest.post(path, {"type": "Next"})
            assert answer.status == 401, path
    assert guests.requests == []


def test_the_page_is_told_whom_it_shows_itself_to(
    make_house: Callable[..., Any], stranger: Any
) -> None:
    guests = make_house(WebSettings(host="127.0.0.1", port=0, guests=True))
    browser = type(stranger)(guests.port)
    assert json.loads(browser.get("/api/about").text)["guest"] is True
    browser.pair(guests)
    assert json.loads(browser.get("/api/about").text)["guest"] is False


def test_every_answer_carries_the_security_headers(paired: Any) -> None:
    for path in ("/", "/api/status", "/nowhere", "/static/app.js"):
        headers = paired.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert "access-control-allow-origin" not in headers
        assert "server" not in headers


def test_a_body_that_is_too_long_is_refused(house: Any, paired: Any) -> None:
    response = paired.post("/api/request", b" " * 1_000_000)
    assert response.status == 413
    assert house.requests == []


def test_whoever_asks_too_often_has_to_wait() -> None:
    now = 0.0
    guard = Guard(PlainTextResponse("here"), lambda _: True, guests=False, clock=lambda: now)

    def asked(client: str, times: int) -> Counter[int]:
        """Return how often each status came, as so many requests of `client` were answered."""
        sent: list[Message] = []

        async def send(message: Message) -> None:
            sent.append(message)

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        headers = [(b"host", b"moodbox.local"), (b"cookie", f"{COOKIE}=x".encode())]
        about = {"type": "http", "method": "GET", "path": "/api/why", "client": (client, 1)}
        for _ in range(times):
            asyncio.run(guard({**about, "headers": headers}, receive, send))
        return Counter(it["status"] for it in sent if "status" in it)

    assert asked("192.0.2.7", 200) == {200: 100, 429: 100}
    assert asked("192.0.2.8", 1) == {200: 1}
    now = 1.0
    assert asked("192.0.2.7", 30) == {200: 20, 429: 10}


def test_hostile_requests_change_nothing(house: Any, paired: Any) -> None:
    chance = random.Random(5)
    for _ in range(60):
        body = chance.randbytes(chance.randrange(200))
        assert paired.post("/api/request", body).status in (400, 429)
    assert house.requests == []


def test_a_bucket_fills_again() -> None:
    limit = Limit(rate=1.0, burst=2.0)
    assert [limit.allows("a", 0.0) for _ in range(3)] == [True, True, False]
    assert limit.allows("b", 0.0)
    assert not limit.allows("a", 0.5)
    assert limit.allows("a", 1.6)


def test_a_window_lets_one_browser_in() -> None:
    window = seen(Window(), ("red", "blue"))
    window, right = attempt(window, ["red", "blue"], tuple(CODE_COLOURS))
    assert right
    assert not attempt(window, ["red", "blue"], tuple(CODE_COLOURS))[1]
    assert seen(window, ("red", "blue")) == window
    assert seen(window, ("blue", "blue")).is_open


def test_a_code_grows_with_wrong_codes_and_what_was_right_stays_its_beginning() -> None:
    window = seen(Window(), ("red", "blue"))
    lengths = []
    for _ in range(100):
        window, right = attempt(window, ["nonsense"], tuple(CODE_COLOURS))
        assert not right
        lengths.append(len(window.code))
    assert lengths[: WRONG + 1] == [2] * (WRONG - 1) + [3, 3]
    assert lengths[-1] == MOST_COLOURS
    assert window.code[:2] == ("red", "blue")
    assert seen(window, ("red", "blue")) == window  # the light is a moment late
    assert attempt(window, window.code, tuple(CODE_COLOURS))[1]


def test_guessing_has_one_chance_in_two_hundred_and_fifty_however_many_addresses_guess() -> None:
    tries = int(3600 / WRONG_COSTS)  # in the longest window
    lengths = (min(MOST_COLOURS, CODE_LENGTH + wrong // WRONG) for wrong in range(tries))
    assert sum(len(CODE_COLOURS) ** -length for length in lengths) < 1 / 250


def test_an_invitation_lets_one_browser_in_and_not_later_than_said() -> None:
    invitations = Invitations()
    token = invitations.invite(0.0)
    assert not invitations.redeem("", 1.0)
    assert not invitations.redeem(token + "x", 1.0)
    assert invitations.redeem(token, INVITED_FOR - 1)
    assert not invitations.redeem(token, INVITED_FOR - 1)
    assert not invitations.redeem(invitations.invite(0.0), INVITED_FOR)


def test_only_so_many_invitations_are_good_at_one_time() -> None:
    invitations = Invitations()
    tokens = [invitations.invite(0.0) for _ in range(MOST_INVITATIONS + 1)]
    assert [invitations.redeem(token, 1.0) for token in tokens] == [False] + [True] * (
        len(tokens) - 1
    )


def test_the_address_that_the_box_prints_pairs_one_browser(house: Any, stranger: Any) -> None:
    invited = Control(house.runtime).post("/api/invite", {}, Invitation)
    address, _, token = invited.address.partition("#")
    assert address == f"http://127.0.0.1:{house.port}/pair"
    answer = stranger.post("/api/pair", {"invitation": token, "name": "a phone"})
    stranger.cookie = answer.headers["set-cookie"].partition(";")[0]
    assert stranger.get("/api/status").status == 200
    assert Browser(house.port).post("/api/pair", {"invitation": token}).status == 403
    assert [device.name for device in house.store.read.devices()] == ["a phone"]


def test_no_browser_can_make_itself_an_invitation(paired: Any) -> None:
    assert paired.post("/api/invite", {}).status == 404


def test_a_box_without_a_page_invites_nobody(make_house: Callable[..., Any]) -> None:
    house = make_house(WebSettings(enabled=False))
    with pytest.raises(Refused, match="does not listen"):
        Control(house.runtime).post("/api/invite", {}, Invitation)
