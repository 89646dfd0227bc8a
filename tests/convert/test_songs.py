"""Songs to moods, from made-up tables whose groups are known."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fakes.songs import right, songs, without_families, write

from convert.__main__ import main
from convert.songs.table import RANGES
from edge.daemon.startup import read_moods


@pytest.mark.parametrize("view", ["seven", "four", "fine"])
@pytest.mark.parametrize(("spread", "least"), [(0.08, 0.95), (0.15, 0.85)])
def test_five_families_of_songs_get_moods_that_fit_them(
    tmp_path: Path, view: str, spread: float, least: float
) -> None:
    for seed in (1, 2):
        table = write(tmp_path / "t.csv", songs(400, spread, seed))
        assert main(["songs", str(table), "--out", str(tmp_path / "o"), "--view", view]) == 0
        assert right(dict(read_moods(str(tmp_path / "o")).songs), view) >= least


def test_songs_without_a_name_of_their_own_are_songs_all_the_same(tmp_path: Path) -> None:
    rows = [row | {"artists": "Unknown", "track_name": "Track 01"} for row in songs()]
    table = write(tmp_path / "t.csv", rows)
    assert main(["songs", str(table), "--out", str(tmp_path / "o")]) == 0
    assert right(dict(read_moods(str(tmp_path / "o")).songs), "seven") >= 0.95


def test_a_table_without_families_leaves_no_mood_of_four_empty(tmp_path: Path) -> None:
    table, out = write(tmp_path / "t.csv", without_families(500)), tmp_path / "o.json"
    assert main(["songs", str(table), "--out", str(out), "--view", "four"]) == 0
    moods = list(read_moods(str(out)).songs.values())
    for mood in ("angry", "happy", "sad", "neutral"):
        assert moods.count(mood) >= 0.08 * len(moods)


def test_what_came_of_it_is_written_drawn_and_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table, out, plot = write(tmp_path / "t.csv", songs()), tmp_path / "o.json", tmp_path / "p.png"
    assert main(["songs", str(table), "--out", str(out), "--plot", str(plot)]) == 0
    made = json.loads(out.read_text())
    assert made["songs"].keys() == made["probabilities"].keys()
    assert all(1 / 7 < it <= 1 for it in made["probabilities"].values())
    assert 0.3 < made["silhouette"] <= 1
    assert len(made["families"]) >= 4
    assert plot.read_bytes().startswith(b"\x89PNG")
    assert "families; silhouette of the moods 0." in capsys.readouterr().out


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
    assert "t.csv, line 7: track_id '': letters and digits, or an audio file" in said.err
    assert "298 songs; left out: 2 broken rows, 2 doubles, 1 without features" in said.out
    assert "happy3" not in read_moods(str(out)).songs


def test_a_table_with_a_tenth_of_its_rows_broken_is_used_and_says_so_in_a_few_lines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = songs(200, 0.08)
    for n in range(0, len(rows), 10):
        rows[n] = rows[n] | ({"tempo": ""} if n % 20 else {"valence": "much"})
    table, out = write(tmp_path / "t.csv", rows), tmp_path / "o.json"
    assert main(["songs", str(table), "--out", str(out)]) == 0
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 6
    assert said[-1] == "left out: 100 rows in all, by column: valence 50, tempo 50"
    assert right(dict(read_moods(str(out)).songs), "seven") >= 0.95


@pytest.mark.parametrize("wrong", [{"energy": "7"}, dict.fromkeys(RANGES, "")])
def test_a_table_that_is_mostly_broken_or_empty_is_used_unless_it_was_to_be_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], wrong: dict[str, str]
) -> None:
    rows = songs()
    rows += [row | {"track_id": f"x{n}"} | wrong for n, row in enumerate(rows * 2)]
    table, out = write(tmp_path / "t.csv", rows), tmp_path / "o.json"
    assert main(["songs", str(table), "--out", str(out), "--strict"]) == 1
    assert not out.exists()
    assert main(["songs", str(table), "--out", str(out)]) == 0
    assert capsys.readouterr().err.count("67% of its rows are broken") == 2


def test_latin_1_is_read_and_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = write(tmp_path / "t.csv", [row | {"artists": "Björk"} for row in songs()])
    table.write_bytes(table.read_text(encoding="utf-8").encode("latin-1"))
    assert main(["songs", str(table), "--out", str(tmp_path / "o")]) == 0
    assert "read as latin-1" in capsys.readouterr().out


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_only_the_owners_songs_are_kept_for_the_box(tmp_path: Path, encoding: str) -> None:
    table = write(tmp_path / "t.csv", songs())
    named = [{"track_id": it, "artists": "Björk"} for it in ("sad1", "elsewhere")]
    own = write(tmp_path / "own.csv", named)
    own.write_text(own.read_text(encoding="utf-8"), encoding)
    out = tmp_path / "o.json"
    assert main(["songs", str(table), "--out", str(out), "--only", str(own)]) == 0
    assert read_moods(str(out)).songs == {"sad1": "sad"}


def nothing(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in ("valence", "liveness")}


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([nothing(row) for row in songs()], "t.csv: columns are missing: valence"),
        (
            [row | {"energy": "loud"} for row in songs()],
            "t.csv: 0 songs with features; at least 30; line 2: energy 'loud': a number from 0",
        ),
        (songs(3), "t.csv: 15 songs with features; at least 30"),
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


def test_what_is_no_table_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "t.csv"
    table.write_bytes(b"\xff\xfe\x00")
    assert main(["songs", str(table), "--out", str(tmp_path / "o")]) == 1
    [line] = capsys.readouterr().err.splitlines()
    assert "t.csv: " in line


def test_a_file_that_is_not_there_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["songs", str(tmp_path / "none.csv"), "--out", str(tmp_path / "o")]) == 1
    assert "none.csv: No such file" in capsys.readouterr().err
