from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import keras
import numpy as np
import pytest
from fakes.releases import Site
from keras import ops
from numpy.typing import NDArray

from convert.__main__ import main
from convert.dataset import Dataset, Split
from convert.dequantize import unfold
from convert.lab import pretrained
from convert.network import Residual, Separable, build
from convert.training_data import as_pixels
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


def test_a_kernel_in_bytes_is_what_the_bytes_stand_for(people_network: Path) -> None:
    first, second, *_, last = pretrained.read(people_network)
    content = people_network.with_name("people.bin").read_bytes()
    before = 7 * 7 * 3 * 8 + 3 * 8 * 4
    kept = np.frombuffer(content, np.uint8, 3 * 3 * 8 * 8, before).reshape(3, 3, 8, 8)
    bias, scale, added = np.frombuffer(content, np.float32, 24, before + kept.size).reshape(3, 8)
    assert second.kernel == pytest.approx((0.002 * kept - 0.25) * scale, abs=1e-5)
    assert second.bias == pytest.approx(bias * scale + added, abs=1e-5)
    assert [one.stride for one in (first, second, last)] == [2, 1, 1]


def test_the_teacher_says_what_dlibs_network_says_of_a_grey_picture(
    people_network: Path, faces: Dataset
) -> None:
    pixels = as_pixels(faces.part(Split.TEST).images[:16])
    model = build(Residual((8, 16), (1, 1), zoom=2), ["ferplus"])
    unfold(people_network, pretrained.read(people_network), model, pixels)
    ours = keras.Model(model.input, model.layers[-4].output)(pixels)

    convolutions = iter(pretrained.read(people_network))

    def conv(x: Any, stride: int = 1, padding: str = "same") -> Any:
        one = next(convolutions)
        return ops.conv(x, one.kernel, strides=stride, padding=padding) + one.bias

    large = keras.layers.UpSampling2D(2, interpolation="bilinear")(pixels)
    x = ops.max_pool(ops.relu(conv(large, 2, "valid")), 3, 2)
    x = ops.relu(x + conv(ops.relu(conv(x))))
    y = conv(ops.relu(conv(x, 2, "valid")))
    x = ops.average_pool(x, 2, 2)
    assert (x.shape[1], y.shape[1]) == (11, 10)
    y = ops.pad(y, ((0, 0), (0, 1), (0, 1), (0, 0)))
    x = ops.relu(y + ops.concatenate([x, ops.zeros_like(x)], axis=-1))
    wanted = np.asarray(ops.mean(x, axis=(1, 2), keepdims=True))
    assert wanted.std() > 0.1
    assert np.asarray(ours) == pytest.approx(wanted, abs=1e-3)


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


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"weightsManifest": 3}', '[{"weights": []}]'])
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
