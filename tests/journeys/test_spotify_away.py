"""Spotify is away for a day: it is said, it is not hammered, and the music comes back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fakes.house import DAY, HOUR, MINUTE, NOBODY, SPEAKER, House

from edge.cli.wishes import follow_up
from edge.events import Next, Play, Playback, Previous, RequestBody, Resume, SetSources


def test_spotify_is_away_for_a_day(house: Callable[..., House]) -> None:
    home = house(spotify=True)
    assert home.fake is not None
    home.fake.add_device(SPEAKER)
    music = {mood: home.fake.add_playlist(mood, 30) for mood in ("happy", "sad")}
    home.sign_in()
    for mood, uri in music.items():
        home.asks(SetSources(mood, [uri]))
    home.comes("happy", MINUTE)
    home.everywhere(mood="happy", playback=Playback.PLAYING, problems={})

    home.fake.outage(503)
    before = len(home.fake.api_calls())
    for n in range(12):
        home.comes(("sad", "happy")[n % 2], HOUR, step=4)
    assert "music" in home.everywhere(mood="happy").problems
    home.comes(NOBODY, 12 * HOUR, step=60)
    assert len(home.fake.api_calls()) - before <= 300

    home.fake.outage(None)
    home.comes("sad", 20 * MINUTE, step=5)
    home.everywhere(mood="sad", playback=Playback.PLAYING, problems={})
    assert home.plays == music["sad"]
    asked = [call.at for call in home.fake.api_calls()]
    assert max(sum(at - DAY < other <= at for other in asked) for at in asked) <= 300


def test_looks_that_fail_are_said_though_the_music_plays_on(house: Callable[..., House]) -> None:
    home = house(spotify=True)
    assert home.fake is not None
    home.moves_in("happy")
    home.comes("happy", MINUTE)
    home.fake.outage(503)
    home.comes("happy", 4 * MINUTE)  # the song's end, and a look at what follows it
    status = home.everywhere(mood="happy", track=None)
    assert "503" in status.problems["music"]
    home.fake.outage(None)
    home.comes("happy", 10 * MINUTE)
    assert home.everywhere(playback=Playback.PLAYING, problems={}).track is not None


@pytest.mark.parametrize("spotify", [False, True])
@pytest.mark.parametrize("step", [Next(), Previous(), Resume()])
def test_a_step_in_vain_is_said_for_a_minute_and_is_no_trouble_of_the_music(
    house: Callable[..., House], step: RequestBody, spotify: bool
) -> None:
    home = house(spotify=spotify)
    if home.fake is not None:
        home.fake.add_device(SPEAKER)
        home.sign_in()
    home.live(5)
    answer = home.asks(step)
    home.live(1)
    became = follow_up(lambda: home.status, answer, home.clock)
    assert became.state == "failed"
    home.live(55)
    assert home.everywhere().problems == {"music": became.words}
    home.live(5)
    home.everywhere(problems={})


def test_a_skip_while_spotify_is_away_says_so_and_what_lasts_is_said_for_as_long(
    house: Callable[..., House],
) -> None:
    home = house(spotify=True)
    assert home.fake is not None
    music = home.moves_in("happy", "sad")
    home.comes("happy", MINUTE)
    home.fake.outage(503)
    home.asks(Next())
    home.live(2)
    assert "503" in home.status.problems["music"]
    home.live(MINUTE)
    assert home.status.problems == {}, "its song plays on"
    home.asks(Play("sad"))
    home.asks(Next())
    home.live(2 * MINUTE)
    assert "503" in home.status.problems["music"], "it is still to be played"
    home.fake.outage(None)
    home.live(15 * MINUTE, step=5)
    home.everywhere(problems={}, playback=Playback.PLAYING)
    assert home.plays in music.values()
