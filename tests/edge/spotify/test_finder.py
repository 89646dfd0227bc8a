"""What there is to pick from, as Spotify tells it."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes.spotify import FakeSpotify

from edge.errors import MoodboxError
from edge.spotify.finder import GOOD_FOR, SpotifyFinder
from edge.spotify.login import SCOPES
from edge.spotify.tokens import Tokens
from edge.spotify.web_api import WebApi


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def api(fake_spotify: FakeSpotify, tmp_path: Path) -> WebApi:
    return WebApi(
        tmp_path,
        lambda _account: None,
        api=fake_spotify.api,
        accounts=f"{fake_spotify.address}/",
        clock=fake_spotify.clock,
    )


def signed_in(api: WebApi, fake: FakeSpotify) -> WebApi:
    grant = fake.sign_in(SCOPES)
    now = fake.clock()
    api.sign_in(
        Tokens(
            client_id="c",
            access_token=grant["access_token"],
            refresh_token=grant["refresh_token"],
            scope=SCOPES,
            expires_at=now + 3600,
            authorized_at=now,
        )
    )
    return api


def test_the_accounts_playlists_are_all_told(api: WebApi, fake_spotify: FakeSpotify) -> None:
    uris = [fake_spotify.add_playlist(f"List {number}") for number in range(60)]
    found = SpotifyFinder(signed_in(api, fake_spotify)).own()
    assert {it.uri for it in found} >= set(uris)
    assert {it.kind for it in found} == {"playlist"}
    assert all(it.name and it.cover for it in found)
    assert len(fake_spotify.asked("GET", "/me/playlists")) == 2


def test_a_search_finds_each_kind_and_asks_once(api: WebApi, fake_spotify: FakeSpotify) -> None:
    fake_spotify.add_playlist("Rainy evening")
    fake_spotify.add_album("Rainy", "The Rainy Band")
    clock = Clock()
    finder = SpotifyFinder(signed_in(api, fake_spotify), clock)
    found = finder.search("rainy")
    assert {it.kind for it in found[:4]} == {"playlist", "album", "artist", "track"}
    assert len({it.uri for it in found}) == len(found)
    assert finder.search("rainy") == found
    assert len(fake_spotify.asked("GET", "/search")) == 1
    clock.now = GOOD_FOR + 1
    finder.search("rainy")
    assert len(fake_spotify.asked("GET", "/search")) == 2


def test_nobody_is_asked_before_somebody_has_signed_in(api: WebApi) -> None:
    with pytest.raises(MoodboxError, match="sign"):
        SpotifyFinder(api).own()


def test_the_accounts_own_songs_come_first_where_the_player_can_play_them(
    api: WebApi, fake_spotify: FakeSpotify
) -> None:
    fake_spotify.add_playlist("Sunny")
    found = SpotifyFinder(signed_in(api, fake_spotify), lists=True).own()
    assert [it.kind for it in found] == ["liked", "top", "playlist"]
    assert [it.uri for it in found][:2] == ["spotify:liked", "spotify:top"]
    assert len(fake_spotify.api_calls()) == 1, "only the playlists cost a request"
