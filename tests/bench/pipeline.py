"""The pipeline of dvc.yaml on a small set, and what each stage took; by hand: minutes of processor.

    python tests/bench/pipeline.py --data fer2013.npz --yunet YUNET.onnx [--only framing songs]

A repository of its own in a temporary folder: 300 rows of each part of FER2013, 200 made-up songs,
`finish` for one epoch from the released model. Then the data is drawn anew, `data` runs again, and
`dvc metrics diff` says what differs from the version before.
"""

from __future__ import annotations

import argparse
import csv
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import yaml

ROOT = Path(__file__).resolve().parents[2]
ROWS = 300
"""Of each part."""
SOUND = {"happy": (0.75, 0.75), "party": (0.85, 0.88), "sad": (0.25, 0.3), "calm": (0.55, 0.25)}
"""Made-up artists: mean valence and energy of their songs."""
TOLD = {
    "data": {"source": "data/faces.npz", "workers": 1, "least_faces": 1},
    "framing": {"rows": 100},
    "train": {"more": "--epochs 1 --start models/emotion.tflite"},
}
"""What differs from params.yaml."""


def faces(source: Path, into: Path, seed: int) -> None:
    """Draw the small set."""
    rng = np.random.default_rng(seed)
    with np.load(source, allow_pickle=False) as file:
        usage = file["usage"]
        parts = [np.flatnonzero(usage == part) for part in np.unique(usage)]
        rows = np.sort(np.concatenate([rng.choice(it, ROWS, replace=False) for it in parts]))
        arrays = {name: file[name] for name in file.files}
    np.savez(into, **{k: it[rows] if len(it) == len(usage) else it for k, it in arrays.items()})


def songs(into: Path) -> None:
    """Make up a table of songs."""
    rng = np.random.default_rng(1)
    with into.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["track_id", "artists", "track_name", "valence", "energy"])
        for name, mean in SOUND.items():
            for n in range(50):
                table.writerow(
                    [f"{name}{n}", name, f"song {n}", *rng.normal(mean, 0.03).clip(0, 1)]
                )


def run(folder: Path, *words: str) -> None:
    """Run a program there, or end."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    names = {
        f"GIT_{who}_{it}": "a@b" for who in ("AUTHOR", "COMMITTER") for it in ("NAME", "EMAIL")
    }
    quiet = {"DVC_NO_ANALYTICS": "1", "TF_CPP_MIN_LOG_LEVEL": "3", "PATH": path}
    subprocess.run(words, cwd=folder, env=os.environ | names | quiet, check=True)


def main() -> None:
    """Run it all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="FER2013 with its votes (.npz)")
    parser.add_argument("--yunet", type=Path, required=True, help="the detector's file")
    parser.add_argument("--only", nargs="+", default=[], help="stages; default: all")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "data").mkdir()
        shutil.copy(ROOT / "dvc.yaml", folder)
        shutil.copytree(ROOT / "models", folder / "models")
        shutil.copy(arguments.yunet, folder / "models")
        told = yaml.safe_load((ROOT / "params.yaml").read_text())
        told = {table: told[table] | TOLD.get(table, {}) for table in told}
        (folder / "params.yaml").write_text(yaml.safe_dump(told))
        faces(arguments.data, folder / "data" / "faces.npz", 1)
        songs(folder / "data" / "songs.csv")
        run(folder, "git", "init", "--quiet")
        run(folder, "dvc", "init", "--quiet")
        run(folder, "dvc", "repro", *arguments.only)
        run(folder, "moodbox-convert", "stages", "build/stages")
        run(folder, "git", "add", "--all")
        run(folder, "git", "commit", "--quiet", "--message", "the first version")
        faces(arguments.data, folder / "data" / "faces.npz", 2)
        run(folder, "dvc", "repro", "data")
        run(folder, "dvc", "metrics", "diff", "HEAD")


if __name__ == "__main__":
    main()
