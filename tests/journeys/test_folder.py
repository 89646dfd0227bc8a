"""A box with a folder of songs, no account and no playlist: the shortest way to music."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fakes.house import MINUTE, House
from fakes.mpd import RealMpd, library

from edge.cli.wishes import Became, follow_up
from edge.errors import Refused
from edge.events import (
    AddSource,
    FollowMood,
    Play,
    Playback,
    RemoveSource,
    RequestBody,
    Resume,
    SetSources,
)


@pytest.fixture
def mpd(tmp_path: Path) -> Iterator[RealMpd]:
    """A real one, and a folder of songs."""
    library(tmp_path / "mpd")
    with RealMpd(tmp_path / "mpd") as mpd:
        yield mpd


def test_a_folder_of_songs_and_no_account_is_enough(
    house: Callable[..., House], mpd: RealMpd
) -> None:
    home = house(mpd=mpd)
    began = home.clock()
    home.sees = "happy"
    while not home.plays:
        home.live(1)
        assert home.clock() - began < 15
    assert home.plays == "mpd:folder:/"
    assert home.status.why.startswith("nothing of yours for happy yet: playing all that")

    with pytest.raises(Refused, match="the player mpd cannot play that"):
        home.asks(AddSource("happy", "spotify:album:x"))
    for gone in ("mpd:folder:Gone", "mpd:playlist:Gone", "mpd:genre:Gone", "mpd:search:gone"):
        with pytest.raises(Refused, match=f"{gone}.*library has nothing of that name"):
            home.asks(AddSource("happy", gone))
    assert home.asks(AddSource("happy", "mpd:genre:Rock")).accepted
    home.live(5)
    home.until(lambda: home.plays == "mpd:genre:Rock")
    home.box.dj.close()


def test_what_nobody_can_look_up_now_is_taken_and_what_is_there_already_stays(
    house: Callable[..., House], mpd: RealMpd
) -> None:
    home = house(mpd=mpd)
    assert home.asks(SetSources("happy", ["mpd:genre:Rock", "mpd:genre:Folk"])).accepted
    with pytest.raises(Refused, match="mpd:genre:Gone"):
        home.asks(SetSources("happy", ["mpd:genre:Rock", "mpd:genre:Gone"]))
    mpd.stop()
    assert home.asks(AddSource("happy", "mpd:genre:Gone")).accepted
    mpd.start()
    assert home.asks(SetSources("sad", ["mpd:genre:Gone"])).accepted, "the house has it"
    home.box.dj.close()


def test_of_a_folder_each_mood_hears_the_songs_that_the_owners_table_gives_it(
    house: Callable[..., House], mpd: RealMpd
) -> None:
    sounds = {f"Calm/{n} Still.mp3": "sad" for n in (1, 2, 3)}
    sounds |= {f"Other/{n} Kites.mp3": "happy" for n in (1, 2, 3)}

    def queue() -> list[str]:
        """The folders that are queued, in order."""
        return [it["file"].partition("/")[0] for it in mpd.ask(lambda it: it.playlistinfo())]

    home = house(mpd=mpd, sounds=sounds)
    home.comes("happy", MINUTE)
    assert home.plays == "mpd:folder:/"
    assert queue()[:3] == ["Other"] * 3, "with nothing given, of all that there is"
    assert set(queue()[3:7]) == {"Next", "untitled.mp3"}, "then what is not known"
    assert queue()[7:] == ["Calm"] * 3

    assert home.asks(AddSource("happy", "mpd:genre:Ambient")).accepted
    home.live(5)
    assert home.plays == "mpd:genre:Ambient"
    assert sorted(queue()) == ["Calm"] * 3, "none fits: as it is"
    assert home.asks(AddSource("happy", "mpd:search:kites")).accepted
    home.live(5)
    home.box.dj.close()


def test_what_the_moods_had_from_another_player_does_not_make_the_box_mute(
    house: Callable[..., House], mpd: RealMpd
) -> None:
    gone = "spotify:playlist:abc"
    before = house()
    assert before.asks(SetSources("happy", [gone])).accepted
    assert before.asks(SetSources("sad", [gone, "spotify:album:def"])).accepted
    before.power_off()
    home = house(mpd=mpd)
    home.comes("happy", MINUTE)
    assert home.plays == "mpd:folder:/", "all that there is, as happy has nothing else"
    words = "mpd cannot play what the moods were given, give them other: "
    words += "spotify:playlist:abc, spotify:album:def"
    assert home.everywhere(mood="happy").problems == {"sources": words}

    assert home.asks(SetSources("sad", ["mpd:genre:Rock"])).accepted
    assert home.asks(RemoveSource("happy", gone)).accepted
    home.everywhere(mood="happy", problems={})
    home.box.dj.close()


def test_what_is_not_to_be_had_is_said_and_what_plays_goes_on(
    house: Callable[..., House], mpd: RealMpd
) -> None:
    home = house(mpd=mpd)
    home.sees = ""

    def asked(body: RequestBody) -> Became:
        answer = home.asks(body)
        home.live(2)
        return follow_up(lambda: home.status, answer, home.clock)

    assert asked(Play("mpd:folder:Calm")) == Became("done", "done")
    assert home.status.why == "somebody asked for it; the mood waits"
    gone = Play("mpd:folder:Gone")
    assert asked(gone).state == "failed"
    assert home.plays == "mpd:folder:Calm"
    assert asked(Resume()) == Became("done", "done"), "not what is not there, again"
    assert asked(gone).state == "failed"
    follows = "kept: the mood chooses once the box looks (starting)"
    assert asked(FollowMood()) == Became("done", follows), "that is no failure of this"
    assert asked(gone) == asked(gone)
    home.live(40)
    assert "does not have it" in home.everywhere(playback=Playback.PLAYING).problems["music"]
    home.live(20)
    home.everywhere(problems={}, playback=Playback.PLAYING)
    home.box.dj.close()
