"""What a start begins with is read, or refused in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.daemon.startup import read_moods
from edge.errors import SettingsError


def test_the_file_of_moods_is_read_or_refused_in_one_line(tmp_path: Path) -> None:
    file = tmp_path / "songs.json"
    file.write_text('{"songs": {"abc": "happy"}, "clusters": []}')
    assert read_moods(str(file)).songs == {"abc": "happy"}
    assert read_moods("").songs == {}
    for content in ("[]", "not json"):
        file.write_text(content)
        with pytest.raises(SettingsError, match=r"songs.json: not made by"):
            read_moods(str(file))
    with pytest.raises(SettingsError, match="No such file"):
        read_moods(str(tmp_path / "none"))
