from __future__ import annotations

import numpy as np

from convert.network import Positions, Transformer, build


def test_a_transformer_learns_where_its_patches_are() -> None:
    model = build(Transformer(patch=24, width=8, depth=1, heads=2), ["ferplus"])
    (places,) = (layer for layer in model.layers if isinstance(layer, Positions))
    model.compile("sgd", loss={"ferplus": "mse"})
    before = np.asarray(places.get_weights()[0])
    faces = np.random.default_rng(7).random((8, 48, 48, 1), np.float32)
    model.fit(faces, {"ferplus": np.ones((8, 7), np.float32)}, verbose=0)
    assert (np.asarray(places.get_weights()[0]) != before).all()
