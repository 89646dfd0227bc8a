"""The DJ makes the speaker match the newest wish."""

from __future__ import annotations

import threading
import time
from typing import Any

from edge.events import (
    Down,
    Event,
    Playback,
    Played,
    PlayFailed,
    SpeakerState,
    TrackEnded,
    Up,
    Wish,
)
from edge.player.dj import Dj
from edge.player.simulated import SimulatedSpeaker

HAPPY, CALM = "spotify:playlist:happy", "spotify:playlist:calm"


def test_a_wish_is_played_at_once_and_said(room: Any) -> None:
    wish = room.wish(HAPPY)
    assert [o.value for o in room.orders("play")] == [HAPPY]
    assert room.heard(Played) == [Played(wish, room.now)]


def test_a_gentle_wish_waits_for_the_end_of_the_track(room: Any) -> None:
    room.wish(HAPPY)
    room.live(20)
    end = room.now + room.speaker.read().remaining
    wish = room.wish(CALM, gentle=True)
    room.live(200)
    order = room.orders("play")[-1]
    assert order.value == CALM
    assert end - 1.5 <= order.at <= end + 0.5
    assert room.heard(Played)[-1].wish == wish


def test_a_gentle_wish_waits_no_longer_than_its_patience(room: Any) -> None:
    room.wish("spotify:track:one")
    room.live(20)
    room.speaker._list = [room.speaker._list[0].__class__("spotify:track:one", duration=9000.0)]
    if room.local:
        room.speaker.press_play()
    room.wish(CALM, gentle=True)
    room.live(365)
    assert room.orders("play")[-1].value == CALM


def test_the_newest_of_two_waiting_wishes_wins(room: Any) -> None:
    room.wish(HAPPY)
    room.live(20)
    room.wish(CALM, gentle=True)
    room.wish("spotify:album:last", gentle=True)
    room.live(300)
    assert [o.value for o in room.orders("play")] == [HAPPY, "spotify:album:last"]


def test_a_volume_does_not_push_out_the_music_that_waits(room: Any) -> None:
    room.wish(HAPPY)
    room.live(20)
    room.wish(CALM, gentle=True)
    room.wish(volume=30, by_person=True)
    assert room.orders("volume")[-1].value == 30
    room.live(300)
    assert room.orders("play")[-1].value == CALM


def test_a_skip_brings_the_music_that_waits(room: Any) -> None:
    room.wish(HAPPY)
    room.live(20)
    gentle = room.wish(CALM, gentle=True)
    skip = room.wish(skip=True, by_person=True)
    assert room.orders("play")[-1].value == CALM
    assert not room.orders("skip")
    assert {gentle, skip} <= {p.wish for p in room.heard(Played)}


def test_a_skip_goes_on_to_the_next_track(room: Any) -> None:
    room.wish(HAPPY)
    room.live(20)
    room.wish(skip=True, by_person=True)
    assert len(room.orders("skip")) == 1


def test_quiet_is_quiet_and_then_plays_on(room: Any) -> None:
    room.wish(HAPPY)
    room.live(30)
    room.wish(playing=False)
    assert room.speaker.read().playback is Playback.PAUSED
    room.live(600)
    room.wish()
    assert room.speaker.read().playback is Playback.PLAYING
    assert [o.what for o in room.orders("play", "resume")] == ["play", "resume"]


def test_a_pause_by_hand_is_seen_and_not_undone(room: Any) -> None:
    room.wish(HAPPY)
    room.live(30)
    room.speaker.press_pause()
    wish = room.wish(CALM, gentle=True)
    room.live(900)
    assert [o.value for o in room.orders("play")] == [HAPPY]
    assert any(state.hand for state in room.heard(SpeakerState))
    assert wish not in {p.wish for p in room.heard(Played)}


def test_other_music_picked_by_hand_is_left_alone_once(room: Any) -> None:
    room.wish(HAPPY)
    room.live(30)
    room.speaker.pick("spotify:album:mine")
    room.wish(CALM)
    assert len(room.orders("play")) == 1
    assert len([s for s in room.heard(SpeakerState) if s.hand]) == 1
    room.wish(CALM)
    assert room.orders("play")[-1].value == CALM


def test_another_volume_than_ours_is_by_hand(room: Any) -> None:
    room.wish(HAPPY, volume=40)
    room.live(30)
    room.speaker.turn(70)
    room.wish(CALM)
    assert any(state.hand and state.volume == 70 for state in room.heard(SpeakerState))


def test_a_person_overrules_what_was_done_by_hand(room: Any) -> None:
    room.wish(HAPPY)
    room.live(30)
    room.speaker.pick("spotify:album:mine")
    room.wish(CALM, by_person=True)
    assert room.orders("play")[-1].value == CALM


def test_who_picks_at_the_speaker_what_the_box_could_not_play_keeps_it(make_room: Any) -> None:
    room = make_room(local=True)
    room.wish(HAPPY)
    room.live(30)
    room.speaker.fail(1)
    room.wish(CALM, by_person=True)
    assert room.heard(PlayFailed)
    room.live(5)
    room.speaker.press_next()  # it is still as the box left it
    room.live(2)
    room.speaker.pick("spotify:album:mine")
    room.live(60)
    assert room.speaker.read().track.context == "spotify:album:mine"


def test_a_pick_by_hand_drops_the_gentle_wish_that_waits(room: Any) -> None:
    room.wish(HAPPY)
    room.live(30)
    room.wish(CALM, gentle=True)
    room.live(1)
    room.speaker.pick("spotify:album:mine")
    room.live(900)
    assert [o.value for o in room.orders("play")] == [HAPPY]


def test_a_speaker_that_is_away_is_tried_again_until_it_is_back(room: Any) -> None:
    room.speaker.vanish()
    wish = room.wish(HAPPY)
    room.live(3600)
    assert len(room.heard(PlayFailed)) == 1
    assert "not found" in room.heard(Down)[0].reason
    assert len(room.heard(Down)) == 1
    assert 5 <= len(room.orders("read", "play")) <= 12
    room.speaker.come_back()
    room.live(900)
    assert room.heard(Played)[-1].wish == wish
    assert len(room.heard(Up)) == 1


def test_nothing_is_asked_before_the_time_that_was_named(room: Any) -> None:
    room.wish(HAPPY)
    room.live(30)
    room.speaker.limit(7200)
    before = len(room.orders())
    room.wish(CALM)
    room.live(7100)
    room.wish("spotify:album:newest")
    assert len(room.orders()) == before
    room.live(200)
    assert [o.value for o in room.orders("play")] == [HAPPY, "spotify:album:newest"]


def test_a_speaker_that_skips_everything_is_named(room: Any) -> None:
    room.speaker.refuses_keys = True
    wish = room.wish(HAPPY)
    room.live(60)
    failed = room.heard(PlayFailed)
    assert [(f.wish, f.terminal) for f in failed] == [(wish, True)]
    assert "skips every track" in failed[0].reason


def test_silence_from_a_library_of_ones_own_is_not_blamed_on_spotify(room: Any) -> None:
    room.speaker.refuses_keys = True
    room.wish("mpd:folder:Calm")
    room.live(60)
    [failed] = room.heard(PlayFailed)
    assert "skips every track" in failed.reason
    assert "decode the files" in failed.reason
    assert "Spotify" not in failed.reason


def test_a_speaker_that_plays_is_not_called_silent(room: Any) -> None:
    for uri in (HAPPY, CALM, HAPPY, CALM):
        room.wish(uri)
        room.live(700)
    assert not room.heard(PlayFailed)


def test_an_ended_track_belongs_to_the_wish_it_followed_from(room: Any) -> None:
    first = room.wish(HAPPY)
    room.live(400)
    room.wish(CALM)
    ended = room.heard(TrackEnded)
    assert len(ended) >= 2
    assert {e.wish for e in ended} == {first}


def test_on_its_own_thread_a_wish_does_not_wait_for_the_step() -> None:
    played = threading.Event()
    events: list[Event] = []

    def hear(event: Event) -> None:
        events.append(event)
        if isinstance(event, Played):
            played.set()

    speaker = SimulatedSpeaker(local=False)
    dj = Dj(speaker, hear)
    dj.start()
    try:
        time.sleep(0.2)
        dj.wish(Wish(id="w", playing=True, uri=HAPPY, gentle=False))
        assert played.wait(10)
    finally:
        assert dj.stop(10)
