"""The maker's side: keys, the folder to publish, and the list of what a release is made of."""

from __future__ import annotations

import json
import shutil
import stat
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import keras
import msgspec
import pytest
import tensorflow as tf
from fakes.releases import Maker, wheel
from tuf.api.metadata import Metadata, Timestamp

from convert import quantize, trust
from convert.__main__ import main
from convert.publish import gather
from convert.repository import MONTH, Repository
from edge.errors import MoodboxError
from edge.settings import Channel
from edge.vision import card as cards
from edge.vision.card import Figure

NOW = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def maker(tmp_path: Path, first_release: Path) -> Maker:
    made = Maker(tmp_path, now=NOW)
    wheels, models = made.folder / "wheels-1.0.0", made.folder / "models-1.0.0"
    wheel(wheels, "1.0.0")
    shutil.copytree(first_release, models)
    measured(models, accuracy=0.8, balanced_accuracy=0.7)
    Repository(made.site, made.keys, NOW).publish(*gather(wheels, models, "1.0.0", NOW))
    return made


def measured(models: Path, **values: float) -> None:
    """Let the model's card say that it is so good, give or take a point."""
    card = cards.read(models / "emotion.json")
    figures = {name: Figure(x, x - 0.01, x + 0.01, 3000) for name, x in values.items()}
    cards.save(msgspec.structs.replace(card, figures=figures), models / "emotion.json")


def another(models: Path) -> None:
    """Let the model be another file that does the same."""
    path = models / "emotion.tflite"
    path.write_bytes(path.read_bytes() + b"\0")
    card = cards.read(models / "emotion.json")
    changed = msgspec.structs.replace(card, model=cards.artefact(path))
    cards.save(changed, models / "emotion.json")


def publish(maker: Maker, *words: str) -> int:
    folders = ["--repository", str(maker.site), "--keys", str(maker.keys)]
    wheels = ["--wheels", str(maker.folder / "wheels-1.0.0")]
    models = ["--models", str(maker.folder / "models-1.0.0")]
    return main(["publish", "--without-yunet", *folders, *wheels, *models, *words])


def timestamp(maker: Maker) -> Timestamp:
    path = maker.site / "metadata" / "timestamp.json"
    return Metadata[Timestamp].from_file(str(path)).signed


def test_keys_are_for_their_owner_alone_and_never_replaced(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "keys"
    assert main(["keys", "--out", str(folder)]) == 0
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for key in ("root-1", "root-2", "root-3", "targets", "timestamp"):
        assert stat.S_IMODE((folder / f"{key}.pem").stat().st_mode) == 0o600
    before = (folder / "root.json").read_bytes()
    assert "PRIVATE" not in before.decode()
    assert main(["keys", "--out", str(folder)]) == 1
    assert "never replaced" in capsys.readouterr().err
    assert (folder / "root.json").read_bytes() == before


def test_each_role_is_signed_by_the_key_that_it_should_be(maker: Maker) -> None:
    root = Metadata.from_file(str(maker.site / "metadata" / "1.root.json"))
    used = {role: set(root.signed.roles[role].keyids) for role in trust.SIGNS}
    assert used["targets"] == used["snapshot"]
    assert len(set.union(*used.values())) == len(trust.ONLINE)
    assert not set.union(*used.values()) & set(root.signed.roles["root"].keyids)
    for name, role in [("1.targets", "targets"), ("1.snapshot", "snapshot")]:
        signed = Metadata.from_file(str(maker.site / "metadata" / f"{name}.json"))
        root.signed.verify_delegate(role, signed.signed_bytes, signed.signatures)


def test_publishing_needs_no_root_key_and_refreshing_only_the_timestamps(maker: Maker) -> None:
    for path in maker.keys.glob("root-*.pem"):
        path.unlink()
    maker.publish("1.1.0")
    (maker.keys / "targets.pem").unlink()
    Repository(maker.site, maker.keys, NOW + timedelta(days=20)).refresh()
    assert timestamp(maker).expires == NOW + timedelta(days=20) + MONTH
    assert timestamp(maker).version == 3
    assert timestamp(maker).snapshot_meta.version == 2
    with pytest.raises(MoodboxError, match=r"targets\.pem: the key that signs this is not there"):
        maker.publish("1.2.0")


def test_nothing_to_refresh_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = Maker(tmp_path, now=NOW)
    words = ["--repository", str(tmp_path / "empty"), "--keys", str(made.keys), "--refresh"]
    assert main(["publish", *words]) == 1
    assert "nothing was published yet" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "1.0.0: not newer than 1.0.0"),
        (["--version", "0.9"], "0.9: not newer than 1.0.0"),
        (["--version", "newest"], "not a release"),
        (["--wheels", "/nowhere"], "want moodbox-*.whl, and emotion.tflite with its card"),
        (["--models", "/nowhere"], "want moodbox-*.whl, and emotion.tflite with its card"),
        (["--model", "other"], "want moodbox-*.whl, and other.tflite with its card"),
        (["--keys", "/nowhere"], "moodbox-convert keys makes it"),
    ],
)
def test_what_cannot_be_published_is_one_line_and_changes_nothing(
    maker: Maker, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    before = timestamp(maker).version
    assert publish(maker, *words) == 1
    [line] = capsys.readouterr().err.splitlines()
    assert said in line
    assert timestamp(maker).version == before


def test_a_model_worse_than_the_published_one_needs_a_reason_which_its_card_keeps(
    maker: Maker, capsys: pytest.CaptureFixture[str]
) -> None:
    models = maker.folder / "models-1.0.0"
    another(models)
    measured(models, accuracy=0.5, balanced_accuracy=0.7)
    assert publish(maker, "--version", "2.0") == 1
    [line] = capsys.readouterr().err.splitlines()
    assert "worse than the model that is there: accuracy 50.00%, where that has 80.00%" in line
    assert timestamp(maker).version == 1
    assert publish(maker, "--version", "2.0", "--allow-worse", "a drill") == 0
    published = Repository(maker.site, maker.keys, NOW).card()
    assert published is not None
    assert published.allowed_worse == cards.load(models / "emotion.json").allowed_worse == "a drill"
    assert publish(maker, "--version", "2.1") == 0


def test_a_model_that_is_not_int8_or_not_what_its_card_says_is_never_signed(
    maker: Maker, capsys: pytest.CaptureFixture[str]
) -> None:
    models = maker.folder / "models-1.0.0"
    path = models / "emotion.tflite"
    pixels = keras.Input((48, 48, 1), batch_size=1)
    network = keras.Model(pixels, keras.layers.Dense(7)(keras.layers.Flatten()(pixels)))
    with quantize.quiet():
        path.write_bytes(tf.lite.TFLiteConverter.from_keras_model(network).convert())
    assert publish(maker, "--version", "2.0", "--allow-worse", "a drill") == 1
    assert "its card says" in capsys.readouterr().err
    card = cards.read(models / "emotion.json")
    honest = msgspec.structs.replace(card, model=cards.artefact(path))
    cards.save(honest, models / "emotion.json")
    assert publish(maker, "--version", "2.0", "--allow-worse", "a drill") == 1
    assert "is FLOAT32; only INT8 and INT32 map" in capsys.readouterr().err
    assert main(["check", "--model", str(path)]) == 1
    assert "input: is FLOAT32, has to be INT8" in capsys.readouterr().out
    assert timestamp(maker).version == 1


@pytest.mark.parametrize("name", ["moodbox.whl", "moodbox-1.0.0-py3-none-any.whl"])
def test_what_is_no_wheel_is_named(
    maker: Maker, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    (maker.folder / "wheels-1.0.0" / name).write_bytes(b"nonsense")
    assert publish(maker, "--version", "2.0") == 1
    [line] = capsys.readouterr().err.splitlines()
    assert name in line
    assert "not" in line


def test_the_same_files_can_be_a_newer_release(maker: Maker) -> None:
    assert publish(maker, "--version", "1.0.0.post1") == 0
    wheels = [path.name for path in (maker.site / "targets" / "wheels").iterdir()]
    assert len(wheels) == 1


def test_of_the_models_a_box_gets_the_one_that_it_runs(maker: Maker) -> None:
    models = maker.folder / "models-1.0.0"
    for name in ("emotion_fer2013.json", "emotion_fer2013.tflite", "emotion_edgetpu.tflite"):
        (models / name).write_text(name)
    assert publish(maker, "--version", "2.0") == 0
    release = Repository(maker.site, maker.keys, NOW).published()
    assert release is not None
    assert release.models == ("emotion.json", "emotion.tflite", "emotion_edgetpu.tflite")


def test_a_release_comes_with_the_list_of_what_it_is_made_of(maker: Maker) -> None:
    [path] = (maker.site / "targets").glob("*.moodbox-1.0.0.cdx.json")
    listed = json.loads(path.read_text())
    assert listed["bomFormat"] == "CycloneDX"
    assert listed["metadata"]["component"]["version"] == "1.0.0"
    parts = {part["name"]: part for part in listed["components"]}
    assert parts["moodbox"]["purl"] == "pkg:pypi/moodbox@1.0.0"
    assert parts["moodbox"]["licenses"] == [{"license": {"id": "Apache-2.0"}}]
    assert parts["emotion.tflite"]["type"] == "machine-learning-model"
    [target] = (maker.site / "targets" / "wheels").iterdir()
    assert parts["moodbox"]["hashes"][0]["content"] == target.name.partition(".")[0]


def test_a_wheel_that_carries_others_is_listed_by_its_own_licence(maker: Maker) -> None:
    carrier = wheel(maker.folder / "wheels-1.0.0", "1.0.0")
    with zipfile.ZipFile(carrier, "a") as archive:
        archive.writestr("vendored/other-1.dist-info/METADATA", "License-Expression: MIT\n")
    assert publish(maker, "--version", "1.1") == 0
    [path] = (maker.site / "targets").glob("*.moodbox-1.1.cdx.json")
    listed = json.loads(path.read_text())["components"]
    [part] = [part for part in listed if part["name"] == "moodbox"]
    assert part["licenses"] == [{"license": {"id": "Apache-2.0"}}]


def test_a_release_is_for_some_boxes_first_and_then_for_more(
    maker: Maker, capsys: pytest.CaptureFixture[str]
) -> None:
    assert publish(maker, "--version", "2.0", "--percent", "10") == 0
    before = set((maker.site / "targets" / "wheels").iterdir())
    assert publish(maker, "--widen", "--percent", "50") == 0
    assert "2.0 for 50% of the boxes" in capsys.readouterr().out
    release = Repository(maker.site, maker.keys, NOW).published()
    assert release is not None
    assert (release.version, release.share) == ("2.0", 0.5)
    assert set((maker.site / "targets" / "wheels").iterdir()) == before


def test_what_some_have_tried_is_given_to_all_file_by_file(
    maker: Maker, capsys: pytest.CaptureFixture[str]
) -> None:
    def released(channel: Channel) -> tuple[str, float] | None:
        found = Repository(maker.site, maker.keys, NOW).published(channel)
        return (found.version, found.share) if found else None

    assert publish(maker, "--version", "2.0", "--channel", "beta") == 0
    assert (released("stable"), released("beta")) == (("1.0.0", 1.0), ("2.0", 1.0))
    assert publish(maker, "--promote", "--percent", "10") == 0
    assert "2.0 is stable, for 10% of the boxes" in capsys.readouterr().out
    assert (released("stable"), released("beta")) == (("2.0", 0.1), ("2.0", 1.0))
    assert publish(maker, "--promote") == 1
    assert "2.0: not newer than 2.0, which is stable" in capsys.readouterr().err
    assert publish(maker, "--version", "1.5", "--channel", "beta") == 1
    assert "1.5: not newer than 2.0" in capsys.readouterr().err
    assert publish(maker, "--version", "2.1") == 0
    assert (released("stable"), released("beta")) == (("2.1", 1.0), ("2.0", 1.0))


def test_a_beta_whose_model_is_worse_than_the_stable_one_by_now_needs_a_reason(
    maker: Maker, capsys: pytest.CaptureFixture[str]
) -> None:
    models = maker.folder / "models-1.0.0"
    assert publish(maker, "--version", "3.0", "--channel", "beta") == 0
    another(models)
    measured(models, accuracy=0.9, balanced_accuracy=0.9)
    assert publish(maker, "--version", "2.0") == 0
    assert publish(maker, "--promote") == 1
    assert "worse than the model that is there: accuracy 80.00%" in capsys.readouterr().err
    assert publish(maker, "--promote", "--allow-worse", "half the time") == 0
    assert "of the boxes, although it is worse: half the time" in capsys.readouterr().out
    repository = Repository(maker.site, maker.keys, NOW)
    stable, tried = repository.card(), repository.card("beta")
    assert stable is not None
    assert tried is not None
    assert (stable.allowed_worse, tried.allowed_worse) == ("half the time", "")
    assert stable.model == tried.model
    cards = (maker.site / "targets" / "models").glob("*.emotion.json")
    [card] = [it for it in cards if b"half the time" in it.read_bytes()]
    bills = (maker.site / "targets").glob("*.moodbox-3.0.cdx.json")
    assert any(card.name.partition(".")[0] in it.read_text() for it in bills)


def test_nothing_to_promote_is_said(maker: Maker, capsys: pytest.CaptureFixture[str]) -> None:
    assert publish(maker, "--promote") == 1
    assert "no beta was published yet" in capsys.readouterr().err


def test_what_changed_is_signed_with_the_release_and_stays_when_it_is_widened(
    maker: Maker, capsys: pytest.CaptureFixture[str]
) -> None:
    log = maker.folder / "CHANGELOG.md"
    log.write_text("## 2.0\n\n### Added\n\n- A `lamp`.\n- Words.\n")
    assert publish(maker, "--version", "2.1", "--notes", str(log)) != 0
    assert 'no changes under a heading "## 2.1"' in capsys.readouterr().err
    assert publish(maker, "--version", "2.0", "--notes", str(log), "--percent", "10") == 0
    assert publish(maker, "--widen") == 0
    release = Repository(maker.site, maker.keys, NOW).published()
    assert release is not None
    assert (release.version, release.notes) == ("2.0", ("A lamp.", "Words."))


@pytest.mark.parametrize("percent", ["101", "-1", "half", "nan"])
def test_a_percentage_is_one(maker: Maker, percent: str) -> None:
    with pytest.raises(SystemExit):
        publish(maker, "--version", "2.0", "--percent", percent)
