"""Which songs of a source come first for a mood."""

from __future__ import annotations

import random
from collections import Counter

from edge.choose.fitting import ENOUGH, MOST, fitting, how_many_fit
from edge.events import Sounding
from edge.uri import LIKED

PLAYLIST = "spotify:playlist:a"


def songs(mood: str, count: int, sure: float = 1.0) -> list[Sounding]:
    return [Sounding(f"spotify:track:{mood or 'unknown'}{n}", mood, sure) for n in range(count)]


def moods_of(uris: tuple[str, ...]) -> list[str]:
    return [uri.removeprefix("spotify:track:").rstrip("0123456789") for uri in uris]


def test_where_enough_fit_only_those_are_played() -> None:
    found = fitting(LIKED, songs("calm", ENOUGH) + songs("happy", 50), "calm", random.Random(1))
    assert moods_of(found) == ["calm"] * ENOUGH


def test_where_few_fit_they_come_first_then_what_is_not_known_then_what_is_near() -> None:
    mixed = songs("angry", 2) + songs("", 2) + songs("content", 2) + songs("calm", 2)
    found = fitting(LIKED, mixed, "calm", random.Random(1))
    assert moods_of(found) == [
        "calm", "calm", "unknown", "unknown", "content", "content", "angry", "angry",
    ]  # fmt: skip


def test_what_is_surer_tends_to_come_sooner_and_never_always() -> None:
    mixed = [*songs("calm", 10, 0.9), Sounding("spotify:track:unsure", "calm", 0.3)]
    firsts = Counter(
        fitting(LIKED, mixed, "calm", random.Random(n))[0] == "spotify:track:unsure"
        for n in range(2000)
    )
    assert 20 < firsts[True] < 2000 / 11


def test_a_playlist_of_which_nothing_fits_is_played_as_it_is() -> None:
    assert fitting(PLAYLIST, songs("happy", 20), "calm", random.Random(1)) == ()
    assert fitting(PLAYLIST, (), "calm", random.Random(1)) == ()


def test_a_list_that_is_played_song_by_song_always_has_songs_and_not_too_many() -> None:
    assert len(fitting(LIKED, songs("happy", 20), "calm", random.Random(1))) == 20
    assert len(fitting(LIKED, songs("", 500), "calm", random.Random(1))) == MOST


def test_where_others_are_played_too_it_is_said_how_few_fit() -> None:
    assert how_many_fit(songs("calm", 3) + songs("", 39), "calm") == (
        "sounding calm: 3 of its 42 songs, others follow"
    )
    assert how_many_fit(songs("happy", 42), "calm") == "none of its 42 songs is known to sound calm"
    assert how_many_fit(songs("calm", ENOUGH) + songs("happy", 9), "calm") == ""
    assert how_many_fit(songs("calm", 2), "calm") == ""
    assert how_many_fit((), "calm") == ""
