"""What only an MPD can, with a real one and with a real Mopidy."""

from __future__ import annotations

import itertools
import random
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fakes.mpd import ALBUMS, RealMpd, library, until
from fakes.mpd_home import MpdHome
from fakes.silence import PIXEL, mp3
from fakes.spotify import Clock

from edge.errors import CannotPlay, Fault, NeedsSomebody
from edge.events import Event, Hand, Playback, Played, SpeakerState, TrackEnded, Wish
from edge.player import SpeakerEvent
from edge.player.dj import Dj
from edge.player.mpd import MpdPlayer
from edge.player.mpd_library import MpdLibrary
from edge.player.mpd_server import MpdServer
from edge.uri import Uri

TITLES = ("Still", "Doors", "Kites")


@pytest.fixture
def mpd(tmp_path: Path) -> Iterator[RealMpd]:
    library(tmp_path)
    with RealMpd(tmp_path) as mpd:
        yield mpd


class Listener:
    """A player, and all that it was heard to say."""

    def __init__(self, mpd: RealMpd, memory: Path | None = None) -> None:
        self.player = MpdPlayer("moodbox", mpd.server, memory, mpd.clock, random.Random(1))
        self.heard: list[SpeakerEvent] = []
        self.player.open(lambda: None)
        self.player.hear()  # what it did before

    def until(self, holds: Callable[[SpeakerState], bool]) -> SpeakerState:
        def heard() -> bool:
            self.heard += self.player.hear()
            return any(holds(it) for it in self.heard if isinstance(it, SpeakerState))

        until(heard)
        return next(it for it in self.heard if isinstance(it, SpeakerState) and holds(it))

    def plays(self, uri: str, *songs: str) -> SpeakerState:
        self.heard.clear()
        self.player.play(uri, songs=songs, repeat=Uri.parse(uri).is_mix)

        def on(it: SpeakerState) -> bool:
            playing = it.playback is Playback.PLAYING
            return playing and it.track is not None and uri in {it.track.context, it.track.uri}

        return self.until(on)


@pytest.fixture
def listener(mpd: RealMpd) -> Iterator[Listener]:
    listener = Listener(mpd)
    yield listener
    listener.player.close()


@pytest.mark.parametrize(
    ("uri", "titles"),
    [
        ("mpd:folder:Calm", {"Still 1", "Still 2", "Still 3"}),
        ("mpd:playlist:Evening", {"Still 2", "Doors 1"}),
        ("mpd:genre:Rock", {"Doors 1", "Doors 2", "Doors 3"}),
        ("mpd:search:still tides", {"Still 1", "Still 2", "Still 3"}),
        ("mpd:folder:/", {"untitled", *(f"{t} {n}" for t in TITLES for n in (1, 2, 3))}),
    ],
)  # fmt: skip
def test_each_kind_of_source_fills_the_queue(
    mpd: RealMpd, listener: Listener, uri: str, titles: set[str]
) -> None:
    seen = listener.plays(uri)
    assert seen.track is not None
    assert (seen.track.context, seen.track.title in titles) == (uri, True)
    queue = mpd.ask(lambda client: client.playlistinfo())
    assert {it.get("title", "untitled") for it in queue} == titles

    assert {Uri.parse(it).id for it in MpdLibrary(mpd.server).songs(uri)} == {
        it["file"] for it in queue
    }, "the library tells the same"


def test_songs_that_fit_are_queued_in_their_order_without_those_that_are_gone(
    mpd: RealMpd, listener: Listener
) -> None:
    listener.plays("mpd:folder:Other")
    wanted = ["file:Calm/3 Still.mp3", "file:Calm/gone.mp3", "file:Calm/1 Still.mp3"]
    seen = listener.plays("mpd:folder:Calm", *wanted)
    assert seen.track is not None
    assert (seen.track.uri, seen.track.context) == (wanted[0], "mpd:folder:Calm")
    queue = mpd.ask(lambda client: client.playlistinfo())
    assert [it["file"] for it in queue] == ["Calm/3 Still.mp3", "Calm/1 Still.mp3"]
    status = mpd.ask(lambda client: client.status())
    assert (status["random"], status["repeat"]) == ("0", "1")


def test_where_none_of_the_songs_is_left_the_source_plays_as_it_is(
    mpd: RealMpd, listener: Listener
) -> None:
    listener.plays("mpd:folder:Calm", "file:Calm/gone.mp3")
    status = mpd.ask(lambda client: client.status())
    assert (status["playlistlength"], status["random"]) == ("3", "1")


def test_all_that_is_known_of_a_song_is_told(listener: Listener) -> None:
    seen = listener.plays("file:Calm/1 Still.mp3")
    track = seen.track
    assert track is not None
    assert (track.title, track.artist, track.album) == ("Still 1", "Ada & the Tides", "Calm")
    assert (track.uri, track.context, track.link) == ("file:Calm/1 Still.mp3", "", "")
    assert track.duration == pytest.approx(60, abs=0.1)
    assert seen.remaining == pytest.approx(60, abs=1)
    assert seen.volume == 100


def test_a_cover_is_read_from_its_folder_and_from_the_file(mpd: RealMpd) -> None:
    library = MpdLibrary(mpd.server)
    assert library.cover("mpd-cover:Calm/1 Still.mp3") == PIXEL  # in the file
    assert library.cover("mpd-cover:Next/1 Doors.mp3") == PIXEL  # beside it
    assert library.cover("mpd-cover:Other/1 Kites.mp3") == b""


def test_what_there_is_to_pick_from_has_names(mpd: RealMpd) -> None:
    own = {it.uri: it.name for it in MpdLibrary(mpd.server).own()}
    assert own["mpd:playlist:Evening"] == "Evening"
    assert own["mpd:folder:Calm"] == "Calm"
    assert own["mpd:genre:Ambient"] == "Ambient"


def test_words_find_what_is_called_so_and_then_the_songs_they_fit(mpd: RealMpd) -> None:
    library = MpdLibrary(mpd.server)
    assert library.first("evening") == "mpd:playlist:Evening"
    assert library.first("rock") == "mpd:genre:Rock"
    assert library.first("trio kites") == "mpd:search:trio kites"
    found = library.search("trio kites")
    assert [it.songs for it in found if it.kind == "search"] == [3]
    assert "Kites 2" in [it.name for it in found]
    with pytest.raises(CannotPlay, match="try other words"):
        library.first("no such thing")


def test_what_is_not_there_leaves_what_plays(mpd: RealMpd, listener: Listener) -> None:
    listener.plays("mpd:folder:Calm")
    for gone in ("mpd:folder:Gone", "mpd:playlist:Gone", "mpd:genre:Gone", "spotify:album:x"):
        with pytest.raises(CannotPlay):
            listener.player.play(gone)
    status = mpd.ask(lambda client: client.status())
    assert (status["state"], status["playlistlength"]) == ("play", "3")


def test_an_album_in_order_ends_and_a_mix_begins_again(mpd: RealMpd, listener: Listener) -> None:
    listener.plays("file:Calm/1 Still.mp3")
    assert mpd.ask(lambda client: client.status())["repeat"] == "0"
    mpd.advance(100)
    idle = listener.until(lambda it: it.playback is Playback.IDLE and it.track is None)
    assert idle.hand is None
    ended = [it for it in listener.heard if isinstance(it, TrackEnded)]
    assert [(it.skipped, it.uri) for it in ended][-1] == (False, "file:Calm/1 Still.mp3")
    listener.plays("mpd:folder:Calm")
    status = mpd.ask(lambda client: client.status())
    assert (status["repeat"], status["random"]) == ("1", "1")


def test_a_queue_that_somebody_clears_is_a_hand(mpd: RealMpd, listener: Listener) -> None:
    listener.plays("mpd:folder:Calm")
    mpd.ask(lambda client: client.clear())
    assert listener.until(lambda it: it.hand is not None).hand is Hand.PAUSE


def test_a_queue_that_somebody_clears_in_its_last_second_is_a_hand() -> None:
    """By the time that was listened to, the song had ended by itself."""
    clock = Clock()
    home = MpdHome(clock)
    home.player.open(lambda: None)
    for clears, hand in ((True, Hand.PAUSE), (False, None)):
        home.player.play("file:happy/01.mp3")
        home.settle()
        home.player.hear()  # what was before
        left = home.fake.deck.left()
        assert left is not None
        home.live(clock.now + left - 0.5)
        if clears:
            with home.fake.lock:
                home.fake.obey("clear", [])
        home.live(clock.now + 1.0)
        heard = home.player.hear()
        assert [it.skipped for it in heard if isinstance(it, TrackEnded)][-1] is False
        states = [it for it in heard if isinstance(it, SpeakerState) and it.track is None]
        assert {it.hand for it in states} == {hand}
    home.close()


def test_a_queue_that_somebody_clears_right_after_our_order_is_a_hand() -> None:
    clock = Clock()
    home, heard = MpdHome(clock), list[Event]()
    dj = Dj(home.player, heard.append, fade=2.0, clock=clock)
    dj.open()

    def live(seconds: float) -> None:
        end = clock.now + seconds
        while clock.now < end:
            wait = dj.advance(clock.now)
            home.live(min(end, clock.now + max(wait, 0.05)))

    dj.wish(Wish("first", playing=True, uri="mpd:folder:sad", at=clock.now))
    live(60)
    before = home.volume()
    dj.wish(Wish("second", playing=True, uri="mpd:folder:happy", gentle=False, at=clock.now))
    while not any(isinstance(it, Played) and it.wish == "second" for it in heard):
        live(0.1)
    live(1.0)  # it is still being faded in
    heard.clear()
    with home.fake.lock:
        home.fake.obey("clear", [])
    live(30)
    states = [it for it in heard if isinstance(it, SpeakerState)]
    assert [it.hand for it in states if it.hand] == [Hand.PAUSE]
    assert home.volume() == before, "it does not stay faded"
    home.close()


def test_a_queue_that_somebody_is_filling_anew_is_a_hand(mpd: RealMpd, listener: Listener) -> None:
    """Between the songs and the order to play them the box looks, as on a busy machine."""
    listener.plays("mpd:folder:Calm")

    def fill(client: Any) -> None:
        client.command_list_ok_begin()
        client.clear()
        client.add("Other")
        client.command_list_end()

    mpd.ask(fill)
    seen = listener.until(lambda it: it.hand is not None)
    assert (seen.hand, seen.playback, seen.track) == (Hand.PAUSE, Playback.IDLE, None)


def test_a_server_that_forgot_its_queue_is_no_hand(mpd: RealMpd, listener: Listener) -> None:
    listener.plays("mpd:folder:Calm")
    mpd.stop()
    (mpd.folder / "state").unlink()
    mpd.start()
    listener.until(lambda it: it.playback is Playback.UNKNOWN)
    listener.player.close()
    listener.player.open(lambda: None)
    seen = listener.until(lambda it: it.playback is Playback.IDLE)
    assert (seen.hand, seen.track) == (None, None)


def test_one_that_somebody_stopped_stands_where_it_was(mpd: RealMpd, listener: Listener) -> None:
    listener.plays("mpd:folder:Calm")
    mpd.advance(20)
    mpd.ask(lambda client: client.stop())
    seen = listener.until(lambda it: it.playback is Playback.PAUSED)
    assert seen.remaining == pytest.approx(40, abs=2)
    listener.heard.clear()
    listener.player.resume()
    listener.until(lambda it: it.playback is Playback.PLAYING)


def test_our_queue_is_known_again_after_a_restart_of_both(mpd: RealMpd, tmp_path: Path) -> None:
    memory = tmp_path / "queue.json"
    before = Listener(mpd, memory)
    before.plays("mpd:folder:Calm")
    before.player.close()
    mpd.hang_up()
    after = Listener(mpd, memory)
    track = after.player.read().track
    assert track is not None
    assert track.context == "mpd:folder:Calm"
    after.player.close()


def test_a_loudspeaker_that_is_missing_is_said(tmp_path: Path) -> None:
    library(tmp_path)
    broken = 'audio_output {\n type "alsa"\n name "gone"\n device "hw:77"\n}\n'
    with RealMpd(tmp_path, more=broken) as mpd:
        mpd.ask(lambda client: client.disableoutput(1))
        listener = Listener(mpd)
        with pytest.raises(Fault, match="Failed to open"):
            listener.player.play("mpd:folder:Calm")
        assert listener.player.read().playback is Playback.IDLE
        listener.player.close()


def test_a_disk_that_is_gone_is_said_in_the_same_words_each_time(
    mpd: RealMpd, listener: Listener
) -> None:
    (mpd.folder / "music").rename(mpd.folder / "gone")
    said = set()
    for folder in ("Calm", "Next", "Other"):
        with pytest.raises(Fault, match="is its disk there") as fault:
            listener.player.play(f"mpd:folder:{folder}")
        said.add(str(fault.value))
    assert len(said) == 1


def test_a_password_is_asked_for_and_given(tmp_path: Path) -> None:
    library(tmp_path)
    locked = 'password "secret@read,add,control,admin"\ndefault_permissions "read"\n'
    with RealMpd(tmp_path, more=locked, password="secret") as mpd:
        stranger = MpdPlayer("moodbox", MpdServer("127.0.0.1", mpd.port), clock=time.monotonic)
        with pytest.raises(NeedsSomebody, match="player\\.password_file"):
            stranger.play("mpd:folder:Calm")
        wrong = MpdServer("127.0.0.1", mpd.port, "wrong")
        with pytest.raises(NeedsSomebody, match="password"), wrong.talk():
            pass
        listener = Listener(mpd)
        assert listener.plays("mpd:folder:Calm").track is not None
        listener.player.close()


def test_a_server_that_is_off_is_a_fault_that_says_where() -> None:
    player = MpdPlayer("moodbox", MpdServer("127.0.0.1", 1))
    with pytest.raises(Fault, match=r"MPD at 127\.0\.0\.1:1 does not answer"):
        player.open(lambda: None)
    player.close()


@pytest.mark.skipif(shutil.which("mopidy") is None, reason="needs Mopidy")
def test_a_mopidy_plays_and_tells(tmp_path: Path) -> None:
    library(tmp_path)
    with RealMpd(tmp_path, "mopidy") as mopidy:
        listener = Listener(mopidy)
        for uri in (f"mpd:folder:{ALBUMS}/Calm", "mpd:playlist:Evening", "mpd:genre:Rock"):
            seen = listener.plays(uri)
            assert seen.track is not None
            assert seen.track.context == uri
            assert seen.track.artist
        theirs = MpdLibrary(mopidy.server)
        assert theirs.first("trio kites") == "mpd:search:trio kites"
        calm = f"mpd:folder:{ALBUMS}/Calm"
        for uri in (calm, "mpd:genre:Ambient", "mpd:search:still tides"):
            songs = theirs.songs(uri)
            assert {Uri.parse(it).label for it in songs} == {
                f"Calm/{n} Still.mp3" for n in (1, 2, 3)
            }
        assert len(theirs.songs("mpd:playlist:Evening")) == 2
        assert len(theirs.songs("mpd:folder:/")) == 10
        seen = listener.plays(calm, songs[2], "file:local:track:gone.mp3", songs[0])
        assert seen.track is not None
        assert (seen.track.uri, seen.track.context) == (songs[2], calm)
        mopidy.touch(pause=True)
        listener.until(lambda it: it.playback is Playback.PAUSED)
        listener.player.close()


@pytest.mark.skipif(shutil.which("mopidy") is None, reason="needs Mopidy")
def test_all_folders_of_a_mopidy_are_looked_into_and_where_that_takes_too_long_it_is_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "music").mkdir()
    for number in range(600):
        (tmp_path / "deep" / f"{number:03}" / "inside").mkdir(parents=True)
    mp3(tmp_path / "deep" / "599" / "inside" / "Last.mp3", 1.0, title="Last")
    with RealMpd(tmp_path, "mopidy") as mopidy:
        source = "mpd:folder:Files"
        [song] = MpdLibrary(mopidy.server).songs(source)
        assert song.endswith("/599/inside/Last.mp3")
        assert not caplog.messages
        slow = itertools.count(0.0, 1.0)  # a second goes by with each folder
        assert MpdLibrary(mopidy.server, lambda: next(slow)).songs(source) == []
        assert "below mpd:folder:Files 199 folders were looked into, and 600 more not" in (
            caplog.text
        )
