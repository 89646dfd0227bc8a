"""The Soloist player, against a server that speaks its published protocol over a real socket."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fakes.ears import Ears
from fakes.soloist import FakeSoloist

from edge.errors import Fault, NeedsSomebody
from edge.events import Playback
from edge.player.soloist import SoloistPlayer


@pytest.fixture
def speaker() -> Iterator[FakeSoloist]:
    with FakeSoloist() as fake:
        yield fake
    assert not fake.violations, "\n".join(fake.violations[:5])


def player(speaker: FakeSoloist) -> SoloistPlayer:
    return SoloistPlayer("moodbox", speaker.address, clock=speaker.clock, wall=speaker.clock)


@pytest.fixture
def ears(speaker: FakeSoloist) -> Iterator[Ears]:
    ears = Ears(player(speaker))
    yield ears
    ears.player.close()


def test_it_says_what_really_plays(speaker: FakeSoloist, ears: Ears) -> None:
    calm = speaker.add_playlist("Calm", 1)
    ears.player.play(calm)
    ears.until(lambda: ears.states[-1].track is not None and ears.states[-1].track.context == calm)
    seen = ears.states[-1]
    assert seen.playback is Playback.PLAYING
    assert seen.track is not None
    assert (seen.track.title, seen.track.artist) == ("Calm 1", "Calm Band")
    assert (seen.track.album, seen.track.duration) == ("Something", 180)
    assert seen.track.cover.endswith("large")
    assert (seen.volume, seen.speaker, seen.remaining) == (50, "moodbox", 180)
    assert ears.woken


def test_it_becomes_the_active_speaker_and_shuffles_before_it_plays(
    speaker: FakeSoloist, ears: Ears
) -> None:
    ears.player.play(speaker.add_playlist("Calm"))
    orders = [c for c in speaker.commands if c["command"] != "get_state"]
    assert [c["command"] for c in orders] == [
        "activate",
        "set_shuffle",
        "set_repeat_context",
        "play",
    ]
    assert orders[1]["enabled"] is True


def test_tracks_that_end_and_tracks_that_are_skipped(speaker: FakeSoloist, ears: Ears) -> None:
    ears.player.play(speaker.add_playlist("Calm", 3))
    ears.sees(Playback.PLAYING)
    speaker.advance(180)
    ears.until(lambda: len(ears.ended) == 1)
    assert (ears.ended[0].listened, ears.ended[0].skipped) == (180, False)
    speaker.advance(20)
    ears.player.skip()
    ears.until(lambda: len(ears.ended) == 2)
    assert (ears.ended[1].listened, ears.ended[1].skipped) == (20, True)
    speaker.advance(200)
    ears.sees(Playback.IDLE)
    assert len(ears.ended) == 3


def test_a_pause_is_not_listening(speaker: FakeSoloist, ears: Ears) -> None:
    ears.player.play(speaker.add_playlist("Calm"))
    ears.sees(Playback.PLAYING)
    speaker.advance(30)
    ears.player.pause()
    assert ears.sees(Playback.PAUSED).remaining == 150
    speaker.advance(600)
    ears.player.resume()
    ears.sees(Playback.PLAYING)
    ears.player.skip()
    ears.until(lambda: len(ears.ended) == 1)
    assert ears.ended[0].listened == 30


def test_what_is_done_in_the_app_is_seen(speaker: FakeSoloist, ears: Ears) -> None:
    ears.player.play(speaker.add_playlist("Calm"))
    ears.sees(Playback.PLAYING)
    speaker.touch(volume=70)
    ears.until(lambda: ears.states[-1].volume == 70)
    speaker.touch(context=speaker.add_playlist("Other", 1))
    ears.sees(Playback.PLAYING, "Other 1")
    speaker.advance(10)
    speaker.touch(pause=True)
    ears.sees(Playback.PAUSED, "Other 1")


def test_music_that_moved_to_another_speaker_is_idle_here(speaker: FakeSoloist, ears: Ears) -> None:
    ears.player.play(speaker.add_playlist("Calm"))
    ears.sees(Playback.PLAYING)
    speaker.go_elsewhere()
    ears.sees(Playback.IDLE)


def test_the_volume_is_set_in_percent(speaker: FakeSoloist, ears: Ears) -> None:
    ears.player.set_volume(25)
    assert {"type": "command", "command": "set_volume", "volume": 25} in speaker.commands
    ears.until(lambda: ears.states[-1].volume == 25)


def test_reading_asks_the_speaker_where_it_is(speaker: FakeSoloist, ears: Ears) -> None:
    speaker.touch(context=speaker.add_playlist("Calm", 1))
    speaker.advance(60)
    seen = ears.player.read()
    assert (seen.playback, seen.remaining) == (Playback.PLAYING, 120)


def test_a_refusal_is_a_fault_with_its_words(speaker: FakeSoloist, ears: Ears) -> None:
    speaker.refusal = "no such playlist"
    with pytest.raises(Fault, match="Soloist refuses activate: no such playlist"):
        ears.player.play("spotify:playlist:gone")


def test_silence_is_a_fault(speaker: FakeSoloist) -> None:
    ears = Ears(SoloistPlayer("moodbox", speaker.address, patience=2.0))
    speaker.mute = True
    with pytest.raises(Fault, match="does not answer to pause"):
        ears.player.pause()
    ears.player.close()


def test_a_lost_connection_comes_back_with_what_plays(speaker: FakeSoloist, ears: Ears) -> None:
    ears.player.play(speaker.add_playlist("Calm", 2))
    ears.sees(Playback.PLAYING)
    speaker.hang_up()
    ears.sees(Playback.UNKNOWN)
    ears.sees(Playback.PLAYING)


def test_nobody_signed_in_needs_somebody(speaker: FakeSoloist) -> None:
    speaker.signed_in = False
    ears = Ears(player(speaker))
    with pytest.raises(NeedsSomebody, match="choose it once in the Spotify app"):
        ears.player.ready(by_person=True)
    ears.player.close()


def test_nobody_listening_is_a_fault_in_words() -> None:
    nobody = SoloistPlayer("moodbox", "ws://127.0.0.1:9", patience=0.2)
    with pytest.raises(Fault, match=r"Soloist: ws://127.0.0.1:9 does not answer: is it on"):
        nobody.open(lambda: None)
    nobody.close()
