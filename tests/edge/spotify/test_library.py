"""The owner's lists, read through the real adapter from a Spotify of our own."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from fakes.spotify import Clock, FakeSpotify, Song

from edge.choose.songs import NO_MOODS, SongMoods
from edge.errors import CannotPlay, Fault, SignInNeeded
from edge.events import Event, PlaylistNames, Preferences, SongsKnown, Sounding
from edge.records import PlaylistSnapshot
from edge.spotify.budget import BURST, DAY
from edge.spotify.library import LATER, MOST_SONGS, Library
from edge.spotify.local import ENOUGH, LocalSongs
from edge.spotify.login import begin, finish
from edge.spotify.reading import MONTH, due
from edge.spotify.speakers import speakers
from edge.spotify.web_api import WebApi
from edge.store import Store
from edge.uri import LIKED, TOP


@dataclass
class Home:
    """A library with its store and its Spotify."""

    fake: FakeSpotify
    folder: Path
    said: list[Event] = field(default_factory=list)
    given: Preferences = field(default_factory=Preferences)
    moods: SongMoods = NO_MOODS
    local: Callable[[str], list[str]] | None = None

    def __post_init__(self) -> None:
        self.store = Store(self.folder / "moodbox.db", self.said.append)
        self.store.start()
        self.boot()

    def boot(self, **limits: int) -> None:
        """Start the library, afresh or again."""
        self.api = WebApi(
            self.folder,
            lambda _: None,
            api=self.fake.api,
            accounts=self.fake.address,
            clock=self.fake.clock,
            **limits,
        )
        self.library = Library(
            self.api,
            self.store,
            self.said.append,
            moods=self.moods,
            view=("happy", "sad"),
            local=self.local,
        )
        self.library.prefer(self.given)

    def sign_in(self) -> None:
        attempt = begin("a" * 32, accounts=self.fake.address)
        self.api.sign_in(finish(attempt, self.fake.consent(attempt.url), clock=self.fake.clock))

    def give(self, **sources: list[str]) -> None:
        self.given = Preferences(sources=sources)
        self.library.prefer(self.given)

    def live(self, seconds: float) -> None:
        """Let time go by, acting as often as the library wants to."""
        end = self.fake.clock() + seconds
        while self.fake.clock() < end:
            self.fake.advance(self.library.advance(self.fake.clock()))

    def known(self) -> dict[str, tuple[Sounding, ...]]:
        """What it told last of songs and how they sound."""
        return [it.songs for it in self.said if isinstance(it, SongsKnown)][-1]

    def titles(self, source: str) -> list[str]:
        return [song.title for song in self.store.read.songs() if song.source == source]

    def playlist(self, source: str) -> PlaylistSnapshot:
        return next(
            playlist for playlist in self.store.read.playlists() if playlist.source == source
        )


@pytest.fixture
def home(fake_spotify: FakeSpotify, tmp_path: Path) -> Iterator[Home]:
    home = Home(fake_spotify, tmp_path)
    home.sign_in()
    yield home
    home.api.close()
    home.store.stop(10)


def test_a_playlist_is_read_with_all_that_is_to_be_known(home: Home) -> None:
    uri = home.fake.add_playlist("Sunny", [Song("One", "A Band", "An Album", 200.0)])
    home.give(happy=[uri])
    home.live(60)
    [song] = [song for song in home.store.read.songs() if song.source == uri]
    assert (song.title, song.artist, song.album, song.duration) == (
        "One",
        "A Band",
        "An Album",
        200,
    )
    assert song.uri.startswith("spotify:track:")
    assert song.link.startswith("https://open.spotify.com/track/")
    assert song.cover.startswith("https://")
    assert song.isrc
    assert home.playlist(uri).name == "Sunny"


def test_a_long_playlist_is_read_page_by_page_to_a_bound(home: Home) -> None:
    uri = home.fake.add_playlist("Long", MOST_SONGS + 7)
    home.give(happy=[uri])
    home.live(60)
    assert home.titles(uri) == [f"Long {n + 1}" for n in range(MOST_SONGS)]
    assert len(home.fake.api_calls()) < 15


def test_liked_and_most_heard_songs_are_read(home: Home) -> None:
    home.fake.world.liked = [Song(f"Liked {n}") for n in range(70)]
    home.live(60)
    assert home.titles(LIKED) == [f"Liked {n}" for n in range(70)]
    assert len(home.titles(TOP)) == 50


def test_liked_songs_that_a_mood_was_given_are_read_further_and_told_with_their_moods(
    home: Home,
) -> None:
    songs = [Song(f"Liked {n}") for n in range(170)]
    home.fake.world.liked = songs
    home.moods = SongMoods({songs[0].id: "sad", songs[1].id: "calm"}, {songs[0].id: 0.8})
    home.boot()
    home.live(60)
    assert len(home.titles(LIKED)) == 100
    assert not [it for it in home.said if isinstance(it, SongsKnown)], "no mood was given them"
    home.give(sad=[LIKED])
    home.live(2 * DAY)
    assert len(home.titles(LIKED)) == 170
    told = home.known()[LIKED]
    assert told[0] == Sounding(songs[0].uri, "sad", 0.8)
    assert told[1].mood in ("happy", "sad"), "the nearest that this box tells apart"
    assert told[2] == Sounding(songs[2].uri)
    assert len(told) == 170
    assert [e.names for e in home.said if isinstance(e, PlaylistNames)][-1] == {
        LIKED: "liked songs"
    }


def test_of_a_playlist_is_told_only_where_a_song_of_it_is_known(home: Home) -> None:
    known, unknown = [Song("One"), Song("Two")], [Song("Three")]
    home.moods = SongMoods({known[0].id: "happy"})
    home.boot()
    uris = [home.fake.add_playlist("P", known), home.fake.add_playlist("Q", unknown)]
    home.give(happy=uris)
    home.live(60)
    assert home.known() == {uris[0]: (Sounding(known[0].uri, "happy"), Sounding(known[1].uri))}


def test_a_day_costs_a_request_a_list_and_what_is_unchanged_is_not_read_again(home: Home) -> None:
    uris = [home.fake.add_playlist(f"P{n}", 110) for n in range(3)]
    home.give(happy=uris)
    home.live(600)
    first = len(home.fake.api_calls())
    home.live(DAY)
    assert len(home.fake.api_calls()) - first == len(uris) + 2
    home.fake.world.contexts[uris[0]].songs[:] = [Song("New")]
    home.live(DAY)
    assert home.titles(uris[0]) == ["New"]
    assert len(home.titles(uris[1])) == 110


@pytest.mark.parametrize(("owner", "words"), [("somebody", "not yours"), ("spotify", "not found")])
def test_a_foreign_playlist_is_asked_for_once_a_month(home: Home, owner: str, words: str) -> None:
    uri = home.fake.add_playlist("Theirs", 5, owner)
    home.give(happy=[uri])
    for _ in range(3):
        home.live(DAY)
    asked = [call for call in home.fake.api_calls() if uri.split(":")[2] in call.path]
    assert len(asked) == 1
    assert words in home.playlist(uri).problem
    assert home.titles(uri) == []


def test_a_collaborative_playlist_is_read(home: Home) -> None:
    uri = home.fake.add_playlist("Ours", 5, "somebody", collaborative=True)
    home.give(happy=[uri])
    home.live(60)
    assert len(home.titles(uri)) == 5


def test_what_a_mood_is_not_given_any_more_is_forgotten(home: Home) -> None:
    uri = home.fake.add_playlist("Sunny", 5)
    home.give(happy=[uri])
    home.live(60)
    home.give(happy=["a search", "spotify:album:1234567890123456789012"])
    home.live(60)
    assert home.titles(uri) == []
    assert {playlist.source for playlist in home.store.read.playlists()} == {LIKED, TOP}


def test_the_names_of_playlists_are_told_once_and_after_a_restart(home: Home) -> None:
    uri = home.fake.add_playlist("Sunny", 5)
    home.give(happy=[uri])
    home.live(3600)
    assert [e.names for e in home.said if isinstance(e, PlaylistNames)][-1] == {uri: "Sunny"}
    before = len(home.said)
    home.live(3600)
    assert len(home.said) == before
    home.boot()
    home.live(60)
    assert home.said[-1].names == {uri: "Sunny"}  # type: ignore[union-attr]


def test_it_waits_without_a_fault_while_spotify_is_limited_away_or_not_signed_in(
    home: Home,
) -> None:
    uri = home.fake.add_playlist("Sunny", 5)
    home.give(happy=[uri])
    home.fake.limit(7200.0)
    assert home.library.advance(home.fake.clock()) >= 7200.0
    asked = len(home.fake.api_calls())
    assert home.library.advance(home.fake.clock()) >= LATER
    assert len(home.fake.api_calls()) == asked
    home.fake.advance(7201.0)
    home.fake.outage(503)
    assert home.library.advance(home.fake.clock()) >= LATER
    home.fake.outage(None)
    home.api.sign_out()
    assert home.library.advance(home.fake.clock()) >= LATER
    home.sign_in()
    home.live(60)
    assert len(home.titles(uri)) == 5


def test_a_broken_read_leaves_the_list_as_it_was(home: Home) -> None:
    uri = home.fake.add_playlist("Sunny", 300)
    home.give(happy=[uri])
    home.live(60)
    home.fake.world.contexts[uri].songs[:] = [Song(f"New {n}") for n in range(300)]
    answer = home.fake._operate

    def breaks_off(operation: Any, request: Any) -> Any:
        if "offset=200" in request.target:
            home.fake.outage(500)
        return answer(operation, request)

    home.fake._operate = breaks_off  # type: ignore[method-assign]
    home.live(DAY + 60)
    assert home.titles(uri) == [f"Sunny {n + 1}" for n in range(300)]


def test_it_takes_only_what_nobody_will_miss(home: Home) -> None:
    home.boot(daily_requests=60)
    home.give(happy=[home.fake.add_playlist(f"P{n}", 1) for n in range(40)])
    home.live(2 * DAY)
    calls = [call.at for call in home.fake.api_calls()]
    most = max(sum(at - DAY < other <= at for other in calls) for at in calls)
    assert most <= 60 - 60 // 2 - BURST + 1, "what is kept for people is left to them"
    assert len(home.store.read.playlists()) > 20


def test_it_takes_no_scope_for_granted(home: Home) -> None:
    given = home.fake.sign_in("playlist-read-private")
    tokens = home.api._store.tokens
    assert tokens is not None
    home.api.sign_in(
        type(tokens)(
            tokens.client_id,
            given["access_token"],
            given["refresh_token"],
            "playlist-read-private",
            tokens.expires_at,
            tokens.authorized_at,
        )
    )
    home.give(happy=[uri := home.fake.add_playlist("Sunny", 5)])
    home.live(60)
    assert len(home.titles(uri)) == 5
    problem = home.playlist(LIKED).problem
    assert "does not allow" in problem
    assert "sign in anew" in problem
    home.fake.advance(60)
    home.fake.world.liked = [Song("Mine")]
    home.sign_in()
    home.live(60)
    assert home.titles(LIKED) == ["Mine"], "once somebody has signed in anew, it is read at once"


def test_what_is_due() -> None:
    old, new = PlaylistSnapshot("a", "", "", 1000.0), PlaylistSnapshot("b", "", "", 1000.0 + DAY)
    playlists = {"a": old, "b": new}
    assert due(["b", "a"], playlists, 1000.0 + DAY + 1) == "a"
    assert due(["b"], playlists, 1000.0 + DAY + 1) is None
    assert due(["c"], playlists, 0.0) == "c"
    assert due(["b"], playlists, 0.0) == "b", "a time in the future is no time"
    refused = {"x": PlaylistSnapshot("x", "", "", 5.0, "not allowed")}
    assert due(["x"], refused, DAY) is None
    assert due(["x"], refused, DAY, signed_in_at=6.0) == "x"
    assert due(["x"], {"x": PlaylistSnapshot("x", "", "", 0.0, "gone")}, MONTH - 1) is None


def test_the_accounts_speakers_cost_one_request(home: Home) -> None:
    home.fake.add_device("moodbox", 30)
    home.fake.add_device("Kitchen", None)
    asked = len(home.fake.api_calls())
    found = speakers(home.api, "Moodbox")
    assert [(it.name, it.volume, it.ours) for it in found] == [
        ("moodbox", 30, True), ("Kitchen", None, False),
    ]  # fmt: skip
    assert len(home.fake.api_calls()) - asked == 1
    home.api.sign_out()
    with pytest.raises(SignInNeeded):
        speakers(home.api, "moodbox")
    assert len(home.fake.api_calls()) - asked == 1


def test_a_list_that_makes_no_sense_does_not_keep_the_others_from_being_read(home: Home) -> None:
    uris = [home.fake.add_playlist(f"P{n}", 3) for n in range(3)]
    spoilt = uris[0].split(":")[2]
    answer = home.fake._operate
    home.fake._operate = lambda operation, request: (  # type: ignore[method-assign]
        {"name": None} if request.path.endswith(spoilt) else answer(operation, request)
    )
    home.give(happy=uris)
    home.live(60)
    home.fake.violations.clear()  # the spoilt answer
    assert [len(home.titles(uri)) for uri in uris] == [0, 3, 3]
    asked = len([call for call in home.fake.api_calls() if call.path.endswith(spoilt)])
    assert asked == 1


def test_a_list_that_fails_comes_after_the_others_at_the_next_try(home: Home) -> None:
    uris = [home.fake.add_playlist(f"P{n}", 3) for n in range(3)]
    spoilt = uris[0].split(":")[2]
    answer = home.fake._operate

    def operate(operation: object, request: object) -> object:
        home.fake.outage(500 if spoilt in request.target else None)  # type: ignore[attr-defined]
        return answer(operation, request)  # type: ignore[arg-type]

    home.fake._operate = operate  # type: ignore[assignment]
    home.give(happy=uris)
    home.live(2 * LATER)
    assert [len(home.titles(uri)) for uri in uris] == [0, 3, 3]


def test_a_new_source_and_a_sign_in_wake_it_at_once(home: Home) -> None:
    home.api.sign_out()
    home.library.start()
    try:
        time.sleep(0.3)  # it found that nobody is signed in, and waits for half an hour
        uri = home.fake.add_playlist("Sunny", 5)
        home.give(happy=[uri])
        home.sign_in()
        home.library.wake()
        _until(lambda: len(home.titles(uri)) == 5)
        new = home.fake.add_playlist("New", 4)
        for _ in range(3):  # what has been read since, and what is due: nothing but the new one
            home.give(happy=[uri, new])
        _until(lambda: len(home.titles(new)) == 4)
        _until(lambda: [e.names for e in home.said if isinstance(e, PlaylistNames)][-1]
               == {uri: "Sunny", new: "New"})  # fmt: skip
    finally:
        assert home.library.stop(10)


def _until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 5
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_songs_of_the_players_own_library_are_told_once_it_answers_and_asked_once_a_day(
    home: Home,
) -> None:
    asked = []
    away = [Fault("MPD does not answer"), Fault("MPD does not answer")]

    def local(source: str) -> list[str]:
        asked.append(source)
        if away:
            raise away.pop()
        if source == "mpd:folder:Gone":
            raise CannotPlay("MPD does not have it")
        return ["file:Calm/a.mp3", "file:Calm/b.mp3"]

    home.moods = SongMoods({"Calm/a.mp3": "sad"})
    home.local = local
    home.boot()
    home.give(sad=["mpd:folder:Gone", "mpd:folder:Calm"])
    home.live(150)
    songs = (Sounding("file:Calm/a.mp3", "sad"), Sounding("file:Calm/b.mp3"))
    assert home.known() == {"mpd:folder:Calm": songs, "mpd:folder:/": songs}
    assert len(asked) == 5, "each once, after two minutes without an answer"
    home.live(12 * 3600)
    assert len(asked) == 5
    home.live(DAY)
    assert len(asked) == 8


def test_what_takes_long_to_read_of_the_players_library_leaves_the_rest_to_the_next_look() -> None:
    clock, asked = Clock(0.0), list[str]()

    def read(source: str) -> list[str]:
        asked.append(source)
        clock.now += ENOUGH
        return [f"file:{source}.mp3"]

    songs = LocalSongs(read, clock)
    given = Preferences(sources={"sad": ["mpd:folder:A"], "happy": ["mpd:folder:B"]})
    assert not songs.look(given, DAY)
    assert asked == ["mpd:folder:A"]
    assert not songs.look(given, DAY)
    assert songs.look(given, DAY)
    assert asked == ["mpd:folder:A", "mpd:folder:B", "mpd:folder:/"]
    assert songs.look(given, DAY)
    assert len(asked) == 3
