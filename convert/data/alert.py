"""Word of data that may not be trained on, once: again only when something else is wrong.

It goes to whom MOODBOX_ALERTS names, addresses of Apprise with spaces between them.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from edge.alerts.receiver import Receiver
from edge.errors import Fault


def once(words: str, report: Path) -> None:
    """Send `words` where they are not what was said last of the data with this report."""
    told = _told(report)
    receivers = [Receiver(it) for it in os.environ.get("MOODBOX_ALERTS", "").split()]
    if told.is_file() and told.read_text() == words:
        return
    for receiver in receivers:
        try:
            receiver.send("moodbox-convert", words)
        except Fault as fault:  # what is wrong with the data matters more
            print(f"MOODBOX_ALERTS: {fault}", file=sys.stderr)
        else:
            told.parent.mkdir(parents=True, exist_ok=True)
            told.write_text(words)


def forget(report: Path) -> None:
    """All is well: what was said is said again, should it come back."""
    _told(report).unlink(missing_ok=True)


def _told(report: Path) -> Path:
    return report.with_suffix(".told")
