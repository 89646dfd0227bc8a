"""A playlist is given to a mood: soon it has its name and its songs, whatever the day was like."""

from __future__ import annotations

from collections.abc import Callable

from fakes.house import HOUR, MINUTE, House

from edge.events import AddSource

SOON = 20.0
"""Seconds of the story."""


def gives(home: House, songs: int) -> str:
    assert home.fake is not None
    uri = home.fake.add_playlist("Rainy days", songs)
    assert home.asks(AddSource("sad", uri)).accepted
    return uri


def titles(home: House, uri: str) -> list[str]:
    home.box.store.flush()
    return [song.title for song in home.box.store.read.songs() if song.source == uri]


def test_a_playlist_has_its_name_and_its_songs_soon(house: Callable[..., House]) -> None:
    home = house(spotify=True)
    home.moves_in("happy")
    home.comes("happy", 10 * MINUTE)  # the library has nothing to do, and sleeps
    uri = gives(home, 70)
    home.live(SOON)
    assert len(titles(home, uri)) == 70
    assert home.box.state.titles[uri] == "Rainy days"
    home.comes("sad", HOUR / 2)
    assert home.status.why.startswith("played Rainy days: ")


def test_a_busy_day_lets_it_wait_for_no_more_than_the_rest_of_its_songs(
    house: Callable[..., House],
) -> None:
    home = house(spotify=True)
    home.moves_in("happy")
    home.comes("happy", MINUTE)
    while home.api.roomy:
        home.api.call(lambda spotify: spotify.devices())
    uri = gives(home, 170)
    home.live(SOON)
    assert home.box.state.titles[uri] == "Rainy days"
    assert 50 <= len(titles(home, uri)) < 170
    home.leaves(25 * HOUR, step=60)
    assert len(titles(home, uri)) == 170
    assert home.asked_in_a_day() <= 300


def test_one_answer_that_fails_costs_a_minute_and_a_day_of_them_few_requests(
    house: Callable[..., House],
) -> None:
    home = house(spotify=True)
    home.moves_in("happy")
    home.comes("happy", 10 * MINUTE)
    assert home.fake is not None
    home.fake.outage(503)
    uri = gives(home, 5)
    home.live(SOON)
    assert titles(home, uri) == []
    home.fake.outage(None)
    home.live(2 * MINUTE)
    assert len(titles(home, uri)) == 5
    assert home.box.state.titles[uri] == "Rainy days"
