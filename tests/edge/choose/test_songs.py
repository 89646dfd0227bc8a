from __future__ import annotations

from edge.choose.songs import Collection, SongMoods, recommended, table
from edge.records import Features, ListedSong, PlaylistSnapshot

A, B = "spotify:playlist:a", "spotify:playlist:b"
SHELVES = [
    PlaylistSnapshot(A, "Sunny", "", 0),
    PlaylistSnapshot(B, "Rain", "", 0),
    PlaylistSnapshot("liked", "liked songs", "", 0),
]


def song(source: str, name: str) -> ListedSong:
    return ListedSong(f"spotify:track:{name}", name, source=source)


def test_a_song_has_the_moods_of_its_playlists_and_names_all_its_lists() -> None:
    songs = [song(A, "1"), song(B, "1"), song("liked", "1"), song(A, "2")]
    rows = table(Collection(songs, SHELVES, {"happy": [A], "sad": [B], "calm": [A]}))
    assert [(row.title, row.mood) for row in rows] == [
        ("1", "happy"), ("1", "sad"), ("1", "calm"), ("2", "happy"), ("2", "calm"),
    ]  # fmt: skip
    assert rows[0].lists == ["Sunny", "Rain", "liked songs"]


def test_how_a_song_sounds_gives_it_a_mood_where_no_list_does() -> None:
    songs = [song("liked", "1"), song("liked", "2"), song("liked", "3")]
    features = {"spotify:track:1": Features(valence=0.95, energy=0.6), "spotify:track:3": None}
    sources = {"happy": [A], "sad": [B]}
    rows = table(Collection(songs, SHELVES, sources, features, SongMoods({"2": "sad"})))
    assert [(row.title, row.mood) for row in rows] == [("1", "happy"), ("2", "sad")]


def test_what_is_on_more_lists_comes_first_and_the_rest_changes_by_the_day() -> None:
    songs = [song(A, str(n)) for n in range(30)] + [song("liked", "7")]
    rows = table(Collection(songs, SHELVES, {"happy": [A]}))
    today = recommended(rows, "happy", 5, "2026-11-20")
    assert today[0].title == "7"
    assert today == recommended(rows, "happy", 5, "2026-11-20")
    assert today != recommended(rows, "happy", 5, "2026-11-21")
    assert recommended(rows, "sad", 5, "") == []
