"""The server's side: one round, of which only a clipped, noised mean is kept.

Each box's update has a norm of at most CLIP; the mean over the boxes gets Gaussian noise of
noise_multiplier * CLIP / boxes in each number (McMahan et al. 2018, by Flower's own strategy), so
that the result is (epsilon, delta)-differentially private for a whole box: whether it sent its
update or none. The noise comes from Google's dp-accounting.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from dp_accounting import GaussianDpEvent, calibrate_dp_mechanism, rdp
from flwr.app import Array, ArrayRecord, ConfigRecord, Context
from flwr.serverapp import Grid, ServerApp
from flwr.serverapp.strategy import DifferentialPrivacyServerSideFixedClipping, FedAvg
from flwr.supercore.privacy_accounting import (
    NeighboringRelation,
    PrivacyConfig,
    SamplingMethod,
)
from flwr.supercore.privacy_accounting.rdp_accountant import RdpAccountant

SHAPE = 7, 193
"""Emotions, and what the last layer reads with its one."""
CLIP = 0.4 * 7**0.5
"""As edge/personal/share.py does it already; here for those who do not."""

app = ServerApp()


@app.main()  # type: ignore[untyped-decorator]
def main(grid: Grid, context: Context) -> None:
    """Wait for so many boxes, ask each once, and write the noised mean to `out`."""
    asked = context.run_config
    boxes, epsilon, delta = int(asked["boxes"]), float(asked["epsilon"]), float(asked["delta"])
    noise = float(calibrate_dp_mechanism(rdp.RdpAccountant, GaussianDpEvent, epsilon, delta))
    accountant = RdpAccountant(
        PrivacyConfig(
            target_delta=delta,
            population_size=boxes,
            neighboring_relation=NeighboringRelation.ADD_OR_REMOVE_ONE,
            sampling_method=SamplingMethod.NO_AMPLIFICATION,
        )
    )
    strategy = DifferentialPrivacyServerSideFixedClipping(
        # Hardly any of those that are there, but so many at least: these, and no more.
        FedAvg(
            fraction_train=1e-9,
            fraction_evaluate=0.0,
            min_train_nodes=boxes,
            min_available_nodes=boxes,
        ),
        noise,
        CLIP,
        boxes,
        accountant=accountant,
    )
    result = strategy.start(
        grid=grid,
        initial_arrays=ArrayRecord({"update": Array(np.zeros(SHAPE, np.float32))}),
        train_config=ConfigRecord({"model": str(asked["model"])}),
        num_rounds=1,
    )
    if not accountant.num_releases:
        raise RuntimeError(f"not all of {boxes} boxes answered: nothing is kept; run it again")
    spent = accountant.get_privacy_spent()
    np.savez(
        Path(str(asked["out"])),
        mean=result.arrays["update"].numpy(),
        model=str(asked["model"]),
        boxes=boxes,
        epsilon=spent.epsilon,
        delta=spent.delta,
        noise_multiplier=noise,
    )
