"""A box's export, from wherever it is."""

from __future__ import annotations

from pathlib import Path

from convert.box import PairedBox, is_address
from edge import files

EXPORT = "moodbox.zip"


def fetched(source: str, out: Path) -> Path:
    """Return the export's file; one that is fetched from a box is kept in the folder `out`."""
    if not is_address(source):
        return Path(source)
    content = PairedBox(source).export()
    out.mkdir(parents=True, exist_ok=True)
    files.replace(out / EXPORT, content)
    return out / EXPORT
