"""What the wiring itself decides."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest

from edge.app import Box
from edge.controller import decide, view
from edge.controller.view import worth_showing
from edge.errors import SettingsError
from edge.events import (
    AWAY,
    Broker,
    Down,
    Mood,
    PairingCode,
    Preferences,
    Request,
    SetPreferences,
    Status,
    Tick,
)
from edge.panel.patterns import draw
from edge.settings import (
    BoxSettings,
    NoButtonSettings,
    NoLampSettings,
    Settings,
    SimulatedPlayerSettings,
    VideoSettings,
    WebSettings,
)
from edge.store import Reader


def settings(folder: Path, **defaults: object) -> Settings:
    return Settings(
        box=BoxSettings(state=str(folder / "state"), runtime=str(folder / "run")),
        camera=VideoSettings(source="none.mp4"),
        player=SimulatedPlayerSettings(),
        lamp=NoLampSettings(),
        button=NoButtonSettings(),
        web=WebSettings(enabled=False),
        defaults=Preferences(**defaults),  # type: ignore[arg-type]
    )


def test_links_among_the_defaults_become_what_can_be_played(tmp_path: Path) -> None:
    link = "https://open.spotify.com/playlist/37i9dQZF1DXdPec7aLTmlC?si=1"
    box = Box(settings(tmp_path, sources={"happy": [link]}))
    sources = box.state.preferences.sources
    assert sources == {"happy": ["spotify:playlist:37i9dQZF1DXdPec7aLTmlC"]}


def test_a_default_that_is_no_music_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"^defaults\.sources\.happy: .*example\.org"):
        Box(settings(tmp_path, sources={"happy": ["https://example.org/list"]}))


def test_defaults_that_make_no_sense_are_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"^defaults: quiet hours '25:00'"):
        Box(settings(tmp_path, quiet_from="25:00", quiet_to="07:00"))


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file in the way")
    with pytest.raises(SettingsError, match="state: cannot be made"):
        Box(settings(tmp_path))


def test_a_broker_that_the_house_names_is_called_at_once(tmp_path: Path) -> None:
    seen: list[object] = []
    box = Box(settings(tmp_path), seen.append)
    box.link.start()
    chosen = SetPreferences(broker=Broker("127.0.0.1", 1))  # nobody is there
    box.inbox.put(Request("r", chosen, "page", time.monotonic()))
    end = time.monotonic() + 30
    while not (down := [it for it in seen if isinstance(it, Down)]) and time.monotonic() < end:
        box.turn()
    assert box.link.stop(20)
    assert [it.part for it in down] == ["mqtt"]
    assert "127.0.0.1" in down[0].reason


def with_page(folder: Path) -> Settings:
    return msgspec.structs.replace(settings(folder), web=WebSettings(host="127.0.0.1", port=0))


def test_a_new_box_lets_browsers_pair_for_an_hour_without_its_button(tmp_path: Path) -> None:
    box = Box(with_page(tmp_path))
    until = view(box.state).pairing_until
    assert until
    assert until == pytest.approx(box.state.at + 3600)
    assert draw(view(box.state)).scene == "code"
    state, _ = decide(box.state, PairingCode(("white",) * 5, box.state.at))
    assert view(state).pairing_code == ("white",) * 5
    state, _ = decide(state, Tick(until - 1))
    assert view(state).pairing_until
    state, _ = decide(state, Tick(until + 1))
    assert view(state).pairing_until is None
    assert view(state).pairing_code == ()


def test_the_window_opens_at_each_start_until_a_first_browser_has_paired(tmp_path: Path) -> None:
    box = Box(with_page(tmp_path))
    box.store.start()
    box.store.flush()
    assert view(Box(with_page(tmp_path)).state).pairing_until
    box.store.add_token("0" * 64, "a phone", 1.8e9)
    assert box.store.stop(20)
    assert view(Box(with_page(tmp_path)).state).pairing_until is None


def test_a_box_without_a_page_has_nothing_to_pair(tmp_path: Path) -> None:
    assert view(Box(settings(tmp_path)).state).pairing_until is None


def test_what_always_moves_is_shown_once_a_second_and_what_matters_at_once() -> None:
    shown = Status(at=10.0, mood=Mood(AWAY, 1.0, 0.0))
    moved = msgspec.structs.replace(shown, at=10.5, probabilities=(1.0,) * 7, faces=1)
    assert not worth_showing(shown, moved)
    assert worth_showing(shown, msgspec.structs.replace(moved, at=11.0))
    assert worth_showing(shown, msgspec.structs.replace(moved, private=True))


ENDS = """
import sys
from pathlib import Path
from test_app import settings
from edge.app import Box
from edge.events import Prediction

box = Box(settings(Path(sys.argv[1])))
box.store.clock_is(0.0)
box.store.start()
box.store.remember(Prediction("p1", 1.0, "happy", 0.9, (0.1,) * 7, "abc", "home"))
box.link.on_bugs("mqtt")
"""


def test_a_part_that_fails_too_often_ends_the_daemon_but_not_what_is_to_be_kept(
    tmp_path: Path,
) -> None:
    paths = os.pathsep.join([str(Path(__file__).parent), str(Path(__file__).parents[2])])
    ended = subprocess.run(
        [sys.executable, "-c", ENDS, tmp_path],
        capture_output=True, text=True, timeout=120, check=False,
        env=os.environ | {"PYTHONPATH": paths},
    )  # fmt: skip
    assert ended.returncode == 70, ended.stderr
    kept = Reader(tmp_path / "state" / "moodbox.db").moods(0, 1e12)
    assert [row.id for row in kept] == ["p1"]
