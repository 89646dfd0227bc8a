"""Any Connect speaker of the account, through the Web API.

It has no events and each request counts, so nothing here asks twice: the speaker's id is kept from
what is read anyway, and looked up by name when it is missing or refused.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from edge.errors import CannotPlay, SpeakerNotFound
from edge.events import Playback, SpeakerState, Track, TrackEnded
from edge.player import SpeakerEvent
from edge.spotify.items import Item
from edge.spotify.web_api import NotThere, Restricted, WebApi, parsed

if TYPE_CHECKING:
    import spotipy

log = logging.getLogger(__name__)

SHUFFLED = ("playlist", "artist")
CUT = 5.0
"""A track that was heard for so many seconds less than it lasts was skipped."""
SHORT = 10.0
"""Seconds in which no track can have been heard enough to be in the history."""


class _Device(Struct):
    name: str = ""
    id: str | None = None
    volume_percent: float | None = None
    is_restricted: bool = False


class _Context(Struct):
    uri: str = ""


class _State(Struct):
    device: _Device | None = None
    is_playing: bool = False
    shuffle_state: bool = False
    progress_ms: float | None = None
    item: Item | None = None
    context: _Context | None = None


class _Devices(Struct):
    devices: list[_Device] = []


class _Play(Struct):
    track: Item
    played_at: datetime


class _History(Struct):
    items: list[_Play] = []


class SpotifyPlayer:
    """A player that only speaks when it is asked."""

    local = False

    def __init__(
        self, name: str, api: WebApi, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Drive the speaker called `name`; `clock` is the one that the DJ lives by."""
        self.name = name
        self._api = api
        self._clock = clock
        self._id: str | None = None
        self._here = False
        """Whether it is the account's active speaker."""
        self._shuffles: bool | None = None

    def open(self, wake: Callable[[], None]) -> None:  # noqa: ARG002  it never has news
        """See Player."""
        self._api.announce()

    def close(self) -> None:
        """See Player."""
        self._api.close()

    def ready(self, *, by_person: bool) -> None:
        """See Player."""
        self._api.ready(by_person=by_person)

    def hear(self) -> list[SpeakerEvent]:
        """See Player."""
        return []

    def read(self) -> SpeakerState:
        """See Player."""
        answer = self._api.call(lambda s: s.current_playback(additional_types="track,episode"))
        at = self._clock()
        state = parsed(answer or {}, _State)
        device = state.device or _Device()
        self._here = self._is_ours(device)
        if self._here:
            self._id, self._shuffles = device.id, state.shuffle_state
        track = _track(state)
        playing = Playback.PLAYING if state.is_playing else Playback.PAUSED
        left = track.duration - (state.progress_ms or 0.0) / 1000 if track else None
        return SpeakerState(
            at=at,
            playback=playing if track or state.is_playing else Playback.IDLE,
            track=track,
            volume=_percent(device.volume_percent),
            speaker=device.name,
            remaining=left if left is not None and left >= 0 else None,
        )

    def play(self, uri: str) -> None:
        """See Player."""
        kind = uri.split(":")[-2]
        shuffle = kind in SHUFFLED
        what = {"uris": [uri]} if kind in {"track", "episode"} else {"context_uri": uri}
        if self._here and shuffle:
            self._shuffle()
        try:
            self._order(lambda s, device: s.start_playback(device, **what))
        except (NotThere, Restricted) as error:
            raise CannotPlay(f"{uri} cannot be played: {error}") from error
        if shuffle:
            self._shuffle()
        self._here = True

    def pause(self) -> None:
        """See Player."""
        try:
            self._api.call(lambda s: s.pause_playback(self._id))
        except (NotThere, Restricted) as error:
            log.debug("quiet already: %s", error)

    def resume(self) -> None:
        """See Player."""
        try:
            self._order(lambda s, device: s.start_playback(device))
        except Restricted as error:
            log.debug("plays already: %s", error)

    def skip(self) -> None:
        """See Player."""
        try:
            self._api.call(lambda s: s.next_track(self._id), repeat=False)
        except NotThere as error:
            raise SpeakerNotFound(f"nothing to skip: {error}") from error

    def set_volume(self, percent: int) -> None:
        """See Player."""
        try:
            self._order(lambda s, device: s.volume(int(percent), device))
        except Restricted as error:
            log.info("the speaker %r keeps its own volume: %s", self.name, error)

    def history(self, since: float) -> list[TrackEnded]:
        """See Player."""
        if not self._api.roomy:
            return []
        offset = self._api.clock() - self._clock()
        after = int((since + offset) * 1000)
        answer = self._api.call(lambda s: s.current_user_recently_played(limit=50, after=after))
        plays = sorted(parsed(answer or {}, _History).items, key=lambda play: play.played_at)
        return ended([(p.track, p.played_at.timestamp() - offset) for p in plays], since)

    def _order(self, order: Callable[[spotipy.Spotify, str], None]) -> None:
        """Give an order to the speaker; one that is not there any more is found and woken once."""
        if self._id is None:
            self._find()
        try:
            self._give(order)
        except NotThere as error:
            if not error.speaker:
                raise
            self._find()
            try:
                self._give(lambda s, device: s.transfer_playback(device, force_play=False))
                self._give(order)
            except NotThere as again:
                self._id = None
                raise SpeakerNotFound(f"the speaker {self.name!r} does not wake up") from again

    def _give(self, order: Callable[[spotipy.Spotify, str], None]) -> None:
        device = self._id or ""
        self._api.call(lambda s: order(s, device))

    def _find(self) -> None:
        """Look the speaker up by its name."""
        self._id, self._shuffles = None, None
        devices = parsed(self._api.call(lambda s: s.devices()) or {}, _Devices).devices
        for device in devices:
            if self._is_ours(device) and device.id and not device.is_restricted:
                self._id = device.id
                return
        others = ", ".join(sorted(d.name for d in devices if d.name)) or "none"
        raise SpeakerNotFound(
            f"the speaker {self.name!r} is not found: switch it on and pick it once in the "
            f"Spotify app; speakers now: {others}"
        )

    def _shuffle(self) -> None:
        if self._shuffles:
            return
        try:
            self._give(lambda s, device: s.shuffle(state=True, device_id=device))
            self._shuffles = True
        except (NotThere, Restricted) as error:
            log.info("the speaker %r does not shuffle: %s", self.name, error)

    def _is_ours(self, device: _Device) -> bool:
        return device.name.casefold() == self.name.casefold()


def ended(plays: list[tuple[Item, float]], since: float) -> list[TrackEnded]:
    """Return how the tracks of a history ended. Pure.

    Args:
        plays: tracks with the time each was "played at" (monotonic), oldest first. Spotify does
            not say whether that is a track's start or its end; but no track is in the history
            that ended within 10 s of the first one's start.
        since: when the first one started.
    """
    if not plays:
        return []
    times = [at for _, at in plays]
    ends = [*times[1:], times[-1] + plays[-1][0].duration] if times[0] - since < SHORT else times
    starts = [since, *ends[:-1]]
    result = []
    for (item, _), start, end in zip(plays, starts, ends, strict=True):
        heard = min(max(0.0, end - start), item.duration)
        result.append(TrackEnded(item.uri, end, heard, skipped=heard < item.duration - CUT))
    return result


def _track(state: _State) -> Track | None:
    item = state.item
    if item is None:
        return None
    return Track(
        uri=item.uri,
        title=item.name,
        artist=item.artist,
        album=item.album_name,
        cover=item.cover,
        link=item.link,
        duration=item.duration,
        context=state.context.uri if state.context else "",
    )


def _percent(volume: float | None) -> int | None:
    return None if volume is None else min(100, max(0, round(volume)))
