"""From nothing to music, by the wall clock: `python tests/bench/first_song.py`.

The real daemon, its eyes on somebody happy, no playlist given to it: once with a folder of songs
and a real MPD, once signed in to a Spotify of our own on 127.0.0.1. Prints one JSON object, in
seconds: from the daemon's start to a mood and to the speaker's playing, and from the sign-in to the
latter.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from daemon import clip, daemon, wait
from fakes.mpd import RealMpd, library
from fakes.spotify import FakeSpotify

from edge.client import Control
from edge.web.answers import LoginBegin, LoginFinish, LoginStep

SPEAKER = "Moodbox"


def a_folder_of_songs(folder: Path, video: Path) -> dict[str, float]:
    """No account at all, and MPD has some files."""
    library(folder)
    with RealMpd(folder) as mpd:
        began = time.monotonic()
        with daemon(folder, video, 1.0, f'[player]\ndriver = "mpd"\nport = {mpd.port}\n') as (
            _,
            box,
        ):
            mood = wait(box, lambda status: status.mood)
            plays = until(lambda: mpd.ask(lambda client: client.status()["state"] == "play"))
    return {"start_to_mood_s": mood - began, "start_to_music_s": plays - began}


def an_account(folder: Path, video: Path) -> dict[str, float]:
    """Somebody is there, signs in, and says nothing else."""
    with FakeSpotify() as spotify:
        at = spotify.address
        spotify.add_device(SPEAKER)
        for name in ("happy hits", "feel good pop"):
            spotify.add_playlist(name, 40)
        music = f'[player]\ndriver = "spotify"\nspeaker = "{SPEAKER}"\n'
        music += f'api = "{at}v1/"\naccounts = "{at}"\n'
        with daemon(folder, video, 1.0, music) as (_, box):
            wait(box, lambda status: status.mood)
            began = time.monotonic()
            sign_in(box, spotify)
            plays = until(lambda: spotify.world.playback.playing)
    return {"sign_in_to_music_s": plays - began}


def until(holds: Callable[[], object]) -> float:
    """Return when it holds."""
    while not holds():
        time.sleep(0.01)
    return time.monotonic()


def sign_in(control: Control, spotify: FakeSpotify) -> None:
    """Agree on the consent page, as its owner does."""
    url = control.post("/api/login/begin", LoginBegin("a" * 32), LoginStep).url
    control.post("/api/login/finish", LoginFinish(spotify.consent(url)), dict)


def main() -> int:
    result = {}
    with tempfile.TemporaryDirectory() as name:
        video = clip(Path(name), somebody=True)
        for story in (a_folder_of_songs, an_account):
            folder = Path(name, story.__name__)
            folder.mkdir()
            took = story(folder, video)
            result[story.__name__] = {what: round(seconds, 1) for what, seconds in took.items()}
    print(json.dumps(result, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
