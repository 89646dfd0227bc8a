"""Several trainings as one: seeds, folds, and what is searched among; here or on a Ray cluster.

Each trial is a training in a folder of its own, beside the sweep's, and goes on where it stopped as
any training does. One that is finished is not done again. MLflow has the sweep as the parent of its
trials.
"""

from __future__ import annotations

import argparse
import itertools
import re
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
from msgspec import Struct

from convert import origin, report_runs, tracking
from convert.dataset import Dataset, load
from convert.lab import cluster, run_one
from convert.recipe import KNOBS
from edge.errors import MoodboxError

FOUND = "found.json"
"""In a trial's folder, once it is finished."""
NETWORKS = ("teacher", "start", "guide")


class Found(Struct, frozen=True):
    """What came of a trial: its network as it is, on the rows that it did not learn from."""

    accuracy: float
    balanced: float
    where: str
    """The machine, and in a cluster its node."""


class Trial(NamedTuple):
    """One of the trainings."""

    kind: str
    """What is searched among; the same for all seeds and folds."""
    args: argparse.Namespace

    @property
    def name(self) -> str:
        """Its folder's."""
        return str(self.args.out.name)


def plan(args: argparse.Namespace) -> list[Trial]:
    """Return the trials that a command line asks for: each seed, with each fold, of each kind.

    Raises:
        MoodboxError: something cannot be varied, or not like that.
    """
    if args.seeds and args.seed is not None:
        raise MoodboxError("--seed and --seeds: allowed: one of them")
    if args.folds is not None and args.folds < 2:
        raise MoodboxError(f"--folds {args.folds}: allowed: 2 or more")
    if args.cpus < 1:
        raise MoodboxError(f"--cpus {args.cpus}: allowed: 1 or more")
    searched = [_values(it) for it in args.search]
    folds = range(1, args.folds + 1) if args.folds else [None]
    trials = []
    for *kind, seed, fold in itertools.product(*searched, args.seeds or [None], folds):
        one = argparse.Namespace(**vars(args))
        parts = [f"{name} {value}" for name, value in kind]
        group = ", ".join(parts)
        for name, value in kind:
            _vary(one, name, value)
        if seed is not None:
            one.seed = seed
            parts.append(f"seed {seed}")
        if fold is not None:
            one.fold = run_one.Fold(fold, args.folds)
            parts.append(f"fold {fold}")
        one.out = args.out.with_name("-".join([args.out.name, *map(_slug, parts)]))
        run_one.recipe_of(one)
        trials.append(Trial(group, one))
    return trials


def run(args: argparse.Namespace) -> int:
    """Train all, print how they did; 1 where one failed."""
    for name in ("data", "out", "start", "guide"):
        path = getattr(args, name)
        setattr(args, name, path and path.resolve())
    args.teacher = [it.resolve() for it in args.teacher]
    trials, data = plan(args), load(args.data)
    asked = {"trials": len(trials), "search": " ".join(args.search)}
    with tracking.run(args.out, asked, {"data": origin.of_data(data)}) as log:
        parent = log.identity

    def work(trial: Trial) -> Found:
        return train_and_measure(trial, parent)

    found = {it.name: known for it in trials if (known := finished(it, data))}
    left = [it for it in trials if it.name not in found]
    print(f"{len(trials)} trainings, {len(found)} of them done before", flush=True)
    failed = 0
    spread = args.ray and left
    results = cluster.spread(work, left, args.ray, args.cpus) if spread else here(work, left)
    for trial, result in results:
        if isinstance(result, Exception):
            failed += 1
            print(f"{trial.name}: failed: {result}", flush=True)
        else:
            found[trial.name] = result
            print(f"{trial.name}: {result.accuracy:.1%}, on {result.where}", flush=True)
    told = table(trials, found)
    print(told)
    (args.out / "trials.txt").write_text(told + "\n")
    with tracking.run(args.out, {}, {}) as log:
        log.file(args.out / "trials.txt")
    return int(failed > 0)


def here(
    work: Callable[[Trial], Found], trials: Sequence[Trial]
) -> Iterator[tuple[Trial, Found | Exception]]:
    """Yield what came of each trial, one after another, as `cluster.spread` does side by side."""
    for trial in trials:
        try:
            yield trial, work(trial)
        except (MoodboxError, OSError) as error:
            yield trial, error


def train_and_measure(trial: Trial, parent: str) -> Found:
    """Train, measure on what was held out, and write that down, here and in MLflow."""
    args = trial.args
    data = load(args.data)
    head = run_one.recipe_of(args).heads[0]
    tags = {"mlflow.parentRunId": parent, "machine": cluster.where()}
    run_one.train_one(args, run_one.part(args, data), tags)
    its = report_runs.look_at(args.out, data, head)
    found = Found(its.accuracy, its.balanced, tags["machine"])
    with tracking.run(args.out, {}, {}) as log:
        log.metric("accuracy held out", found.accuracy)
        log.metric("balanced accuracy held out", found.balanced)
    fresh = args.out / f"{FOUND}.new"
    fresh.write_bytes(msgspec.json.encode(found))
    fresh.replace(args.out / FOUND)
    return found


def finished(trial: Trial, data: Dataset) -> Found | None:
    """Return what came of a trial before; None where it has to be done, or was something else."""
    args, path = trial.args, trial.args.out / FOUND
    if not path.is_file():
        return None
    made_of = {"data": origin.of_data(run_one.part(args, data)), **run_one.files(args)}
    if origin.changed(args.out, run_one.recipe_of(args), made_of):
        return None  # the training itself says so
    return msgspec.json.decode(path.read_bytes(), type=Found)


def table(trials: Sequence[Trial], found: dict[str, Found]) -> str:
    """Return the trials, and of each kind the mean and the standard deviation over its trials."""
    width = max(len(it.name) for it in trials)
    lines = [f"{'training':{width}}  accuracy  balanced  where"]
    kinds = defaultdict(list)
    for it in trials:
        its = found.get(it.name)
        if its is None:
            lines.append(f"{it.name:{width}}  failed")
        else:
            kinds[it.kind].append(its)
            lines.append(
                f"{it.name:{width}}  {its.accuracy:8.1%}  {its.balanced:8.1%}  {its.where}"
            )
    for kind, group in kinds.items():
        lines.append(f"{kind or 'all'}, {len(group)} of them:")
        for name in ("accuracy", "balanced"):
            values = [100 * getattr(it, name) for it in group]
            spread = f" ± {statistics.stdev(values):.1f}" if len(values) > 1 else ""
            lines.append(
                f"  {name} {statistics.mean(values):.1f}{spread} %,"
                f" {min(values):.1f} to {max(values):.1f} %"
            )
    return "\n".join(lines)


def _values(search: str) -> list[tuple[str, str]]:
    """Return a name with each of its values."""
    name, _, values = search.partition("=")
    run_one.one_of("--search", name, ("preset", *NETWORKS, *KNOBS))
    found = list(dict.fromkeys(filter(None, values.split(","))))
    if not found:
        raise MoodboxError(f"--search {search}: allowed: NAME=VALUE,VALUE")
    return [(name, value) for value in found]


def _vary(args: argparse.Namespace, name: str, value: str) -> None:
    """Give one trial's command line another value."""
    if name == "preset":
        args.preset = value
    elif name == "teacher":
        args.teacher = [Path(value).resolve()]
    elif name in NETWORKS:
        setattr(args, name, Path(value).resolve())
    else:
        args.set = [*args.set, f"{name}={value}"]


def _slug(text: str) -> str:
    """Return what can be part of a folder's name."""
    return re.sub(r"[^\w.]+", "-", text)
