"""A tap on the page is answered at once, by what is under way, and then by what became of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import dropwhile
from typing import Any

import pytest
from fakes.browser import WITHIN_MS
from fakes.house import MINUTE, SPEAKER, House

from edge.events import Correct, Playback, PlayPause, Status

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def page(chromium: Any) -> Iterator[Callable[[House], Any]]:
    """Open the page of a story's house on a phone that has paired."""
    contexts: list[Any] = []

    def opened(home: House) -> Any:
        context = chromium.new_context(viewport={"width": 390, "height": 844}, locale="en-GB")
        contexts.append(context)
        context.set_default_timeout(WITHIN_MS)
        name, _, value = home.pairs().partition("=")
        address = f"http://127.0.0.1:{home.box.web.port}"
        context.add_cookies([{"name": name, "value": value, "url": address}])
        page = context.new_page()
        page.goto(address)
        page.wait_for_selector("#link:text-is('live')")
        return page

    yield opened
    for context in contexts:
        context.close()


def taps(home: House, page: Any, what: str, asks: type[PlayPause | Correct]) -> Status:
    """Tap, and return the first status after it; the speaker has done nothing by then."""
    page.click(what)
    told = len(home.told)

    def answer() -> Status | None:
        since = dropwhile(
            lambda it: not isinstance(getattr(it, "body", None), asks), home.told[told:]
        )
        return next((it for it in since if isinstance(it, Status)), None)

    def answered() -> bool:
        home.box.turn()
        return answer() is not None

    home.until(answered)
    status = answer()
    assert status is not None
    return status


@pytest.mark.parametrize("spotify", [False, True])
def test_play_is_answered_at_once_and_then_by_the_song(
    house: Callable[..., House], page: Callable[[House], Any], spotify: bool
) -> None:
    home = house(spotify=spotify, web=True)
    home.moves_in()
    home.comes("happy", MINUTE)
    assert home.asks(PlayPause()).accepted
    home.live(MINUTE)
    home.everywhere(playback=Playback.PAUSED, doing="")
    screen = page(home)

    # What Spotify's speaker did meanwhile is not known, so it is looked at first.
    under_way = "looking at the speaker…" if spotify else f"playing on {SPEAKER}…"
    assert taps(home, screen, "#play", PlayPause).doing == under_way
    screen.wait_for_selector(f"#doing:text-is('{under_way}')")
    screen.wait_for_selector("#play[aria-busy='true']")
    home.live(2)
    status = home.everywhere(playback=Playback.PLAYING, doing="")
    assert status.track is not None
    screen.wait_for_selector("#doing:text-is('')", state="attached")
    screen.wait_for_selector("#play[aria-label='Pause'][aria-busy='false']")
    screen.wait_for_selector(f"#title:text-is('{status.track.title}')")


@pytest.mark.parametrize("spotify", [False, True])
def test_a_mood_is_answered_at_once_and_then_by_its_music(
    house: Callable[..., House], page: Callable[[House], Any], spotify: bool
) -> None:
    home = house(spotify=spotify, web=True)
    music = home.moves_in()
    home.comes("happy", MINUTE)
    screen = page(home)

    screen.click("#wrong")
    under_way = f"starting on {SPEAKER}…"
    status = taps(home, screen, "#feel button[data-mood='sad']", Correct)
    assert (status.doing, status.corrected) == (under_way, "sad")
    screen.wait_for_selector(f"#doing:text-is('{under_way}')")
    screen.wait_for_selector("#corrected:has-text('sad')")
    home.live(2)
    home.everywhere(mood="sad", playback=Playback.PLAYING, doing="")
    assert home.plays == music["sad"]
    screen.wait_for_selector("#doing:text-is('')", state="attached")


def test_a_tap_that_nobody_can_follow_ends_in_the_reason(
    house: Callable[..., House], page: Callable[[House], Any]
) -> None:
    home = house(web=True)
    home.moves_in()
    home.comes("happy", MINUTE)
    assert home.asks(PlayPause()).accepted
    home.live(2)
    home.speaker.vanish()
    screen = page(home)
    assert taps(home, screen, "#play", PlayPause).doing == f"playing on {SPEAKER}…"
    home.live(2)
    assert "is not found" in home.everywhere(doing="").problems["music"]
    screen.wait_for_selector("#problems:has-text('is not found')")
    screen.wait_for_selector("#doing:text-is('')", state="attached")
