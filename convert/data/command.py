"""Make the checked data set: read, check, judge, write, and report."""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec
import numpy as np
import pandas as pd

from convert.data import FERPLUS, DataError, alert
from convert.data.ferplus import Ferplus, seven
from convert.data.judge import Verdict, judge
from convert.data.read import open_source, read
from convert.data.report import Report, as_text, describe, timed
from convert.data.schema import check
from convert.data.write import write


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `moodbox-convert data`."""
    parser.add_argument(
        "source",
        nargs="+",
        type=Path,
        help="an npz with images and label, a data set that this command wrote, Kaggle's"
        " fer2013.csv, a box's export (.zip), or a folder of class folders,"
        " with or without train/ validation/ test/ above them",
    )
    parser.add_argument("--out", type=Path, required=True, help="the data set to write, an npz")
    parser.add_argument(
        "--ferplus", type=Path, help="FER+ labels, fer2013new.csv, of sources without votes"
    )
    parser.add_argument(
        "--report", type=Path, help="where the report goes, .json or .txt; default: beside OUT"
    )
    parser.add_argument(
        "--workers", type=int, default=os.cpu_count() or 1, help="processes; default: one a core"
    )


def run(args: argparse.Namespace) -> int:
    """Write the data set and its report, and print the report."""
    path = args.report or args.out.with_suffix(".txt")
    try:
        report = build(args.source, args.out, args.ferplus, max(1, args.workers))
    except DataError as error:
        alert.once(str(error), path)
        raise
    text = as_text(report)
    as_json = msgspec.json.format(msgspec.json.encode(report), indent=2).decode() + "\n"
    path.write_text(as_json if path.suffix == ".json" else text)
    print(text, end="")
    return 0


def build(
    paths: Sequence[Path], out: Path, ferplus: Path | None = None, workers: int = 1
) -> Report:
    """Write one checked data set to `out`, in one step, and return what there is to say of it.

    Raises:
        DataError: one line about the first thing that is not allowed; nothing is written then.
    """
    seconds: dict[str, float] = {}
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}.", dir=out.parent) as scratch:
        pixels, fresh = Path(scratch) / "pixels", Path(scratch) / "fresh.npz"
        with _timed(seconds, "read"):
            sources = [open_source(path) for path in paths]
            labels = Ferplus(ferplus) if ferplus else None
            table, converted = read(sources, pixels, labels, workers)
        with _timed(seconds, "check"):
            check(table, sources)
        with _timed(seconds, "judge"):
            verdict = judge(table)
            columns = _columns(table, verdict)
            report = describe(sources, table, verdict, columns, converted)
        for name, part in report.parts.items():
            if not part.rows:
                raise DataError(
                    f"{paths[0]}: no rows for {name}; needed: one of each split at least"
                )
        with _timed(seconds, "write"):
            write(fresh, pixels, verdict.keep, columns)
            fresh.replace(out)
    return timed(report, seconds)


def _columns(table: pd.DataFrame, verdict: Verdict) -> dict[str, np.ndarray]:
    """Return the fields of Dataset but the images, for the rows that stay."""
    keep = verdict.keep
    kept = table[keep]
    votes = kept[list(FERPLUS)].to_numpy()
    return {
        "label": kept["label"].to_numpy(np.int8),
        "votes": seven(votes),
        "voters": votes.sum(axis=1).astype(np.float32),
        "split": verdict.split[keep].astype(np.int8),
        "copied": verdict.copied[keep],
        "row": kept["row"].to_numpy(np.int32),
    }


@contextmanager
def _timed(seconds: dict[str, float], stage: str) -> Iterator[None]:
    start = time.monotonic()
    yield
    seconds[stage] = time.monotonic() - start
