"""Which card plays, and the tones that tell."""

from __future__ import annotations

import io
import wave
from array import array
from itertools import pairwise
from pathlib import Path

import pytest
from fakes.board import PI_4, PI_5, pi, write

from edge.__main__ import main
from edge.cli.check import speaker
from edge.errors import MoodboxError
from edge.settings import Settings, SimulatedPlayerSettings

HDMI = " {} [vc4hdmi0       ]: vc4-hdmi - vc4-hdmi-0\n                      vc4-hdmi-0\n"
JACK = (
    " {} [Headphones     ]: bcm2835_headpho - bcm2835 Headphones\n                      bcm2835\n"
)
HAT = " {} [sndrpihifiberry]: HifiberryDacp - snd_rpi_hifiberry_dacplus\n              snd_rpi\n"


def listed(root: Path, *cards: str) -> Path:
    write(root, "proc/asound/cards", "".join(card.format(at) for at, card in enumerate(cards)))
    return root


def test_cards_are_read_as_the_kernel_lists_them(tmp_path: Path) -> None:
    assert speaker.cards(listed(tmp_path, HAT, HDMI)) == [
        ("sndrpihifiberry", "snd_rpi_hifiberry_dacplus"),
        ("vc4hdmi0", "vc4-hdmi-0"),
    ]
    write(tmp_path, "proc/asound/cards", "--- no soundcards ---\n")
    assert speaker.cards(tmp_path) == []


@pytest.mark.parametrize(
    ("board", "cards", "state", "says"),
    [
        (PI_4, (JACK, HDMI), "ok", "Headphones"),
        (PI_5, (HAT,), "ok", "hifiberry"),
        (PI_5, (HDMI, HDMI), "warn", "only a screen is heard"),
        (PI_4, (HDMI, HAT), "warn", "the music goes there"),
        (PI_4, (), "warn", "no sound card"),
    ],
)
def test_hdmi_before_the_speaker_is_told_and_a_pi_five_has_no_jack(
    tmp_path: Path, board: str, cards: tuple[str, ...], state: str, says: str
) -> None:
    result = speaker.sound(Settings(), listed(pi(tmp_path, board), *cards))
    assert result.state == state
    assert says in result.words
    assert ("no headphone jack" in result.fix) == (board == PI_5 and state == "warn")


def test_the_installers_choice_of_a_card_counts_more_than_their_order(tmp_path: Path) -> None:
    write(tmp_path, "etc/asound.conf", "pcm.!default { type plug }\n")
    assert speaker.sound(Settings(), listed(tmp_path, HDMI, HAT)).state == "ok"


def test_a_simulated_player_needs_no_card(tmp_path: Path) -> None:
    settings = Settings(player=SimulatedPlayerSettings())
    assert speaker.sound(settings, tmp_path).state == "skipped"


def test_a_tone_is_on_the_channels_that_it_is_said_to_be_on() -> None:
    with wave.open(io.BytesIO(speaker.tone(440.0, (1, 0)))) as file:
        assert (file.getnchannels(), file.getframerate()) == (2, speaker.RATE)
        samples = array("h", file.readframes(file.getnframes()))
    left, right = samples[::2], samples[1::2]
    assert set(right) == {0}
    assert 0.19 < max(left) / 32767 <= speaker.LEVEL
    assert abs(left[0]) + abs(left[-1]) < 100, "a click"
    turns = sum(a < 0 <= b for a, b in pairwise(left))
    assert turns == pytest.approx(440 * speaker.SECONDS, abs=2)


def program(folder: Path, script: str) -> None:
    (folder / "aplay").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "aplay").chmod(0o755)


def test_check_sound_says_each_tone_and_plays_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    program(tmp_path, f"cat >> {tmp_path}/heard")
    assert main(["check", "--sound"]) == 0
    said = capsys.readouterr().out
    assert [said.index(word) for word in ("left", "right", "both")] == sorted(
        said.index(word) for word in ("left", "right", "both")
    )
    assert (tmp_path / "heard").read_bytes().count(b"RIFF") == len(speaker.TONES)


@pytest.mark.parametrize("there", [True, False])
def test_a_tone_that_cannot_be_played_is_one_line_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    if there:
        program(tmp_path, "echo 'aplay: main: audio open error: No such device' >&2; exit 1")
    with pytest.raises(MoodboxError, match="No such device" if there else "apt install"):
        list(speaker.play())
