"""Songs to moods, from made-up tables whose groups are known."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from convert.__main__ import main
from convert.songs import RANGES
from edge.choose.songs import read_moods

GROUPS = {"happy": (0.85, 0.6), "angry": (0.35, 0.95), "sad": (0.1, 0.25)}
"""Mood -> valence and energy."""


def songs(each: int = 60) -> list[dict[str, Any]]:
    rng = np.random.default_rng(1)
    rows = []
    for mood, (valence, energy) in GROUPS.items():
        for n in range(each):
            near = rng.normal((valence, energy), 0.03).clip(0, 1)
            row: dict[str, Any] = dict.fromkeys(RANGES, 0.5) | {"loudness": -8.0, "tempo": 120.0}
            row |= {"valence": near[0], "energy": near[1]}
            row |= {"track_id": f"{mood}{n}", "artists": mood, "track_name": f"song {n}"}
            rows.append(row)
    return rows


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, rows[0].keys())
        table.writeheader()
        table.writerows(rows)
    return path


def test_songs_that_sound_alike_get_the_mood_that_they_sound_like(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table, out, plot = write(tmp_path / "t.csv", songs()), tmp_path / "o.json", tmp_path / "p.png"
    assert main(["songs", str(table), "--out", str(out), "--plot", str(plot)]) == 0
    moods = read_moods(str(out))
    assert len(moods) == 180
    assert all(id_.startswith(mood) for id_, mood in moods.items())
    made = json.loads(out.read_text())
    assert {it["mood"] for it in made["clusters"]} == GROUPS.keys()
    assert max(made["silhouettes"], key=made["silhouettes"].get) == "3"
    assert plot.read_bytes().startswith(b"\x89PNG")
    assert "3 clusters: silhouette 0.9" in capsys.readouterr().out


def test_broken_rows_are_named_and_left_out_and_doubles_and_silent_ones_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = songs()
    rows[3] = rows[3] | {"valence": "1.7"}
    rows[5] = rows[5] | {"track_id": ""}
    rows += [rows[0], rows[1]]
    rows += [rows[0] | dict.fromkeys(RANGES, "") | {"track_id": "silent"}]
    out = tmp_path / "o.json"
    table = write(tmp_path / "t.csv", rows)
    assert main(["songs", str(table), "--out", str(out)]) == 0
    said = capsys.readouterr()
    assert "t.csv, line 5: valence '1.7': a number from 0 to 1" in said.err
    assert "t.csv, line 7: track_id '': letters and digits" in said.err
    assert "178 songs; left out: 2 broken rows, 2 doubles, 1 without features" in said.out
    assert "happy3" not in read_moods(str(out))


def test_only_the_owners_songs_are_kept_for_the_box(tmp_path: Path) -> None:
    table = write(tmp_path / "t.csv", songs())
    own = write(tmp_path / "own.csv", [{"track_id": "sad1"}, {"track_id": "elsewhere"}])
    out = tmp_path / "o.json"
    assert main(["songs", str(table), "--out", str(out), "--only", str(own)]) == 0
    assert read_moods(str(out)) == {"sad1": "sad"}


def nothing(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in ("tempo", "liveness")}


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([nothing(row) for row in songs()], "t.csv: columns are missing: liveness, tempo"),
        ([row | {"energy": "loud"} for row in songs()], "energy 'loud': a number from 0 to 1"),
        (songs(3), "t.csv: 9 songs with features; at least 30"),
    ],
)
def test_a_table_that_is_none_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], rows: list[dict[str, Any]], said: str
) -> None:
    table, out = write(tmp_path / "t.csv", rows), tmp_path / "o.json"
    assert main(["songs", str(table), "--out", str(out)]) == 1
    [line] = capsys.readouterr().err.splitlines()
    assert said in line
    assert not out.exists()


def test_what_is_no_text_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "t.csv"
    table.write_bytes(b"\xff\xfe\x00")
    assert main(["songs", str(table), "--out", str(tmp_path / "o")]) == 1
    [line] = capsys.readouterr().err.splitlines()
    assert "not a CSV file in UTF-8" in line


def test_a_file_that_is_not_there_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["songs", str(tmp_path / "none.csv"), "--out", str(tmp_path / "o")]) == 1
    assert "none.csv: No such file" in capsys.readouterr().err
