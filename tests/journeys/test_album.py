"""An album that ends: what comes next for the mood does, at once, and no station has the say."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fakes.house import HOUR, MINUTE, SPEAKER, House, own

from edge.events import Play, Playback, SetSources


def test_one_song_that_was_asked_for_is_followed_by_what_fits(house: Callable[..., House]) -> None:
    home = house(sources=own())
    home.comes("happy", 30)
    assert home.asks(Play("spotify:track:mine")).accepted
    home.live(2)
    assert home.plays == "spotify:track:mine"
    home.everywhere(playback=Playback.PLAYING)
    assert home.status.hands_off_until is not None
    home.live(205)
    home.everywhere(playback=Playback.PLAYING, hands_off_until=None)
    assert home.plays == "spotify:playlist:happy"


@pytest.mark.parametrize("spotify", [False, True])
def test_an_evening_has_no_silence(house: Callable[..., House], spotify: bool) -> None:
    home = house(spotify=spotify)
    if home.fake is not None:
        home.fake.add_device(SPEAKER)
        albums = [home.fake.add_album(name, by="Somebody", songs=5) for name in ("One", "Two")]
        home.sign_in()
    else:
        albums = [f"spotify:track:{name}" for name in ("one", "two")]
    assert home.asks(SetSources("happy", albums)).accepted
    home.comes("happy", 30)
    heard, silent = set(), 0.0
    for _ in range(int(2 * HOUR / 5)):
        home.live(5, step=5)
        heard.add(home.plays)
        silent += 5 * (not home.plays)
    assert {*albums} <= heard
    assert silent <= 3 * MINUTE
    home.everywhere(mood="happy", playback=Playback.PLAYING, problems={})
