from __future__ import annotations

from email.message import Message
from importlib.metadata import version
from pathlib import Path

import pytest

from edge.settings import LibrespotSettings, PlayerSettings, SoloistSettings
from edge.web import licences
from edge.web.licences import needed, work


def install(folder: Path, name: str, **fields: str | list[str]) -> None:
    """Put a distribution into `folder` as pip leaves it: its metadata is all that is read."""
    made = folder / f"{name.replace('-', '_')}-1.0.dist-info"
    made.mkdir()
    metadata = Message()
    for key, value in {"Name": name, "Version": "1.0", **fields}.items():
        for line in value if isinstance(value, list) else [value]:
            metadata[key.replace("_", "-")] = line
    (made / "METADATA").write_text(str(metadata))


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def test_what_the_daemon_needs_is_listed_with_its_licence_and_the_rest_is_not() -> None:
    works = {one.name: one for one in licences.licences(None)}
    assert works["starlette"].version == version("starlette")
    assert works["starlette"].licence == "BSD-3-Clause"
    assert "h11" in works, "what is needed by what we need"
    assert {"pytest", "moodbox", "go-librespot"}.isdisjoint(works)
    assert all(one.licence and one.link.startswith("https://") for one in works.values())


@pytest.mark.parametrize(
    ("player", "name"),
    [(LibrespotSettings(), "go-librespot"), (SoloistSettings(), "Spotify Soloist")],
)
def test_the_receiver_that_plays_is_listed(player: PlayerSettings, name: str) -> None:
    assert name in [one.name for one in licences.licences(player.program)]


def test_extras_are_followed_only_where_they_are_wanted(installed: Path) -> None:
    wants = ["small_part", "big_part; extra == 'big'", "absent; sys_platform == 'win32'"]
    install(installed, "whole", Requires_Dist=wants)
    install(installed, "small_part", Requires_Dist=["whole[big]>=1 ; python_version > '3'"])
    install(installed, "big_part")
    assert needed("whole").keys() == {"whole", "small-part", "big-part"}
    install(installed, "lonely", Requires_Dist=["big_part; extra == 'big'"])
    assert needed("lonely").keys() == {"lonely"}


@pytest.mark.parametrize(
    ("fields", "licence"),
    [
        ({"License_Expression": "MIT", "License": "old"}, "MIT"),
        ({"License": "BSD", "Classifier": "License :: OSI Approved :: BSD License"}, "BSD"),
        ({"License": "Copyright\n all of it"}, "see its address"),
        ({"Classifier": ["License :: OSI Approved :: Zlib", "Topic :: Home"]}, "Zlib"),
        ({}, "see its address"),
    ],
)
def test_a_licence_is_told_in_one_line(
    installed: Path, fields: dict[str, str | list[str]], licence: str
) -> None:
    install(installed, "some-work", **fields)
    assert work(needed("some-work")["some-work"]).licence == licence


def test_an_address_that_is_none_is_not_linked(installed: Path) -> None:
    install(installed, "some-work", Home_page="UNKNOWN", Project_URL="Source, javascript:alert(1)")
    told = work(needed("some-work")["some-work"])
    assert told.link == "https://pypi.org/project/some-work/"
