"""What a data set is made of, what was wrong with it, and how long it took to find out."""

from __future__ import annotations

import resource
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from convert.data import Source
from convert.data.judge import Verdict
from convert.dataset import LABELS, NO_LABEL, Dataset, Split

EXAMPLES = 12
"""Rows named for each anomaly; the counts are complete."""


class Anomaly(msgspec.Struct, frozen=True):
    """Something odd, how often, and where."""

    what: str
    count: int
    rows: list[str]
    """The first few."""


class Part(msgspec.Struct, frozen=True):
    """One split of the data set as written."""

    rows: int
    leak_free: int
    """Rows that no training row of the sources shows."""
    labels: dict[str, int]
    """Rows of each class by the sources' labels."""
    majorities: dict[str, int]
    """Rows of each class by the majority of the voters."""
    leak_free_majorities: int
    """Leak-free rows with a majority."""


class Report(msgspec.Struct, frozen=True):
    """The whole story, for people (text) and programs (JSON)."""

    sources: dict[str, str]
    """Path -> kind."""
    rows_read: int
    parts: dict[str, Part]
    agreement: float | None
    """Share of the rows with label and majority where the two agree; None without votes."""
    converted: int
    """Images that were not 48x48 grey."""
    assigned: int
    """Rows given another split than their source declares, or one where it declares none."""
    anomalies: list[Anomaly]
    seconds: dict[str, float]
    """Time of each stage."""
    peak_mib: float
    """Most memory that the command's own process held."""
    worker_peak_mib: float
    """Most memory that one of its workers held; 0 where it did without."""


def describe(
    sources: Sequence[Source],
    table: pd.DataFrame,
    verdict: Verdict,
    columns: Mapping[str, NDArray[Any]],
    converted: int,
) -> Report:
    """Return the report on the `columns` that were written, all but the times."""
    written = Dataset(images=np.empty((len(columns["row"]), 0, 0), np.uint8), **columns)
    majority = written.majority()
    both = (majority != NO_LABEL) & (written.label != NO_LABEL)
    return Report(
        sources={str(source.path): source.kind for source in sources},
        rows_read=len(table),
        parts={split.name.lower(): _part(written.part(split)) for split in Split},
        agreement=float((majority == written.label)[both].mean()) if both.any() else None,
        converted=converted,
        assigned=verdict.assigned,
        anomalies=_anomalies(sources, table, verdict),
        seconds={},
        peak_mib=0.0,
        worker_peak_mib=0.0,
    )


def timed(report: Report, seconds: dict[str, float]) -> Report:
    """Return the report with the time of each stage, and the memory that they took."""
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return msgspec.structs.replace(
        report,
        seconds=seconds,
        peak_mib=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit,
        worker_peak_mib=resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / unit,
    )


def as_text(report: Report) -> str:
    """Return the report for a person."""
    lines = [f"{path}: {kind}" for path, kind in report.sources.items()]
    lines += [f"{report.rows_read} rows read, {sum(p.rows for p in report.parts.values())} written"]
    if report.converted:
        lines += [f"{report.converted} images brought to 48x48 grey"]
    if report.assigned:
        lines += [f"{report.assigned} rows given a split that their source does not declare"]
    lines += ["", f"{'':12}{'rows':>8}{'leak-free':>10}  " + "".join(f"{x:>9}" for x in LABELS)]
    for name, part in report.parts.items():
        row = f"{name:12}{part.rows:8}{part.leak_free:10}  "
        lines += [row + "".join(f"{count:9}" for count in part.labels.values())]
        if any(part.majorities.values()):
            votes = f"{'  by votes':12}{sum(part.majorities.values()):8}"
            votes += f"{part.leak_free_majorities:10}  "
            lines += [votes + "".join(f"{count:9}" for count in part.majorities.values())]
    if report.agreement is not None:
        lines += [f"label and majority of the votes agree on {report.agreement:.1%} of the rows"]
    lines += [""]
    lines += [f"{a.count:6}  {a.what}: {', '.join(a.rows)}" for a in report.anomalies]
    lines += ["", "seconds: " + ", ".join(f"{k} {v:.1f}" for k, v in report.seconds.items())]
    workers = f", each worker {report.worker_peak_mib:.0f} MiB" if report.worker_peak_mib else ""
    lines += [f"most memory: {report.peak_mib:.0f} MiB{workers}"]
    return "\n".join(lines) + "\n"


def _part(rows: Dataset) -> Part:
    majority = rows.majority()
    return Part(
        rows=len(rows),
        leak_free=int((~rows.copied).sum()),
        labels=_counts(rows.label),
        majorities=_counts(majority),
        leak_free_majorities=int(((majority != NO_LABEL) & ~rows.copied).sum()),
    )


def _counts(label: NDArray[np.int8]) -> dict[str, int]:
    return {name: int((label == index).sum()) for index, name in enumerate(LABELS)}


def _anomalies(sources: Sequence[Source], table: pd.DataFrame, verdict: Verdict) -> list[Anomaly]:
    def place(row: np.intp) -> str:
        line = table.iloc[int(row)]
        where = sources[int(line["source"])].where(int(line["row"]))
        return where if len(sources) > 1 else where.removeprefix(f"{sources[0].path}").lstrip(":/ ")

    found = {
        "blank images, dropped": verdict.blank,
        "training rows that repeat another, dropped": verdict.repeated,
        "training rows that copy a validation or test row, dropped": verdict.leaked,
        "validation and test rows with such a copy, kept and marked": verdict.copied,
        "validation rows that copy a test row, kept": verdict.crossed,
    }
    anomalies = [
        Anomaly(what, int(mask.sum()), [place(row) for row in np.flatnonzero(mask)[:EXAMPLES]])
        for what, mask in found.items()
        if mask.any()
    ]
    if verdict.contradictory:
        groups = [
            " = ".join(place(row) for row in group) for group in verdict.contradictory[:EXAMPLES]
        ]
        what = "groups of equal images with different labels"
        anomalies.append(Anomaly(what, len(verdict.contradictory), groups))
    return anomalies
