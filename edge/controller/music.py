"""The mood drives: when the music changes, and what is learnt of it."""

from __future__ import annotations

import random

import msgspec

from edge.choose.chooser import Ask, Choice, Outcome, choose, learn
from edge.controller.state import NEVER, State, Turn
from edge.controller.volume import start_volume
from edge.events import (
    AWAY,
    DROPPED,
    UNSURE,
    Announce,
    Fulfil,
    Intent,
    KeepTaste,
    Playback,
    PlayEnd,
    PlayRecord,
    Remember,
    RetryMusic,
    Wish,
)
from edge.mood.moods import moods, searches
from edge.records import Taste
from edge.uri import Uri

MOST_PENDING = 8
"""Wishes of which is remembered what they were until they are done."""


def follow_mood(turn: Turn) -> None:
    """Let the music follow the mood, where no person has the say."""
    state = turn.state
    if not state.mood_may_drive(turn.at):
        return
    if state.mood_name == AWAY:
        _nobody_there(turn)
    elif state.left:
        _back_again(turn)
    elif _mood_to_play(state) and _change_due(turn):
        change(turn)


def follow_person(turn: Turn) -> None:
    """Let the music follow the mood at once, because a person said what that is, or to follow."""
    state = turn.state
    if state.mood_may_drive(turn.at) and state.feels() and state.mood_name != state.playing_for:
        change(turn, by_person=True)


def _mood_to_play(state: State) -> str:
    """Return the mood to choose for; where no emotion stands out, music that is over goes on."""
    if state.feels():
        return state.mood_name
    return state.playing_for if state.mood_name == UNSURE and state.ended else ""


def _change_due(turn: Turn) -> bool:
    state = turn.state
    if state.ended or _gives_back(state):
        return True
    if turn.at < state.last_change + state.policy.min_play:
        return False
    over = state.speaker is not None and state.speaker.playback is Playback.IDLE
    return _mood_to_play(state) != state.playing_for or over or not state.arrived


def _gives_back(state: State) -> bool:
    """Whether the second player plays what the mood has at the first, too, which can play again."""
    first = state.policy.players[0]
    theirs = state.wish is not None and bool(state.source) and not first.has(state.source)
    if not theirs or state.cannot:
        return False
    return any(map(first.has, offered(state).get(_mood_to_play(state), ())))


def change(turn: Turn, *, by_person: bool = False, gentle: bool = False) -> None:
    """Choose something for the mood of the moment, and have it played.

    `by_person`: somebody waits for it. `gentle`: it may wait for the song's end even so.
    """
    mood = _mood_to_play(turn.state)
    same = mood == turn.state.playing_for
    turn.set(step=turn.state.step + 1 if same else 0)
    choice = choice_for(turn, mood, turn.state.preferences.intent)
    if choice is None:
        # Asked again no sooner than a change would be due, or it would be asked every frame.
        turn.set(last_change=turn.at, playing_for=mood, arrived=True, ended=False)
        turn.problem("playlists", "nothing to play: give the moods playlists on the page")
        return
    start(turn, choice, mood, by_person=by_person, gentle=gentle or not by_person)


def choice_for(turn: Turn, mood: str, intent: Intent) -> Choice | None:
    """Return what suits `mood`; None where there is nothing to choose from."""
    state = turn.state
    choice = choose(
        state.taste,
        Ask(
            mood=mood,
            intent=intent,
            sources=offered(state),
            profile=state.preferences.profile,
            last=state.source,
            step=state.step,
            titles=state.titles,
            songs=state.songs,
            stopgaps=_stopgaps(state),
        ),
        random.Random(turn.new_id()),
    )
    if choice is None or not state.cannot:
        return choice
    first, second = (it.player for it in state.policy.players)
    why = f"{choice.why}; {second} plays, as {first} cannot now"
    return msgspec.structs.replace(choice, why=why)


def offered(state: State) -> dict[str, list[str]]:
    """Return what whoever is to play has for each mood, as far as its songs are known.

    Where a mood was given only what the second player has, that is played though the first can;
    what no player of this box has, as from before it got another, is played by none.
    """
    found = {}
    for mood, given in state.preferences.in_force().sources.items():
        can = [it for it in given if state.policy.can_play(it)]
        known = [it for it in can if state.songs.get(it) or not Uri.parse(it).is_list]
        now = [it for it in known if state.plays.has(it)]
        found[mood] = now if now or state.cannot else known
    return found


def _stopgaps(state: State) -> dict[str, tuple[str, ...]]:
    """Return what there is for a house that has given nothing; searches take an account."""
    if everything := state.plays.everything:
        return dict.fromkeys(moods(state.policy.rules.view), (everything,))
    if state.account is None or not state.account.signed_in:
        return {}
    return {mood: searches(mood) for mood in moods(state.policy.rules.view)}


def start(turn: Turn, choice: Choice, mood: str, *, by_person: bool, gentle: bool = False) -> None:
    """Wish for a choice of the chooser's, and remember that it was ours."""
    end_play(turn, "replaced")
    state = turn.state
    volume, at_most = _start_volume(state)
    wish = Wish(
        id=turn.new_id(),
        playing=True,
        uri=choice.uri,
        songs=choice.songs,
        why=choice.why,
        volume=volume,
        at_most=at_most,
        prediction=state.prediction.id if state.prediction else "",
        mood=mood,
        gentle=gentle and state.playing,
        by_person=by_person,
        at=turn.at,
    )
    turn.set(
        wish=wish,
        source=choice.uri,
        stopgap=choice.stopgap,
        playing_for=mood,
        arrived=choice.arrived,
        last_change=turn.at,
        left=False,
        silenced=False,
        silenced_until=NEVER,
        ended=False,
    )
    turn.problem("playlists", "")
    turn.do(
        Remember(
            PlayRecord(
                id=wish.id,
                at=turn.at,
                uri=wish.uri,
                why=wish.why,
                mood=wish.mood,
                prediction=wish.prediction,
                profile=state.preferences.profile,
            )
        )
    )
    turn.do(Announce("play", turn.at, {"uri": wish.uri, "why": wish.why, "mood": wish.mood}))
    if by_person:
        when = "at the end of this song" if wish.gentle else "starting"
        turn.note = when if wish.gentle else ""
        turn.set(asked=wish.id, doing=f"{when} on {state.policy.speaker}…")
    fulfil(turn, wish)


def _start_volume(state: State) -> tuple[int | None, bool]:
    """See start_volume(); what plays on another speaker says nothing of how loud ours is."""
    does = state.here.playback if state.here else Playback.UNKNOWN
    used = state.ended or does in {Playback.PLAYING, Playback.PAUSED}
    playing = does is Playback.PLAYING
    return start_volume(state.preferences.in_force(), state.clock, playing=playing, used=used)


def _nobody_there(turn: Turn) -> None:
    state = turn.state
    if state.policy.pause_when_away and state.playing and not state.left and not state.unseen:
        turn.set(left=True, asked="", doing="")
        wish(turn, playing=False, why="nobody is there")


def _back_again(turn: Turn) -> None:
    turn.set(left=False)
    play_on(turn, why="somebody came back")


def play_on(turn: Turn, *, why: str, doing: str = "") -> None:
    """Play what is on, or what was to follow it when it was halted; `doing` as in wish()."""
    state = turn.state
    if _instead(turn, by_person=bool(doing)):
        return
    if state.wish is None or not waits(state):
        wish(turn, doing=doing, playing=True, why=why, by_person=bool(doing))
        return
    volume, at_most = _start_volume(state)
    made = msgspec.structs.replace(
        state.wish,
        volume=volume,
        at_most=at_most,
        gentle=False,
        by_person=bool(doing),
        at=turn.at,
    )
    turn.set(wish=made)
    if doing:
        turn.set(asked=made.id, doing=doing)
    fulfil(turn, made)


def _instead(turn: Turn, *, by_person: bool) -> bool:
    """Play what there is in place of what only the player has that cannot; return whether."""
    state = turn.state
    mood = state.mood_name if state.feels() else state.playing_for
    if not state.cannot or not mood or state.wish is None or state.plays.has(state.wish.uri):
        return False
    choice = choice_for(turn, mood, state.preferences.intent)
    if choice is not None:
        start(turn, choice, mood, by_person=by_person)
    return choice is not None


def asked_instead(turn: Turn) -> bool:
    """Play what there is for the mood whose music somebody still waits for; return whether."""
    made = turn.state.wish
    if made is None or not (waits(turn.state) and made.by_person and made.mood):
        return False
    choice = choice_for(turn, made.mood, Intent.MATCH)
    if choice is not None:
        start(turn, choice, made.mood, by_person=True)
    return choice is not None


def waits(state: State) -> bool:
    """Return whether the music that was chosen last has not come yet."""
    return state.wish is not None and state.wish.id in state.pending


def new_visit(turn: Turn) -> None:
    """Begin anew for who comes into an empty room, once a pause by hand has had its time."""
    if turn.state.silenced and turn.at >= turn.state.silenced_until:
        turn.set(silenced=False, silenced_until=NEVER, playing_for="")


def given(turn: Turn, mood: str, *, first: bool) -> None:
    """The owner gave a mood something to play: what waited for that begins.

    `first`: it had nothing before, so what plays for it was borrowed or searched for.
    """
    turn.problem("playlists", "")
    state = turn.state
    if not offered(state).get(mood):
        return  # its songs are not known yet
    if not state.playing and not state.left:
        turn.set(last_change=NEVER, playing_for="")
    elif (state.stopgap or (first and mood == state.playing_for)) and (
        state.feels() and state.mood_may_drive(turn.at)
    ):
        choice = choice_for(turn, state.mood_name, state.preferences.intent)
        if choice is not None and not choice.stopgap:
            start(turn, choice, state.mood_name, by_person=True)


def given_by_another(turn: Turn, before: dict[str, list[str]]) -> None:
    """Somebody else listens, whose own music is other than `before`: it is next."""
    state = turn.state
    now, mood = state.preferences.in_force().sources, state.mood_name
    if now.get(mood) != before.get(mood) and state.mood_may_drive(turn.at) and not state.left:
        change(turn, by_person=True, gentle=True)


def woken(turn: Turn) -> None:
    """What the music waited for has come: try again now what is still wanted."""
    state = turn.state
    turn.do(RetryMusic())
    if not waits(state) and not state.playing and not state.left:
        turn.set(last_change=NEVER, playing_for="")


# --- wishes --------------------------------------------------------------------------------------


def wish(turn: Turn, *, doing: str = "", **fields: bool | str | int) -> None:
    """Wish for a change that is no new music; `doing` says in words what a person waits for."""
    base = turn.state.wish
    made = Wish(
        id=turn.new_id(),
        at=turn.at,
        gentle=False,
        mood=base.mood if base else "",
        prediction=base.prediction if base else "",
        **fields,  # type: ignore[arg-type]  # the fields of Wish
    )
    if doing:
        turn.set(asked=made.id, doing=doing)
    fulfil(turn, made)


def fulfil(turn: Turn, made: Wish) -> None:
    """Hand a wish to the DJ, and remember it until it is done."""
    pending = turn.state.pending | {made.id: made}
    turn.set(pending=dict(list(pending.items())[-MOST_PENDING:]))
    turn.do(Fulfil(made))


# --- what is learnt ------------------------------------------------------------------------------


def corrected(turn: Turn) -> None:
    """The mood was wrong: what was chosen for it may have fitted badly."""
    if turn.state.playing_for == turn.state.mood_name:
        learnt(turn, "corrected")


def learnt(turn: Turn, outcome: str) -> None:
    """Learn from what became of the music that we chose.

    Only the owner's own teaches, and only for the mood that it was given to: what a mood had to
    borrow says nothing about either.
    """
    state = turn.state
    made = state.wish
    if made is None or state.source not in state.preferences.in_force().sources.get(made.mood, ()):
        return
    what = Outcome(state.preferences.profile, made.mood, state.source, outcome)
    relearn(turn, learn(state.taste, what))


def relearn(turn: Turn, taste: Taste) -> None:
    """Make `taste` what is known of the house's."""
    turn.set(taste=taste)
    turn.do(KeepTaste())


def end_play(turn: Turn, outcome: str) -> None:
    """Note how what was played ended, once; what never began was dropped."""
    made = turn.state.wish
    if made is None or not made.uri or turn.state.ended:
        return
    began = not waits(turn.state)
    listened = max(0.0, turn.at - made.at) if began else 0.0
    turn.do(Remember(PlayEnd(made.id, turn.at, outcome if began else DROPPED, listened)))
