"""Songs in the store, and how often the box was right."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.events import SongEnd, SongStart, Track
from edge.records import PlaylistSnapshot
from edge.store import Store
from edge.store.report import wilson


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "moodbox.db", lambda _event: None)
    made.clock_is(time.time() - time.monotonic())
    made.start()
    yield made
    assert made.stop(10.0)


def song(number: int, at: float) -> SongStart:
    uri, list_ = f"spotify:track:{number}", "spotify:playlist:p"
    track = Track(uri, f"Song {number}", "B", cover="https://c", duration=200.0, context=list_)
    return SongStart(f"s{number}", at, track, "sad", "home")


def test_a_song_is_kept_with_its_list_and_how_it_ended(store: Store) -> None:
    now = time.monotonic()
    store.keep_playlist(PlaylistSnapshot("spotify:playlist:p", "Rain", "", 1.0), [])
    store.remember(song(1, now - 60))
    store.remember(SongEnd("s1", now - 30, "skipped", 30.0))
    store.remember(song(2, now - 30))
    store.flush()
    first, second = store.read.heard(0.0, 1e12)
    assert (first.title, first.name, first.outcome, first.listened) == (
        "Song 1",
        "Rain",
        "skipped",
        30.0,
    )
    assert first.at == pytest.approx(time.time() - 60, abs=5)
    assert second.outcome == ""
    assert store.read.cover("spotify:track:2") == "https://c"
    store.erase()
    assert store.read.heard(0.0, 1e12) == []


@pytest.mark.parametrize(
    ("right", "judged", "low", "high"),
    # Newcombe (1998), table I, method 3: the score interval.
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_the_interval_is_wilsons(right: int, judged: int, low: float, high: float) -> None:
    assert wilson(right, judged) == pytest.approx((low, high), abs=2e-4)


def test_nobody_has_judged() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
