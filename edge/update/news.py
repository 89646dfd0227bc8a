"""How the box stands with its updates: said by the updater, which is root, and shown by the daemon.

The daemon may not update anything itself. Where somebody asks for it, it writes a file that
`moodbox-update.path` waits for, and systemd starts the updater.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from msgspec import Struct

from edge import files
from edge.errors import Fault
from edge.events import Down, Release, Up
from edge.service import Service
from edge.update.releases import Releases

NEWS = "news.json"
"""Name in the folder of the releases."""
ORDER = "update-wanted"
"""Name in the state folder; moodbox-update.path names it, too."""
PERIOD = 10.0
"""Seconds between two looks."""
WARNED = timedelta(days=365)
"""Before the root of trust ends the home is told: its maker may no longer be reading."""


class News(Struct, frozen=True):
    """What the updater found, or does."""

    latest: str
    """The newest version it saw."""
    installing: bool
    words: str
    warning: str = ""
    """Why an update was refused or not kept, or what is to be done lest there be none one day."""
    notes: tuple[str, ...] = ()
    """What changed in the newest version."""


def ending(until: datetime | None, now: datetime) -> str:
    """Return the warning about a root of trust that ends within a year; empty: it does not."""
    if until is None or until - now > WARNED:
        return ""
    return f"updates end on {until:%Y-%m-%d}, unless their maker renews the root of trust"


def tell(folder: Path, news: News) -> None:
    """Leave `news` in the folder of the releases, for everybody to read.

    What changed in a version is still known when nothing but its number is told again.
    """
    before = read(folder)
    if before is not None and before.latest == news.latest and not news.notes:
        news = msgspec.structs.replace(news, notes=before.notes)
    files.replace(folder / NEWS, msgspec.json.encode(news), mode=0o644)


def warn(folder: Path, words: str) -> None:
    """Leave word that an update was refused or not kept: a warning until the next look."""
    before = read(folder)
    latest = before.latest if before else ""
    tell(folder, News(latest, installing=False, words=words, warning=words))


def read(folder: Path) -> News | None:
    """Return the newest news; None where there are none."""
    try:
        return msgspec.json.decode((folder / NEWS).read_bytes(), type=News)
    except (OSError, msgspec.MsgspecError):
        return None


def order(state: Path) -> None:
    """Have the updater started; raise Fault where the state folder cannot be written."""
    try:
        files.replace(state / ORDER, b"", durable=False)
    except OSError as error:
        raise Fault(f"{state}: the update cannot be ordered: {error.strerror}") from error


class UpdateMonitor(Service):
    """Reports a Release event at first, and whenever the updater says something new."""

    def __init__(
        self, folder: Path, address: str, report: Callable[[Up | Down | Release], None]
    ) -> None:
        """Watch the releases in `folder`; a box without an `address` has no updates."""
        super().__init__("updates", report)
        self._folder, self._address = folder, address
        self._tell = report
        self._told: News | None = None
        self._runs = ""

    def open(self) -> None:
        """Say that this box can be updated."""
        releases = Releases(self._folder)
        # Whoever lays another one down starts this daemon anew.
        self._runs = releases.version(releases.current)
        self._told = News("", installing=False, words="nobody has looked yet")
        self._report_news(self._told)

    def step(self) -> None:
        """Look once, then wait."""
        if self._address and (news := read(self._folder)) not in {None, self._told}:
            self._told = news
            self._report_news(news)
        self.pause(PERIOD)

    def _report_news(self, news: News | None) -> None:
        if self._address and news is not None:
            told = {name: getattr(news, name) for name in News.__struct_fields__}
            self._tell(Release(time.monotonic(), runs=self._runs, **told))
