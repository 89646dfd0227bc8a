"""What people ask for, by button, page, Home Assistant or command line: one path for all."""

from __future__ import annotations

from edge.controller import corrections, hands, music, parts, preferences, senses, sources, speaker
from edge.controller.state import Turn
from edge.controller.volume import loudest
from edge.errors import Refused
from edge.events import (
    Acknowledge,
    AddSource,
    Answer,
    CloseEyes,
    Confirm,
    Correct,
    EndDaemon,
    FollowMood,
    InstallUpdate,
    LookAtSpeaker,
    MoveSource,
    Next,
    OpenEyes,
    OpenPairing,
    OrderUpdate,
    Pause,
    Play,
    PlayPause,
    Previous,
    RemoveSource,
    Request,
    RequestBody,
    Restart,
    Resume,
    SetIgnored,
    SetIntent,
    SetLamp,
    SetMoodDrives,
    SetMusic,
    SetPreferences,
    SetPrivate,
    SetProfile,
    SetProfilePreferences,
    SetSources,
    SetVolume,
    TakeBack,
    Unlearn,
    WrongMood,
)


def follow(turn: Turn, request: Request) -> None:
    """Do what is asked and answer, or answer why not and change nothing."""
    before = turn.state
    try:
        act(turn, request.body, request.origin)
    except Refused as error:
        turn.state = before
        turn.commands.clear()
        turn.do(Answer(request.id, accepted=False, reason=str(error)))
    else:
        turn.do(Answer(request.id, accepted=True, note=turn.note))


def act(turn: Turn, body: RequestBody, origin: str) -> None:  # noqa: C901, PLR0912, PLR0915  a line a request
    """Carry out one request; raise Refused, in words, where it cannot be."""
    if not isinstance(body, LookAtSpeaker):
        turn.set(acted_at=turn.at)
        speaker.said_long_enough(turn)
    match body:
        case PlayPause():
            hands.toggle(turn)
        case Pause():
            hands.pause(turn)
        case Resume():
            hands.resume(turn)
        case Next():
            hands.skip(turn)
        case Previous():
            hands.skip(turn, back=True)
        case Play():
            hands.play(turn, body.what)
        case FollowMood():
            hands.follow_mood(turn)
        case SetVolume():
            hands.volume(turn, body.volume)
        case SetIntent():
            hands.choose_intent(turn, body.intent)
        case SetMusic():
            hands.switch_music(turn, on=body.on)
        case SetMoodDrives():
            hands.let_mood_drive(turn, on=body.on)
        case LookAtSpeaker():
            speaker.look(turn)
        case SetPrivate():
            _private(turn, private=body.private)
        case SetSources():
            sources.replace_all(turn, body)
        case AddSource() | RemoveSource() | MoveSource():
            sources.change(turn, body)
        case SetProfile() | SetProfilePreferences() | SetPreferences():
            _preferences(turn, body)
        case WrongMood():
            turn.set(offering_since=turn.at)
        case Correct():
            corrections.correct(turn, body, origin)
        case Confirm():
            corrections.confirm(turn, body)
        case TakeBack():
            corrections.take_back(turn)
        case Unlearn():
            corrections.unlearn(turn)
        case Acknowledge():
            parts.acknowledge(turn, body.part)
        case OpenPairing():
            _open_pairing(turn, origin)
        case SetIgnored():
            preferences.ignore(turn, body.places)
        case SetLamp():
            preferences.set_lamp(turn, body)
        case Restart():
            _restart(turn)
        case InstallUpdate():
            _update(turn)


def _restart(turn: Turn) -> None:
    if not turn.state.policy.supervised:
        raise Refused("nobody would start it again: end it and start it where it runs")
    turn.do(EndDaemon())


def _update(turn: Turn) -> None:
    if turn.state.release is None:
        raise Refused("no updates: the settings name no [update] address")
    turn.do(OrderUpdate())


def _private(turn: Turn, *, private: bool) -> None:
    changes = private is not turn.state.preferences.private
    # That it is private is on the disk with CloseEyes, whatever becomes of the store.
    preferences.prefer(turn, private=private, chosen=not private)
    if private:
        senses.closed(turn, "private")
        turn.do(CloseEyes())
    else:
        if changes:
            senses.closed(turn, "starting")
        turn.do(OpenEyes())


def _preferences(turn: Turn, body: SetProfile | SetProfilePreferences | SetPreferences) -> None:
    before = turn.state.preferences.in_force()
    match body:
        case SetProfile():
            preferences.choose_profile(turn, body.profile)
        case SetProfilePreferences():
            preferences.change_profile(turn, body)
        case SetPreferences():
            preferences.change(turn, body)
    after, clock = turn.state.preferences.in_force(), turn.state.clock
    if loudest(after, clock) < loudest(before, clock):
        hands.no_louder_than_allowed(turn)
    if after.sources != before.sources:
        music.given_by_another(turn, before.sources)


def _open_pairing(turn: Turn, origin: str) -> None:
    if origin != "command line":
        raise Refused("only at the box itself: hold its button, or run `moodbox pair` there")
    turn.let_pair(turn.state.policy.pairing_window)
