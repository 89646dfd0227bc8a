"""ReccoBeats, against a small server of our own that answers as it was seen to."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from fakes.http import Answer, Request, Served
from fakes.spotify import FakeSpotify, Song

from edge.errors import Fault
from edge.events import Preferences
from edge.spotify.library import Library
from edge.spotify.login import begin, finish
from edge.spotify.reccobeats import MOST, ReccoBeats
from edge.spotify.web_api import WebApi
from edge.store import Store


class FakeReccoBeats(Served):
    """Knows some songs, and leaves the others out of its answers."""

    def __init__(self) -> None:
        self.known: dict[str, float] = {}
        self.asked: list[list[str]] = []
        self.instead: Answer | None = None
        super().__init__()

    def answer(self, request: Request) -> Answer:
        ids = request.query["ids"].split(",")
        self.asked.append(ids)
        if self.instead:
            return self.instead
        if request.path != "/v1/audio-features" or not 1 <= len(ids) <= 40:
            return Answer(400, b'{"status": 4004, "errors": []}')
        rows = [
            {
                "id": "70b85474-5c5e-4430-a309-f1d71ee5cb23",
                "href": f"https://open.spotify.com/track/{id_}",
                "isrc": None,
                "valence": self.known[id_],
                "energy": 0.5,
                "tempo": 120,
                "key": -1,
            }
            for id_ in reversed(ids)
            if id_ in self.known
        ]
        return Answer(200, json.dumps({"content": rows}).encode())


@pytest.fixture
def fake() -> Iterator[FakeReccoBeats]:
    with FakeReccoBeats() as fake:
        yield fake


def test_what_is_known_is_told_apart_by_its_link_and_the_rest_is_none(
    fake: FakeReccoBeats,
) -> None:
    fake.known = {"a": 0.1, "c": 0.9}
    uris = [f"spotify:track:{name}" for name in "abc"]
    found = ReccoBeats(fake.address + "v1/").of(uris)
    assert {uri: it and it.valence for uri, it in found.items()} == {
        uris[0]: 0.1, uris[1]: None, uris[2]: 0.9,
    }  # fmt: skip


def test_one_request_asks_for_no_more_than_it_takes(fake: FakeReccoBeats) -> None:
    uris = [f"spotify:track:{n}" for n in range(100)]
    assert len(ReccoBeats(fake.address + "v1").of(uris)) == MOST
    assert [len(ids) for ids in fake.asked] == [MOST]


@pytest.mark.parametrize(
    ("instead", "wait"),
    [
        (Answer(429, b"", {"Retry-After": "77"}), 77.0),
        (Answer(500, b"oh"), 3600.0),
        (Answer(302, b"", {"Location": "https://elsewhere.example/"}), 3600.0),
        (Answer(200, b"<html>"), 3600.0),
        (Answer(200, b'{"content": 5}'), 3600.0),
        (Answer(200, b"\xff\xfe"), 3600.0),
        (Answer(200, b'{"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}"), 3600.0),
    ],
)
def test_no_answer_that_makes_sense_is_a_fault_with_a_pause(
    fake: FakeReccoBeats, instead: Answer, wait: float
) -> None:
    fake.instead = instead
    with pytest.raises(Fault) as fault:
        ReccoBeats(fake.address + "v1").of(["spotify:track:a"])
    assert fault.value.retry_after == wait


def test_an_answer_of_150_megabytes_is_not_read(fake: FakeReccoBeats) -> None:
    fake.instead = Answer(200, b'"' + b"x" * 150_000_000 + b'"')
    before = psutil.Process().memory_info().rss
    with pytest.raises(Fault, match="more than 8 MiB"):
        ReccoBeats(fake.address + "v1").of(["spotify:track:a"])
    assert psutil.Process().memory_info().rss - before < 100 * 2**20


def test_an_answer_that_drips_ends_in_time(fake: FakeReccoBeats) -> None:
    fake.instead = Answer(200, b" " * 10_000, drips=0.02)
    service = ReccoBeats(fake.address + "v1")
    service._session.within = 0.3
    began = time.monotonic()
    with pytest.raises(Fault, match="does not come to an end"):
        service.of(["spotify:track:a"])
    assert time.monotonic() - began < 10


def test_nobody_there_is_a_fault() -> None:
    with pytest.raises(Fault, match="does not answer"):
        ReccoBeats("http://127.0.0.1:9/v1").of(["spotify:track:a"])


def test_the_library_asks_once_for_each_song_for_ever(
    fake: FakeReccoBeats, fake_spotify: FakeSpotify, tmp_path: Path
) -> None:
    clock = fake_spotify.clock
    store = Store(tmp_path / "moodbox.db", lambda _: None)
    store.start()
    api = WebApi(tmp_path, print, api=fake_spotify.api, accounts=fake_spotify.address, clock=clock)
    attempt = begin("a" * 32, accounts=fake_spotify.address)
    api.sign_in(finish(attempt, fake_spotify.consent(attempt.url), clock=clock))
    known = Song("Known")
    uri = fake_spotify.add_playlist("P", [known, Song("Unknown")])
    fake.known = {known.id: 0.8}
    library = Library(api, store, lambda _: None, features=ReccoBeats(fake.address + "v1/"))
    library.prefer(Preferences(sources={"happy": [uri]}))
    for _ in range(200):
        clock.advance(library.advance(clock()))
    features = store.read.features()
    sounds = features[known.uri]
    assert sounds is not None
    assert sounds.valence == 0.8
    assert features[Song("Unknown").uri] is None
    asked = [id_ for ids in fake.asked for id_ in ids]
    assert sorted(asked) == sorted([known.id, Song("Unknown").id])
    api.close()
    store.stop(10)
