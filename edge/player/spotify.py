"""Any Connect speaker of the account, through the Web API.

It has no events and each request counts, so nothing here asks twice: the speaker's id is kept from
what is read anyway, and looked up by name when it is missing or refused.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from edge.errors import CannotPlay, Fault, NeedsSomebody, NoVolume, SpeakerNotFound
from edge.events import Playback, SpeakerState, Track
from edge.player import SpeakerEvent
from edge.spotify.items import Item
from edge.spotify.speakers import Device, devices, is_called
from edge.spotify.web_api import NotThere, Restricted, WebApi, parsed
from edge.uri import Uri

if TYPE_CHECKING:
    import spotipy

log = logging.getLogger(__name__)


class _Context(Struct):
    uri: str = ""


class _State(Struct):
    device: Device | None = None
    is_playing: bool = False
    shuffle_state: bool = False
    repeat_state: str = "off"
    progress_ms: float | None = None
    item: Item | None = None
    context: _Context | None = None


class SpotifyPlayer:
    """A player that only speaks when it is asked."""

    local = False

    def __init__(
        self, name: str, api: WebApi, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Drive the speaker called `name`, or with this id; `clock` is the one the DJ lives by."""
        self.name = name
        self._api = api
        self._clock = clock
        self._id: str | None = None
        self._twins: list[str] = []
        """The other speakers of that name."""
        self._here = False
        """Whether it is the account's active speaker."""
        self._quiet = True
        """Whether nothing plays on any speaker, as far as is known."""
        self._shuffles: bool | None = None
        self._repeats: bool | None = None

    def open(self, wake: Callable[[], None]) -> None:  # noqa: ARG002  it never has news
        """See Player."""
        self._api.announce()

    def close(self) -> None:
        """See Player."""
        self._api.close()

    def ready(self, *, by_person: bool, optional: bool = False) -> None:
        """See Player."""
        self._api.ready(by_person=by_person, optional=optional)

    def hear(self) -> list[SpeakerEvent]:
        """See Player."""
        return []

    def read(self) -> SpeakerState:
        """See Player."""
        answer = self._api.call(lambda s: s.current_playback(additional_types="track,episode"))
        at = self._clock()
        state = parsed(answer or {}, _State)
        device = state.device or Device()
        self._here, self._quiet = is_called(device, self.name), not state.is_playing
        if self._here:
            self._id = device.id
        if state.device is not None:
            self._shuffles, self._repeats = state.shuffle_state, state.repeat_state == "context"
        track = _track(state)
        playing = Playback.PLAYING if state.is_playing else Playback.PAUSED
        left = track.duration - (state.progress_ms or 0.0) / 1000 if track else None
        return SpeakerState(
            at=at,
            playback=playing if track or state.is_playing else Playback.IDLE,
            track=track,
            volume=device.volume,
            speaker=self.name if self._here else device.name,
            remaining=left if left is not None and left >= 0 else None,
        )

    def volume(self) -> int | None:
        """See Player; one that is idle may not be listed, and says nothing then."""
        known = self._id
        try:
            return self._find(tried=False)
        except SpeakerNotFound:
            self._id = known
            if known is None:
                raise
            return None

    def play(
        self,
        uri: str,
        *,
        songs: Sequence[str] = (),
        repeat: bool = False,
        mood: str = "",  # noqa: ARG002
    ) -> None:
        """See Player."""
        named = Uri.parse(uri)
        one_by_one = list(songs) or ([] if named.is_context else [uri])
        what = {"uris": one_by_one} if one_by_one else {"context_uri": uri}
        shuffle = named.is_mix and not songs
        self._wake_up()
        self._set_modes(shuffle=shuffle, repeat=repeat)
        try:
            self._order(lambda s, device: s.start_playback(device, **what))
        except (NotThere, Restricted) as error:
            raise CannotPlay(f"{uri} cannot be played: {error}") from error
        self._here, self._quiet = True, False
        self._set_modes(shuffle=shuffle, repeat=repeat)

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
        self._jump(lambda s: s.next_track(self._id))

    def previous(self) -> None:
        """See Player."""
        self._jump(lambda s: s.previous_track(self._id))

    def set_volume(self, percent: int, *, passing: bool = False) -> None:  # noqa: ARG002
        """See Player."""
        self._wake_up()
        try:
            self._order(lambda s, device: s.volume(int(percent), device))
        except Restricted as error:
            raise NoVolume(self.name) from error

    def _jump(self, order: Callable[[spotipy.Spotify], None]) -> None:
        """Go to another track; never twice for one order."""
        try:
            self._api.call(order, repeat=False)
        except (NotThere, Restricted) as error:
            away = isinstance(error, NotThere) and error.speaker
            if not away:
                raise Fault(f"not skipped: {error}") from error
            raise SpeakerNotFound(
                f"the speaker {self.name!r} is away, or has nothing on: {error}"
            ) from error

    def _order(self, order: Callable[[spotipy.Spotify, str], None]) -> None:
        """Give an order to the speaker; one that does not take it is woken, once, or its twin."""
        if self._id is None:
            self._find()
        try:
            self._give(order)
        except (NotThere, Restricted) as error:
            if isinstance(error, NotThere) and not error.speaker:
                raise
            if isinstance(error, NotThere):
                self._find()
            self._insist(order)

    def _insist(self, order: Callable[[spotipy.Spotify, str], None]) -> None:
        """Have the account's music put on the speaker first; a dead twin is passed over."""
        while True:
            try:
                self._give(lambda s, device: s.transfer_playback(device, force_play=False))
                self._give(order)
            except NotThere as error:
                if not error.speaker:
                    raise
                if not self._twins:
                    self._id = None
                    raise SpeakerNotFound(f"the speaker {self.name!r} does not wake up") from error
                self._id = self._twins.pop(0)
            else:
                return

    def _give(self, order: Callable[[spotipy.Spotify, str], None]) -> None:
        device = self._id or ""
        self._api.call(lambda s: order(s, device))

    def _find(self, *, tried: bool = True) -> int | None:
        """Look the speaker up by its name, and return its volume.

        `tried`: the one that is known did not answer, and comes last of those of that name.
        """
        listed = devices(self._api)
        ours = [it for it in listed if is_called(it, self.name)]
        free = sorted((it for it in ours if not it.is_restricted), key=lambda it: not it.is_active)
        ids = [it.id for it in free if it.id]
        known, self._id = self._id, None
        ids.sort(key=lambda it: (it == known) is tried)
        if ids:
            self._id, *self._twins = ids
            return next(it.volume for it in free if it.id == self._id)
        if any(it.is_restricted for it in ours):
            raise NeedsSomebody(
                f"the speaker {self.name!r} is restricted: Spotify lets only its own app control "
                "it; choose another speaker in the settings"
            )
        others = ", ".join(sorted(it.name for it in listed if it.name)) or "none"
        raise SpeakerNotFound(
            f"the speaker {self.name!r} is not found: switch it on and pick it once in the "
            f"Spotify app; speakers now: {others}"
        )

    def _wake_up(self) -> None:
        """Make it the active speaker first, so that its volume and order are right at once.

        Not while music plays elsewhere: that would sound here for a moment, as loud as it is.
        """
        if self._here or not self._quiet:
            return
        if self._id is None:
            self._find()
        try:
            self._give(lambda s, device: s.transfer_playback(device, force_play=False))
            self._here = True
        except (NotThere, Restricted) as error:
            log.debug("the speaker %r is not woken: %s", self.name, error)
            if isinstance(error, NotThere) and error.speaker:
                self._find()

    def _set_modes(self, *, shuffle: bool, repeat: bool) -> None:
        """Shuffle, and begin again at the end, or not; asked for only where that is a change."""
        if not self._here:
            return
        try:
            if self._shuffles is not shuffle and (shuffle or self._shuffles):
                self._give(lambda s, device: s.shuffle(state=shuffle, device_id=device))
            self._shuffles = shuffle
            if self._repeats is not repeat and (repeat or self._repeats):
                mode = "context" if repeat else "off"
                self._give(lambda s, device: s.repeat(state=mode, device_id=device))
            self._repeats = repeat
        except (NotThere, Restricted) as error:
            log.info("the speaker %r does not shuffle or repeat: %s", self.name, error)


def _track(state: _State) -> Track | None:
    if state.item is None:
        return None
    context = state.context.uri if state.context else ""
    return Track(**state.item.song.fields(), context=context)
