"""The go-librespot player, against a server that speaks its protocol over real sockets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fakes.ears import Ears
from fakes.go_librespot import FakeGoLibrespot, Order

from edge.errors import Fault, NeedsSomebody
from edge.events import Playback
from edge.player.librespot import LibrespotPlayer


@pytest.fixture
def speaker() -> Iterator[FakeGoLibrespot]:
    with FakeGoLibrespot() as fake:
        yield fake
    assert not fake.violations, "\n".join(fake.violations[:5])


@pytest.fixture
def ears(speaker: FakeGoLibrespot) -> Iterator[Ears]:
    ears = Ears(LibrespotPlayer("moodbox", speaker.address, clock=speaker.clock))
    yield ears
    ears.player.close()


def test_it_says_what_really_plays(speaker: FakeGoLibrespot, ears: Ears) -> None:
    calm = speaker.add_playlist("Calm", 1)
    ears.player.play(calm)
    seen = ears.sees(Playback.PLAYING, "Calm 1")
    assert seen.track is not None
    assert (seen.track.artist, seen.track.context, seen.track.duration) == ("Calm Band", calm, 180)
    assert seen.track.link.startswith("https://open.spotify.com/track/")
    assert (seen.volume, seen.speaker, seen.remaining) == (50, "moodbox", 180)
    assert not any(state.hand for state in ears.states)
    assert ears.woken


def test_playlists_are_shuffled_before_they_play(speaker: FakeGoLibrespot, ears: Ears) -> None:
    ears.player.play(speaker.add_playlist("Calm"))
    _repeat, shuffle, play = speaker.orders
    assert shuffle == Order("/player/shuffle_context", {"shuffle_context": True})
    assert play.path == "/player/play"


def test_the_song_that_fits_best_begins(speaker: FakeGoLibrespot, ears: Ears) -> None:
    calm = speaker.add_playlist("Calm")
    fits = [song.uri for song in speaker.world.contexts[calm].songs[3:]]
    ears.player.play(calm, songs=fits)
    seen = ears.sees(Playback.PLAYING, "Calm 4")
    assert seen.track is not None
    assert seen.track.context == calm


def test_a_track_that_is_played_out_was_heard_in_full(speaker: FakeGoLibrespot, ears: Ears) -> None:
    ears.player.play(speaker.add_playlist("Calm", 2))
    first = ears.sees(Playback.PLAYING)
    speaker.advance(200)
    ears.until(lambda: len(ears.ended) == 1)
    assert first.track is not None
    assert ears.ended[0].uri == first.track.uri
    assert (ears.ended[0].listened, ears.ended[0].skipped) == (180, False)
    speaker.advance(200)
    ears.sees(Playback.IDLE)
    assert len(ears.ended) == 2


def test_a_pause_is_not_listening(speaker: FakeGoLibrespot, ears: Ears) -> None:
    ears.player.play(speaker.add_playlist("Calm"))
    ears.sees(Playback.PLAYING)
    speaker.advance(30)
    ears.player.pause()
    paused = ears.sees(Playback.PAUSED)
    assert paused.remaining == 150
    speaker.advance(600)
    ears.player.resume()
    ears.sees(Playback.PLAYING)
    speaker.advance(10)
    ears.player.skip()
    ears.until(lambda: len(ears.ended) == 1)
    assert (ears.ended[0].listened, ears.ended[0].skipped) == (40, True)


def test_a_pick_in_the_app_is_by_hand(speaker: FakeGoLibrespot, ears: Ears) -> None:
    ears.player.play(speaker.add_playlist("Calm"))
    ears.sees(Playback.PLAYING)
    other = speaker.add_playlist("Other", 1)
    speaker.touch(context=other)
    seen = ears.sees(Playback.PLAYING, "Other 1")
    assert seen.track is not None
    assert seen.track.context == other
    assert [state.hand is not None for state in ears.states].count(True) == 1
    assert not ears.states[-1].hand


def test_without_a_context_in_the_events_a_pick_is_still_seen(
    speaker: FakeGoLibrespot, ears: Ears
) -> None:
    speaker.tells_context = False
    calm = speaker.add_playlist("Calm", 1)
    ears.player.play(calm)
    seen = ears.sees(Playback.PLAYING, "Calm 1")
    assert seen.track is not None
    assert seen.track.context == calm
    speaker.touch(context=speaker.add_playlist("Other", 1))
    seen = ears.sees(Playback.PLAYING, "Other 1")
    assert seen.track is not None
    assert seen.track.context == ""


def test_the_volume_is_in_percent(speaker: FakeGoLibrespot, ears: Ears) -> None:
    ears.player.set_volume(25)
    assert speaker.device.volume == 16
    ears.until(lambda: ears.states[-1].volume == 25)
    speaker.touch(volume=75)
    ears.until(lambda: ears.states[-1].volume == 75)


def test_refused_audio_keys_end_every_track_at_once(speaker: FakeGoLibrespot, ears: Ears) -> None:
    speaker.keys_refused = True
    ears.player.play(speaker.add_playlist("Calm", 4))
    ears.sees(Playback.IDLE)
    ears.until(lambda: len(ears.ended) == 4)
    assert [track.listened for track in ears.ended] == [0, 0, 0, 0]
    assert not any(track.skipped for track in ears.ended)


def test_nobody_signed_in_needs_somebody(speaker: FakeGoLibrespot, ears: Ears) -> None:
    speaker.signed_in = False
    for order in (ears.player.read, ears.player.pause, lambda: ears.player.play("spotify:track:x")):
        with pytest.raises(NeedsSomebody, match="choose it once in the Spotify app"):
            order()


def test_a_broken_order_is_a_fault(speaker: FakeGoLibrespot, ears: Ears) -> None:
    speaker.failing = 503
    with pytest.raises(Fault, match="answers 503"):
        ears.player.pause()
    speaker.failing = 0
    with pytest.raises(Fault, match="answers 500 to /player/play"):
        ears.player.play("spotify:playlist:gone")


def test_a_lost_connection_comes_back_with_what_plays(speaker: FakeGoLibrespot, ears: Ears) -> None:
    ears.player.play(speaker.add_playlist("Calm", 2))
    ears.sees(Playback.PLAYING)
    speaker.hang_up()
    ears.until(lambda: any(state.playback is Playback.UNKNOWN for state in ears.states))
    ears.until(lambda: speaker.listeners == 2)
    ears.sees(Playback.PLAYING)


def test_nobody_listening_is_a_fault_in_words() -> None:
    player = LibrespotPlayer("moodbox", "http://127.0.0.1:9")
    with pytest.raises(
        Fault, match=r"go-librespot does not answer at http://127.0.0.1:9: is it on"
    ):
        player.open(lambda: None)
    player.close()


def test_reading_asks_the_speaker(speaker: FakeGoLibrespot, ears: Ears) -> None:
    assert ears.player.read().playback is Playback.IDLE
    speaker.touch(context=speaker.add_playlist("Calm", 1))
    speaker.advance(60)
    seen = ears.player.read()
    assert (seen.playback, seen.remaining) == (Playback.PLAYING, 120)
