"""Audio files to features, from short pieces made here: which of two is more, never how much."""

from __future__ import annotations

import csv
import wave
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from convert.__main__ import main
from convert.songs.audio import RATE, measure, mode
from edge.daemon.startup import read_moods

SECONDS = 4
CHORDS = {"major": (60, 64, 67, 72), "minor": (60, 63, 67, 72)}
"""From middle C, in MIDI's numbers."""

Samples = NDArray[np.float64]


def tone(note: float, seconds: float) -> Samples:
    """One string: six partials, each softer than the one before."""
    at = np.arange(round(seconds * RATE)) / RATE
    hertz = 440 * 2 ** ((note - 69) / 12)
    return np.asarray(sum(np.sin(2 * np.pi * hertz * n * at) / n**2 for n in range(1, 7)) / 3)


def arpeggio(chord: str, a_minute: float) -> Samples:
    """The chord's tones, one after the other, each plucked."""
    long = 60 / a_minute
    fade = np.exp(-4 * np.linspace(0, 1, round(long * RATE)))
    notes = [tone(note, long) * fade for note in CHORDS[chord]]
    return np.tile(np.concatenate(notes), round(SECONDS / long / 4) + 1)[: SECONDS * RATE]


def drone(chord: str) -> Samples:
    """The chord's tones all the time."""
    return np.asarray(sum(tone(note, SECONDS) for note in CHORDS[chord]) / 4)


def noise(seed: int = 1) -> Samples:
    return np.random.default_rng(seed).uniform(-1, 1, SECONDS * RATE)


def write(path: Path, samples: Samples) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((samples * 32767).astype("<i2").tobytes())
    return path


def collection(folder: Path) -> list[str]:
    """Write thirty pieces from loud and quick to soft and slow; return how MPD calls them."""
    names = []
    for n in range(30):
        chord = "major" if n % 3 else "minor"
        piece = (arpeggio(chord, 60 + 9 * n) if n % 5 else drone(chord))[: 3 * RATE]
        names.append(f"album {n % 2}/{n:02}.wav")
        write(folder / names[-1], piece * (0.05 + 0.03 * n))
    return sorted(names)


def rows(table: Path) -> Sequence[dict[str, str]]:
    with table.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_quick_major_arpeggio_is_more_cheerful_than_a_slow_minor_drone(tmp_path: Path) -> None:
    quick = measure(write(tmp_path / "quick.wav", arpeggio("major", 280) * 0.5))
    slow = measure(write(tmp_path / "slow.wav", drone("minor") * 0.5))
    assert quick.valence > slow.valence + 0.2
    assert quick.energy > slow.energy
    assert slow.tempo == 0


def test_the_same_piece_is_more_cheerful_in_major_than_in_minor(tmp_path: Path) -> None:
    major, minor = (
        measure(write(tmp_path / f"{chord}.wav", arpeggio(chord, 150) * 0.5)) for chord in CHORDS
    )
    assert major.valence > minor.valence
    assert major.tempo == minor.tempo


def test_the_key_does_not_matter_to_whether_it_is_major() -> None:
    major = np.array([1.0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0])
    minor = np.array([1.0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0])
    for tonic in range(12):
        assert mode(np.roll(major, tonic)) > 0 > mode(np.roll(minor, tonic))


def test_loud_noise_has_more_energy_than_a_quiet_sine_and_the_same_noise_when_softer(
    tmp_path: Path,
) -> None:
    loud = measure(write(tmp_path / "loud.wav", noise()))
    soft = measure(write(tmp_path / "soft.wav", noise() * 0.05))
    at = np.arange(SECONDS * RATE) / RATE
    sine = measure(write(tmp_path / "sine.wav", 0.05 * np.sin(2 * np.pi * 440 * at)))
    assert loud.energy > soft.energy > sine.energy
    assert loud.loudness > soft.loudness


def test_a_piece_that_is_played_twice_as_often_a_minute_has_the_greater_tempo(
    tmp_path: Path,
) -> None:
    slow, quick = (
        measure(write(tmp_path / f"{pace}.wav", arpeggio("major", pace) * 0.5))
        for pace in (80, 160)
    )
    assert quick.tempo > slow.tempo


def test_a_folder_of_audio_files_becomes_a_table_moods_and_a_playlist_each_for_mpd(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = collection(tmp_path / "music")
    (tmp_path / "music" / "broken.mp3").write_bytes(b"no sound")
    (tmp_path / "music" / "cover.jpg").write_bytes(b"no sound")
    (tmp_path / "music" / "._00.wav").write_bytes(b"what a Mac leaves behind")
    write(tmp_path / "music" / "silence.wav", np.zeros(SECONDS * RATE))
    write(tmp_path / "music" / "short.wav", noise()[:RATE])
    write(tmp_path / "music" / "two\nlines.wav", noise())
    soundfile.write(tmp_path / "music" / "nan.wav", np.full(2 * RATE, np.nan), 48000, "FLOAT")
    table, out, lists = (tmp_path / it for it in ("t.csv", "songs.json", "lists"))
    audio = ["--audio", str(tmp_path / "music"), "--playlists", str(lists)]
    assert main(["songs", str(table), *audio, "--out", str(out), "--view", "four"]) == 0
    said = capsys.readouterr().err.splitlines()
    passed_over = [line for line in said if line.startswith("passed over: ")]
    assert len(passed_over) == len(said) == 5
    for name in ("broken.mp3", "silence.wav", "short.wav", "two\\nlines.wav", "nan.wav"):
        assert sum(name in line for line in said) == 1
    assert [row["track_id"] for row in rows(table)] == names
    moods = read_moods(str(out)).songs
    assert sorted(moods) == names
    written = {it.stem.removeprefix("moodbox "): it.read_text() for it in lists.glob("*.m3u")}
    assert written.keys() == set(moods.values())
    for name, mood in moods.items():
        assert name in written[mood].splitlines()


def test_a_folder_without_anything_readable_is_one_line_and_no_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "music").mkdir()
    for name in ("a.mp3", "b.flac"):
        (tmp_path / "music" / name).write_bytes(b"no sound")
    table = tmp_path / "t.csv"
    made = ["songs", str(table), "--audio", str(tmp_path / "music"), "--out", str(tmp_path / "o")]
    assert main(made) == 1
    said = capsys.readouterr().err.splitlines()
    assert said[-1].endswith(
        "music: none of 2 audio files can be read (.aif, .aiff, .flac, .m4a, "
        ".mp3, .oga, .ogg, .opus, .wav)"
    )
    assert sum(line.startswith("moodbox-convert: ") for line in said) == 1
    assert not table.exists()


def test_a_table_that_is_there_is_not_written_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "t.csv"
    table.write_text("mine")
    assert main(["songs", str(table), "--audio", str(tmp_path), "--out", str(tmp_path / "o")]) == 1
    [line] = capsys.readouterr().err.splitlines()
    assert line.endswith("t.csv: is there already; to use it, leave out --audio")
    assert table.read_text() == "mine"


def test_a_folder_that_is_not_there_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = ["songs", str(tmp_path / "t.csv"), "--audio", str(tmp_path / "none")]
    assert main([*made, "--out", str(tmp_path / "o")]) == 1
    [line] = capsys.readouterr().err.splitlines()
    assert line.endswith("none: no such folder")
