"""How long `moodbox-convert data` takes, and how much memory, as the data set grows tenfold.

    python tests/bench/data.py [ROWS] [TIMES]

Made-up faces, 35,000 and ten times as many, a twentieth of them copies. Prints one JSON object:
for each size the seconds of each stage and the most memory of the command and of one worker, and
by how much time and memory grew. Memory that grows with the rows would show as a ratio near TIMES.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy

PIECE = 5000


def make(path: Path, rows: int) -> None:
    """Write an archive of made-up faces, piece by piece."""
    rng = np.random.default_rng(0)
    usage = np.array(["Training", "PublicTest", "PrivateTest"])
    columns = {
        "label": rng.integers(0, 7, rows, np.int8),
        "usage": usage[rng.choice(3, rows, p=[0.8, 0.1, 0.1])],
        "ferplus_votes": rng.multinomial(10, [0.1] * 10, rows).astype(np.uint8),
    }
    with zipfile.ZipFile(path, "w") as archive:
        with archive.open("images.npy", "w", force_zip64=True) as stream:
            header = {"descr": "|u1", "fortran_order": False, "shape": (rows, 48, 48)}
            npy.write_array_header_1_0(stream, header)
            for start in range(0, rows, PIECE):
                faces = rng.integers(0, 256, (min(PIECE, rows - start), 48, 48), np.uint8)
                faces[1::20] = faces[0]
                stream.write(faces.tobytes())
        for name, column in columns.items():
            with archive.open(f"{name}.npy", "w") as stream:
                npy.write_array(stream, column)


def measure(folder: Path, rows: int) -> dict[str, Any]:
    """Return what the command says of itself, run as a process of its own."""
    source, report = folder / "source.npz", folder / "report.json"
    make(source, rows)
    command = [sys.executable, "-m", "convert", "data"]
    where = [str(source), "--out", str(folder / "faces.npz"), "--report", str(report)]
    subprocess.run([*command, *where], check=True, stdout=subprocess.DEVNULL)
    told = json.loads(report.read_bytes())
    return {
        "rows": told["rows_read"],
        "seconds": {stage: round(took, 2) for stage, took in told["seconds"].items()},
        "total_seconds": round(sum(told["seconds"].values()), 2),
        "peak_mib": round(told["peak_mib"]),
        "worker_peak_mib": round(told["worker_peak_mib"]),
    }


def main() -> None:
    """Measure both sizes."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 35_000
    times = int(sys.argv[2]) if len(sys.argv) > 2 else 10
    with tempfile.TemporaryDirectory() as folder:
        small, large = (measure(Path(folder), count) for count in (rows, rows * times))
    grew = {
        name: round(large[name] / small[name], 2)
        for name in ("total_seconds", "peak_mib", "worker_peak_mib")
    }
    print(json.dumps({"small": small, "large": large, "grew": grew}, indent=2))


if __name__ == "__main__":
    main()
