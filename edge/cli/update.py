"""`moodbox update`: look for a newer release, and install it."""

from __future__ import annotations

import argparse
import os
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import msgspec

from edge.cli.local import settings
from edge.cli.parser import CONFIG, config_file
from edge.errors import MoodboxError
from edge.machine.health import wall_clock
from edge.machine.identity import machine
from edge.settings import Settings
from edge.update import news
from edge.update.folder import FolderSource
from edge.update.releases import Releases
from edge.update.run import Update, UpdateResult
from edge.update.source import Offer, ReleaseSource, Unfit, Untrusted
from edge.update.trial import NoDaemon, Systemd, watch


def update(arguments: argparse.Namespace) -> int:
    """Finish a trial that was cut off, then look for news; 1 where a release was not kept."""
    os.umask(0o022)  # the daemon, which is not root, reads what is laid down
    wanted = settings(arguments)
    releases = Releases(Path(wanted.update.folder))
    job = _job(arguments, wanted, releases)
    with releases.alone():
        resumed = None if arguments.check else job.resume()
        if arguments.retry or arguments.folder:
            releases.forgive()
        if resumed is not None and not arguments.folder:
            if resumed.state == "back":
                news.warn(releases.folder, resumed.words)
            return _say(arguments, resumed)
        try:
            source = _source(arguments, wanted)
            offer, outcome = job.check(source)
        except Untrusted as error:
            news.warn(releases.folder, str(error))
            raise
        warning = news.ending(source.trusted_until(), datetime.now(UTC))
        if outcome.state == "refused":
            warning = outcome.words
        latest = offer.release.version if offer else outcome.version
        notes = offer.release.notes if offer else ()
        found = news.News(
            latest, installing=False, words=outcome.words, warning=warning, notes=notes
        )
        if offer is not None and not arguments.check:
            outcome = _install(job, source, offer, releases.folder, found)
        elif not arguments.folder:
            news.tell(releases.folder, found)
        elif resumed is not None:
            outcome = resumed
    return _say(arguments, outcome)


def _job(arguments: argparse.Namespace, wanted: Settings, releases: Releases) -> Update:
    file = config_file(arguments) or Path(CONFIG)
    if arguments.no_trial:
        return Update(releases, NoDaemon(), lambda _daemon, _before: "", file)
    seconds = wanted.update.watch * 60 if arguments.watch is None else arguments.watch
    daemon = Systemd(Path(wanted.box.runtime))
    own = machine(Path(wanted.box.state))
    return Update(releases, daemon, partial(watch, seconds=seconds), file, own)


def _source(arguments: argparse.Namespace, wanted: Settings) -> ReleaseSource:
    if arguments.folder:
        return FolderSource(arguments.folder)
    if not wanted.update.address:
        raise MoodboxError("no updates: the settings name no [update] address")
    if wall_clock() is None:
        raise MoodboxError("the clock is not set yet, so nobody can tell what has expired")
    # --from has to do without its libraries: it lays them down.
    from edge.update.signed import SignedSource  # noqa: PLC0415

    folder = Path(wanted.update.folder)
    own = wanted.update
    return SignedSource(own.address, Path(own.root), folder, own.channel)


def _install(
    job: Update, source: ReleaseSource, offer: Offer, folder: Path, found: news.News
) -> UpdateResult:
    """Install, and let the home see that it is under way and what came of it."""
    under_way = f"installing {found.latest}"
    news.tell(folder, msgspec.structs.replace(found, installing=True, words=under_way))
    words, warning = "the update was cut off; it goes on at the next try", found.warning
    try:
        outcome = job.install(source, offer)
        words = outcome.words
        if outcome.state == "back":
            warning = words
    except MoodboxError as error:
        words = str(error)
        if isinstance(error, Unfit | Untrusted):
            warning = words
        raise
    finally:
        news.tell(folder, msgspec.structs.replace(found, words=words, warning=warning))
    return outcome


def _say(arguments: argparse.Namespace, outcome: UpdateResult) -> int:
    print(msgspec.json.encode(outcome).decode() if arguments.json else outcome.words)
    return 1 if outcome.state == "back" else 0
