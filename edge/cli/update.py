"""`moodbox update`: look for a newer release, and install it."""

from __future__ import annotations

import argparse
import os
from functools import partial
from pathlib import Path

import msgspec

from edge.cli.local import settings
from edge.cli.parser import CONFIG, config_file
from edge.errors import MoodboxError
from edge.health import wall_clock
from edge.update import news
from edge.update.releases import Releases
from edge.update.run import Update, UpdateResult
from edge.update.source import Offer, ReleaseSource
from edge.update.trial import Systemd, watch


def update(arguments: argparse.Namespace) -> int:
    """Finish a trial that was cut off, then look for news; 1 where a release was not kept."""
    os.umask(0o022)  # the daemon, which is not root, reads what is laid down
    wanted = settings(arguments)
    releases = Releases(Path(wanted.update.folder))
    job = Update(
        releases,
        Systemd(Path(wanted.box.runtime)),
        partial(watch, seconds=wanted.update.watch * 60),
        config_file(arguments) or Path(CONFIG),
    )
    with releases.alone():
        if arguments.retry:
            releases.forgive()
        if not arguments.check and (resumed := job.resume()) is not None:
            return _say(arguments, resumed)
        if not wanted.update.address:
            raise MoodboxError("no updates: the settings name no [update] address")
        if wall_clock() is None:
            raise MoodboxError("the clock is not set yet, so nobody can tell what has expired")
        source = ReleaseSource(wanted.update.address, Path(wanted.update.root), releases.folder)
        offer, outcome = job.check(source)
        latest = offer.release.version if offer else outcome.version
        if offer is None or arguments.check:
            news.tell(releases.folder, news.News(latest, installing=False, words=outcome.words))
        else:
            outcome = _install(job, source, offer, releases.folder)
    return _say(arguments, outcome)


def _install(job: Update, source: ReleaseSource, offer: Offer, folder: Path) -> UpdateResult:
    """Install, and let the home see that it is under way and what came of it."""
    latest = offer.release.version
    news.tell(folder, news.News(latest, installing=True, words=f"installing {latest}"))
    words = "the update was cut off; it goes on at the next try"
    try:
        outcome = job.install(source, offer)
        words = outcome.words
    except MoodboxError as error:
        words = str(error)
        raise
    finally:
        news.tell(folder, news.News(latest, installing=False, words=words))
    return outcome


def _say(arguments: argparse.Namespace, outcome: UpdateResult) -> int:
    print(msgspec.json.encode(outcome).decode() if arguments.json else outcome.words)
    return 1 if outcome.state == "back" else 0
