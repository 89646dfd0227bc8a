"""What takes longest begins first."""

from __future__ import annotations

from pathlib import Path

from fakes.workers import LONGEST, turn


def test_what_takes_longest_is_there_and_is_handed_out_before_the_rest(root: Path) -> None:
    assert [it for it in LONGEST if not (root / it).exists()] == []
    queued = ["tests/edge/web/test_api.py", *reversed(LONGEST), "tests/test_docs.py"]
    assert sorted(queued, key=turn) == [*LONGEST, queued[0], queued[-1]]
