"""A box's side: hands over the one file that its daemon left for it (edge/personal/share.py).

This code comes from whoever runs the server, so it is given nothing else: systemd lays that file
into a process that may read no other of the box's (systemd/moodbox-fleet.service).
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from flwr.app import Array, ArrayRecord, Context, Message, MetricRecord, RecordDict
from flwr.clientapp import ClientApp

NOTHING = 1e-12
"""Instead of zeros, which Flower's clipping would divide by."""

app = ClientApp()


@app.train()  # type: ignore[untyped-decorator]
def train(message: Message, context: Context) -> Message:
    """Reply with the box's update; with none where it has none for this model."""
    wanted = str(message.content["config"]["model"])
    update = np.full_like(message.content["arrays"]["update"].numpy(), NOTHING)
    path = _path(context)
    if path.is_file():
        with np.load(path, allow_pickle=False) as file:
            if str(file["model"]) == wanted and file["update"].shape == update.shape:
                update = file["update"] + update.dtype.type(NOTHING)
    said = ArrayRecord({"update": Array(update)})
    # The same weight for every box: how much somebody taps is nobody's business.
    content = RecordDict({"arrays": said, "metrics": MetricRecord({"num-examples": 1})})
    return Message(content=content, reply_to=message)


def _path(context: Context) -> Path:
    """Return where the daemon's file is: on a box, and in a simulation of many."""
    folder = str(context.run_config.get("updates", ""))
    if folder:
        return Path(folder, f"{context.node_config['partition-id']}.npz")
    return Path(os.environ["CREDENTIALS_DIRECTORY"], "update")
