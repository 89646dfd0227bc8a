"""Four small trainings on two Ray nodes of this machine, one of which is killed in the midst.

Started by tests/tools/test_ray.sh. What was under way on the dead node has to be begun again on the
other and to go on after its last whole epoch; MLflow has to have all four under one parent; and the
same command once more has to do nothing again.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from fakes.faces import made_up
from ray.cluster_utils import Cluster
from waiting import wait_for

EPOCHS = 12
WITHIN = 900.0
"""Seconds that each step may take."""


def tags(store: Path, key: str) -> dict[str, str]:
    """Return a tag's value for each of MLflow's runs that has it, by the run's name."""
    if not store.exists():
        return {}
    of = "SELECT name, value FROM runs JOIN tags USING (run_uuid) WHERE key = ?"
    with closing(sqlite3.connect(store, timeout=30)) as opened:
        try:
            return dict(opened.execute(of, [key]))
        except sqlite3.OperationalError:  # its tables are not there yet
            return {}


def epochs(folder: Path) -> int:
    """Return how many epochs of a training are done."""
    known = folder / "checkpoint.json"
    return int(json.loads(known.read_text())["epochs"]) if known.exists() else 0


def sweep(folder: Path, address: str, *more: str) -> subprocess.Popen[str]:
    """Start the trainings, two seeds with two folds each."""
    command = [sys.executable, "-m", "convert", "train", "--data", str(folder / "faces.npz")]
    command += ["--out", str(folder / "runs" / "all"), "--tiny", "--epochs", str(EPOCHS)]
    command += ["--head", "ferplus", "--seeds", "1,2", "--folds", "2", "--ray", address]
    return subprocess.Popen([*command, "--cpus", "1", *more], stdout=subprocess.PIPE, text=True)


def main(folder: Path) -> None:
    """Run the sweep, kill a node, and look at what came of it."""
    runs = folder / "runs"
    runs.mkdir()
    made_up().save(folder / "faces.npz")
    node = {"num_cpus": 1, "object_store_memory": 100 * 2**20}
    cluster = Cluster(initialize_head=True, head_node_args=node | {"include_dashboard": False})
    try:
        second = cluster.add_node(**node)
        mortal = f"node {second.node_id[:6]}"
        print(f"two nodes; {mortal} is to die", flush=True)
        began = time.monotonic()
        started = sweep(folder, cluster.address)

        def lost() -> dict[str, int]:
            where = tags(runs / "mlflow.db", "machine")
            there = [name for name, value in where.items() if value.endswith(mortal)]
            done = {name: epochs(runs / name) for name in there}
            return {name: count for name, count in done.items() if 2 <= count < EPOCHS - 4}

        wait_for(
            "training under way there",
            lambda: bool(lost()) or started.poll() is not None,
            WITHIN,
        )
        killed = lost()
        cluster.remove_node(second, allow_graceful=False)
        print(
            f"killed after {time.monotonic() - began:.0f} s, with {killed} epochs done", flush=True
        )
        told, _ = started.communicate(timeout=WITHIN)
        print(told)
        assert started.returncode == 0
        (name,) = killed
        where = tags(runs / "mlflow.db", "machine")
        assert not where[name].endswith(mortal), where
        parents = tags(runs / "mlflow.db", "mlflow.parentRunId")
        assert len(parents) == 4
        assert len(set(parents.values())) == 1
        for each in parents:
            rows = (runs / each / "curves.csv").read_text().splitlines()[1:]
            assert [int(row.split(",")[0]) for row in rows] == list(range(EPOCHS)), each
        again, _ = sweep(folder, cluster.address).communicate(timeout=WITHIN)
        assert "4 trainings, 4 of them done before" in again
        assert again.partition("training ")[2] == told.partition("training ")[2]
        other = sweep(folder, cluster.address, "--set", "rate=0.5")
        refused, _ = other.communicate(timeout=WITHIN)
        assert other.returncode == 1
        assert refused.count("a training has begun here with another rate; go on as it began") == 4
        print("the same command again did nothing again; with another rate it was refused")
    finally:
        cluster.shutdown()


if __name__ == "__main__":
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    with tempfile.TemporaryDirectory() as temporary:
        main(Path(temporary))
