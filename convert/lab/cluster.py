"""Trials side by side on the machines of a Ray cluster (https://docs.ray.io)."""

from __future__ import annotations

import os
import platform
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from edge.errors import MoodboxError

PASSED_ON = ("KERAS_BACKEND", "MLFLOW_TRACKING_URI", "TF_CPP_MIN_LOG_LEVEL")
"""Of the environment that the command was given in."""
Trial = TypeVar("Trial")
Found = TypeVar("Found")


def spread(
    work: Callable[[Trial], Found], trials: Sequence[Trial], address: str, cpus: int
) -> Iterator[tuple[Trial, Found | Exception]]:
    """Yield what came of each trial, as they end; each has `cpus` cores of its own.

    A trial whose process or machine dies is begun again elsewhere, three times at most (Ray's own
    `max_retries`); one that fails by itself is not.

    Raises:
        MoodboxError: Ray is not installed, or there is no cluster at `address`.
    """
    try:
        import ray  # noqa: PLC0415  an extra
        from ray.exceptions import RayError, RayTaskError  # noqa: PLC0415
    except ImportError as error:
        raise MoodboxError(
            "--ray: Ray is not installed here; pip install 'moodbox[convert,ray]'"
        ) from error
    ours = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    ours |= {"TF_NUM_INTRAOP_THREADS": str(cpus), "TF_NUM_INTEROP_THREADS": "1"}
    known: dict[str, Any] = {"address": address, "runtime_env": {"env_vars": ours}}
    try:
        knock(address)
        ray.init(logging_level="WARNING", **known)
    except (OSError, RuntimeError, ValueError) as error:
        reason = str(error).strip().partition("\n")[0]
        raise MoodboxError(f"--ray {address}: no cluster there: {reason}") from error
    try:
        most = max(node["Resources"].get("CPU", 0) for node in ray.nodes())
        if most < cpus:
            raise MoodboxError(f"--cpus {cpus}: the largest machine of the cluster has {most:g}")
        task = ray.remote(num_cpus=cpus)(work)
        waiting = {task.remote(trial): trial for trial in trials}
        while waiting:
            (done, *_), _ = ray.wait(list(waiting), num_returns=1)
            trial = waiting.pop(done)
            try:
                yield trial, ray.get(done)
            except RayTaskError as error:  # its own text is a traceback
                if not isinstance(error.cause, (MoodboxError, OSError)):
                    raise
                yield trial, error.cause
            except RayError as error:
                yield trial, error
    finally:
        ray.shutdown()


def knock(address: str) -> None:
    """Raise OSError where nobody answers at HOST:PORT, at which Ray would try for minutes."""
    host, _, port = address.rpartition(":")
    if host and "://" not in address:
        socket.create_connection((host.strip("[]"), int(port)), timeout=10).close()


def where() -> str:
    """Return the name of this machine, and of its node where it is in a cluster."""
    ray = sys.modules.get("ray")
    if ray is None or not ray.is_initialized():
        return platform.node()
    return f"{platform.node()}, node {ray.get_runtime_context().get_node_id()[:6]}"
