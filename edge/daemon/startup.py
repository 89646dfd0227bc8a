"""What a start begins with: what the house prefers, what was learnt, who has the say."""

from __future__ import annotations

import secrets
import sqlite3
import uuid
from pathlib import Path

import msgspec

from edge.choose.songs import NO_MOODS, SongMoods
from edge.choose.sources import Playable, any_of, parse_source
from edge.controller import Policy, State, begin
from edge.controller.preferences import check
from edge.daemon.supervisor import supervised
from edge.errors import ModelError, MoodboxError, Refused, SettingsError
from edge.events import Preferences
from edge.mood.filter import Rules
from edge.mood.moods import ViewName
from edge.privacy import Privacy
from edge.records import Expected
from edge.settings import Settings
from edge.store import Store
from edge.vision.versions import ModelVersions


def first_state(
    settings: Settings,
    store: Store,
    privacy: Privacy,
    at: float,
    wall: float | None,
    *,
    speaker_tells: bool,
) -> State:
    """Return the controller's first state; `at` is monotonic, `wall` None until it is set.

    `speaker_tells`: the player's speaker says by itself what happens.

    Raises:
        SettingsError: the installer's defaults make no sense.
    """
    pairs = settings.web.enabled and _nobody_paired(store)
    return begin(
        policy(settings, speaker_tells=speaker_tells),
        preferences(settings, store, privacy),
        store.taste(),
        boot=uuid.uuid4().hex[:8],
        at=at,
        wall=wall,
        hands_off=store.hands_off(),
        pairs=pairs,
        secret=secrets.token_hex(16),
    )


def read_moods(path: str) -> SongMoods:
    """Return the moods in the file `path`, none where it is empty; raise SettingsError."""
    if not path:
        return NO_MOODS
    try:
        return msgspec.json.decode(Path(path).read_bytes(), type=SongMoods)
    except OSError as error:
        raise SettingsError(f"music.song_moods: {path}: {error.strerror}") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"music.song_moods: {path}: not made by `moodbox-convert songs`: {error}"
        ) from error


def expected_of(models: ModelVersions, view: ViewName) -> Expected:
    """Return what the card of the model that is used now says of its faces.

    Nothing, where it cannot be read: the eyes tell of that.
    """
    try:
        card = models.card
    except ModelError:
        return Expected()
    return Expected(card.frequency, card.confidence.get(view, ()))


def playable(settings: Settings) -> Playable:
    """Return what the house's players can play."""
    return any_of(_players(settings))


def _players(settings: Settings) -> tuple[Playable, ...]:
    return tuple(Playable(it.driver, it.plays, it.everything, it.lists) for it in settings.players)


def policy(settings: Settings, *, speaker_tells: bool) -> Policy:
    """Return the installer's part of the rules."""
    return Policy(
        rules=Rules(view=settings.mood.view, away_after=settings.mood.away_after),
        min_play=settings.music.min_play * 60,
        hands_off=settings.music.hands_off * 60,
        correction_holds=settings.mood.correction_holds * 60,
        speaker=settings.player.speaker,
        players=_players(settings),
        speaker_tells=speaker_tells,
        pause_when_away=settings.music.away == "pause",
        supervised=supervised(),
    )


def preferences(settings: Settings, store: Store, privacy: Privacy) -> Preferences:
    """Return what the house prefers; a new box begins with the installer's defaults.

    It is private where either the store or the disk's own word says so.
    """
    kept = store.preferences()
    wanted = kept or _seeds(settings.defaults, playable(settings))
    if not privacy.is_told:
        privacy.begin(private=wanted.private)
    if wanted.private:
        privacy.forbid()
    wanted = msgspec.structs.replace(wanted, private=not privacy.may_look())
    if kept is None:
        store.remember(wanted)
    return wanted


def _seeds(defaults: Preferences, can: Playable) -> Preferences:
    own = {
        profile: msgspec.structs.replace(its, sources=_checked(its.sources, can, f"own.{profile}."))
        for profile, its in defaults.own.items()
    }
    seeds = msgspec.structs.replace(defaults, sources=_checked(defaults.sources, can), own=own)
    try:
        check(seeds)
    except Refused as error:
        raise SettingsError(f"defaults: {error}") from error
    return seeds


def _checked(sources: dict[str, list[str]], can: Playable, whose: str = "") -> dict[str, list[str]]:
    return {
        mood: [_source(text, can, f"defaults.{whose}sources.{mood}") for text in given]
        for mood, given in sources.items()
    }


def _source(text: str, can: Playable, where: str) -> str:
    try:
        return parse_source(text, can).text
    except MoodboxError as error:
        raise SettingsError(f"{where}: {error}") from error


def _nobody_paired(store: Store) -> bool:
    """Whether no browser has ever been paired, as far as the store can tell."""
    try:
        return not store.read.devices()
    except (sqlite3.Error, ValueError):
        return False
