"""The library: once a day it reads the owner's lists of songs into the store, and no more.

It takes only requests that nobody else will miss, and is told what the moods were given. What is
new is read at once: on a busy day its name and first songs, the rest the day after. A list that
cannot be read is remembered with the reason, and not asked for again for a month.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from edge.choose.songs import NO_MOODS, SongMoods, by_list
from edge.errors import CannotPlay, Fault, Limited, NeedsSomebody, Nonsense, SignInNeeded
from edge.events import Event, PlaylistNames, Preferences, SongsKnown, Sounding
from edge.records import ListedSong, PlaylistSnapshot
from edge.service import Service
from edge.spotify.budget import DAY
from edge.spotify.local import LocalSongs
from edge.spotify.playlists import Entries, Entry, Items, Playlist, rows, songs
from edge.spotify.reading import NAMES, due, given, wanted
from edge.spotify.reccobeats import ReccoBeats
from edge.spotify.web_api import NotThere, Restricted, WebApi, parsed
from edge.store import Store
from edge.uri import LIKED, TOP, Uri

if TYPE_CHECKING:
    import spotipy

Read = Callable[["spotipy.Spotify", int], Any]
"""Asks for a page of a list that begins at an offset."""

log = logging.getLogger(__name__)

PAGE = 50
MOST_SONGS = 500
"""Of one list; of a longer one, the first."""
MOST_LIKED = 100
"""Of the liked songs, while no mood was given them."""
TURN = 5.0
"""Seconds between two lists, and between two looks at whether there is something to do."""
LATER = 1800.0
"""Seconds until it tries again where it could not."""
SOON = 60.0
"""The same after one answer that failed; each further one doubles it, up to LATER."""
NOTHING = Preferences()
FOREIGN = (
    "not yours: Spotify tells the songs of a playlist only to its owner; it can still be played"
)
GONE = "not found: it was deleted, or is one of Spotify's own, whose songs it tells nobody"


class Library(Service):
    """Reads one list at a time, and tells the controller what the playlists are called."""

    bound = 300.0

    def __init__(
        self,
        api: WebApi,
        store: Store,
        report: Callable[[Event], None],
        *,
        features: ReccoBeats | None = None,
        moods: SongMoods = NO_MOODS,
        view: tuple[str, ...] = (),
        local: Callable[[str], list[str]] | None = None,
    ) -> None:
        """Read through `api` into `store`.

        What it lacks is no fault of the box: it goes down for nothing, and tries again later.

        Args:
            api: the account.
            store: keeps the lists.
            report: takes an event without waiting.
            features: where it is wanted, tells how songs sound.
            moods: the moods of songs, as the owner's own table has them.
            view: the moods that this box tells apart.
            local: tells the songs of a source of the player's own library, where they are wanted.
        """
        super().__init__("library", report)
        self._say = report
        self._api = api
        self._store = store
        self._features = features
        self._moods, self._view = moods, view
        self._local = LocalSongs(local) if local is not None else None
        self._next = 0.0
        self._patience = SOON / 2
        self._names: dict[str, str] | None = None
        self._songs: dict[str, tuple[Sounding, ...]] = {}
        self._preferences: Preferences | None = None
        self._failed: dict[str, float] = {}
        """The lists that could not be read: they come last, and not before this time."""
        self._bell = threading.Event()

    def prefer(self, preferences: Preferences) -> None:
        """Take what the moods are given now; what is new is read at once. From any thread."""
        before, self._preferences = self._preferences, preferences
        if before is None or before.all_sources() != preferences.all_sources():
            self.wake()

    def wake(self) -> None:
        """Look at once whether there is something to do: a sign-in or a network has come."""
        self._bell.set()

    def step(self) -> None:
        """Read a list, if one is due, and wait a little."""
        self.look(self._api.clock())
        self._bell.wait(TURN)

    def look(self, now: float) -> None:
        """Read a list, if one is due at `now` (wall time) or something has changed."""
        if self._bell.is_set() or not self._next - DAY < now < self._next:
            self._bell.clear()
            self._next = now + self.advance(now)

    def advance(self, now: float) -> float:
        """Do what is due at `now` (wall time); return the seconds until there may be more."""
        local = self._local is None or self._local.look(self._preferences or NOTHING, now)
        wait = self._account(now)
        return wait if local else min(wait, SOON)

    def _account(self, now: float) -> float:
        """Do what is due of the account's; return the seconds until there may be more."""
        try:
            wait = self._advance(now)
        except (Fault, NeedsSomebody, sqlite3.Error) as error:
            told = isinstance(error, SignInNeeded)  # as a problem, where the house has an account
            log.log(logging.DEBUG if told else logging.INFO, "the library waits: %s", error)
            once = isinstance(error, Fault) and not isinstance(error, Limited)
            self._patience = min(LATER, 2 * self._patience) if once else LATER
            return max(self._patience, getattr(error, "retry_after", None) or 0.0)
        self._patience = SOON / 2
        return wait

    def _advance(self, now: float) -> float:
        if self._preferences is None:
            return LATER
        sources = wanted(self._preferences)
        playlists = {playlist.source: playlist for playlist in self._store.read.playlists()}
        if gone := sorted(playlists.keys() - set(sources)):
            self._store.forget_playlists(gone)
        failed = self._failed
        again = [s for s in sources if s in failed and not now < failed[s] <= now + LATER]
        since = self._api.signed_in_at
        source = due([s for s in sources if s not in failed], playlists, now, since)
        source = source or due(again, playlists, now, since)
        self._tell(playlists)
        if source is None:
            return self._sound()
        self._api.ready(by_person=False)
        # A list that was just given may take what the mood's music may; nothing else is in a hurry.
        hurry = source in given(self._preferences) and source not in playlists
        if not self._api.roomy and not hurry:
            return LATER
        try:
            playlist, found = self._look(source, playlists.get(source), now)
        except Nonsense as error:
            log.warning("the library passes over %s: %s", source, error)
            failed[source] = now + LATER
            return TURN
        except Limited:
            raise
        except Fault:
            failed[source] = now  # the others come first
            raise
        failed.pop(source, None)
        self._store.keep_playlist(playlist, found)
        self._tell(playlists | {source: playlist})
        return TURN

    def _tell(self, playlists: Mapping[str, PlaylistSnapshot]) -> None:
        lists = given(self._preferences or NOTHING)
        names = {uri: it.name for uri, it in playlists.items() if it.name and uri in lists}
        if names != self._names:
            self._names = names
            self._say(PlaylistNames(time.monotonic(), names))
        listed = self._store.read.songs()
        if self._local is not None:
            lists, listed = [*lists, *self._local.sources], [*listed, *self._local.songs]
        songs = by_list(lists, listed, self._store.read.features(), self._moods, self._view)
        if songs != self._songs:
            self._songs = songs
            self._say(SongsKnown(time.monotonic(), songs))

    def _look(
        self, source: str, old: PlaylistSnapshot | None, now: float
    ) -> tuple[PlaylistSnapshot, list[ListedSong] | None]:
        """Return a list as it is now; no songs where it has not changed."""
        try:
            if source in NAMES:
                return PlaylistSnapshot(source, NAMES[source], "", now), self._own(source)
            return self._playlist(source, old, now)
        except (NotThere, CannotPlay):
            problem = GONE
        except Restricted:
            problem = FOREIGN
        except SignInNeeded as error:
            self._api.ready(by_person=False)  # raises where it is not only this that is not allowed
            problem = str(error)
        name = old.name if old else NAMES.get(source, "")
        return PlaylistSnapshot(source, name, "", now, problem), []

    def _own(self, source: str) -> list[ListedSong]:
        if source == TOP:
            top = self._api.call(lambda s: s.current_user_top_tracks(limit=PAGE), beside=True)
            return rows(TOP, list(parsed(top, Items).items))
        chosen = LIKED in given(self._preferences or NOTHING) and self._api.roomy
        most = MOST_SONGS if chosen else MOST_LIKED
        read = self._pages(lambda s, at: s.current_user_saved_tracks(PAGE, at), most)
        return songs(LIKED, read)

    def _playlist(
        self, source: str, old: PlaylistSnapshot | None, now: float
    ) -> tuple[PlaylistSnapshot, list[ListedSong] | None]:
        name = Uri.parse(source).id
        it = parsed(self._api.call(lambda s: s.playlist(name), beside=True), Playlist)
        if it.items is None:
            return PlaylistSnapshot(source, it.name, "", now, FOREIGN), []
        playlist = PlaylistSnapshot(source, it.name, it.snapshot_id, now)
        if old and not old.problem and it.snapshot_id and old.snapshot == it.snapshot_id:
            return playlist, None
        most = MOST_SONGS if self._api.roomy else len(it.items.items)
        read = self._pages(
            lambda s, at: s.playlist_items(name, limit=PAGE, offset=at), most, it.items
        )
        if len(read) < min(it.items.total, MOST_SONGS):
            playlist = msgspec.structs.replace(playlist, snapshot="")  # the rest comes tomorrow
        return playlist, songs(source, read)

    def _pages(self, read: Read, most: int, first: Entries | None = None) -> list[Entry]:
        """Return the entries of a list, page by page."""
        page = first or self._page(read, 0)
        entries = list(page.items)
        while page.items and len(entries) < min(page.total, most):
            page = self._page(read, len(entries))
            entries += page.items
        return entries

    def _page(self, read: Read, at: int) -> Entries:
        return parsed(self._api.call(lambda s: read(s, at), beside=True), Entries)

    def _sound(self) -> float:
        """Ask how the songs sound of which that is not known; return the seconds until more."""
        if self._features is None:
            return LATER
        known = self._store.read.features()
        asked = [uri for uri in {s.uri: s for s in self._store.read.songs()} if uri not in known]
        if not asked:
            return LATER
        self._store.keep_features(self._features.of(asked))
        return TURN
