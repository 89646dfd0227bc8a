"""100,000 inputs that nobody means well by: `python tests/bench/hostile.py [HOW MANY]`.

Six tenths are MQTT commands (topic and payload), two tenths settings files, two tenths requests
to the real listeners of control socket and page (tests/edge/web/test_hostile.py). Every one has
to be refused in one line, or to mean something allowed; prints one JSON object. Anything else
raises.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any, get_args

import psutil

from edge.errors import Refused, SettingsError
from edge.events import EMOTIONS, RequestBody
from edge.mqtt.commands import KEYS, parse
from edge.settings import load

ROOT = Path(__file__).resolve().parent.parent.parent
ALLOWED: tuple[Any, ...] = get_args(RequestBody)

PAYLOADS = [b"ON", b"OFF", b"PRESS", b"50", b"1e400", b"-0", b"NaN", b"match", b"happy", b"null"]
TOML = b"""[box]
name = "moodbox"
[camera]
driver = "webcam"
width = 640
[mqtt]
host = "broker"
port = 1883
[music]
min_play = 20.0
[defaults]
volume = 30
[defaults.sources]
happy = ["spotify:playlist:a"]
"""


def spoilt(chance: random.Random, text: bytes, most: int) -> bytes:
    """Return `text` with some bytes changed, cut out or put in."""
    found = bytearray(text)
    for _ in range(chance.randrange(1, most)):
        place = chance.randrange(len(found) + 1)
        found[place : place + chance.randrange(3)] = chance.randbytes(chance.randrange(3))
    return bytes(found)


def mqtt(chance: random.Random) -> str:
    """Throw one command, and say what became of it."""
    key = chance.choice([*KEYS, "\x00", "../volume", "volume/", "", "x" * 65_000, "#", "+"])
    kind = chance.randrange(3)
    if kind == 0:
        payload = chance.randbytes(chance.randrange(400))
    else:
        payload = chance.choice(PAYLOADS)
        payload = spoilt(chance, payload, 3) if kind == 1 else payload * chance.choice([1, 9, 999])
    try:
        request = parse(key, payload, EMOTIONS)
    except Refused as error:
        return in_one_line(error)
    assert isinstance(request, ALLOWED), (key, payload)
    return "allowed"


def in_one_line(error: Exception) -> str:
    """Return the verdict on what was refused in one line."""
    assert len(str(error).splitlines()) == 1, str(error)
    return "refused"


def setting(chance: random.Random, file: Path) -> str:
    """Throw one settings file, and say what became of it."""
    file.write_bytes(spoilt(chance, TOML, 6))
    try:
        load(file)
    except SettingsError as error:
        return in_one_line(error)
    return "allowed"


def requests(many: int) -> str:
    """Throw `many` requests at the listeners' test, and return its verdict."""
    command = [sys.executable, "-m", "pytest", "-q", "tests/edge/web/test_hostile.py"]
    environment = os.environ | {"MOODBOX_HOSTILE": str(many // 2)}
    ended = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    return ended.stdout.strip().splitlines()[-1]


def main() -> None:
    """Throw, count and print."""
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    chance, seen, process = random.Random(19), Counter[str](), psutil.Process()
    began, before = time.monotonic(), 0
    with tempfile.TemporaryDirectory() as folder:
        for number in range(many * 8 // 10):
            if number % 4 == 3:
                seen["settings " + setting(chance, Path(folder) / "moodbox.toml")] += 1
            else:
                seen["mqtt " + mqtt(chance)] += 1
            if number == many // 10:
                before = process.memory_info().rss
    growth = process.memory_info().rss - before
    verdict = requests(many * 2 // 10)
    figures = dict(seen) | {"growth, KiB": growth // 1024, "http": verdict}
    print(json.dumps(figures | {"seconds": round(time.monotonic() - began, 1)}))


if __name__ == "__main__":
    main()
