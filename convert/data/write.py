"""Write the data set in one step, its images streaming from file to file."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from convert.data import ROWS_PER_PIECE
from convert.dataset import SIZE

FACE_BYTES = SIZE * SIZE


def write(
    path: Path, pixels: Path, keep: NDArray[np.bool_], columns: Mapping[str, NDArray[Any]]
) -> None:
    """Write the rows that stay, as `Dataset.save` would, in bounded memory.

    `pixels` holds all images, (n, 48, 48) bytes; `columns` are the arrays of the rows that stay.
    Images are not compressed: it takes most of the time, and saves a tenth.
    """
    shape = (int(keep.sum()), SIZE, SIZE)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        with archive.open("images.npy", "w", force_zip64=True) as stream:
            header = {"descr": "|u1", "fortran_order": False, "shape": shape}
            npy.write_array_header_1_0(stream, header)
            with pixels.open("rb") as source:
                for start in range(0, len(keep), ROWS_PER_PIECE):
                    chosen = keep[start : start + ROWS_PER_PIECE]
                    data = source.read(len(chosen) * FACE_BYTES)
                    faces = np.frombuffer(data, np.uint8).reshape(-1, FACE_BYTES)
                    stream.write(faces[chosen].tobytes())
        for name, column in columns.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as stream:
                npy.write_array(stream, column, allow_pickle=False)
