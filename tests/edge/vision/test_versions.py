"""The models of one box: another one is put, proves itself or not, and can be gone back from."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import flatbuffers
import msgspec
import pytest
from ai_edge_litert import schema_py_generated as schema

from convert.learn import layer
from edge.daemon.startup import expected_of
from edge.errors import ModelError, Refused
from edge.settings import VisionSettings
from edge.vision import card as cards
from edge.vision import last_layer
from edge.vision.versions import FILE, MOST, RECORD, ModelVersions


@pytest.fixture
def versions(models: Path, tmp_path: Path) -> ModelVersions:
    return ModelVersions(tmp_path, VisionSettings(models=str(models)))


@pytest.fixture
def other(root: Path) -> tuple[dict[str, Any], bytes]:
    """Card and file of another model than the one that was installed."""
    folder = root / "models"
    card = json.loads((folder / "emotion_fer2013.json").read_bytes())
    return card, (folder / "emotion_fer2013.tflite").read_bytes()


def states(versions: ModelVersions) -> dict[str, str]:
    return {it.version: it.state for it in versions.listed()}


def test_a_model_that_is_put_is_used_on_trial_until_it_is_kept(
    versions: ModelVersions, other: tuple[dict[str, Any], bytes], tmp_path: Path, models: Path
) -> None:
    installed = versions.version
    fresh = versions.put(*other)
    assert fresh == hashlib.sha256(other[1]).hexdigest()[:12]
    assert states(versions) == {installed: "kept", fresh: "trial"}
    assert cards.load(versions.folder / "emotion.json").model.sha256.startswith(fresh)
    again = ModelVersions(tmp_path, VisionSettings(models=str(models)))
    assert again.on_trial == fresh
    again.keep()
    assert states(again) == {installed: "kept", fresh: "used"}


def test_one_that_brings_its_last_layer_can_be_taught(
    versions: ModelVersions, other: tuple[dict[str, Any], bytes], root: Path
) -> None:
    card, model = other
    head = (root / "models" / "emotion_fer2013_head.npz").read_bytes()
    with pytest.raises(Refused, match="the last layer is not the one that its card describes"):
        versions.put(card, model, head[:-1])
    rubbish = cards.Artefact("x", hashlib.sha256(b"rubbish").hexdigest(), 7)
    spoilt = card | {"last_layer": card["last_layer"] | {"file": msgspec.to_builtins(rubbish)}}
    with pytest.raises(Refused, match=r"does not run here: .*not the last layer of a model"):
        versions.put(spoilt, model, b"rubbish")
    versions.put(card, model, head)
    about = cards.load(versions.folder / "emotion.json")
    weights, moment = last_layer.read(versions.folder, about)
    assert len(moment) == weights.shape[1] == card["last_layer"]["width"] + 1


def test_one_that_comes_without_it_is_used_and_cannot_be_taught(
    versions: ModelVersions, other: tuple[dict[str, Any], bytes]
) -> None:
    versions.put(*other)
    about = cards.load(versions.folder / "emotion.json")
    with pytest.raises(ModelError, match="this model cannot be taught"):
        last_layer.read(versions.folder, about)


def test_one_that_fails_is_gone_back_from_and_not_taken_again(
    versions: ModelVersions, other: tuple[dict[str, Any], bytes], tmp_path: Path, models: Path
) -> None:
    installed = versions.version
    fresh = versions.put(*other)
    said = versions.condemn("the eyes hung")
    assert said == f"model {fresh} was not kept: the eyes hung; {installed} is used again"
    assert states(versions) == {installed: "used", fresh: "failed"}
    with pytest.raises(Refused, match="was not kept before: the eyes hung"):
        versions.put(*other)
    assert versions.condemn("something else") == ""
    again = ModelVersions(tmp_path, VisionSettings(models=str(models)))
    assert again.unseen == said, "a restart is not somebody who has seen it"
    again.seen()
    assert not again.unseen
    assert not ModelVersions(tmp_path, VisionSettings(models=str(models))).unseen
    versions.use(fresh)  # an order of the owner's
    assert versions.on_trial == fresh
    assert versions.unseen == ""


def test_the_owner_goes_back_to_what_came_with_the_box(
    versions: ModelVersions, other: tuple[dict[str, Any], bytes]
) -> None:
    installed = versions.version
    versions.put(*other)
    versions.keep()
    versions.use(installed)
    assert versions.on_trial == ""
    assert versions.version == installed
    with pytest.raises(Refused, match="no version 'abc'; there are: "):
        versions.use("abc")


def broken(what: str, card: dict[str, Any], model: bytes) -> tuple[dict[str, Any], bytes]:
    if what == "another file":
        return card, model[:-1]
    if what == "no card":
        return {"labels": []}, model
    rubbish = {"no model": b"rubbish", "a huge one": bytes(9 * 2**20)}[what]
    described = {"file": "x.tflite", "sha256": hashlib.sha256(rubbish).hexdigest(), "size": 7}
    return card | {"model": described}, rubbish


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("another file", "its hash is another"),
        ("no card", "not a model's card"),
        ("no model", "does not run here"),
        ("a huge one", "allowed: 8,388,608"),
    ],
)
def test_a_bad_one_is_refused_in_one_line_and_changes_nothing(
    versions: ModelVersions,
    other: tuple[dict[str, Any], bytes],
    tmp_path: Path,
    what: str,
    said: str,
) -> None:
    before = versions.version
    with pytest.raises(Refused, match=said) as refusal:
        versions.put(*broken(what, *other))
    assert "\n" not in str(refusal.value)
    assert versions.version == before
    assert not list(tmp_path.rglob(FILE))
    assert not (tmp_path / "models" / RECORD).exists()


def one_answer(content: bytes) -> bytes:
    """The file with a last layer that hardly looks, and is sure all the same."""
    weights = 1e-4 * layer.read(content)
    weights[:, -1], weights[3, -1] = 0, 5
    return layer.replace(content, weights)


def floats_inside(content: bytes) -> bytes:
    """The file with its answer made a float, and int8 again."""
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(content, 0))
    (graph,) = model.subgraphs
    logits = graph.outputs[0]
    made = [logits]
    operators = schema.BuiltinOperator
    for code, version in ((operators.DEQUANTIZE, 2), (operators.QUANTIZE, 1)):
        tensor = copy.deepcopy(graph.tensors[logits])
        if code == operators.DEQUANTIZE:
            tensor.type, tensor.quantization, tensor.name = schema.TensorType.FLOAT32, None, b"real"
        graph.tensors.append(tensor)
        made.append(len(graph.tensors) - 1)
        kind, operator = schema.OperatorCodeT(), schema.OperatorT()
        kind.builtinCode = kind.deprecatedBuiltinCode = code
        kind.version = version
        model.operatorCodes.append(kind)
        operator.opcodeIndex = len(model.operatorCodes) - 1
        operator.inputs, operator.outputs = made[-2:-1], made[-1:]
        graph.operators.append(operator)
    graph.outputs = [made[-1] if it == logits else it for it in graph.outputs]
    model.signatureDefs = None
    builder = flatbuffers.Builder(len(content))
    builder.Finish(model.Pack(builder), file_identifier=b"TFL3")
    return bytes(builder.Output())


@pytest.mark.parametrize(
    ("spoilt", "said"),
    [
        (one_answer, "reads each of 20 made-up pictures as happy, and as surely"),
        (floats_inside, "not int8 inside: real"),
    ],
)
def test_one_that_runs_and_is_no_good_is_refused(
    versions: ModelVersions,
    other: tuple[dict[str, Any], bytes],
    spoilt: Callable[[bytes], bytes],
    said: str,
) -> None:
    card, model = other
    fresh = spoilt(model)
    described = {"file": "x", "sha256": hashlib.sha256(fresh).hexdigest(), "size": len(fresh)}
    with pytest.raises(Refused, match=said):
        versions.put(card | {"model": described}, fresh)


def test_the_way_back_is_not_lost_to_one_that_is_put_again_and_refused(
    versions: ModelVersions, other: tuple[dict[str, Any], bytes], root: Path, models: Path
) -> None:
    good = versions.put(*other)
    versions.keep()
    card = json.loads((models / "emotion.json").read_bytes())
    versions.put(card, (models / "emotion.tflite").read_bytes())  # on trial
    rubbish = cards.Artefact("x", hashlib.sha256(b"rubbish").hexdigest(), 7)
    spoilt = {"last_layer": card["last_layer"] | {"file": msgspec.to_builtins(rubbish)}}
    with pytest.raises(Refused, match="not the last layer of a model"):
        versions.put(other[0] | spoilt, other[1], b"rubbish")
    versions.condemn("the eyes hung")
    assert versions.version == good
    assert cards.load(versions.folder / "emotion.json").model.sha256.startswith(good)


@pytest.mark.parametrize("spoil", ["record", "folder"])
def test_what_is_damaged_leaves_the_model_that_was_installed(
    versions: ModelVersions,
    other: tuple[dict[str, Any], bytes],
    models: Path,
    tmp_path: Path,
    spoil: str,
) -> None:
    installed = versions.version
    fresh = versions.put(*other)
    if spoil == "record":
        (tmp_path / "models" / RECORD).write_bytes(b"{")
    else:
        (tmp_path / "models" / fresh / FILE).unlink()
    assert ModelVersions(tmp_path, VisionSettings(models=str(models))).version == installed


def test_few_versions_are_kept(
    versions: ModelVersions, other: tuple[dict[str, Any], bytes], tmp_path: Path
) -> None:
    for number in range(MOST + 1):
        old = tmp_path / "models" / f"{number:012x}"
        old.mkdir(parents=True)
        (old / FILE).write_bytes(b"x")
    fresh = versions.put(*other)
    assert len(list((tmp_path / "models").glob(f"*/{FILE}"))) == MOST
    assert fresh in states(versions)


def test_a_card_names_no_file_outside(
    versions: ModelVersions, other: tuple[dict[str, Any], bytes], tmp_path: Path
) -> None:
    card, model = other
    card["model"] = card["model"] | {"file": "../../escaped.tflite"}
    fresh = versions.put(card, model)
    assert not list(tmp_path.parent.glob("**/escaped.tflite"))
    kept = msgspec.json.decode((tmp_path / "models" / fresh / "emotion.json").read_bytes())
    assert kept["model"]["file"] == FILE


def test_what_a_new_models_card_expects_is_known_at_once(
    versions: ModelVersions, other: tuple[dict[str, Any], bytes]
) -> None:
    card, model = other
    before = expected_of(versions, "seven")
    frequency = tuple(reversed(before.frequency))
    versions.put(card | {"frequency": frequency}, model)
    assert expected_of(versions, "seven").frequency == frequency != before.frequency
