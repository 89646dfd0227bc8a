"""Audio files of one's own to a table of songs: what librosa hears in each.

Loudness and tempo are measured. Valence and energy are rough estimates, made to order a collection
within itself and not to be compared with another table's; nobody's ears were asked:

- energy, half each: how loud it is, and how much of its spectrum begins anew from moment to moment
  (spectral flux, as librosa's onset strength: Boeck and Widmer 2013, "Maximum filter vibrato
  suppression for onset detection").
- valence: mode and tempo, which make music sound happy or sad before all else (Gagnon and Peretz
  2003, "Mode and tempo relative contributions to happy-sad judgements in equitone melodies"), and
  half as much brightness, as happy music has more high frequencies than sad music (Juslin and
  Laukka 2003, "Communication of emotions in vocal expression and music performance"). Mode: how
  much better the best major key fits the pitches than the best minor key (Krumhansl and Schmuckler
  with the profiles of Krumhansl and Kessler 1982). Words of songs say nothing here.

The shares and the ends of the scales are chosen by hand. What the well-known tables tell beyond
that (danceability, liveness and so on) takes trained models; it is left out, not made up.
"""

from __future__ import annotations

import csv
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from convert.songs.table import AUDIO
from edge.errors import MoodboxError, one_line

RATE = 22050
"""Samples a second that are looked at."""
LONGEST = 90.0
"""Seconds from the middle of a piece that are."""
SHORTEST = 3.0
"""Seconds: less has no tempo."""
STILL = 0.1
"""Mean flux, decibels, below which nothing begins: its tempo is 0, as in the well-known tables."""
LOUDNESS = (-40.0, -8.0)
"""Decibels of full scale, from soft to loud."""
FLUX = (0.0, 2.0)
"""Mean rise of a band of the spectrum from frame to frame, decibels."""
MODE = (-0.3, 0.3)
"""Correlation with the best major key, less that with the best minor key."""
TEMPO = (60.0, 160.0)
"""Beats a minute, from slow to fast."""
BRIGHTNESS = (500.0, 3000.0)
"""Centre of the spectrum, Hz, from dull to bright."""
MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)
"""How well each of the twelve pitches fits a key, from its tonic up (Krumhansl and Kessler)."""
TOLD = 50
"""After so many files it is said how far it is."""

Array = NDArray[np.floating]


class Sound(NamedTuple):
    """How a piece sounds; the names are the table's."""

    valence: float
    """From sad, 0, to cheerful, 1."""
    energy: float
    """From quiet, 0, to intense, 1."""
    loudness: float
    """Mean, decibels of full scale."""
    tempo: float
    """Beats a minute; 0 where there is no beat."""


def write_table(folder: Path, table: Path) -> None:
    """Measure the audio files below `folder`, and write them into a new `table`.

    A song's id is its path from `folder`, which is what MPD calls it where `folder` is MPD's own.
    What cannot be read is passed over with a line.

    Raises:
        MoodboxError: in one line, where the table is there already or no file can be read.
    """
    if table.exists():
        raise MoodboxError(f"{table}: is there already; to use it, leave out --audio")
    names = list(_names(folder))
    rows = [
        (name, *sound)
        for n, name in enumerate(names, 1)
        if (sound := _heard(folder, name, n, len(names)))
    ]
    if not rows:
        allowed = ", ".join(AUDIO)
        raise MoodboxError(f"{folder}: none of {len(names)} audio files can be read ({allowed})")
    with table.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(("track_id", *Sound._fields))
        lines.writerows(rows)


def measure(path: Path) -> Sound:
    """Return how the piece at `path` sounds.

    Raises:
        MoodboxError: in one line, where it is no audio file that libsndfile reads, too short, or
            silent.
    """
    samples = _samples(path)
    if len(samples) < SHORTEST * RATE:
        raise MoodboxError(f"{path}: shorter than {SHORTEST:g} seconds")
    power = float(np.mean(samples**2))
    if not 1e-10 < power < np.inf:
        raise MoodboxError(f"{path}: silent, or not sound")
    return _sound(samples, 10 * float(np.log10(power)))


def _sound(samples: Array, loudness: float) -> Sound:
    import librosa  # noqa: PLC0415  takes seconds

    spectrum = np.abs(librosa.stft(samples))
    onsets = librosa.onset.onset_strength(y=samples, sr=RATE)
    flux = float(onsets.mean())
    beat = float(librosa.feature.tempo(onset_envelope=onsets, sr=RATE)[0]) if flux > STILL else 0.0
    chroma = librosa.feature.chroma_stft(S=spectrum, sr=RATE, norm=None).sum(axis=1)
    centre = librosa.feature.spectral_centroid(S=spectrum.mean(axis=1, keepdims=True), sr=RATE)
    valence = (
        0.4 * _scaled(mode(chroma), MODE)
        + 0.4 * _scaled(beat, TEMPO)
        + 0.2 * _scaled(float(centre.mean()), BRIGHTNESS)
    )
    energy = 0.5 * _scaled(loudness, LOUDNESS) + 0.5 * _scaled(flux, FLUX)
    return Sound(round(valence, 3), round(energy, 3), round(loudness, 1), round(beat, 1))


def mode(chroma: Array) -> float:
    """Return how major, above 0, or minor, below, these twelve pitches are; C is the first."""
    if np.ptp(chroma) == 0:
        return 0.0
    major, minor = (
        max(float(np.corrcoef(np.roll(profile, tonic), chroma)[0, 1]) for tonic in range(12))
        for profile in (MAJOR, MINOR)
    )
    return major - minor


def _samples(path: Path) -> Array:
    """Return the middle of a piece, (samples,), -1 to 1."""
    import soundfile  # noqa: PLC0415  only here

    with warnings.catch_warnings():
        # audioread, which librosa brings along, imports modules that Python has since dropped.
        warnings.simplefilter("ignore", DeprecationWarning)
        import librosa  # noqa: PLC0415  takes seconds

        try:
            with soundfile.SoundFile(path) as file:
                skipped = max(0.0, (file.frames / file.samplerate - LONGEST) / 2)
                samples, _ = librosa.load(file, sr=RATE, offset=skipped, duration=LONGEST)
        except (soundfile.SoundFileError, librosa.ParameterError) as error:
            raise MoodboxError(f"{path}: {one_line(error)}") from error
    return np.asarray(samples)


def _names(folder: Path) -> Iterator[str]:
    """Yield the audio files below a folder as MPD calls them; what is hidden it does not see."""
    if not folder.is_dir():
        raise MoodboxError(f"--audio {folder}: no such folder")
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        hidden = any(part.startswith(".") for part in inside.parts)
        if path.suffix.lower() in AUDIO and not hidden and path.is_file():
            yield inside.as_posix()


def _heard(folder: Path, name: str, number: int, of: int) -> Sound | None:
    """Return how the file `name` sounds, or None after a line; say now and then how far it is."""
    if number % TOLD == 0:
        print(f"{number} of {of} files", flush=True)
    if not name.isprintable():
        print(f"passed over: {folder}: {name!r}: no playlist can hold that name", file=sys.stderr)
        return None
    try:
        return measure(folder / name)
    except (MoodboxError, OSError) as error:
        print(f"passed over: {one_line(error)}", file=sys.stderr)
        return None


def _scaled(value: float, ends: tuple[float, float]) -> float:
    return float(np.clip((value - ends[0]) / (ends[1] - ends[0]), 0, 1))
