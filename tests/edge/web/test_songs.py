"""Songs for a mood and speakers, from the store to the command line."""

from __future__ import annotations

import csv
import json
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from fakes.spotify import FakeSpotify

from edge.__main__ import main
from edge.client import Control
from edge.errors import Refused
from edge.events import Preferences
from edge.records import Features, ListedSong, PlaylistSnapshot
from edge.settings import WebSettings
from edge.spotify.login import begin, finish
from edge.spotify.speakers import speakers
from edge.spotify.web_api import WebApi
from edge.store import Store
from edge.web.answers import Choice, KnownSource
from edge.web.server import Web
from edge.web.songs import MusicLookup

SUNNY = "spotify:playlist:sunny"


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < end, "did not happen"
        time.sleep(0.01)


def song(name: str, source: str = SUNNY) -> ListedSong:
    link = f"https://open.spotify.com/track/{name}"
    return ListedSong(
        f"spotify:track:{name}", name, "A Band", "LP", "", link, 200.0, source=source, isrc="XX1"
    )


@pytest.fixture
def moodbox(house: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("MOODBOX_CONFIG", str(tmp_path / "moodbox.toml"))
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(house.runtime))
    (tmp_path / "moodbox.toml").write_text("")
    house.store.remember(Preferences(sources={"happy": [SUNNY], "sad": ["spotify:playlist:rain"]}))
    house.store.keep_playlist(
        PlaylistSnapshot(SUNNY, "Sunny", "1", 1.0), [song("One"), song("Two, or 3")]
    )
    house.store.keep_playlist(
        PlaylistSnapshot("spotify:playlist:rain", "Rain", "", 1.0, "not yours"), []
    )
    house.show()
    return main


def test_songs_for_a_mood_each_have_their_link(
    moodbox: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert moodbox(["songs", "happy"]) == 0
    said = capsys.readouterr().out
    assert '"One" by A Band  https://open.spotify.com/track/One' in said
    assert "! Rain: not yours" in said


def test_without_a_mood_it_is_the_mood_of_the_moment(
    moodbox: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert moodbox(["songs", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {row["title"] for row in told["songs"]} == {"One", "Two, or 3"}
    assert {row["mood"] for row in told["songs"]} == {"happy"}


def test_a_mood_without_songs_says_so(moodbox: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert moodbox(["songs", "sad"]) == 0
    assert "no songs are known" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["songs", "hungry"], "'hungry': allowed: angry, disgust"),
        (["songs", "export"], "into which file?"),
        (["songs", "happy", "x.csv"], "only `moodbox songs export FILE.csv`"),
        (["songs", "export", "/no/such/folder/x.csv"], "/no/such/folder/x.csv: No such file"),
    ],
)
def test_what_cannot_be_is_one_line(
    moodbox: Any, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    assert moodbox(words) == 1
    [line] = capsys.readouterr().err.splitlines()
    assert said in line


def test_the_export_is_a_table_of_songs_with_moods_and_counts(
    house: Any, moodbox: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    house.store.keep_features({"spotify:track:One": Features(0.9, 0.8, tempo=120.0)})
    file = tmp_path / "songs.csv"
    assert moodbox(["songs", "export", str(file)]) == 0
    said = capsys.readouterr().out
    assert "happy: 2 songs" in said
    assert "! Rain: not yours" in said
    with file.open(encoding="utf-8", newline="") as table:
        rows = {row["track_id"]: row for row in csv.DictReader(table)}
    assert rows["One"]["mood"] == "happy"
    assert rows["One"]["lists"] == "Sunny"
    assert (rows["One"]["valence"], rows["One"]["tempo"]) == ("0.9", "120.0")
    assert rows["Two, or 3"]["valence"] == ""


def test_what_the_moods_were_given_says_its_kind_and_whether_its_name_will_come(
    house: Any, moodbox: Any
) -> None:
    new = ["spotify:playlist:new", "spotify:album:one", "piano jazz", SUNNY]
    house.store.remember(Preferences(sources={"happy": new}))
    house.store.flush()
    told = Control(house.runtime).get("/api/sources", list[KnownSource])
    assert {it.source: (it.kind, it.name, it.waits) for it in told} == {
        "spotify:playlist:new": ("playlist", "", True),
        "spotify:album:one": ("album", "", False),
        "piano jazz": ("search", "", False),
        SUNNY: ("playlist", "Sunny", False),
        "spotify:playlist:rain": ("playlist", "Rain", False),
    }


@pytest.mark.parametrize(
    ("written", "uri", "kind"),
    [
        (
            "spotify:artist:4uLU6hMCjMI75M1A2tKUQC",
            "spotify:artist:4uLU6hMCjMI75M1A2tKUQC",
            "artist",
        ),
        (
            "https://open.spotify.com/intl-de/track/4uLU6hMCjMI75M1A2tKUQC?si=x",
            "spotify:track:4uLU6hMCjMI75M1A2tKUQC",
            "track",
        ),
    ],
)
def test_a_search_for_a_link_is_what_it_names_and_asks_nobody(
    house: Any, written: str, uri: str, kind: str
) -> None:
    address = f"/api/music/search?{urlencode({'q': written})}"
    (found,) = Control(house.runtime).get(address, list[Choice])
    assert (found.uri, found.kind, found.exact) == (uri, kind, True)


@pytest.mark.parametrize(
    ("written", "said"),
    [("https://example.org/x", "no link to music"), ("search:", "nothing to play")],
)
def test_a_search_for_what_names_nothing_says_why(house: Any, written: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        Control(house.runtime).get(f"/api/music/search?{urlencode({'q': written})}", list[Choice])


def test_a_local_players_speaker_is_told_without_a_request(
    house: Any, moodbox: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert moodbox(["devices"]) == 0
    assert capsys.readouterr().out == "moodbox (local, volume 40): active, ours\n"


def test_a_speaker_that_is_away_says_why(
    house: Any, moodbox: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    house.show(problems={"music": "go-librespot does not answer"})
    assert moodbox(["devices"]) == 1
    assert capsys.readouterr().err == "moodbox: go-librespot does not answer\n"


def test_the_accounts_speakers_are_told_or_why_not(
    fake_spotify: FakeSpotify,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    fake_spotify.add_device("Kitchen", 30)
    api = WebApi(
        tmp_path,
        lambda _: None,
        api=fake_spotify.api,
        accounts=fake_spotify.address,
        clock=fake_spotify.clock,
    )
    store = Store(tmp_path / "moodbox.db", lambda _: None)
    sound = MusicLookup(speakers=partial(speakers, api, "kitchen"))
    web = Web(WebSettings(enabled=False), tmp_path, store, lambda _: None, sound=sound)
    web.start()
    until((tmp_path / "control.sock").exists)
    monkeypatch.setenv("MOODBOX_CONFIG", str(tmp_path / "moodbox.toml"))
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(tmp_path))
    (tmp_path / "moodbox.toml").write_text("")

    assert main(["devices"]) == 1
    assert capsys.readouterr().err.startswith("moodbox: not signed in to Spotify")
    attempt = begin("a" * 32, accounts=fake_spotify.address)
    landed = fake_spotify.consent(attempt.url)
    api.sign_in(finish(attempt, landed, clock=fake_spotify.clock))
    assert main(["devices"]) == 0
    assert capsys.readouterr().out == "Kitchen (Speaker, volume 30): ours\n"
    fake_spotify.limit(3600.0)
    for _ in range(2):
        assert main(["devices"]) == 1
        [line] = capsys.readouterr().err.splitlines()
        assert "limited until" in line
    assert len(fake_spotify.api_calls()) == 2
    web.stop(10)
    api.close()
