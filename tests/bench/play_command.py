"""From the decision to the play command on the wire: `python tests/bench/play_command.py`.

A real DJ on its own thread, the Web API player, and a Spotify of our own on 127.0.0.1; the time
that Spotify takes for its answers is left out. Prints one JSON object, in milliseconds.
"""

from __future__ import annotations

import json
import logging
import sys
import tempfile
import threading
import time
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from fakes.spotify import Clock, FakeSpotify
from fakes.year import SpotifyHome

from edge.events import Event, Played, Wish
from edge.player.dj import Dj

TIMES = 40


def watch(fake: FakeSpotify) -> list[tuple[str, float, float]]:
    """Return the list that will hold each request: path, when it came, and when it was answered."""
    seen: list[tuple[str, float, float]] = []
    answer = fake.answer

    def timed(request: Any) -> Any:
        came = time.perf_counter()
        given = answer(request)
        seen.append((f"{request.method} {request.path}", came, time.perf_counter()))
        return given

    fake.answer = timed  # type: ignore[method-assign]
    return seen


def main() -> int:
    logging.disable(logging.CRITICAL)
    events: list[Event] = []
    played = threading.Event()

    def report(event: Event) -> None:
        if isinstance(event, Played):
            played.set()

    took = []
    with tempfile.TemporaryDirectory() as state:
        home = SpotifyHome(Path(state), Clock(), events)
        seen = watch(home.fake)
        dj = Dj(home.player, report, memory=Path(state) / "left-playing.json")
        dj.start()
        moods = list(home.sources)
        for n in range(TIMES):
            home.fake.advance(86_400 / 30)
            time.sleep(0.1)
            played.clear()
            seen.clear()
            uri = home.sources[moods[n % len(moods)]][0]
            decided = time.perf_counter()
            dj.wish(Wish(id=str(n), playing=True, uri=uri, gentle=False, by_person=True))
            if not played.wait(20):
                raise SystemExit("the wish was not played")
            play = next(n for n, it in enumerate(seen) if it[0].endswith("/play"))
            theirs = sum(answered - came for _, came, answered in seen[:play])
            took.append(1000 * (seen[play][1] - decided - theirs))
        dj.stop(5)
        home.close()
    took = sorted(took[1:])  # the first one also looks the speaker up
    result = {"median_ms": median(took), "worst_ms": took[-1], "plays": len(took)}
    print(json.dumps({k: round(v, 2) for k, v in result.items()}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
