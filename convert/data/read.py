"""Read all sources, in parallel and piece by piece: pixels go to a file, the rest to a table.

The table (pandas) has a line a row: source and row (numbers), label, split, copied, image (a hash),
darkest and brightest pixel, and a column of votes for each of FERPLUS. Some 150 bytes a row.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from convert.data import FERPLUS, Block, DataError, Piece, Source
from convert.data.export import Export, is_export
from convert.data.ferplus import Ferplus
from convert.data.folder import Folder
from convert.data.kaggle import Csv
from convert.data.npz import Npz

Item = TypeVar("Item")
Result = TypeVar("Result")
Map = Callable[[Callable[[Item], Result], Iterable[Item]], Iterator[Result]]


@dataclass(frozen=True)
class Read:
    """A block, and what is asked of its pixels later, when they are out of memory."""

    block: Block
    image: NDArray[np.uint64]
    """A hash of each image: equal images have equal ones. Among a million different images two
    share one with a chance of 3 in 100 million."""
    darkest: NDArray[np.uint8]
    brightest: NDArray[np.uint8]
    """Pixels of each image."""


def open_source(path: Path) -> Source:
    """Return what `path` is, by looking at it."""
    if path.is_dir():
        return Folder(path)
    try:
        with path.open("rb") as file:
            beginning = file.read(4096)
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror}") from error
    if beginning.startswith(b"PK"):
        return Export(path) if is_export(path) else Npz(path)
    if b"pixels" in beginning.partition(b"\n")[0]:
        return Csv(path)
    raise DataError(
        f"{path}: not a source of faces; allowed: an npz with images and label,"
        " Kaggle's fer2013.csv, a box's export, or a folder of class folders"
    )


@contextmanager
def processes(count: int) -> Iterator[Map[Piece, Read]]:
    """Give a `map` that keeps the order, works on `count` processes, and never runs far ahead."""
    if count == 1:
        yield map
        return
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(count, mp_context=spawn, initializer=_ignore_interrupts) as pool:

        def ahead(function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
            waiting: deque[Future[Result]] = deque()
            for item in items:
                waiting.append(pool.submit(function, item))
                if len(waiting) > 2 * count:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()

        try:
            yield ahead
        except BrokenProcessPool as error:
            raise DataError(
                "a worker died, likely for memory; try again with --workers 1"
            ) from error
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _ignore_interrupts() -> None:
    """Leave ^C to the parent, which ends the workers: each would print a traceback of its own."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def examine(piece: Piece) -> Read:
    """Read a piece, in a worker process."""
    block = piece.read()
    flat = block.images.reshape(len(block.images), -1)
    hashes = b"".join(hashlib.blake2b(image.tobytes(), digest_size=8).digest() for image in flat)
    return Read(
        block,
        np.frombuffer(hashes, np.uint64),
        flat.min(axis=1),
        flat.max(axis=1),
    )


def read(
    sources: Sequence[Source], pixels: Path, ferplus: Ferplus | None, workers: int
) -> tuple[pd.DataFrame, int]:
    """Write all faces to the file `pixels`, (n, 48, 48) bytes, and return the table of the rows.

    `ferplus` tells the votes of sources that bring none of their own.

    Also returns how many images had another size or were in colour.
    """
    tables, converted = [], 0
    with processes(workers) as each, pixels.open("wb") as file:
        for number, source in enumerate(sources):
            parts = []
            for result in each(examine, source.pieces()):
                file.write(result.block.images.tobytes())
                converted += result.block.converted
                parts.append(_rows(result))
            if not parts:
                raise DataError(f"{source.path}: holds no rows")
            table = pd.concat(parts, ignore_index=True)
            if ferplus is not None and not table[list(FERPLUS)].any(axis=None):
                votes = ferplus.votes_for(source, table["split"].to_numpy())
                table[list(FERPLUS)] = votes
            table.insert(0, "source", number)
            table.insert(1, "row", np.arange(len(table)))
            tables.append(table)
    return pd.concat(tables, ignore_index=True), converted


def _rows(result: Read) -> pd.DataFrame:
    block = result.block
    votes = block.votes
    if votes is None:
        votes = np.zeros((len(block.label), len(FERPLUS)), np.int64)
    copied = np.zeros(len(block.label), bool) if block.copied is None else block.copied
    columns = {
        "label": block.label,
        "copied": copied,
        "split": block.split,
        "image": result.image,
        "darkest": result.darkest,
        "brightest": result.brightest,
    }
    return pd.DataFrame(columns | dict(zip(FERPLUS, votes.T, strict=True)))
