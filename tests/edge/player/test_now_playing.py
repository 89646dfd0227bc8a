"""What the box says of a speaker that has to be asked is true, within the day's requests."""

from __future__ import annotations

from typing import Any

import pytest
from fakes.spotify import Song

from edge.errors import Fault, Limited
from edge.events import Hand, MusicEnded, Playback, Played, PlayFailed, SpeakerState, TrackEnded

STATE = "GET /me/player"
PAUSE = "PUT /me/player/pause"


def shown(house: Any) -> SpeakerState:
    state: SpeakerState = house.heard(SpeakerState)[-1]
    return state


def song(house: Any) -> str:
    house.fake.world.catch_up()
    it = house.fake.world.playback
    return it.song.uri if it.playing else ""


def test_the_song_that_is_shown_is_the_one_that_plays_within_five_seconds_of_a_tracks_end(
    house: Any,
) -> None:
    house.wish(house.happy)
    house.live(11)
    wrong = 0.0
    for _ in range(3600):
        house.live(1)
        on = shown(house).track
        wrong = 0.0 if on is not None and on.uri == song(house) else wrong + 1
        assert wrong <= 5


def test_the_position_is_known_between_two_looks(house: Any) -> None:
    house.wish(house.happy)
    house.live(250)
    seen = shown(house)
    assert seen.track is not None
    assert seen.remaining is not None
    house.fake.world.catch_up()
    position = seen.track.duration - seen.remaining + house.fake.clock() - seen.at
    assert position == pytest.approx(house.fake.world.playback.progress, abs=0.5)


@pytest.mark.parametrize("what", ["an album", "one song"])
def test_music_that_ended_is_over_and_said(house: Any, what: str) -> None:
    album = house.fake.add_album("Short", by="Somebody", songs=2)
    uri = album if what == "an album" else house.fake.world.contexts[album].songs[0].uri
    wish = house.wish(uri, by_person=True)
    house.live(400)
    [ended] = house.heard(MusicEnded)
    assert (ended.uri, ended.wish) == (uri, wish)
    assert shown(house).playback is not Playback.PLAYING
    assert shown(house).hand is None
    assert not house.heard(PlayFailed)
    assert [(e.wish, e.skipped) for e in house.heard(TrackEnded)] == [(wish, False)] * (
        2 if what == "an album" else 1
    )
    asked = len(house.fake.log)
    house.live(86_400)
    assert len(house.fake.log) == asked


@pytest.mark.parametrize("context", ["", "spotify:station:1234567890123456789012"])
def test_a_station_that_spotify_goes_on_with_is_nobodys_hand(house: Any, context: str) -> None:
    house.fake.world.station = context, [Song(f"Like it {n}") for n in range(9)]
    album = house.fake.add_album("Short", by="Somebody", songs=2)
    wish = house.wish(album)
    house.live(363)
    [ended] = house.heard(MusicEnded)
    assert (ended.uri, ended.wish) == (album, wish)
    assert ended.at - house.fake.asked("PUT", "/me/player/play")[0].at < 365
    assert not any(state.hand for state in house.heard(SpeakerState))
    house.wish(house.calm, gentle=True)
    house.live(400)
    assert house.fake.world.playback.context == house.calm


def test_other_music_picked_in_the_middle_of_a_song_is_a_hand(house: Any) -> None:
    house.wish(house.fake.add_album("Ours", by="Somebody"))
    house.live(300)
    house.fake.touch(context=house.fake.add_album("Mine", by="Me"))
    house.live(100)
    assert Hand.PICK in [state.hand for state in house.heard(SpeakerState)]
    assert not house.heard(MusicEnded)


def test_a_playlist_begins_again_at_its_end_and_an_album_does_not(house: Any) -> None:
    short = house.fake.add_playlist("Short", 2)
    house.wish(short)
    house.live(1000)
    assert house.fake.world.playback.context == short
    assert house.fake.world.playback.playing
    assert not house.heard(MusicEnded)
    house.wish(house.fake.add_album("Short", by="Somebody", songs=2))
    house.live(400)
    assert not house.fake.world.playback.playing
    assert house.heard(MusicEnded)


def test_a_skip_by_hand_is_a_skip_and_no_pick(house: Any) -> None:
    house.wish(house.happy)
    house.live(200)
    house.fake.touch(skip=True)
    house.live(200)
    assert [s.hand for s in house.heard(SpeakerState) if s.hand] == [Hand.SKIP]


def test_a_look_that_somebody_asks_for_is_one_request_and_none_just_after(house: Any) -> None:
    house.wish(house.happy)
    house.live(100)
    house.fake.touch(pause=True)
    before = len(house.fake.log)
    house.dj.look()
    house.live(0)
    assert house.asked(before) == [STATE]
    assert (shown(house).playback, shown(house).hand) == (Playback.PAUSED, Hand.PAUSE)
    house.dj.look()
    house.live(1)
    assert house.asked(before) == [STATE]


def refused(house: Any) -> Fault | None:
    """Return why what is only nice to know may not be asked now."""
    try:
        house.api.ready(by_person=False, optional=True)
    except Fault as error:
        return error
    return None


@pytest.mark.parametrize(("by_person", "looks"), [(False, []), (True, [STATE])])
def test_a_glance_leaves_the_requests_that_are_kept_for_people(
    house: Any, by_person: bool, looks: list[str]
) -> None:
    house.boot(daily_requests=60)
    house.wish(house.happy)
    house.live(100)
    while not isinstance(refused(house), Limited):
        house.api.call(lambda spotify: spotify.current_playback())
    before = len(house.fake.log)
    house.dj.look(by_person=by_person)
    house.live(0)
    assert house.asked(before) == looks


def test_a_person_sees_what_plays_after_three_seconds(house: Any) -> None:
    house.wish(house.happy, by_person=True)
    house.live(3.5)
    on = shown(house).track
    assert on is not None
    assert on.uri == song(house)


def test_a_pause_of_ours_is_made_once_however_often_it_is_wished(house: Any) -> None:
    house.wish(house.happy)
    house.live(30)
    house.wish(playing=False, by_person=True)
    wish = house.wish(playing=True, by_person=True)
    house.live(20)
    assert house.heard(Played)[-1].wish == wish
    assert house.fake.world.playback.playing
    assert [c.status for c in house.fake.asked("PUT", "/me/player/pause")] == [204]


def test_ten_hours_of_songs_fit_the_day_and_looks_are_dropped_first(house: Any) -> None:
    """Twenty changes of mood and ten wishes of people among two hundred songs."""
    for hour in range(10):
        for part in range(3):
            by_person = part == 2
            house.wish([house.happy, house.calm][part % 2], gentle=not by_person,
                       by_person=by_person)  # fmt: skip
            house.live(1200)
        assert hour >= 7 or shown(house).track is not None
    asked = [call.at for call in house.fake.api_calls()]
    assert len(asked) <= 300
    assert not [f for f in house.heard(PlayFailed) if "requests" in f.reason]
    assert len(house.fake.asked("GET", "/me/player")) > 150


def test_a_song_whose_end_could_not_be_looked_at_is_not_shown_for_ever(house: Any) -> None:
    house.boot(daily_requests=60)
    house.wish(house.happy)
    house.live(3 * 3600)
    assert shown(house).track is None
    assert shown(house).playback is Playback.PLAYING


def test_while_spotify_is_away_for_a_day_it_is_asked_ever_less_often(house: Any) -> None:
    house.wish(house.happy)
    house.live(60)
    house.fake.expire_access()
    house.fake.outage(503)
    before = len(house.fake.log)
    house.live(86_400)
    asked = [call.at for call in house.fake.log[before:]]
    assert 20 < len(asked) < 70, "twice an hour in the end"
    assert asked[-1] - asked[-2] > 1700
    house.fake.outage(None)
    house.live(1900)
    track = shown(house).track
    assert track is not None
    assert track.uri == song(house)
