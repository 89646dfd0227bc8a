"""One page about a model and the runs around it, for the owner's own disk: it shows faces.

    moodbox-convert report --model models/emotion.tflite --data faces.npz \
        --runs runs/ferplus runs/teacher runs/transformer --learnt learnt --out report.html

Figures are the test rows'; runs are compared on the rows that were held out from each, its fold's
or the validation rows, so that the test stays unseen. `--learnt` is what `learn` wrote.
"""

from __future__ import annotations

import argparse
import base64
import io
from pathlib import Path
from typing import Any

import cv2
import jinja2
import numpy as np
from matplotlib.figure import Figure as Canvas
from numpy.typing import NDArray

from convert import compare, dataset, evaluation_set, metrics, plots, report_data
from convert.dataset import LABELS, Split
from convert.evaluate import evaluate, open_with_card
from convert.evaluation_set import EvaluationSet
from convert.figures import MEANING
from convert.int8 import Images, Logits
from convert.page import shown
from convert.report_runs import compared, learning, look_at, spread


def gallery(faces: EvaluationSet, logits: Logits) -> list[list[dict[str, Any]]]:
    """Return, for each true (row) and predicted (column) emotion, the surest face there is."""
    sure, said = metrics.probabilities(logits), logits.argmax(axis=1)
    rows: list[list[dict[str, Any]]] = []
    for true in range(len(LABELS)):
        rows.append([])
        for predicted in range(len(LABELS)):
            found = np.flatnonzero((faces.truth == true) & (said == predicted))
            cell: dict[str, Any] = {"count": len(found)}
            if len(found):
                cell["face"] = face_png(faces.images[found[sure[found, predicted].argmax()]])
            rows[-1].append(cell)
    return rows


def face_png(face: Images) -> str:
    """Return a picture as a data address."""
    _, png = cv2.imencode(".png", face)
    return _address(png.tobytes())


def canvas_png(canvas: Canvas) -> str:
    """Return a plot as a data address."""
    buffer = io.BytesIO()
    canvas.savefig(buffer, format="png", dpi=130)
    return _address(buffer.getvalue())


def _address(png: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(png).decode()


def page(model_path: Path, data: Path, folders: list[Path], learnt: Path | None = None) -> str:
    """Return the whole page as HTML that needs nothing else."""
    model, card = open_with_card(model_path)
    rows = dataset.load(data)
    faces = evaluation_set.of(rows, Split.TEST, card.truth)
    logits = model.logits(faces.images)
    sure = metrics.probabilities(logits, card.output.temperature)
    matrix: NDArray[np.int64] = metrics.confusion(faces.truth, logits.argmax(axis=1))
    runs = compared(look_at(folder, rows, card.truth) for folder in folders)
    drawings = {
        "What it takes for what": plots.confusion(matrix),
        "How sure it is, and how right": plots.reliability(metrics.reliability(faces.truth, sure)),
    }
    if runs:
        drawings |= learning(runs, card.truth)
        drawings["Spread over seeds and folds"] = spread(runs)
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("convert", "."),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
    )
    return environment.get_template("report.html").render(
        card=card,
        meaning=MEANING,
        figures={name: shown(name, figure) for name, figure in card.figures.items()},
        found=evaluate(model, card, faces),
        drawings={title: canvas_png(canvas) for title, canvas in drawings.items()},
        conditions=canvas_png(plots.conditions(card)) if card.shifts else "",
        runs=sorted(runs, key=lambda run: -run.accuracy),
        gained=[] if learnt is None else compare.read(learnt),
        gallery=gallery(faces, logits),
        labels=LABELS,
        parts=report_data.parts(rows),
        samples={
            name: [face_png(face) for face in shown]
            for name, shown in report_data.samples(rows).items()
        },
        data_drawings={
            title: canvas_png(canvas) for title, canvas in report_data.drawings(rows).items()
        },
    )


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command line."""
    parser.add_argument("--model", type=Path, required=True, help="a released int8 file (.tflite)")
    parser.add_argument("--data", type=Path, required=True, help="the data set (.npz)")
    parser.add_argument("--runs", type=Path, nargs="*", default=[], help="trainings to compare")
    parser.add_argument(
        "--learnt", type=Path, metavar="FOLDER", help="what a household's corrections taught"
    )
    parser.add_argument("--out", type=Path, default=Path("report.html"), help="the page")


def run(arguments: argparse.Namespace) -> int:
    """Write the page."""
    html = page(arguments.model, arguments.data, arguments.runs, arguments.learnt)
    arguments.out.write_text(html, "utf-8")
    print(f"{arguments.out}: it shows faces of the data set, so keep it to yourself")
    return 0
