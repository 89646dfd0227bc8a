"""Every run remembered with MLflow in one SQLite file, and every model that came of one.

mlflow ui --backend-store-uri sqlite:///runs/mlflow.db

No server is needed; where MLFLOW_TRACKING_URI is the address of one, it keeps the runs. In the
registry a model is named as its card; `champion` is the version that was released or accepted last,
`challenger` one that was refused.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import mlflow

EXPERIMENT = "moodbox"
STORE = "mlflow.db"
RUN = "mlflow.txt"
"""In a run's folder: its id, under which it goes on after it was killed."""
HASH = "sha256"
CHAMPION, CHALLENGER = "champion", "challenger"


class Log:
    """What a run tells while it goes on."""

    def __init__(self, identity: str) -> None:
        """Tell of the run that is active."""
        self.identity = identity

    def epoch(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        """Log one epoch's metrics."""
        mlflow.log_metrics({k: float(v) for k, v in (logs or {}).items()}, step=epoch)

    def metric(self, name: str, value: float) -> None:
        """Log one number of the whole run."""
        mlflow.log_metric(name, value)

    def tag(self, name: str, value: str) -> None:
        """Say one thing more of the run."""
        mlflow.set_tag(name, value)

    def file(self, path: Path) -> None:
        """Keep a file with the run."""
        mlflow.log_artifact(str(path))


class Version(NamedTuple):
    """A model in the registry, and the run that made it."""

    name: str
    number: str
    aliases: tuple[str, ...]
    run: str
    """The run's name."""
    parameters: dict[str, str]
    tags: dict[str, str]
    metrics: dict[str, float]
    """The last of each."""


@contextmanager
def run(out: Path, parameters: Mapping[str, Any], tags: Mapping[str, str]) -> Iterator[Log]:
    """Track one run of the folder `out`; runs of sibling folders can be compared.

    `tags` say what it is made of: hashes of its data and networks, and the code's commit.
    """
    store = out.parent.resolve()
    _use(store)
    if mlflow.get_experiment_by_name(EXPERIMENT) is None:
        place = None if _server() else (store / "artifacts").as_uri()
        mlflow.create_experiment(EXPERIMENT, artifact_location=place)
    mlflow.set_experiment(EXPERIMENT)
    before = out / RUN
    known: dict[str, Any] = {"run_name": out.name}
    if before.exists() and _is_known(before.read_text()):
        known = {"run_id": before.read_text()}
    with mlflow.start_run(**known) as active:
        out.mkdir(parents=True, exist_ok=True)
        before.write_text(active.info.run_id)
        mlflow.set_tags(dict(tags))
        if "run_id" not in known:
            mlflow.log_params({k: str(v) for k, v in parameters.items()})
        yield Log(active.info.run_id)


def register(folder: Path, model: Path, name: str, alias: str) -> str:
    """Make the file `model`, which came of the run in `folder`, a version of `name`.

    Returns the version's number; empty where the run was not tracked, which is said where it was
    tracked by another store.
    """
    known = folder / RUN
    store = folder.parent.resolve()
    if not known.exists() or not _is_kept(store):
        return ""
    _use(store)
    client, identity = mlflow.MlflowClient(), known.read_text()
    if not _is_known(identity):
        print(
            f"{folder}: its run {identity} is not in MLflow's store, so {name} is not registered",
            file=sys.stderr,
        )
        return ""
    digest = hashlib.sha256(model.read_bytes()).hexdigest()
    if not client.search_registered_models(f"name = '{name}'"):
        client.create_registered_model(name)
    same = [it for it in _versions(client, name) if it.tags.get(HASH) == digest]
    if same:
        number = str(same[0].version)
    else:
        client.log_artifact(identity, str(model))
        source = f"{client.get_run(identity).info.artifact_uri}/{model.name}"
        made = client.create_model_version(name, source, identity, tags={HASH: digest})
        number = str(made.version)
    aliases = client.get_model_version(name, number).aliases
    if CHAMPION in aliases:
        return number  # the same file refused later, for one that is in use already
    if CHALLENGER in aliases:
        client.delete_registered_model_alias(name, CHALLENGER)
    client.set_registered_model_alias(name, alias, number)
    return number


def find(store: Path, digest: str) -> Version | None:
    """Return the version whose file's SHA-256 begins with `digest`, out of the folder `store`."""
    if not _is_kept(store):
        return None
    _use(store.resolve())
    client = mlflow.MlflowClient()
    for model in client.search_registered_models():
        for it in _versions(client, model.name):
            if it.tags.get(HASH, "").startswith(digest):
                made = client.get_run(it.run_id)
                aliases = tuple(k for k, v in model.aliases.items() if str(v) == str(it.version))
                about = made.data
                tags = {k: v for k, v in about.tags.items() if not k.startswith("mlflow.")}
                return Version(
                    model.name,
                    str(it.version),
                    aliases,
                    made.info.run_name,
                    dict(about.params),
                    tags,
                    dict(about.metrics),
                )
    return None


def _is_known(identity: str) -> bool:
    try:
        mlflow.get_run(identity)
    except mlflow.MlflowException:  # of a store that is gone
        return False
    return True


def _versions(client: Any, name: str) -> list[Any]:
    return list(client.search_model_versions(f"name = '{name}'"))


def _is_kept(store: Path) -> bool:
    return bool(_server()) or (store / STORE).exists()


def _server() -> str:
    """Return the address of MLflow's server; empty: a file keeps the runs, as MLflow says then."""
    asked = os.environ.get("MLFLOW_TRACKING_URI", "")
    return asked if asked.startswith("http") else ""


def _use(store: Path) -> None:
    mlflow.set_tracking_uri(_server() or f"sqlite:///{store}/{STORE}")
