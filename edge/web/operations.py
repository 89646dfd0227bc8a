"""The API in one table: what may be asked, by whom, with what, and what is answered.

The guard lets through what the table says, /api/openapi.json is made of it, and a test holds the
routes to it. Errors are {"error": …}: 400 makes no sense, 401 pair first, 403 not this way, 404
there is none, 409 refused with the reason, 413 too long, 429 too often, 503 cannot now, 504 nobody
answers.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any, NamedTuple

from edge.choose.songs import Songs
from edge.events import Answer, Preferences, RequestBody, Status
from edge.records import Week
from edge.spotify.speakers import Speaker
from edge.vision.versions import ModelVersion
from edge.web import answers
from edge.web.hub import Trouble
from edge.web.licences import Work


class Who(IntEnum):
    """Who may; each may what those before it may."""

    ANYBODY = 0
    """Anybody in the home's network."""
    GUEST = 1
    """Guests, where the settings let them look."""
    PAIRED = 2
    """Browsers that were paired, and the command line."""
    BROWSER = 3
    """Paired browsers alone."""
    BOX = 4
    """Who is at the box: the command line alone."""


class Operation(NamedTuple):
    """One thing to ask for."""

    method: str
    path: str
    who: Who
    says: str
    answer: Any = None
    """The type of the JSON that is answered, or a media type; None: {}."""
    takes: Any = None
    """The type of the parameters of a GET, or of the JSON of a POST."""


OPERATIONS = (
    Operation("GET", "/api/pair", Who.ANYBODY, "How pairing stands.", answers.PairingState),
    Operation(
        "POST", "/api/pair", Who.ANYBODY, "Let this browser in.", answers.PairingState, answers.Pair
    ),
    Operation(
        "GET", "/cover/{name}", Who.ANYBODY, "What plays, by a path that few know.", "image/*"
    ),
    Operation("GET", "/api/status", Who.GUEST, "The status that light and MQTT show too.", Status),
    Operation(
        "GET",
        "/api/events",
        Who.GUEST,
        "Server-sent: hello, then status and announce as they come.",
        "text/event-stream",
    ),
    Operation("GET", "/api/why", Who.GUEST, "Why this plays, or why nothing does.", answers.Why),
    Operation("GET", "/api/about", Who.GUEST, "What does not change.", answers.About),
    Operation("GET", "/api/licences", Who.GUEST, "Whose work this box runs on.", list[Work]),
    Operation("GET", "/api/cover", Who.GUEST, "A picture.", "image/*", answers.CoverOf),
    Operation("POST", "/api/request", Who.PAIRED, "Have something done.", Answer, RequestBody),
    Operation(
        "GET",
        "/api/history",
        Who.PAIRED,
        "Moods, plays and corrections between two times.",
        answers.History,
        answers.Between,
    ),
    Operation("GET", "/api/health", Who.PAIRED, "What is wrong, by part.", dict[str, str]),
    Operation("GET", "/api/openapi.json", Who.PAIRED, "This document.", dict[str, Any]),
    Operation("GET", "/api/songs", Who.PAIRED, "Songs for a mood.", Songs, answers.SongsOf),
    Operation("GET", "/api/songs/all", Who.PAIRED, "Every song of every mood.", Songs),
    Operation(
        "GET", "/api/speakers", Who.PAIRED, "The speakers; may cost a request.", list[Speaker]
    ),
    Operation("GET", "/api/face", Who.PAIRED, "A face that is kept.", "image/png", answers.FaceOf),
    Operation("GET", "/api/preferences", Who.PAIRED, "What the house prefers.", Preferences),
    Operation(
        "GET",
        "/api/report",
        Who.PAIRED,
        "What the corrections say.",
        dict[str, Any],
        answers.Days,
    ),
    Operation(
        "GET",
        "/api/week",
        Who.PAIRED,
        "How the last week stands beside those before, and beside the model's card.",
        Week,
    ),
    Operation("GET", "/api/export", Who.PAIRED, "All that is kept.", "application/zip"),
    Operation("POST", "/api/erase", Who.PAIRED, "Forget what is known of people."),
    Operation("GET", "/api/browsers", Who.PAIRED, "The paired browsers.", list[answers.Browser]),
    Operation(
        "POST", "/api/browsers/revoke", Who.PAIRED, "Unpair a browser.", takes=answers.Revoke
    ),
    Operation(
        "POST",
        "/api/login/begin",
        Who.PAIRED,
        "Begin to sign in to Spotify.",
        answers.LoginStep,
        answers.LoginBegin,
    ),
    Operation("POST", "/api/login/finish", Who.PAIRED, "Sign in.", takes=answers.LoginFinish),
    Operation("POST", "/api/login/forget", Who.PAIRED, "Sign out of Spotify."),
    Operation(
        "GET",
        "/api/sources",
        Who.PAIRED,
        "What is known of what moods were given.",
        list[answers.KnownSource],
    ),
    Operation(
        "GET",
        "/api/heard",
        Who.PAIRED,
        "The songs that were heard.",
        list[answers.HeardSong],
        answers.Between,
    ),
    Operation(
        "GET", "/api/music/own", Who.PAIRED, "The account's own playlists.", list[answers.Choice]
    ),
    Operation(
        "GET",
        "/api/music/search",
        Who.PAIRED,
        "What some words find.",
        list[answers.Choice],
        answers.SearchFor,
    ),
    Operation("GET", "/api/models", Who.PAIRED, "The models of this box.", list[ModelVersion]),
    Operation(
        "POST",
        "/api/models",
        Who.PAIRED,
        "Put a model beside them; it is used at once, on trial.",
        answers.ModelLaidDown,
        answers.PutModel,
    ),
    Operation(
        "POST",
        "/api/models/use",
        Who.PAIRED,
        "Use a model that is there.",
        answers.ModelLaidDown,
        answers.UseModel,
    ),
    Operation("GET", "/api/troubles", Who.PAIRED, "The last faults, oldest first.", list[Trouble]),
    Operation("POST", "/api/restart", Who.PAIRED, "Start the box's program anew."),
    Operation(
        "POST",
        "/api/broker/password",
        Who.PAIRED,
        "Keep the password for a broker; it is never shown.",
        takes=answers.BrokerPassword,
    ),
    Operation("POST", "/api/broker/test", Who.PAIRED, "Try the home's broker once."),
    Operation(
        "GET",
        "/api/simulated/lights",
        Who.PAIRED,
        "A simulated lamp's levels as they change.",
        "text/event-stream",
    ),
    Operation(
        "POST",
        "/api/simulated/button",
        Who.PAIRED,
        "An edge at a simulated button's pin.",
        takes=answers.ButtonLevel,
    ),
    Operation("POST", "/api/logout", Who.BROWSER, "Unpair this browser."),
    Operation("GET", "/api/live", Who.BROWSER, "Pictures as they come.", "text/event-stream"),
    Operation("POST", "/api/invite", Who.BOX, "Make a one-time address.", answers.Invitation),
    Operation("POST", "/api/reset", Who.BOX, "Erase all that the house has told the box."),
)


def paths(*who: Who) -> frozenset[str]:
    """Return the paths that are for exactly these, as far as they are no patterns."""
    return frozenset(it.path for it in OPERATIONS if it.who in who and "{" not in it.path)
