"""A person has the say: what people ask of the music, and what is done at the speaker by hand."""

from __future__ import annotations

from edge.choose.chooser import Choice, parse_source
from edge.controller import music, preferences
from edge.controller.state import NEVER, Turn
from edge.controller.volume import loudest
from edge.errors import MoodboxError, Refused
from edge.events import AWAY, Hand, Intent, Playback, ReadSpeaker, SpeakerState
from edge.mood.moods import MOODS, moods

OLD = 5.0
"""Seconds after which a look at a speaker that does not tell by itself is too old to act on."""


def pause(turn: Turn) -> None:
    """Be quiet until a person wants music again, or until a new visit after the hands-off time."""
    _silence(turn)
    music.wish(turn, doing="pausing…", playing=False, why="somebody paused it", by_person=True)


def resume(turn: Turn) -> None:
    """Play on; where the mood calls for other music by now, or nothing was on, choose that."""
    _want_music(turn)
    state = turn.state
    held = state.speaker is not None and state.speaker.playback is Playback.PAUSED
    nothing = not held and state.wish is None
    if state.feels() and (nothing or state.ended) and state.mood_may_drive(turn.at):
        music.change(turn, by_person=True)
    else:
        on = f"playing on {state.policy.speaker}…"
        music.play_on(turn, why="somebody pressed play", doing=on)


def toggle(turn: Turn) -> None:
    """Pause what plays, play what is paused; look first where that is not known well enough."""
    state = turn.state
    if state.toggles_at is None and not state.policy.speaker_tells and _is_old(turn):
        turn.set(toggles_at=turn.at, doing="looking at the speaker…", asked="")
        turn.do(ReadSpeaker(by_person=True))
        return
    turn.set(toggles_at=None)
    (pause if state.playing else resume)(turn)


def _is_old(turn: Turn) -> bool:
    heard = turn.state.heard_at
    return heard is None or turn.at - heard > OLD


def skip(turn: Turn, *, back: bool = False) -> None:
    """Not this one: go on to the next, or back. What is learnt comes with the track's end."""
    _want_music(turn)
    if back:
        music.wish(turn, doing="going back…", playing=True, back=True, why=BEFORE, by_person=True)
    else:
        music.wish(turn, doing="skipping…", playing=True, skip=True, why=NEXT, by_person=True)


BEFORE, NEXT = "somebody wanted the one before", "somebody wanted the next one"


def play(turn: Turn, what: str) -> None:
    """Play what a person named: a mood, or a Spotify URI or link. The mood waits for a while."""
    view, mood = turn.state.policy.rules.view, what.strip().casefold()
    choice: Choice | None
    if mood in moods(view):
        turn.set(step=0)
        choice = music.choice_for(turn, mood, Intent.MATCH)
        if choice is None:
            raise Refused(f"play {mood}: no mood has anything to play; give them playlists first")
    elif mood in MOODS:
        raise Refused(
            f"mood {mood!r}: this box does not tell it apart; allowed: {', '.join(moods(view))}"
        )
    else:
        try:
            choice = Choice(
                parse_source(what, turn.state.policy.playable).text, "somebody asked for it"
            )
        except MoodboxError as error:
            raise Refused(str(error)) from error
    _want_music(turn)
    turn.set(picked_until=turn.at + turn.state.policy.hands_off)
    music.start(turn, choice, mood if mood in moods(view) else "", by_person=True)


def volume(turn: Turn, percent: int) -> None:
    """Set the volume, no louder than the house allows."""
    most = loudest(turn.state.preferences.in_force(), turn.state.clock)
    if percent > most:
        raise Refused(f"volume {percent}: the loudest this house allows now is {most}")
    _turn_to(turn, percent, "somebody", doing=f"turning to {percent} %…")


def no_louder_than_allowed(turn: Turn) -> None:
    """Turn down what is louder than the house allows now."""
    most, speaker = loudest(turn.state.preferences.in_force(), turn.state.clock), turn.state.here
    if turn.state.playing and speaker and speaker.volume is not None and speaker.volume > most:
        _turn_to(turn, most, "the house allows no more")


def _turn_to(turn: Turn, percent: int, why: str, doing: str = "") -> None:
    playing = turn.state.playing
    music.wish(turn, doing=doing, playing=playing, volume=percent, why=why, by_person=True)


def choose_intent(turn: Turn, intent: Intent) -> None:
    """Let the music do this with the mood, from the end of this song on, or at once in silence."""
    if intent is turn.state.preferences.intent:
        return
    preferences.prefer(turn, intent=intent)
    state = turn.state
    if state.mood_may_drive(turn.at) and state.feels() and not state.left:
        music.change(turn, by_person=True, gentle=True)
    elif intent is not Intent.STEADY:
        _note_when(turn)


def _note_when(turn: Turn) -> None:
    """Tell whoever asked what the mood waits for until it chooses."""
    turn.note = f"kept: the mood chooses {_chooses(turn)}"


def _chooses(turn: Turn) -> str:
    state = turn.state
    if not state.preferences.music:
        return "once the music is switched on"
    if not state.preferences.mood_drives:
        return "once it is let choose"
    if state.silenced:
        return "once somebody plays on"
    if turn.at < state.hands_off_until:
        return "once what somebody chose by hand is over"
    if state.unknown:
        return f"once the box looks ({state.unknown})"
    return "once somebody is there" if state.mood_name == AWAY else "once one stands out"


def switch_music(turn: Turn, *, on: bool) -> None:
    """Let the box play, or stop what it plays."""
    if on is turn.state.preferences.music:
        return
    preferences.prefer(turn, music=on)
    if on:
        resume(turn)
    else:
        turn.set(left=False)
        why = "the music is switched off"
        music.wish(turn, doing="stopping…", playing=False, why=why, by_person=True)


def let_mood_drive(turn: Turn, *, on: bool) -> None:
    """Let the mood choose, from the end of this song on, or only people."""
    if on and not turn.state.preferences.mood_drives:
        turn.set(last_change=NEVER)
    preferences.prefer(turn, mood_drives=on)


def follow_mood(turn: Turn) -> None:
    """End whatever keeps the mood from choosing; what it chooses is played at once."""
    if turn.state.preferences.intent is Intent.STEADY:
        raise Refused("the intent is steady, so the mood leaves the music alone: choose another")
    _want_music(turn)
    preferences.prefer(turn, mood_drives=True)
    turn.set(picked_until=NEVER)
    state = turn.state
    if state.playing and state.feels() and state.mood_name == state.playing_for:
        return
    if state.feels():
        music.change(turn, by_person=True)
    else:
        turn.set(last_change=NEVER, playing_for="")
        _note_when(turn)


def by_hand(turn: Turn, event: SpeakerState) -> None:
    """Respect what was done at the speaker; each kind means something else."""
    match event.hand:
        case Hand.PAUSE:
            _silence(turn)
        case Hand.RESUME:
            _unsilence(turn)
        case Hand.PICK:
            _picked(turn)
        case Hand.VOLUME | Hand.SKIP | None:
            pass


def _picked(turn: Turn) -> None:
    music.learnt(turn, "replaced")
    music.end_play(turn, "replaced")
    _unsilence(turn)
    turn.set(
        picked_until=turn.at + turn.state.policy.hands_off,
        playing_for="",
        source="",
        stopgap=False,
        wish=None,
        sounding=None,
    )


def _silence(turn: Turn) -> None:
    until = turn.at + turn.state.policy.hands_off
    turn.set(silenced=True, silenced_until=until, left=False, toggles_at=None)


def _unsilence(turn: Turn) -> None:
    unseen = turn.state.mood_name == AWAY
    turn.set(silenced=False, silenced_until=NEVER, left=False, unseen=unseen, toggles_at=None)


def _want_music(turn: Turn) -> None:
    """Somebody wants music: that ends a pause, and switches the music on."""
    _unsilence(turn)
    preferences.prefer(turn, music=True)
