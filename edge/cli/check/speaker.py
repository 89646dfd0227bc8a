"""Looks for what plays, and plays a tone on it (`moodbox check --sound`)."""

from __future__ import annotations

import io
import math
import re
import shutil
import subprocess
import wave
from array import array
from collections.abc import Iterator
from pathlib import Path

from edge.cli.check import board
from edge.cli.check.result import Result
from edge.errors import MoodboxError
from edge.settings import Settings, SimulatedPlayerSettings

RATE = 48_000
"""Samples a second, which every card can."""
TONES = (("left", 440.0, (1, 0)), ("right", 554.4, (0, 1)), ("both", 659.3, (1, 1)))
"""What is heard, its pitch in Hz, and on which channels: a chord from the left to the right."""
SECONDS = 1.0
LEVEL = 0.2
"""Of full scale: to be heard, not to frighten."""
CARD = re.compile(r"^\s*(\d+) \[(\S+)\s*\]: (\S+) - (.+)$", flags=re.MULTILINE)
NO_JACK = "a Raspberry Pi 5 has no headphone jack: take a USB sound card or a HAT (audio_hat)"


def cards(root: Path = board.ROOT) -> list[tuple[str, str]]:
    """Return the sound cards in their order: the kernel's name of each, and its own."""
    try:
        listed = (root / "proc/asound/cards").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return [(name, words) for _, name, _, words in CARD.findall(listed)]


def sound(settings: Settings, root: Path = board.ROOT) -> Result:
    """Look at which card plays, and whether it is the one that is meant."""
    if isinstance(settings.player, SimulatedPlayerSettings):
        return Result("sound", "skipped", "the player is simulated")
    found = cards(root)
    real = [card for card in found if not _is_hdmi(card)]
    no_jack = NO_JACK if board.is_five(root) else "plug in a speaker, or set audio_hat"
    if not found:
        return Result("sound", "warn", "no sound card; another speaker has to play", no_jack)
    if not real:
        return Result("sound", "warn", "HDMI alone plays, so only a screen is heard", no_jack)
    words = ", ".join(own for _, own in found)
    if _is_hdmi(found[0]) and not (root / "etc/asound.conf").exists():
        fix = "set audio_hat, or audio_card, and run the playbook again"
        return Result("sound", "warn", f"HDMI comes first of {words}: the music goes there", fix)
    return Result("sound", "ok", words)


def play(device: str = "default") -> Iterator[str]:
    """Play the tones on `device` (ALSA), each said before it is heard.

    Yields:
        a line for people.

    Raises:
        MoodboxError: nothing can be played.
    """
    program = shutil.which("aplay")
    if program is None:
        raise MoodboxError("aplay is missing: apt install alsa-utils")
    for name, pitch, channels in TONES:
        yield f"now: {name} ({pitch:.0f} Hz)"
        done = subprocess.run(  # noqa: S603  words of our own
            [program, "-q", "-D", device, "-"],
            input=tone(pitch, channels), capture_output=True, timeout=20, check=False,
        )  # fmt: skip
        if done.returncode != 0:
            why = done.stderr.decode(errors="replace").strip().splitlines() or ["aplay failed"]
            raise MoodboxError(f"not played: {why[-1]}; see moodbox check sound")
    yield "Three tones: left, right, both. Not heard? moodbox check sound; the speaker's own volume"


def tone(pitch: float, channels: tuple[int, int]) -> bytes:
    """Return a WAV file: 16 bits, two channels, SECONDS long, faded in and out against clicks."""
    count = int(RATE * SECONDS)
    fade = RATE // 50
    samples = array("h")
    for at in range(count):
        swell = min(1.0, at / fade, (count - at) / fade)
        value = int(32767 * LEVEL * swell * math.sin(2 * math.pi * pitch * at / RATE))
        samples.extend(value * on for on in channels)
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())
    return buffer.getvalue()


def _is_hdmi(card: tuple[str, str]) -> bool:
    return "hdmi" in " ".join(card).lower()
