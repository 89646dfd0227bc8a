from __future__ import annotations

import shutil
import time
from pathlib import Path

import msgspec
import pytest
from fakes.mpd import RealMpd, until
from fakes.silence import mp3

from edge.cli import check
from edge.cli.check import around, results, seeing
from edge.cli.check.result import Result
from edge.errors import MoodboxError
from edge.settings import (
    BoxSettings,
    NoButtonSettings,
    NoLampSettings,
    Settings,
    SpotifySettings,
    VisionSettings,
)
from edge.spotify.tokens import TOKENS, Tokens, TokenStore
from edge.vision import card as cards

DAY = 86400.0


def test_the_coral_is_found_on_the_bus_before_and_after_its_first_use(tmp_path: Path) -> None:
    assert not seeing._on_the_bus(tmp_path)
    for vendor, product in (("1a6e", "089a"), ("18d1", "9302")):
        device = tmp_path / product
        device.mkdir()
        (device / "idVendor").write_text(f"{vendor}\n")
        (device / "idProduct").write_text(f"{product}\n")
        assert seeing._on_the_bus(tmp_path)
        (device / "idVendor").write_text("0000\n")


@pytest.mark.parametrize(
    ("device", "state"), [("auto", "warn"), ("tpu", "fail"), ("cpu", "skipped")]
)
def test_a_missing_edge_tpu_fails_only_where_it_is_asked_for(
    tmp_path: Path, device: str, state: str
) -> None:
    settings = msgspec.convert({"vision": {"device": device}}, Settings)
    assert seeing.edge_tpu(settings, tmp_path).state == state


def test_no_broker_is_nothing_to_check() -> None:
    assert around.broker(Settings()).state == "skipped"


@pytest.mark.parametrize(
    ("age", "state"), [(None, "warn"), (1.0, "ok"), (175.0, "warn"), (200.0, "fail")]
)
def test_the_age_of_the_sign_in_is_told(tmp_path: Path, age: float | None, state: str) -> None:
    if age is not None:
        now = time.time()
        tokens = Tokens("id", "secret-a", "secret-r", "", now, now - age * DAY)
        TokenStore(tmp_path / TOKENS).keep(tokens)
    result = around.sign_in(
        Settings(box=BoxSettings(state=str(tmp_path)), player=SpotifySettings())
    )
    assert result.state == state
    assert "secret" not in result.words
    assert bool(result.fix) == (state != "ok")


def test_a_missing_model_fails_and_a_missing_detector_only_warns(tmp_path: Path) -> None:
    settings = Settings(vision=VisionSettings(models=str(tmp_path)))
    assert seeing.model(settings).state == "fail"
    missing = seeing.detector(settings)
    assert (missing.state, missing.fix) == ("warn", "moodbox models fetch")
    yunet = Settings(vision=VisionSettings(models=str(tmp_path), detector="yunet"))
    assert seeing.detector(yunet).state == "fail"


def test_the_shipped_model_is_what_its_card_says(root: Path) -> None:
    settings = Settings(vision=VisionSettings(models=str(root / "models")))
    assert seeing.model(settings).state == "ok"


def test_a_check_that_breaks_does_not_keep_the_others_from_being_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_settings: Settings) -> Result:
        raise RuntimeError("unheard of")

    monkeypatch.setitem(check.CHECKS, "clock", broken)
    settings = Settings(
        box=BoxSettings(state=str(tmp_path)), lamp=NoLampSettings(), button=NoButtonSettings()
    )
    results = {result.part: result for result in check.results(settings)}
    assert results["clock"].state == "fail"
    assert "unheard of" in results["clock"].words
    assert results.keys() == check.CHECKS.keys()


def test_only_the_parts_that_are_named_are_looked_at(root: Path) -> None:
    settings = Settings(vision=VisionSettings(models=str(root / "models")))
    assert [result.part for result in results(settings, ["model", "clock"])] == ["model", "clock"]
    with pytest.raises(MoodboxError, match="lungs: no such part; there are camera, "):
        list(results(settings, ["lungs"]))


def test_a_model_that_is_not_its_cards_or_cannot_run_fails(root: Path, tmp_path: Path) -> None:
    shutil.copytree(root / "models", tmp_path / "models")
    model = tmp_path / "models" / "emotion.tflite"
    card = cards.read(model.with_suffix(".json"))
    settings = Settings(vision=VisionSettings(models=str(model.parent)))
    model.write_bytes(b"nonsense" + model.read_bytes()[8:])
    assert "its card says" in seeing.model(settings).words
    cards.save(
        msgspec.structs.replace(card, model=cards.artefact(model)), model.with_suffix(".json")
    )
    broken = seeing.model(settings)
    assert broken.state == "fail"
    assert "cannot run" in broken.words


def test_a_player_that_is_not_there_or_has_no_music_is_told_with_the_fix(tmp_path: Path) -> None:
    def look(port: int) -> Result:
        table = {"driver": "mpd", "port": port}
        box = {"runtime": str(tmp_path / "run")}
        return around.player(msgspec.convert({"box": box, "player": table}, Settings))

    assert around.player(Settings(BoxSettings(runtime=str(tmp_path / "run")))).state == "skipped"
    (tmp_path / "music").mkdir()
    with RealMpd(tmp_path) as mpd:
        found = look(mpd.port)
        assert (found.state, "has no music" in found.words) == ("warn", True)
        mp3(tmp_path / "music" / "song.mp3", 2)
        mpd.ask(lambda client: client.update())
        until(lambda: look(mpd.port).state == "ok")
        assert look(mpd.port).words.endswith("1 songs")
    gone = look(mpd.port)
    assert (gone.state, "does not answer" in gone.words) == ("fail", True)
    assert "apt install mpd" in gone.fix
