"""The internet is gone for an evening: the disk plays, and Spotify takes over at a song's end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fakes.house import HOUR, MINUTE, NOBODY, SPEAKER, House
from fakes.mpd import RealMpd, library

from edge.cli.wishes import Became, follow_up
from edge.events import Play, Playback, SetSources

CALM, ROCK = "mpd:folder:Calm", "mpd:genre:Rock"


@pytest.fixture
def mpd(tmp_path: Path) -> Iterator[RealMpd]:
    folder = tmp_path / "mpd"
    library(folder)
    with RealMpd(folder) as mpd:
        yield mpd


@pytest.fixture
def home(house: Callable[..., House], mpd: RealMpd) -> Iterator[House]:
    home = house(spotify=True, mpd=mpd)
    yield home
    home.box.dj.close()


def heard(home: House) -> tuple[str, str]:
    """Return what sounds at Spotify's speaker, and what at the disk's."""
    return home._at_spotify(), home._at_the_speaker()


def signs_out(home: House) -> None:
    assert home.fake is not None
    home.fake.revoke()
    home.fake.expire_access()


def uses_the_quota_up(home: House) -> None:
    assert home.fake is not None
    home.fake.exhaust_quota()


def given(home: House) -> dict[str, str]:
    """Sign in, and give two moods music of both kinds; return what of Spotify's they have."""
    assert home.fake is not None
    home.fake.add_device(SPEAKER)
    home.sign_in()
    home.live(10)
    music = {mood: home.fake.add_playlist(mood, 30) for mood in ("happy", "sad")}
    home.asks(SetSources("happy", [music["happy"], ROCK]))
    home.asks(SetSources("sad", [music["sad"], CALM]))
    return music


def test_the_disk_plays_while_the_internet_is_gone(home: House) -> None:
    music = given(home)
    assert home.fake is not None
    home.comes("happy", MINUTE)
    assert home.plays == music["happy"]

    home.fake.cut_off()
    home.comes("happy", 20 * MINUTE, step=2)
    home.until(lambda: home.plays == ROCK)
    status = home.everywhere(mood="happy", playback=Playback.PLAYING)
    assert status.track is not None
    assert status.track.context == ROCK
    cannot, meanwhile = status.problems["fallback"].split("; ")
    # On a busy machine a connection that is cut may be late before it is found to be cut.
    assert "cannot be reached" in cannot or "does not answer in time" in cannot
    assert meanwhile == "mpd plays meanwhile"
    assert status.why.endswith("mpd plays, as spotify cannot now")
    assert "music" not in status.problems

    home.comes("sad", 2 * HOUR, step=10)
    home.until(lambda: home.plays == CALM)
    home.comes(NOBODY, MINUTE)
    home.until(lambda: home.plays == "")
    home.comes("sad", MINUTE)
    home.until(lambda: home.plays == CALM)

    home.fake.outage(None)
    home.comes("sad", 13 * MINUTE, step=1)
    home.until(lambda: home.plays == music["sad"])
    status = home.everywhere(mood="sad", playback=Playback.PLAYING, problems={})
    assert status.track is None or status.track.context == music["sad"]
    assert "mpd" not in status.why


def test_nobody_ever_signed_in_and_the_disk_plays(home: House) -> None:
    home.asks(SetSources("happy", [ROCK]))
    home.comes("happy", MINUTE)
    home.until(lambda: home.plays == ROCK)
    status = home.everywhere(mood="happy", playback=Playback.PLAYING)
    assert status.problems["fallback"].startswith("not signed in to Spotify")
    given(home)
    home.comes("happy", 3 * MINUTE)
    home.until(lambda: home.plays.startswith("spotify:"))
    home.everywhere(mood="happy", playback=Playback.PLAYING, problems={})


@pytest.mark.parametrize("given", [True, False], ids=["with music of its own", "of all there is"])
def test_signed_out_a_mood_that_is_asked_for_plays_from_the_disk_and_that_is_what_is_answered(
    home: House, given: bool
) -> None:
    assert home.fake is not None
    home.fake.add_device(SPEAKER)
    if given:
        home.asks(SetSources("happy", [home.fake.add_playlist("mine", 30), ROCK]))
    home.live(MINUTE)
    answer = home.asks(Play("happy"))
    assert answer.accepted
    became = follow_up(lambda: home.status, answer, home.clock, home.live)
    assert became == Became("done", "done")
    assert home.plays == (ROCK if given else "mpd:folder:/"), "done is said once it sounds"
    assert home.status.problems["fallback"].endswith("; mpd plays meanwhile")


def test_premium_that_ended_is_said_and_the_disk_plays(home: House) -> None:
    music = given(home)
    assert home.fake is not None
    home.fake.lose_premium()
    home.comes("happy", 2 * MINUTE)
    home.until(lambda: home.plays == ROCK)
    assert "Premium" in home.everywhere(mood="happy").problems["fallback"]
    assert music["happy"] in home.wishes()


def test_a_connect_speaker_that_skips_everything_is_replaced_by_the_disk(home: House) -> None:
    given(home)
    assert home.fake is not None
    home.fake.world.keys_refused = True
    home.comes("happy", 2 * MINUTE)
    home.until(lambda: home.plays == ROCK)
    status = home.everywhere(mood="happy", playback=Playback.PLAYING)
    assert "skips every track" in status.problems["fallback"]
    assert status.problems["fallback"].endswith("mpd plays meanwhile")
    assert "music" not in status.problems
    assert not home.fake.world.playback.playing
    asked = len(home.fake.api_calls())
    home.comes("sad", HOUR, step=5)
    home.until(lambda: home.plays == CALM)
    assert len(home.fake.api_calls()) - asked < 20, "it is not tried again for a day"
    assert home.status.hands_off_until is None


@pytest.mark.parametrize("loses", [signs_out, uses_the_quota_up])
def test_one_that_may_not_be_asked_any_more_is_not_drowned_out(
    home: House, loses: Callable[[House], None]
) -> None:
    """It plays on as it was told, and takes no pause."""
    music = given(home)
    home.comes("happy", MINUTE)
    loses(home)
    home.comes("sad", 90 * MINUTE, step=20)
    assert heard(home) == (music["happy"], "")
    assert "music" in home.status.problems
    home.asks(Play("sad"))
    home.comes("sad", 10 * MINUTE, step=5)
    assert heard(home) == (music["happy"], "")
    assert "music" in home.status.problems


def test_premium_that_ends_while_its_music_is_on_is_waited_for_until_it_is_seen_to_be_quiet(
    home: House,
) -> None:
    music = given(home)
    assert home.fake is not None
    home.comes("happy", MINUTE)
    home.fake.lose_premium()
    home.comes("sad", 2 * HOUR, step=20)
    assert home.plays == music["happy"], "never two at once where one is seen to play"
    assert "Premium" in home.status.problems["music"]
    home.fake.vanish(SPEAKER)
    home.comes("sad", 20 * MINUTE, step=10)
    home.until(lambda: home.plays == CALM)
    assert home.everywhere(mood="sad", playback=Playback.PLAYING).problems["fallback"]
