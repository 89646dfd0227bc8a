"""My liked songs that are calm: one list for every mood, of which each mood hears its own."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fakes.house import HOUR, MINUTE, House
from fakes.spotify import Song

from edge.errors import Refused
from edge.events import AddSource, Hand, Playback
from edge.uri import LIKED, TOP

CALM = [Song(f"Calm {n}", "A Harp") for n in range(12)]
WILD = [Song(f"Wild {n}", "A Band") for n in range(30)]


def moves_in(house: Callable[..., House], what: str = LIKED, calm: int = 12) -> House:
    """A house whose own songs are a mix, given to one mood; the others have a playlist."""
    sounds = {song.id: "calm" for song in CALM} | {song.id: "excited" for song in WILD}
    home = house(spotify=True, view="fine", sounds=sounds)
    assert home.fake is not None
    mixed = sorted([*CALM[:calm], *WILD], key=lambda song: song.id)  # as good as mixed
    if what == LIKED:
        home.fake.world.liked = mixed
    else:
        home.fake.world.top = mixed
    home.moves_in("joyful")
    assert home.asks(AddSource("calm", what)).accepted
    return home


def heard(home: House) -> list[str]:
    """The songs that were heard, in order, and the one that is on."""
    assert home.fake is not None
    world = home.fake.world
    world.catch_up()
    on = [world.playback.song] if world.playback.song else []
    return [song.title for song in [*(it.song for it in reversed(world.heard)), *on]]


@pytest.mark.parametrize(("what", "name"), [(LIKED, "liked songs"), (TOP, "songs heard most")])
def test_of_the_liked_songs_the_calm_ones_are_played_for_calm(
    house: Callable[..., House], what: str, name: str
) -> None:
    home = moves_in(house, what)
    home.comes("neutral", HOUR / 2)
    assert len(heard(home)) > 8
    assert {title.split()[0] for title in heard(home)} == {"Calm"}
    status = home.everywhere(mood="calm", playback=Playback.PLAYING, problems={})
    assert status.track is not None
    assert status.track.context == what, "the page names the list"
    assert status.why.startswith(f"played {name}: ")
    assert status.hands_off_until is None
    home.comes("happy", HOUR / 2)
    home.everywhere(mood="joyful", playback=Playback.PLAYING, problems={})
    assert home.plays.startswith("spotify:playlist:")


def test_where_few_of_them_are_calm_others_follow_and_why_says_so(
    house: Callable[..., House],
) -> None:
    home = moves_in(house, calm=2)
    home.comes("neutral", HOUR / 2)
    assert {title.split()[0] for title in heard(home)[:2]} == {"Calm"}
    assert {title.split()[0] for title in heard(home)[2:]} == {"Wild"}
    why = home.everywhere(mood="calm").why
    assert why.endswith("; sounding calm: 2 of its 32 songs, others follow")


def test_a_hand_at_the_speaker_has_the_say_over_songs_played_one_by_one(
    house: Callable[..., House],
) -> None:
    home = moves_in(house)
    assert home.fake is not None
    album = home.fake.add_playlist("Picked", 40)
    home.comes("neutral", 5 * MINUTE)
    home.at_the_speaker(Hand.PICK, album)
    home.comes("neutral", 10 * MINUTE)
    assert home.plays == album
    assert home.status.hands_off_until is not None


def test_a_speaker_that_skips_every_song_of_a_list_is_told_apart(
    house: Callable[..., House],
) -> None:
    home = moves_in(house)
    assert home.fake is not None
    home.fake.world.keys_refused = True
    home.comes("neutral", 5 * MINUTE)
    assert "skips every track" in home.status.problems["music"]


def test_it_plays_on_after_a_restart_as_its_own(house: Callable[..., House]) -> None:
    home = moves_in(house)
    home.comes("neutral", 5 * MINUTE)
    home.power_off()
    home.power_on()
    home.comes("neutral", 10 * MINUTE)
    status = home.everywhere(mood="calm", playback=Playback.PLAYING, problems={})
    assert status.hands_off_until is None
    assert {title.split()[0] for title in heard(home)} == {"Calm"}


def test_a_player_that_cannot_play_them_says_so_when_they_are_given(
    house: Callable[..., House],
) -> None:
    home = house(view="fine")
    with pytest.raises(Refused, match="the player simulated cannot play that"):
        home.asks(AddSource("calm", LIKED))
