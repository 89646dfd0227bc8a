"""The label says the address that page and MQTT say."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.__main__ import main


@pytest.mark.parametrize(
    ("web", "address"),
    [
        ('host = "192.168.1.9"\nport = 80', "http://192.168.1.9:80/"),
        ('host = "0.0.0.0"', ".local:8080/"),
    ],
)
def test_the_label_follows_the_settings(
    web: str, address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings, picture = tmp_path / "moodbox.toml", tmp_path / "label.svg"
    settings.write_text(f"[web]\n{web}\n")
    assert main(["label", "--config", str(settings), str(picture)]) == 0
    assert capsys.readouterr().out.splitlines()[0].endswith(address)
    assert address in picture.read_text()
