"""The file's shape: opened with the right pragmas, brought up to date, or refused in one line."""

from __future__ import annotations

import sqlite3
from importlib import resources
from pathlib import Path

from edge.errors import Fault

BUSY_MS = 5000
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
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA secure_delete = ON")
        migrate(connection, migrations(), path)
    except BaseException:
        connection.close()
        raise
    return connection


def migrate(connection: sqlite3.Connection, scripts: list[str], path: Path) -> None:
    """Bring the file to the newest version, all of a step or nothing of it."""
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > len(scripts):
        raise Fault(
            f"{path}: store of version {version}, and this program knows only {len(scripts)}: "
            "update moodbox, or move the file away"
        )
    for number, script in enumerate(scripts[version:], start=version + 1):
        connection.executescript(f"BEGIN;\n{script}\nPRAGMA user_version = {number};\nCOMMIT;")


def damaged(error: sqlite3.Error) -> bool:
    """Whether `error` says that the file itself is broken, and not only out of reach."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in DAMAGED


def set_aside(path: Path) -> Path:
    """Rename a damaged file, with its log, to a free name beside it, and return that name."""
    number = 1
    while (target := path.with_name(f"{path.name}.damaged-{number}")).exists():
        number += 1
    path.rename(target)
    for suffix in ("-wal", "-shm"):
        log = path.with_name(path.name + suffix)
        if log.exists():
            log.rename(target.with_name(target.name + suffix))
    return target
