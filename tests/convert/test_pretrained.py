from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import cv2
import keras
import numpy as np
import pytest
from fakes.releases import Site
from keras import ops
from numpy.typing import NDArray

from convert import pretrained
from convert.__main__ import main
from convert.dataset import Dataset, Split
from convert.lessons import as_pixels
from convert.network import Separable, build
from convert.thaw import unfold
from edge.errors import ModelError


def features(faces_network: Path, images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """What the file's network says of pictures twice as large, in colour, as it was trained."""
    weights = pretrained.read(faces_network)
    manifest = json.loads(faces_network.read_text())["weightsManifest"][0]["weights"]
    content = faces_network.with_suffix(".bin").read_bytes()
    colours = np.frombuffer(content, np.float32, 3 * 3 * 3 * 8, 8).reshape(3, 3, 3, 8)
    assert manifest[1]["shape"] == [3, 3, 3, 8]
    bias = np.frombuffer(content, np.float32, 8, 8 + colours.nbytes)
    large = np.stack([cv2.resize(i.astype(np.float32), None, fx=2, fy=2) for i in images])
    x = np.repeat(large[..., None], 3, axis=3) - pretrained.MEAN
    x = ops.relu6(ops.conv(x, colours, strides=2, padding="same") + bias)
    _, depthwise, pointwise = weights
    x = ops.depthwise_conv(x, depthwise.kernel, strides=2, padding="same") + depthwise.bias
    x = ops.conv(ops.relu6(x), pointwise.kernel) + pointwise.bias
    return np.asarray(ops.relu6(x))


def test_a_face_says_what_a_picture_twice_its_size_says(
    faces_network: Path, faces: Dataset
) -> None:
    images = faces.part(Split.TEST).images[:32]
    model = build(Separable((8, 16), (2,)), ["ferplus"])
    unfold(faces_network, pretrained.read(faces_network), model, as_pixels(images))
    ours = keras.Model(model.input, model.layers[-5].output)
    inside = np.s_[:, 2:-2, 2:-2]  # around a picture, one sees grey and the other black
    wanted = features(faces_network, images)[inside]
    assert wanted.std() > 0.5
    assert np.asarray(ours(as_pixels(images)))[inside] == pytest.approx(wanted, abs=1e-3)


def test_a_scale_belongs_to_the_convolution_before_it(faces_network: Path) -> None:
    _, depthwise, _ = pretrained.read(faces_network)
    content = faces_network.with_suffix(".bin").read_bytes()
    kernel, scale = (
        np.frombuffer(content, np.float32, count, 8 + 4 * before)
        for count, before in ((72, 224), (8, 296))
    )
    assert depthwise.kernel == pytest.approx(kernel.reshape(3, 3, 8, 1) * scale[:, None])
    assert depthwise.stride == 2


@pytest.mark.parametrize(
    ("widths", "message"),
    [
        ((8, 16, 16), "3 convolutions; the network has 5"),
        ((8, 24), r"convolution 3 has the shape \(1, 1, 8, 16\); .* it has \(1, 1, 8, 24\)"),
    ],
)
def test_another_network_is_refused(
    faces_network: Path, widths: tuple[int, ...], message: str
) -> None:
    model = build(Separable(widths, (2,) * (len(widths) - 1)), ["ferplus"])
    with pytest.raises(ModelError, match=message):
        unfold(
            faces_network,
            pretrained.read(faces_network),
            model,
            np.zeros((8, 48, 48, 1), np.float32),
        )


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"weightsManifest": 3}'])
def test_what_is_no_graph_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "faces.json"
    path.write_text(content)
    path.with_suffix(".bin").write_bytes(b"")
    with pytest.raises(ModelError, match=r"faces\.json: not a TensorFlow\.js graph"):
        pretrained.read(path)


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    folder = tmp_path / "served"
    folder.mkdir()
    (folder / "faceres-deep.bin").write_bytes(b"something else")
    with Site(folder) as site:
        yield site.address


def test_a_wrong_download_is_one_line_and_leaves_nothing(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "pretrained"
    assert main(["pretrained", "--out", str(out), "--source", url]) == 1
    told = capsys.readouterr().err
    assert "faceres-deep.bin: not the file that is wanted" in told
    assert told.count("\n") == 1
    assert not out.exists()
