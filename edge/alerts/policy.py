"""Which alerts are due: pure.

A problem that every surface shows is alerted once it has lasted, and no more than once a day; the
moods of a week where they have shifted. No mood is named unless the house wants that.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct

from edge.events import AWAY, UNSURE
from edge.mood import moods as table
from edge.records import Successor, Week
from edge.uri import Scheme

LASTS = 600.0
"""Seconds a problem has to last: what mends itself is no news."""
AGAIN = 86400.0
"""Seconds until the same part is alerted again."""
MOST = 10
"""Alerts in that time, of all parts together."""
OWN = "alerts"
"""The part that sends; it cannot say that it cannot."""
MOODS = "moods"
WEEK = 7 * 86400.0
MUSIC = re.compile(rf"\b(?:{'|'.join(filter(None, Scheme))}):(?=\S).*")
NAMED = re.compile(rf"\b(?:{'|'.join(table.MOODS.keys() - {AWAY, UNSURE})})\b", re.IGNORECASE)


class Alert(Struct, frozen=True):
    """One thing that somebody should know."""

    part: str
    text: str


class AlertHistory(Struct, frozen=True):
    """What was sent when, by the clock on the wall; outlives a restart."""

    sent: dict[str, float] = {}
    """Part -> when it was alerted last."""
    looked: float = 0.0
    """When the week was looked at last."""


def lasting(
    problems: Mapping[str, str],
    since: Mapping[str, float],
    at: float,
    wall: float,
    history: AlertHistory,
    *,
    moods: bool,
) -> list[Alert]:
    """Return the alerts that are due for `problems`, part -> words, oldest first.

    `since` says since when each has been there, on the same clock as `at`; `moods`: they may be
    named.
    """
    recent = [part for part, when in history.sent.items() if 0 <= wall - when < AGAIN]
    due = [
        Alert(part, f"{part}: {problems[part] if moods else _discreet(problems[part])}")
        for part in sorted(problems, key=lambda it: since.get(it, at))
        if part not in {OWN, *recent} and at - since.get(part, at) >= LASTS
    ]
    return due[: max(0, MOST - len(recent))]


def _discreet(words: str) -> str:
    """Return words without moods, and without music: that may be named by one, and ends nowhere."""
    return NAMED.sub("…", MUSIC.sub("… (the page says it whole)", words))


def shifted(week: Week, most: float, *, moods: bool) -> Alert | None:
    """Return the alert where the week is not what the weeks before were; None: it is.

    `most` is the population stability index that passes; `moods`: they may be named.
    """
    worse = _worse(week.successor)
    indices = [it for it in (week.emotions, week.confidence) if it is not None]
    if not indices or max(indices) <= most:
        return Alert(MOODS, worse) if worse else None
    text = (
        "What is read of the faces here has shifted in the last week: population stability index"
        f" {_number(week.emotions)} of the emotions, {_number(week.confidence)} of the confidence;"
        f" {most:g} passes."
    )
    judged = week.right + week.wrong
    if judged:
        text += (
            f" Of {judged} readings that somebody judged {week.right} were right"
            f" ({week.low:.0%} to {week.high:.0%} by so few)."
        )
    if moods and week.felt:
        text += f" Most often {week.felt} was taken for {week.predicted}."
    return Alert(MOODS, f"{text} {worse}".strip())


def _worse(it: Successor | None) -> str:
    """Return what is to be said of a model that is right less often than the one before it."""
    if it is None or not it.is_worse:
        return ""
    return (
        f"The model {it.model} is right less often here than {it.before} before it: {it.right} of"
        f" {it.judged} readings that somebody judged, before {it.right_before} of"
        f" {it.judged_before} ({-it.high:.0%} to {-it.low:.0%} less, by so few)."
        " The page's history goes back to that, if it is still there, or"
        f" `moodbox models use {it.before}`."
    )


def _number(index: float | None) -> str:
    return "unknown" if index is None else f"{index:.2f}"
