"""All that is kept of the people of the house, as files that they and programs can read."""

from __future__ import annotations

import contextlib
import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from edge.store.reader import ALL, Reader

FOREVER = 1e12
"""Wall-clock seconds beyond anything that was kept."""


def export(reader: Reader, faces: Sequence[Path] = ()) -> bytes:
    """Return a ZIP archive: preferences as JSON, and one JSON object a line for the rest.

    The `faces` of corrections lie in faces/MOOD/PREDICTION.png, for `moodbox-convert data`.
    """
    tables: dict[str, Sequence[Struct]] = {
        "predictions": reader.moods(0.0, FOREVER, ALL),
        "plays": reader.plays(0.0, FOREVER, ALL),
        "songs": reader.heard(0.0, FOREVER, ALL),
        "corrections": reader.corrections(0.0, FOREVER, ALL),
        "confirmations": reader.confirmations(0.0, FOREVER, ALL),
        "taps": reader.taps(),
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        preferences = reader.preferences()
        if preferences is not None:  # addresses for alerts may hold passwords
            preferences = msgspec.structs.replace(preferences, alerts=())
        archive.writestr("preferences.json", msgspec.json.encode(preferences))
        for name, rows in tables.items():
            lines = b"".join(msgspec.json.encode(row) + b"\n" for row in rows)
            archive.writestr(f"{name}.jsonl", lines)
        for path in faces:
            with contextlib.suppress(FileNotFoundError):  # erased meanwhile
                archive.write(path, f"faces/{path.parent.name}/{path.name}", zipfile.ZIP_STORED)
    return file.getvalue()
