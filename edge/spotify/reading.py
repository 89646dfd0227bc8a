"""Which of the owner's lists are read, and which next: pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from edge.events import Preferences
from edge.records import PlaylistSnapshot
from edge.spotify.budget import DAY
from edge.uri import LIKED, TOP, Kind, is_spotifys

NAMES = {LIKED: "liked songs", TOP: "songs heard most"}
MONTH = 30 * DAY


def due(
    sources: Iterable[str],
    playlists: Mapping[str, PlaylistSnapshot],
    now: float,
    signed_in_at: float = 0.0,
) -> str | None:
    """Return the list to read next at `now` (wall time), the stalest; None: all are fresh.

    What could not be read before somebody signed in anew, may be readable since.
    """

    def fresh(playlist: PlaylistSnapshot | None) -> bool:
        if playlist is None or (playlist.problem and playlist.at < signed_in_at):
            return False
        # A time in the future was written by a clock that has been set back since.
        return 0 <= now - playlist.at < (MONTH if playlist.problem else DAY)

    stale = [source for source in sources if not fresh(playlists.get(source))]
    return min(stale, key=lambda s: playlists[s].at if s in playlists else -1.0, default=None)


def given(preferences: Preferences) -> list[str]:
    """Return what the moods were given, as far as it has songs that can be read."""
    sources = [source for sources in preferences.all_sources().values() for source in sources]
    lists = (it for it in sources if it in NAMES or is_spotifys(it, Kind.PLAYLIST))
    return list(dict.fromkeys(lists))


def wanted(preferences: Preferences) -> list[str]:
    """Return the lists to read: those given, and the account's own."""
    return list(dict.fromkeys([*given(preferences), LIKED, TOP]))
