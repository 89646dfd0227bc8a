"""What the speaker says, and what is taken for granted of it after an order of ours."""

from __future__ import annotations

from msgspec.structs import replace

from edge.controller import hands, music
from edge.controller.state import NEVER, State, Turn
from edge.events import (
    Announce,
    Fallback,
    MusicEnded,
    Playback,
    Played,
    PlayFailed,
    ReadSpeaker,
    RetryMusic,
    SpeakerState,
    TrackEnded,
    Wish,
)

LOOK_EVERY = 30.0
"""Seconds between two looks that a page or Home Assistant asks for, at least."""
LOOK_AGAIN = 5.0
"""The same where somebody did something since."""
LOOK_WITHIN = 5.0
"""Seconds a toggle waits for a look at the speaker."""
FORGET = 600.0
"""Seconds after which what nobody heard of again is no longer called under way."""
SAID_FOR = 60.0
"""Seconds for which it is said that what somebody wanted is not to be had, where nothing else is
wrong: a volume, a skip, other music than what plays on."""
FALLBACK = "fallback"
"""What is said of the second player is told under this."""
TOO_SOON = 30.0
"""Music that is over sooner was none: what is tried next waits as long as any change."""


def heard(turn: Turn, event: SpeakerState) -> None:
    """Take in what the speaker does, and what was done to it by hand."""
    turn.set(speaker=event, heard_at=turn.at, heard_from=turn.state.heard_from | {"music"})
    if event.playback is Playback.PLAYING:
        turn.set(ended=False)
    if event.hand is not None:
        turn.set(acted_at=turn.at)
        hands.by_hand(turn, event)
    if turn.state.toggles_at is not None:
        hands.toggle(turn)


def look(turn: Turn) -> None:
    """Look at the speaker because somebody wants to see it; not at each of many glances."""
    state = turn.state
    acted = state.acted_at >= state.looked_at
    if turn.at - state.looked_at >= (LOOK_AGAIN if acted else LOOK_EVERY):
        turn.set(looked_at=turn.at)
        turn.do(ReadSpeaker())
        if turn.state.problems.get("music"):
            turn.do(RetryMusic())


def tick(turn: Turn) -> None:
    """Stop waiting for what does not come."""
    state = turn.state
    if state.toggles_at is not None and turn.at - state.toggles_at >= LOOK_WITHIN:
        hands.toggle(turn)
    asked = state.pending.get(state.asked)
    if asked is not None and turn.at - asked.at >= FORGET:
        _done(turn, asked.id)
    if turn.at - state.in_vain[1] >= SAID_FOR:
        said_long_enough(turn)


def said_long_enough(turn: Turn) -> None:
    """Say no longer what was in vain."""
    words, _ = turn.state.in_vain
    if words and turn.state.problems.get("music") == words:
        turn.problem("music", "")
    turn.set(in_vain=("", NEVER))


def played(turn: Turn, event: Played) -> None:
    """Take for granted that the speaker does what it took, until it is looked at."""
    turn.problem("music", "")
    wish = turn.state.pending.get(event.wish)
    if wish is not None:
        turn.set(speaker=expected(turn.state, wish))
        if wish.uri:
            turn.set(sounding=wish)
    _done(turn, event.wish)


def expected(state: State, wish: Wish) -> SpeakerState:
    """Return what the speaker does after `wish`."""
    speaker = (state.here if wish.uri else state.speaker) or SpeakerState(
        state.at, Playback.UNKNOWN, speaker=state.policy.speaker
    )
    if wish.volume is not None and not wish.at_most:
        speaker = replace(speaker, volume=wish.volume)
    elif wish.volume is not None and speaker.volume is not None:
        speaker = replace(speaker, volume=min(speaker.volume, wish.volume))
    if wish.volume is not None and not wish.uri:
        return speaker
    remaining = speaker.remaining
    if remaining is not None and speaker.playback is Playback.PLAYING:
        remaining = max(0.0, remaining - (state.at - speaker.at))
    track = speaker.track
    # It may have been read between the wish and the order, so what is on is told by what it is.
    other = wish.uri and speaker.wish != wish.id and not _plays(wish.uri, speaker)
    if other or (wish.is_step and speaker.at < wish.at):
        track, remaining = None, None
    playback = Playback.PLAYING if wish.playing else Playback.PAUSED
    return replace(
        speaker, at=state.at, playback=playback, track=track, remaining=remaining, hand=None
    )


def _plays(uri: str, speaker: SpeakerState) -> bool:
    return speaker.track is not None and uri in {speaker.track.context, speaker.track.uri}


def failed(turn: Turn, event: PlayFailed) -> None:
    """Say why the music is not what it should be; the DJ goes on trying by itself."""
    asked = turn.state.pending.get(event.wish)
    in_passing = asked is not None and asked.by_person and (turn.state.playing or not asked.uri)
    if in_passing and event.terminal and "music" not in turn.state.problems:
        turn.set(in_vain=(event.reason, turn.at))
    if turn.state.problems.get("music") != event.reason:
        turn.do(Announce("fault", turn.at, {"part": "music", "reason": event.reason}))
    turn.problem("music", event.reason)
    if event.wish == turn.state.asked:
        turn.set(asked="", doing="")
    wish = turn.state.wish
    if event.given_up:
        _forget(turn, event.wish)
    if event.terminal and wish is not None and wish.id == event.wish and wish.by_person:
        turn.set(picked_until=NEVER, last_change=NEVER, playing_for="")  # the mood has the say


def _forget(turn: Turn, wish: str) -> None:
    """Take what sounds for what was chosen last, where a wish is given up."""
    state = turn.state
    turn.set(pending={key: value for key, value in state.pending.items() if key != wish})
    if state.wish is not None and state.wish.id == wish:
        turn.set(wish=state.sounding if state.playing else None)


def fell_back(turn: Turn, event: Fallback) -> None:
    """The second player is to play, or the first can again; music that was on there is over."""
    state, words = turn.state, ""
    if event.reason:
        words = f"{event.reason}; {state.policy.players[1].player} plays meanwhile"
    turn.set(cannot=event.reason)
    if words and words != state.problems.get(FALLBACK):
        turn.do(Announce("fault", turn.at, {"part": FALLBACK, "reason": words}))
    turn.problem(FALLBACK, words)
    if event.reason and not state.cannot:
        turn.problem("music", "")
        if turn.state.plays.has(state.source):
            turn.do(RetryMusic())  # what waited for the first need not any more
        elif not music.asked_instead(turn):
            music.end_play(turn, "replaced")
            turn.set(ended=True)


def _done(turn: Turn, wish: str) -> None:
    state = turn.state
    turn.set(pending={key: value for key, value in state.pending.items() if key != wish})
    if wish == state.asked:
        turn.set(asked="", doing="")


def track_ended(turn: Turn, event: TrackEnded) -> None:
    """Learn from a track of ours that was heard out, or cut short."""
    wish = turn.state.wish
    if wish is not None and event.wish == wish.id:
        music.learnt(turn, "skipped" if event.skipped else "finished")


def music_ended(turn: Turn, event: MusicEnded) -> None:
    """What was asked for is over, a person's pick too: the mood has the say again."""
    wish = turn.state.wish
    if wish is not None and event.wish not in ("", wish.id):
        return  # something else was asked for since
    music.end_play(turn, "finished")
    lasted = turn.at - turn.state.last_change
    turn.set(ended=lasted >= TOO_SOON, picked_until=NEVER)
