"""The file's shape: opened with the right pragmas, brought up to date, or refused in one line.

A box goes back to an older release when a newer one fails, and nothing of that time may be lost. So
each migration leaves in the file how it is undone, which the older program does not know by itself.
"""

from __future__ import annotations

import contextlib
import sqlite3
from importlib import resources
from pathlib import Path

from edge.errors import Fault

BUSY_MS = 3000
"""Less than a request waits for its answer."""
UNDO = "-- Undone by:\n"
"""Parts a migration's script: what follows is kept in the file, in the table `undo`."""
DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def migrations() -> list[str]:
    """Return the scripts, oldest first; the n-th brings the file to version n."""
    folder = resources.files("edge.store").joinpath("migrations")
    scripts = sorted((f for f in folder.iterdir() if f.name.endswith(".sql")), key=lambda f: f.name)
    return [script.read_text(encoding="utf-8") for script in scripts]


def connect(path: Path) -> sqlite3.Connection:
    """Open `path` for writing, durably, at the newest version.

    Raises:
        Fault: the file is of a newer version than this program knows.
        sqlite3.Error: it cannot be opened, or is damaged.
    """
    connection = sqlite3.connect(path, timeout=BUSY_MS / 1000, isolation_level=None)
    try:
        scripts = migrations()
        undos = undos_to(connection, len(scripts), path)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA secure_delete = ON")
        for undo in undos:
            connection.executescript(undo)
        migrate(connection, scripts)
    except BaseException:
        connection.close()
        raise
    return connection


def undos_to(connection: sqlite3.Connection, known: int, path: Path) -> list[str]:
    """Return what brings a newer file back to version `known`, step by step; each is whole or not.

    Raises:
        Fault: the file does not say how; nothing was written to it.
    """
    version, undos = _version(connection), []
    if (
        version > known
        and connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'undo'").fetchone()
    ):
        rows = connection.execute("SELECT version, sql FROM undo").fetchall()
        undos = [
            f"BEGIN;\n{sql}\nDELETE FROM undo WHERE version = {number};\n"
            f"PRAGMA user_version = {number - 1};\nCOMMIT;"
            for number, sql in sorted(rows, reverse=True)
            if known < number <= version
        ]
    if len(undos) < version - known:
        raise Fault(
            f"{path}: store of version {version}, and this program knows only {known}: "
            "update moodbox, or move the file away"
        )
    return undos


def migrate(connection: sqlite3.Connection, scripts: list[str]) -> None:
    """Bring the file to the newest version, whole or not at all: who reads it meets no half one."""
    version = _version(connection)
    steps = ["BEGIN"]
    for number, script in enumerate(scripts[version:], start=version + 1):
        forwards, _, back = script.partition(UNDO)
        (quoted,) = connection.execute("SELECT quote(?)", (back,)).fetchone()
        steps += [
            forwards,
            "CREATE TABLE IF NOT EXISTS undo (version INTEGER PRIMARY KEY, sql TEXT NOT NULL)",
            f"INSERT OR REPLACE INTO undo VALUES ({number}, {quoted})",  # noqa: S608
            f"PRAGMA user_version = {number}",
        ]
    # The one call that runs many statements takes no values.
    connection.executescript(";\n".join([*steps, "COMMIT;"]))


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def of_the_data(error: Exception) -> bool:
    """Whether it is what was to be written that cannot be, and not the disk's or the file's."""
    return type(error) not in (sqlite3.OperationalError, sqlite3.DatabaseError)


def damaged(error: sqlite3.Error) -> bool:
    """Whether `error` says that the file itself is broken, and not only out of reach."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in DAMAGED


def unseen(path: Path) -> list[Path]:
    """Return the damaged files of `path` that nobody has been told of yet."""
    return [
        file for file in path.parent.glob(f"{path.name}.damaged-*") if file.suffix[9:].isdigit()
    ]


def seen(path: Path) -> None:
    """Take note that somebody was told of the damaged files; they stay."""
    for file in unseen(path):
        with contextlib.suppress(OSError):
            file.rename(file.with_name(f"{file.name}-seen"))


def set_aside(path: Path) -> Path:
    """Rename a damaged file, with its log, to a free name beside it, and return that name.

    The log goes first: a power cut in between must leave none that a new file would be read with.
    """
    number = 1
    while list(path.parent.glob(f"{path.name}.damaged-{number}*")):
        number += 1
    target = path.with_name(f"{path.name}.damaged-{number}")
    for suffix in ("-wal", "-shm"):
        log = path.with_name(path.name + suffix)
        if log.exists():
            log.rename(target.with_name(target.name + suffix))
    path.rename(target)
    return target
