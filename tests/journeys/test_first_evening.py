"""The first evening: a box is unpacked, and everything it waits for comes in the wrong order."""

from __future__ import annotations

from collections.abc import Callable

from fakes.house import HOUR, MINUTE, SPEAKER, House

from edge.events import EMOTIONS, FollowMood, Next, Playback, SetSources


def test_playlists_that_come_after_the_mood_play_at_once(house: Callable[..., House]) -> None:
    home = house()
    home.comes("happy", 10 * MINUTE)
    home.everywhere(mood="happy")
    assert "playlists" in home.status.problems
    for mood in EMOTIONS:
        assert home.asks(SetSources(mood, [f"spotify:playlist:{mood}"])).accepted
    home.live(5)
    status = home.everywhere(mood="happy", playback=Playback.PLAYING, problems={})
    assert home.plays == "spotify:playlist:happy"
    assert status.speaker == SPEAKER


def test_a_box_that_was_given_nothing_plays_something_fitting(house: Callable[..., House]) -> None:
    home = house(spotify=True)
    assert home.fake is not None
    home.fake.add_device(SPEAKER)
    for name in ("happy hits", "feel good pop"):
        home.fake.add_playlist(name, 40)
    mine = home.fake.add_playlist("mine", 40)
    home.comes("happy", 5 * MINUTE)
    assert "sign-in" in home.status.problems
    assert home.plays == ""

    home.sign_in()
    home.live(20)
    status = home.everywhere(mood="happy", playback=Playback.PLAYING, problems={})
    assert status.why.startswith('nothing of yours for happy yet: playing the search "')
    assert home.plays
    assert home.box.state.taste.profiles == {}

    assert home.asks(SetSources("happy", [mine])).accepted
    home.live(5)
    assert home.plays == mine
    home.everywhere(mood="happy", playback=Playback.PLAYING, problems={})


def test_a_speaker_that_is_switched_on_at_last_plays(house: Callable[..., House]) -> None:
    home = house(spotify=True)
    assert home.fake is not None
    music = home.fake.add_playlist("mine", 40)
    home.sign_in()
    assert home.asks(SetSources("happy", [music])).accepted
    home.comes("happy", 20 * MINUTE)
    assert "music" in home.status.problems

    home.fake.add_device(SPEAKER)
    home.live(HOUR / 4)
    home.everywhere(mood="happy", playback=Playback.PLAYING, problems={})
    assert home.plays == music


def test_a_box_knows_what_its_own_speaker_does_before_it_first_plays(
    house: Callable[..., House],
) -> None:
    home = house()
    home.leaves(60)
    home.everywhere(mood="away", playback=Playback.IDLE, waking=False, volume=50)


def test_a_speaker_that_is_gone_is_shown_to_play_by_nobody(house: Callable[..., House]) -> None:
    home = house()
    home.moves_in()
    home.comes("happy", 30)
    home.speaker.vanish()
    home.asks(Next())
    home.live(1)
    status = home.everywhere(playback=Playback.UNKNOWN, track=None, volume=None)
    assert "is not found" in status.problems["music"]
    home.speaker.come_back()
    home.comes("happy", 20 * MINUTE)
    home.asks(FollowMood())
    home.live(2)
    home.everywhere(playback=Playback.PLAYING, problems={})
