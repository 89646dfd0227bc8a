"""Signing in: an address to open, an address that is pasted."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from fakes.spotify import FakeSpotify

from edge.errors import Fault, Refused
from edge.spotify.login import SCOPES, Attempt, begin, finish
from edge.spotify.tokens import sign_in_age

CLIENT = "a" * 32


def attempt_at(fake: FakeSpotify) -> Attempt:
    return begin(CLIENT, accounts=fake.address)


def test_the_address_asks_for_a_code_with_pkce_and_no_secret() -> None:
    attempt = begin(CLIENT)
    query = parse_qs(urlsplit(attempt.url).query)
    assert attempt.url.startswith("https://accounts.spotify.com/authorize?")
    assert query["code_challenge_method"] == ["S256"]
    assert query["scope"] == [SCOPES]
    assert attempt.verifier not in attempt.url
    assert "secret" not in attempt.url


def test_two_attempts_share_nothing() -> None:
    one, two = begin(CLIENT), begin(CLIENT)
    assert one.state != two.state
    assert one.verifier != two.verifier


def test_a_pasted_address_signs_in(fake_spotify: FakeSpotify) -> None:
    attempt = attempt_at(fake_spotify)
    landed = fake_spotify.consent(attempt.url)
    tokens = finish(attempt, f"  {landed}\n", clock=fake_spotify.clock)
    assert tokens.authorized_at == fake_spotify.clock.now
    assert tokens.expires_at == fake_spotify.clock.now + 3600
    assert tokens.client_id == CLIENT
    assert set(tokens.scope.split()) == set(SCOPES.split())


@pytest.mark.parametrize(
    ("pasted", "words"),
    [
        ("", "not the address"),
        ("hello", "not the address"),
        ("http://[", "not the address"),
        ("http://127.0.0.1:8898/callback", "not the address"),
        ("https://accounts.spotify.com/authorize?code=1", "not the address"),
        ("http://127.0.0.1:8898/callback?code=abc&state=wrong", "another sign-in"),
        ("http://127.0.0.1:8898/callback?code=abc", "another sign-in"),
        ("http://127.0.0.1:8898/callback?error=access_denied&state={state}", "declined"),
        ("http://127.0.0.1:8898/callback?code=never-given&state={state}", "too old"),
    ],
)
def test_an_address_that_is_not_right_is_one_clear_line(
    fake_spotify: FakeSpotify, pasted: str, words: str
) -> None:
    attempt = attempt_at(fake_spotify)
    with pytest.raises(Refused, match=words) as refused:
        finish(attempt, pasted.format(state=attempt.state))
    assert "\n" not in str(refused.value)


def test_an_address_works_once(fake_spotify: FakeSpotify) -> None:
    attempt = attempt_at(fake_spotify)
    landed = fake_spotify.consent(attempt.url)
    finish(attempt, landed)
    with pytest.raises(Refused, match="used already"):
        finish(attempt, landed)


@pytest.mark.parametrize("client_id", ["", "x", "a b" * 10, "{" * 32, "é" * 32])
def test_a_client_id_that_cannot_be_one_is_refused(client_id: str) -> None:
    with pytest.raises(Refused, match="client id"):
        begin(client_id)


def test_a_client_id_that_spotify_does_not_know_is_named(fake_spotify: FakeSpotify) -> None:
    attempt = begin("b" * 32, accounts=fake_spotify.address)
    landed = fake_spotify.consent(attempt.url)
    with pytest.raises(Refused, match="does not know this client id"):
        finish(attempt, landed)


def test_an_outage_while_signing_in_is_passing(fake_spotify: FakeSpotify) -> None:
    attempt = attempt_at(fake_spotify)
    landed = fake_spotify.consent(attempt.url)
    fake_spotify.outage(503)
    with pytest.raises(Fault, match="out of order"):
        finish(attempt, landed)
    fake_spotify.outage(None)
    assert finish(attempt, landed).refresh_token


def test_a_new_sign_in_replaces_a_dead_one(house: Any) -> None:
    house.fake.revoke()
    house.live(4000)
    house.sign_in()
    house.wish(house.calm)
    assert house.fake.world.playback.context == house.calm


def test_a_sign_in_ends_six_months_after_it_was_given() -> None:
    given = datetime(2026, 8, 31, 12, tzinfo=UTC).timestamp()
    ends = datetime(2027, 2, 28, 12, tzinfo=UTC).timestamp()
    assert sign_in_age(given, given).expires == ends
    assert not sign_in_age(given, ends - 15 * 86_400).warn
    assert sign_in_age(given, ends - 13 * 86_400).warn
    assert sign_in_age(given, ends + 86_400).days_left == -1


def test_refreshing_does_not_make_a_sign_in_younger(house: Any) -> None:
    first = house.events[-1].expires
    for _ in range(3):
        house.live(4000)
        house.wish(house.happy)
    assert house.fake.log[-1].status in {200, 204}
    assert house.api._store.tokens.authorized_at + 180 * 86_400 < first
    house.boot()
    assert house.events[-1].expires == first


def test_no_log_ever_holds_a_token(
    house: Any, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("spotipy", "spotipy.client", "spotipy.oauth2", "urllib3", "requests"):
        caplog.set_level(logging.DEBUG, logger=name)
    house.sign_in()
    secrets = {house.api._store.tokens.access_token, house.api._store.tokens.refresh_token}
    house.wish(house.happy)
    house.live(4000)
    house.wish(house.calm)
    secrets.add(house.api._store.tokens.access_token)
    house.fake.outage(503)
    house.wish(house.happy)
    house.fake.outage(None)
    house.fake.revoke()
    house.live(4000)
    house.wish(house.calm, by_person=True)
    written = caplog.text + "".join(capfd.readouterr()) + repr(house.events)
    assert len(secrets) == 3
    assert "urllib3" in caplog.text
    for secret in secrets:
        assert secret not in written
