"""Signing in through the daemon, against a Spotify that keeps state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fakes.spotify import FakeSpotify

from edge.client import Control
from edge.errors import Refused
from edge.events import SetPreferences, SetVolume
from edge.settings import WebSettings
from edge.spotify.login import REDIRECT
from edge.spotify.tokens import Tokens
from edge.web.answers import LoginBegin, LoginFinish, LoginStep
from edge.web.login import Login

CLIENT = "a" * 32


@pytest.fixture
def taken() -> list[Tokens]:
    return []


@pytest.fixture
def control(
    make_house: Callable[..., Any], fake_spotify: FakeSpotify, taken: list[Tokens]
) -> Control:
    login = Login(REDIRECT, fake_spotify.address, taken.append)
    return Control(make_house(WebSettings(enabled=False), login=login).runtime)


def begin(control: Control) -> LoginStep:
    return control.post("/api/login/begin", LoginBegin(CLIENT), LoginStep)


def test_the_address_that_somebody_landed_on_signs_the_box_in(
    control: Control, fake_spotify: FakeSpotify, taken: list[Tokens]
) -> None:
    step = begin(control)
    assert step.qr.startswith("data:image/svg+xml")
    landed = fake_spotify.consent(step.url)
    control.post("/api/login/finish", LoginFinish(landed), dict)
    assert [tokens.client_id for tokens in taken] == [CLIENT]


def test_the_client_id_of_a_sign_in_is_kept(
    make_house: Callable[..., Any], fake_spotify: FakeSpotify
) -> None:
    login = Login(REDIRECT, fake_spotify.address, lambda _tokens: None)
    house = make_house(WebSettings(enabled=False), login=login)
    control = Control(house.runtime)
    landed = fake_spotify.consent(begin(control).url)
    control.post("/api/login/finish", LoginFinish(landed), dict)
    control.request(SetVolume(30))  # and what came before it was heard
    assert house.requests[0].body == SetPreferences(client_id=CLIENT)


def test_a_wrong_address_is_refused_and_the_right_one_still_works(
    control: Control, fake_spotify: FakeSpotify, taken: list[Tokens]
) -> None:
    step = begin(control)
    with pytest.raises(Refused, match="not the address Spotify led to"):
        control.post("/api/login/finish", LoginFinish("https://example.org/"), dict)
    assert taken == []
    control.post("/api/login/finish", LoginFinish(fake_spotify.consent(step.url)), dict)
    assert len(taken) == 1


def test_an_address_is_good_for_one_sign_in(control: Control, fake_spotify: FakeSpotify) -> None:
    landed = fake_spotify.consent(begin(control).url)
    control.post("/api/login/finish", LoginFinish(landed), dict)
    with pytest.raises(Refused, match="no sign-in has been begun"):
        control.post("/api/login/finish", LoginFinish(landed), dict)


def test_what_is_no_client_id_is_refused(control: Control) -> None:
    with pytest.raises(Refused, match="client id"):
        control.post("/api/login/begin", LoginBegin("nonsense!"), LoginStep)


def test_signing_out_drops_the_sign_in(
    make_house: Callable[..., Any], fake_spotify: FakeSpotify
) -> None:
    signed_in = ["yes"]
    login = Login(REDIRECT, fake_spotify.address, lambda _: None, signed_in.clear)
    control = Control(make_house(WebSettings(enabled=False), login=login).runtime)
    control.post("/api/login/forget", {}, dict)
    assert signed_in == []
