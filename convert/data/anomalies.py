"""Whether a data set may be trained on: its report is held against bounds.

    moodbox-convert anomalies build/data.json --least-faces 20 --most-dropped 0.2

A failure stops the pipeline, and leaves what was good; convert/data/alert.py says it once.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import msgspec

from convert.data import DataError, alert
from convert.data.report import Report


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command line."""
    parser.add_argument("report", type=Path, help="what `data --report` wrote (.json)")
    parser.add_argument(
        "--least-faces", type=int, default=5, help="of each emotion in each part, by the labels"
    )
    parser.add_argument(
        "--most-dropped", type=float, default=0.2, help="of the rows read; a share of one"
    )
    parser.add_argument(
        "--least-agreement", type=float, default=0.5, help="of label and majority of the votes"
    )


def run(arguments: argparse.Namespace) -> int:
    """Say that all is well, or raise one line with everything that is not."""
    try:
        report = msgspec.json.decode(arguments.report.read_bytes(), type=Report)
    except msgspec.MsgspecError as error:
        raise DataError(f"{arguments.report}: not the report of a data set: {error}") from error
    found = list(
        complaints(
            report,
            least_faces=arguments.least_faces,
            most_dropped=arguments.most_dropped,
            least_agreement=arguments.least_agreement,
        )
    )
    if found:
        words = f"{arguments.report}: not to be trained on: {'; '.join(found)}"
        alert.once(words, arguments.report)
        raise DataError(words)
    alert.forget(arguments.report)
    print(f"{report.rows_read:,} rows read, within all bounds")
    return 0


def complaints(
    report: Report, *, least_faces: int, most_dropped: float, least_agreement: float
) -> Iterator[str]:
    """Yield one line for each bound that is broken."""
    for name, part in report.parts.items():
        for label, count in part.labels.items():
            if count < least_faces:
                yield f"{name} has {count} faces labelled {label}, {least_faces} are needed"
    written = sum(part.rows for part in report.parts.values())
    dropped = 1 - written / max(1, report.rows_read)
    if dropped > most_dropped:
        yield f"{dropped:.0%} of the rows were dropped, allowed {most_dropped:.0%}"
    if report.agreement is not None and report.agreement < least_agreement:
        yield (
            f"label and majority agree on {report.agreement:.0%} of the rows,"
            f" needed {least_agreement:.0%}"
        )
