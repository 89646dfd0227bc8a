"""The Web API player and the DJ, against a Spotify that answers as the real one does."""

from __future__ import annotations

from typing import Any

import pytest

from edge.events import Account, Down, Hand, Played, PlayFailed, SpeakerState, TrackEnded, Up

PLAY, STATE = "PUT /me/player/play", "GET /me/player"
DEVICES, TRANSFER = "GET /me/player/devices", "PUT /me/player"


def playing(house: Any) -> str:
    house.fake.world.catch_up()
    playback = house.fake.world.playback
    return playback.context if playback.playing else ""


def test_a_wish_is_played_on_the_speaker_found_by_its_name(house: Any) -> None:
    wish = house.wish(house.happy)
    assert playing(house) == house.happy
    assert house.fake.world.playback.device.name == "moodbox"
    assert house.heard(Played)[-1].wish == wish


def test_the_player_is_read_before_a_play_ten_seconds_after_and_at_each_tracks_end(
    house: Any,
) -> None:
    house.wish(house.happy)
    house.live(700)
    before = len(house.fake.log)
    house.wish(house.calm)
    house.live(700)
    asked = house.asked(before)
    assert asked.count(DEVICES) == 0
    assert len([a for a in asked if "token" not in a and a != STATE]) <= 3
    times = [c.at for c in house.fake.log[before:] if c.path == "/me/player"]
    songs = [180.0 * n + 2 for n in (1, 2, 3)]
    assert [at - times[0] for at in times[1:]] == pytest.approx([10, *songs], abs=0.1)


def test_playlists_are_shuffled_and_albums_are_not(house: Any) -> None:
    album = house.fake.add_album("Songs", by="Somebody")
    house.wish(album)
    assert not house.fake.world.playback.shuffle
    house.wish(house.happy)
    assert house.fake.world.playback.shuffle


def test_songs_are_played_one_by_one_in_the_order_they_were_given(house: Any) -> None:
    house.wish(house.happy)  # shuffled
    songs = [song.uri for song in house.fake.world.contexts[house.calm].songs[3:7]]
    wish = house.wish(house.calm, songs=tuple(reversed(songs)))
    assert [it.uri for it in house.fake.world.playback.songs] == songs[::-1]
    assert not house.fake.world.playback.shuffle
    assert house.fake.world.playback.repeat == "context"
    house.live(1000)
    states = house.heard(SpeakerState)
    assert not any(it.hand for it in states)
    assert (states[-1].wish, states[-1].track.context) == (wish, house.calm)
    house.fake.touch(context=house.happy, pause=False)
    house.live(400)
    assert [it.hand for it in house.heard(SpeakerState) if it.hand] == [Hand.PICK]


def test_a_single_track_can_be_played(house: Any) -> None:
    song = house.fake.world.contexts[house.calm].songs[3].uri
    house.wish(song)
    house.live(11)
    assert house.fake.world.playback.song.uri == song
    assert not any(s.hand for s in house.heard(SpeakerState))


def test_words_are_searched_for(house: Any) -> None:
    house.wish("calm")
    assert playing(house) == house.calm
    house.wish(house.happy)
    house.wish("calm")
    assert playing(house) == house.calm
    assert house.asked().count("GET /search") == 1
    house.live(90_000)
    house.wish("calm")
    assert house.asked().count("GET /search") == 2


def test_words_that_find_nothing_are_named(house: Any) -> None:
    house.wish("zzzz")
    [failed] = house.heard(PlayFailed)
    assert failed.terminal
    assert "finds nothing for 'zzzz'" in failed.reason


def test_music_that_is_not_there_is_named_and_not_tried_again(house: Any) -> None:
    house.wish("spotify:playlist:nothere")
    house.live(3600)
    [failed] = house.heard(PlayFailed)
    assert failed.terminal
    assert "spotify:playlist:nothere" in failed.reason
    assert house.asked().count(PLAY) == 1


def test_what_follows_a_play_is_told_with_its_wish(house: Any) -> None:
    wish = house.wish(house.happy)
    house.live(11)
    state = house.heard(SpeakerState)[-1]
    assert (state.wish, state.hand, state.speaker) == (wish, None, "moodbox")
    assert state.track.context == house.happy
    assert state.remaining == pytest.approx(170)


@pytest.mark.parametrize(
    "touch",
    [
        {"pause": True},
        {"context": "other"},
    ],
    ids=["pause", "pick"],
)
def test_what_was_done_by_hand_is_not_undone(house: Any, touch: dict[str, Any]) -> None:
    if "context" in touch:
        touch = {"context": house.fake.add_album("Mine", by="Me")}
    house.wish(house.happy, volume=40)
    house.live(300)
    house.fake.touch(**touch)
    house.wish(house.calm, gentle=True)
    house.live(900)
    assert house.asked().count(PLAY) == 1
    assert [s.wish for s in house.heard(SpeakerState) if s.hand] == ["w2"]


def test_a_volume_by_hand_is_only_a_volume(house: Any) -> None:
    house.wish(house.happy, volume=40)
    house.live(300)
    house.fake.touch(volume=90)
    wish = house.wish(house.calm, volume=35, gentle=True)
    house.live(900)
    assert playing(house) == house.calm
    assert house.fake.world.playback.device.volume == 90
    assert wish in [p.wish for p in house.heard(Played)]
    [seen] = [s for s in house.heard(SpeakerState) if s.hand]
    assert (seen.hand, seen.volume) == (Hand.VOLUME, 90)
    house.wish(volume=30, by_person=True)
    assert house.fake.world.playback.device.volume == 30


def test_music_taken_to_another_speaker_is_not_taken_back(house: Any) -> None:
    house.fake.add_device("Headphones")
    house.wish(house.happy)
    house.live(300)
    house.fake.touch(device="Headphones", context=house.happy)
    house.wish(house.calm)
    assert playing(house) == house.happy
    house.wish(house.calm, by_person=True)
    assert playing(house) == house.calm
    assert house.fake.world.playback.device.name == "moodbox"


def test_a_wish_that_had_to_wait_for_long_yields_to_a_later_hand(house: Any) -> None:
    mine = house.fake.add_album("Mine", by="Me", songs=60)
    house.wish(house.happy)
    house.live(300)
    house.fake.limit(7200)
    house.wish(house.calm, by_person=True)
    house.live(3600)
    house.fake.touch(context=mine)
    house.live(4000)
    assert house.fake.world.playback.context == mine
    assert Hand.PICK in [s.hand for s in house.heard(SpeakerState)]


def test_quiet_does_not_silence_another_speaker(house: Any) -> None:
    house.fake.add_device("Headphones")
    house.wish(house.happy)
    house.live(300)
    house.fake.touch(device="Headphones", context=house.calm)
    house.wish(playing=False)
    assert playing(house) == house.calm


def test_what_is_left_playing_is_known_after_a_restart(house: Any) -> None:
    house.wish(house.happy)
    house.live(300)
    house.boot()
    house.wish(house.calm)
    assert playing(house) == house.calm
    house.live(300)
    house.fake.touch(context=house.happy)
    house.boot()
    house.wish(house.calm)
    assert playing(house) == house.happy


def test_a_gentle_wish_waits_for_the_end_of_the_track(house: Any) -> None:
    house.wish(house.happy)
    house.live(60)
    house.wish(house.calm, gentle=True)
    house.live(100)
    assert playing(house) == house.happy
    house.live(30)
    assert playing(house) == house.calm
    at = (
        house.fake.asked("PUT", "/me/player/play")[-1].at
        - house.fake.asked("PUT", "/me/player/play")[0].at
    )
    assert at == pytest.approx(179, abs=1)


def test_an_idle_speaker_that_is_not_listed_still_plays(house: Any) -> None:
    house.wish(house.happy)
    house.live(300)
    house.wish(playing=False)
    house.fake.hide("moodbox")
    house.wish(house.calm)
    assert playing(house) == house.calm


def test_a_speaker_that_came_back_under_another_id_is_found(house: Any) -> None:
    house.wish(house.happy)
    house.live(300)
    house.fake.vanish("moodbox")
    house.fake.add_device("moodbox")
    house.wish(house.calm)
    assert playing(house) == house.calm
    assert house.asked()[-6:].count(TRANSFER) <= 1


def test_a_speaker_that_is_away_is_named_with_what_is_there(house: Any) -> None:
    house.fake.vanish("moodbox")
    house.fake.add_device("Kitchen")
    house.wish(house.happy)
    reason = house.heard(PlayFailed)[0].reason
    assert "'moodbox' is not found" in reason
    assert "Kitchen" in reason
    house.live(4 * 3600)
    assert len(house.fake.api_calls()) < 60
    house.fake.add_device("moodbox")
    house.live(1000)
    assert playing(house) == house.happy
    assert house.heard(Up)


def test_a_speaker_without_a_volume_still_plays(house: Any) -> None:
    house.fake.vanish("moodbox")
    house.fake.add_device("moodbox", volume=None)
    wish = house.wish(house.happy, volume=30)
    assert house.heard(Played)[-1].wish == wish
    assert not house.heard(PlayFailed)

    alone = house.wish(volume=40, by_person=True)
    [failed] = house.heard(PlayFailed)
    assert (failed.wish, failed.terminal) == (alone, True)
    assert failed.reason == "the speaker 'moodbox' has no volume to set from here: turn it there"
    assert house.heard(Played)[-1].wish == wish
    assert not house.dj._state.pending.open


def test_a_speaker_that_accepts_and_skips_everything_is_named(house: Any) -> None:
    house.fake.refuse_audio_keys()
    wish = house.wish(house.happy)
    house.live(60)
    [failed] = house.heard(PlayFailed)
    assert (failed.wish, failed.terminal) == (wish, True)
    assert "skips every track" in failed.reason


def test_what_was_skipped_is_told_before_the_next_play(house: Any) -> None:
    first = house.wish(house.happy)
    house.live(300)
    house.fake.touch(skip=True)
    house.live(100)
    house.wish(house.calm)
    ended = house.heard(TrackEnded)
    assert [(e.skipped, round(e.listened), e.wish) for e in ended] == [
        (False, 180, first),
        (True, 120, first),
    ]


def test_nothing_is_asked_before_the_time_that_was_named_even_after_a_restart(house: Any) -> None:
    house.wish(house.happy)
    house.live(300)
    house.fake.exhaust_quota(40_000)
    house.wish(house.calm)
    asked = len(house.fake.log)
    account = house.heard(Account)[-1]
    assert account.limited_until == pytest.approx(house.fake.clock.now + 40_000, abs=2)
    assert "limited until" in house.heard(Down)[-1].reason
    house.boot()
    last = house.wish(house.happy, by_person=True)
    house.live(39_990)
    assert len(house.fake.log) == asked
    house.live(60)
    assert house.heard(Played)[-1].wish == last


def test_the_day_has_so_many_requests_and_some_are_kept_for_people(house: Any) -> None:
    house.boot(daily_requests=100)
    uris = [house.happy, house.calm]
    for n in range(60):
        house.wish(uris[n % 2])
        house.live(60)
    left = 100 - len(house.fake.api_calls())
    assert 50 <= left < 62
    assert "kept for people" in house.heard(PlayFailed)[-1].reason
    for n in range(60):
        house.wish(uris[n % 2], by_person=True)
        house.live(60)
    assert len(house.fake.api_calls()) == 100
    assert house.heard(Account)[-1].requests_left == 0
    house.live(86_400)
    assert len(house.fake.api_calls()) > 100


@pytest.mark.parametrize("how", ["expire_refresh", "revoke"])
def test_a_dead_sign_in_is_dropped_and_not_tried_again(house: Any, how: str) -> None:
    house.wish(house.happy)
    getattr(house.fake, how)()
    house.live(4000)
    wish = house.wish(house.calm)
    assert house.heard(PlayFailed)[-1].terminal
    assert "sign in" in house.heard(PlayFailed)[-1].reason
    assert not house.heard(Account)[-1].signed_in
    asked = len(house.fake.log)
    house.live(86_400)
    assert len(house.fake.log) == asked
    house.sign_in()
    house.live(1000)
    assert house.heard(Played)[-1].wish == wish


def test_an_outage_is_no_end_of_the_sign_in(house: Any) -> None:
    house.wish(house.happy)
    house.live(4000)
    house.fake.outage(503)
    wish = house.wish(house.calm)
    house.live(600)
    assert house.heard(Account)[-1].signed_in
    assert not any(failed.terminal for failed in house.heard(PlayFailed))
    house.fake.outage(None)
    house.live(1000)
    assert house.heard(Played)[-1].wish == wish


def test_a_cut_connection_is_survived(house: Any) -> None:
    house.fake.outage(0)
    wish = house.wish(house.happy)
    assert "cannot be reached" in house.heard(PlayFailed)[-1].reason
    house.fake.outage(None)
    house.live(100)
    assert house.heard(Played)[-1].wish == wish


def test_an_access_token_is_refreshed_when_spotify_says_so(house: Any) -> None:
    house.wish(house.happy)
    house.fake.expire_access()
    house.live(20)
    house.wish(house.calm)
    assert playing(house) == house.calm


@pytest.mark.parametrize(
    ("owner", "words"), [(True, "owner of the Spotify app"), (False, "Premium")]
)
def test_a_missing_premium_is_named(house: Any, owner: bool, words: str) -> None:
    house.fake.lose_premium(of_the_app_owner=owner)
    house.wish(house.happy)
    assert words in house.heard(PlayFailed)[-1].reason
    assert house.heard(PlayFailed)[-1].terminal
