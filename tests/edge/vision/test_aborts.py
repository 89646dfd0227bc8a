from __future__ import annotations

from pathlib import Path

import pytest

from edge.vision.aborts import LEFT_ALONE, WITHIN, Aborts, left_alone_until


def test_three_aborts_in_ten_minutes_and_it_is_left_alone_for_an_hour() -> None:
    assert left_alone_until([100.0, 200.0]) == 0
    assert left_alone_until([100.0, 200.0, 100.0 + WITHIN]) == 100.0 + WITHIN + LEFT_ALONE
    assert left_alone_until([100.0, 200.0, 101.0 + WITHIN]) == 0


def test_the_count_outlives_the_daemon(tmp_path: Path) -> None:
    path = tmp_path / "aborts.json"
    for now in (10.0, 20.0, 30.0):
        Aborts(path).add(now)
    assert Aborts(path).until == 30.0 + LEFT_ALONE


def test_a_fourth_abort_after_the_hour_does_not_count_the_first_three(tmp_path: Path) -> None:
    aborts = Aborts(tmp_path / "aborts.json")
    for now in (10.0, 20.0, 30.0, 31.0 + LEFT_ALONE):
        aborts.add(now)
    assert aborts.until < 31.0 + LEFT_ALONE


@pytest.mark.parametrize("content", ["", "{", '{"boot": 1}', '{"boot": "another", "at": [1,2,3]}'])
def test_a_broken_count_or_one_of_another_boot_begins_anew(tmp_path: Path, content: str) -> None:
    path = tmp_path / "aborts.json"
    path.write_text(content)
    assert Aborts(path).until == 0
    Aborts(path).add(5.0)
    assert Aborts(path)._at == [5.0]


def test_a_state_folder_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    aborts = Aborts(tmp_path / "missing" / "aborts.json")
    for now in (10.0, 20.0, 30.0):
        aborts.add(now)
    assert aborts.until == 30.0 + LEFT_ALONE
