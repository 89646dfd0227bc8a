"""Songs to moods on three made-up tables: `python tests/bench/songs.py [--pictures FOLDER]`.

Prints one JSON line for each table and view: the share of songs in a mood that their family may
have, how many of each mood, the silhouette, and what was left out.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from fakes.songs import RIGHT, right, songs, without_families, write

from convert.__main__ import main as convert

EACH = 400
"""Songs of a family."""


def tables() -> dict[str, list[dict[str, Any]]]:
    """Return the tables by their names."""
    broken = songs(EACH, 0.08)
    for n in range(0, len(broken), 10):
        broken[n] |= {"valence": ("", "nan", "1.7", "loud")[n // 10 % 4]}
    return {
        "families-0.08": songs(EACH, 0.08),
        "families-0.15": songs(EACH, 0.15),
        "marginals": without_families(EACH),
        "broken": broken,
    }


def measure(table: Path, view: str, picture: Path, folder: Path) -> dict[str, Any]:
    """Return what `moodbox-convert songs` makes of a table, and says of it last."""
    out, said = folder / "songs.json", io.StringIO()
    words = ["songs", str(table), "--out", str(out), "--view", view, "--plot", str(picture)]
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(io.StringIO()):
        if convert(words) != 0:
            raise SystemExit(f"{table.stem}, {view}: refused")
    made = json.loads(out.read_text())
    return {
        "right": round(right(made["songs"], view), 4),
        "moods": dict(Counter(made["songs"].values()).most_common()),
        "silhouette": round(made["silhouette"], 3),
        "said": said.getvalue().splitlines()[0],
    }


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--pictures", type=Path, help="where they are put, to be looked at")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pictures = asked.pictures or folder
        pictures.mkdir(parents=True, exist_ok=True)
        for label, rows in tables().items():
            table = write(folder / f"{label}.csv", rows)
            for view in RIGHT:
                found = measure(table, view, pictures / f"{label}-{view}.png", folder)
                if label == "marginals":
                    del found["right"]  # it has no families to be right about
                print(json.dumps({"table": label, "view": view} | found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
