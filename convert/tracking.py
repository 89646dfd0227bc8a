"""Every run remembered with MLflow in one SQLite file; no server is needed.

mlflow ui --backend-store-uri sqlite:///runs/mlflow.db
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import mlflow


class Log:
    """What a run tells while it goes on."""

    def epoch(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        """Log one epoch's metrics."""
        mlflow.log_metrics({k: float(v) for k, v in (logs or {}).items()}, step=epoch)

    def tag(self, name: str, value: str) -> None:
        """Say one thing more of the run."""
        mlflow.set_tag(name, value)

    def file(self, path: Path) -> None:
        """Keep a file with the run."""
        mlflow.log_artifact(str(path))


@contextmanager
def run(out: Path, parameters: Mapping[str, Any], tags: Mapping[str, str]) -> Iterator[Log]:
    """Track one run of the folder `out`; runs of sibling folders can be compared.

    `tags` say what it is made of: hashes of its data and networks, and the code's commit.
    """
    store = out.parent.resolve()
    mlflow.set_tracking_uri(f"sqlite:///{store}/mlflow.db")
    if mlflow.get_experiment_by_name("moodbox") is None:
        mlflow.create_experiment("moodbox", artifact_location=(store / "artifacts").as_uri())
    mlflow.set_experiment("moodbox")
    with mlflow.start_run(run_name=out.name):
        mlflow.set_tags(dict(tags))
        mlflow.log_params({k: str(v) for k, v in parameters.items()})
        yield Log()
