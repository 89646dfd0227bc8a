"""What goes wrong with a speaker of the account costs as little as can be."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from fakes.spotify import Song
from fakes.spotify.world import Context

from edge.events import Down, Played, PlayFailed, TrackEnded, Up

PLAY, TRANSFER = "PUT /me/player/play", "PUT /me/player"
VOLUME, SHUFFLE = "PUT /me/player/volume", "PUT /me/player/shuffle"
DAY = 86_400.0
NEXT = "POST /me/player/next"


def playing(house: Any) -> str:
    house.fake.world.catch_up()
    playback = house.fake.world.playback
    return playback.context if playback.playing else ""


def test_a_skip_with_nothing_on_fails_at_once_and_never_skips_what_comes_later(house: Any) -> None:
    wish = house.wish(skip=True, by_person=True)
    [failed] = house.heard(PlayFailed)
    assert (failed.wish, failed.terminal) == (wish, True)
    house.fake.touch(device="moodbox", context=house.happy)
    on = house.fake.world.playback.song
    house.live(100)
    assert house.fake.world.playback.song == on
    assert house.asked().count(NEXT) == 1


def test_a_speaker_that_refuses_to_play_gets_the_music_put_on_it_and_is_asked_once_more(
    house: Any,
) -> None:
    house.fake.add_device("Phone")
    house.fake.touch(device="Phone", context=house.happy)
    house.speaker.asleep = True
    wish = house.wish(house.calm, by_person=True)
    assert playing(house) == house.calm
    assert house.heard(Played)[-1].wish == wish
    assert house.asked().count(PLAY) == 2


def test_music_that_is_refused_twice_is_given_up(house: Any) -> None:
    house.wish(house.happy)
    house.live(60)
    house.fake.lose_premium()
    house.wish(house.calm)
    [failed] = house.heard(PlayFailed)
    assert "Premium" in failed.reason


@pytest.mark.parametrize("dead", [0, 1])
def test_of_two_speakers_of_one_name_the_living_one_plays(house: Any, dead: int) -> None:
    twins = [house.speaker, house.fake.add_device("moodbox")]
    twins[dead].dead = True
    wish = house.wish(house.happy)
    house.live(20)
    assert playing(house) == house.happy
    assert house.fake.world.playback.device is twins[1 - dead]
    assert house.heard(Played)[-1].wish == wish


def test_a_speaker_can_be_named_by_its_id(house: Any) -> None:
    other = house.fake.add_device("moodbox")
    house.player.name = other.id
    house.dj._state = type(house.dj._state)(other.id, local=False)
    house.wish(house.happy, by_person=True)
    house.live(20)
    assert house.fake.world.playback.device is other
    assert not any(s.hand for s in house.events if hasattr(s, "hand"))


def test_a_restricted_speaker_is_called_that(house: Any) -> None:
    house.speaker.restricted = True
    house.wish(house.happy)
    [failed] = house.heard(PlayFailed)
    assert failed.terminal
    assert "'moodbox' is restricted" in failed.reason


@pytest.mark.parametrize("listed", ["  MoodBox ", "Küche"])
def test_names_are_compared_as_people_see_them(house: Any, listed: str) -> None:
    house.speaker.name = unicodedata.normalize("NFD", listed)
    house.player.name = unicodedata.normalize("NFC", listed.strip().swapcase())
    house.dj._state = type(house.dj._state)(house.player.name, local=False)
    house.wish(house.happy)
    house.live(20)
    assert playing(house) == house.happy
    house.wish(house.calm)
    assert playing(house) == house.calm


@pytest.mark.parametrize(
    "answer",
    [{"playlists": None}, {"playlists": {"items": None}}, {"artists": {"items": [None]}}, None],
)
def test_a_search_that_finds_nothing_in_an_odd_way_drops_the_wish(house: Any, answer: Any) -> None:
    real = house.fake._operate
    house.fake._operate = lambda operation, request: (
        answer if request.path == "/search" else real(operation, request)
    )
    wish = house.wish("calm")
    [failed] = house.heard(PlayFailed)
    assert (failed.wish, failed.terminal) == (wish, True)
    house.live(3600)
    assert house.asked().count("GET /search") == 1
    house.fake.violations.clear()  # the odd answers
    house.wish(house.happy)
    assert playing(house) == house.happy


@pytest.mark.parametrize("uri", ["spotify:", "spotify:::", "spotify:playlist:", "spotify:user:x"])
def test_an_odd_uri_costs_one_wish(house: Any, uri: str) -> None:
    wish = house.wish(uri)
    house.live(3600)
    assert [(f.wish, f.terminal) for f in house.heard(PlayFailed)] == [(wish, True)]
    house.wish(house.happy)
    assert playing(house) == house.happy


def test_a_state_that_makes_no_sense_costs_one_wish_and_not_the_box(house: Any) -> None:
    real = house.fake._operate
    house.fake._operate = lambda operation, request: (
        {"item": 3} if request.path == "/me/player" and request.method == "GET"
        else real(operation, request)
    )  # fmt: skip
    wish = house.wish(house.happy)
    assert [(f.wish, f.terminal) for f in house.heard(PlayFailed)] == [(wish, True)]
    house.fake._operate = real
    house.fake.violations.clear()  # the odd answers
    house.wish(house.calm)
    assert playing(house) == house.calm


@pytest.mark.parametrize("seconds", [1.0, 2.5, 4.0])
def test_an_album_that_ended_is_never_called_refused(house: Any, seconds: float) -> None:
    songs = [Song(f"Short {n}", seconds=seconds) for n in range(3)]
    uri = house.fake.world.add(Context("album", "Short", songs)).uri
    house.wish(uri, by_person=True)
    house.live(120)
    assert not house.heard(PlayFailed)


def test_three_quick_skips_by_hand_are_no_refusal(make_room: Any) -> None:
    room = make_room(local=True)
    room.wish("spotify:playlist:happy")
    room.live(30)
    for _ in range(5):
        room.speaker.press_next()
        room.live(1)
    assert len(room.heard(TrackEnded)) == 5
    assert not room.heard(PlayFailed)


def test_after_a_long_outage_the_first_try_comes_when_the_network_is_back(house: Any) -> None:
    house.fake.outage(0)
    wish = house.wish(house.happy)
    house.live(6 * 3600)
    house.fake.outage(None)
    house.dj.retry()
    house.live(0)
    assert house.heard(Played)[-1].wish == wish
    assert isinstance(house.events[-1], Up) or house.heard(Up)


def test_after_a_day_without_internet_music_comes_within_a_minute_and_none_of_it_was_counted(
    house: Any,
) -> None:
    """The router is up all along, so nobody says when the internet is back."""
    house.live(60)
    left = house.api._budget.left
    house.fake.go_away()
    wish = house.wish(house.happy)
    house.live(DAY)
    assert house.heard(Down)
    assert not house.heard(Played)
    assert house.api._budget.left >= left - 1, "one may have been under way as it went"
    house.fake.come_back()
    house.live(61)
    assert house.heard(Played)[-1].wish == wish
    assert house.heard(Up)


def test_a_day_in_which_spotify_is_out_of_order_costs_few_requests(house: Any) -> None:
    house.fake.outage(503)
    house.wish(house.happy)
    house.live(DAY)
    assert len(house.asked()) < 105


def test_a_sign_in_ends_the_trouble_even_where_nothing_waits(house: Any) -> None:
    house.wish(house.happy)
    house.fake.revoke()
    house.live(4000)
    assert house.heard(Down)
    assert not house.heard(Up)
    house.sign_in()
    house.dj.retry()
    house.live(1)
    assert house.heard(Up)


def test_volume_and_order_are_right_before_the_first_song_sounds(house: Any) -> None:
    house.wish(house.happy, volume=15)
    orders = [a for a in house.asked() if a.startswith("PUT")]
    assert orders.index(VOLUME) < orders.index(PLAY)
    assert orders.index(SHUFFLE) < orders.index(PLAY)
    assert orders[-1] == PLAY
