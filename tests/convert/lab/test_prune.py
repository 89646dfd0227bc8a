from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest
from numpy.typing import NDArray

from convert.lab.prune import prune
from convert.network import Residual, Separable, build, trunk
from edge.errors import ModelError

HEADS = ("ferplus", "fer2013")
WIDE = Separable((8, 16, 16), (2, 1))
SLIM = Separable((6, 8, 12), (2, 1))


@pytest.fixture
def pixels() -> NDArray[np.float32]:
    """Pictures of nine patches, no two alike."""
    patches = np.random.default_rng(2).random((256, 3, 3, 1), np.float32)
    return np.kron(patches, np.ones((1, 8, 8, 1), np.float32))


@pytest.fixture
def wide() -> keras.Model:
    """A network that has not learnt anything, but whose normalization is no mere one and zero."""
    keras.utils.set_random_seed(4)
    model = build(WIDE, HEADS)
    rng = np.random.default_rng(4)
    for _, norm in trunk(model):
        count = len(norm.get_weights()[0])
        ranges = ((1, 3), (0, 1), (-0.1, 0.1), (0.1, 0.4))  # gamma, beta, mean, variance
        norm.set_weights([rng.uniform(between[0], between[1], count) for between in ranges])
    return model


def said(model: keras.Model, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return what all heads say, one beside the other."""
    return np.concatenate([np.asarray(x) for x in model(pixels, training=False).values()], axis=1)


def unlike(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """Return how much of the variance of `other` is not in `one`; 0 where they say the same."""
    return float(np.square(one - other).mean() / other.var(axis=0).mean())


def test_what_is_there_twice_can_be_spared(wide: keras.Model, pixels: NDArray[np.float32]) -> None:
    twice = build(Separable(tuple(2 * width for width in WIDE.widths), WIDE.strides), HEADS)
    for layer, source in zip(twice.layers, wide.layers, strict=True):
        layer.set_weights(
            [
                _repeated(w, its.shape)
                for its, w in zip(layer.weights, source.get_weights(), strict=True)
            ]
        )
    assert said(twice, pixels) == pytest.approx(said(wide, pixels), abs=1e-4)
    slim = build(WIDE, HEADS)
    prune(Path("twice.keras"), twice, slim, pixels)
    assert unlike(said(slim, pixels), said(wide, pixels)) < 1e-3


def _repeated(weights: NDArray[np.float32], shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Return the weights as often as they fit into `shape`; what is read twice counts half."""
    times = [wanted // found for wanted, found in zip(shape, weights.shape, strict=True)]
    read_twice = len(shape) == 4 and times[2] == 2 and shape[3] > 1
    return np.asarray(np.tile(weights, times) / (2 if read_twice else 1), np.float32)


def test_the_channels_that_stay_make_good_for_the_others(
    wide: keras.Model, pixels: NDArray[np.float32]
) -> None:
    slim = build(SLIM, HEADS)
    prune(Path("wide.keras"), wide, slim, pixels)
    assert unlike(said(slim, pixels), said(wide, pixels)) < 0.1


def test_a_head_that_is_not_there_is_left_alone(pixels: NDArray[np.float32]) -> None:
    slim = build(SLIM, HEADS)
    before = slim.get_layer("fer2013_conv").get_weights()
    prune(Path("wide.keras"), build(WIDE, HEADS[:1]), slim, pixels)
    for mine, was in zip(slim.get_layer("fer2013_conv").get_weights(), before, strict=True):
        assert (mine == was).all()


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (
            build(Separable((8, 16), (2,)), HEADS),
            "its layers are not those of the recipe's network",
        ),
        (build(Residual((8,), (1,)), HEADS), "its layers are not those of the recipe's network"),
        (build(WIDE, ["mouth"]), "its layers are not those of the recipe's network"),
        (
            build(Separable((8, 16, 10), (2, 1)), HEADS),
            r"the kernel of convolution 5 has the shape \(1, 1, 8, 10\); .* \(1, 1, 8, 12\)",
        ),
    ],
)
def test_what_is_no_wider_network_is_refused(
    other: keras.Model, message: str, pixels: NDArray[np.float32]
) -> None:
    with pytest.raises(ModelError, match=rf"other\.keras: {message}"):
        prune(Path("other.keras"), other, build(SLIM, HEADS), pixels)


def test_a_network_with_short_cuts_is_refused(pixels: NDArray[np.float32]) -> None:
    wide, slim = (build(Residual((width,), (1,)), HEADS) for width in (16, 8))
    with pytest.raises(ModelError, match=r"wide\.keras: its layers are not those"):
        prune(Path("wide.keras"), wide, slim, pixels)
