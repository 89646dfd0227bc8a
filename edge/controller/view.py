"""The one public view of the state: what lights, MQTT, page and command line show."""

from __future__ import annotations

from msgspec.structs import replace

from edge.controller import music
from edge.controller.button import offering
from edge.controller.state import State
from edge.controller.volume import is_quiet, loudest
from edge.events import AWAY, NETWORK, Mood, Playback, Status, Wish

PARTS = frozenset({"eyes", "music"})
"""Parts that have to report before the box is awake; a private one has no eyes to wait for."""
WAKING = 60.0
"""Seconds after which it is awake even so: a speaker that is not needed yet may say nothing."""


def view(state: State) -> Status:
    """Return what is shown of `state`; whoever shows it shows the same."""
    speaker, watching, pulse, preferences = (
        state.speaker,
        state.watching,
        state.pulse,
        state.preferences,
    )
    mood, on = state.felt, _on(state)
    awaited = PARTS - {"eyes"} if preferences.private else PARTS
    return Status(
        at=state.at,
        mood=mood,
        unknown=state.unknown,
        probabilities=state.mood.belief if mood else (),
        faces=_faces(state.mood.faces, mood) if mood else None,
        corrected=state.said.mood if state.said else "",
        corrected_until=state.said.until if state.said else None,
        prediction=state.prediction.id if state.prediction else "",
        settling=state.mood.settling,
        private=preferences.private,
        music=preferences.music,
        mood_drives=preferences.mood_drives,
        intent=preferences.intent,
        profile=preferences.profile,
        profiles=preferences.profiles,
        max_volume=preferences.max_volume,
        loudest=loudest(preferences.in_force(), state.clock),
        quiet_volume=preferences.quiet_volume,
        gestures=preferences.gestures,
        lamp=preferences.lamp,
        release=state.release,
        learnt=state.learnt,
        playback=speaker.playback if speaker else Playback.UNKNOWN,
        track=speaker.track if speaker else None,
        position=_position(state),
        heard_at=state.heard_at,
        doing=state.doing,
        music_for=on.mood if on else state.playing_for,
        why=_why(state),
        speaker=speaker.speaker if speaker else "",
        volume=speaker.volume if speaker else None,
        hands_off_until=state.hands_off_until if state.at < state.hands_off_until else None,
        runs_on=watching.runs_on if watching else "",
        camera=watching.camera if watching else "",
        detector=watching.detector if watching else "",
        model=watching.model if watching else "",
        eyes_note=watching.note if watching else "",
        frames_per_second=pulse.frames_per_second if pulse else 0.0,
        inference_ms=pulse.inference_ms if pulse else 0.0,
        account=state.account,
        health=state.health,
        problems=state.problems,
        pairing_until=state.pairing_until,
        pairing_code=state.pairing_code,
        offering=offering(state),
        quiet=is_quiet(preferences.in_force(), state.clock),
        waking=state.at - state.began < WAKING and not state.heard_from >= awaited,
    )


def _faces(seen: int, mood: Mood) -> int:
    """How many are there: a face that was missed for a moment leaves somebody there."""
    return 0 if mood.name == AWAY else max(1, seen)


def _position(state: State) -> float | None:
    """Return the seconds into the track that is on."""
    speaker = state.speaker
    if speaker is None or speaker.track is None or speaker.remaining is None:
        return None
    passed = state.at - speaker.at if speaker.playback is Playback.PLAYING else 0.0
    position = speaker.track.duration - speaker.remaining + passed
    return max(0.0, min(position, speaker.track.duration))


def _why(state: State) -> str:
    """Say in one sentence why this plays, or why nothing does."""
    if not state.preferences.music:
        return "the music is switched off"
    if state.silenced:
        return "somebody paused it by hand"
    if state.left:
        if state.unknown:
            return f"nobody was there when the box last looked ({state.unknown})"
        return "nobody is there"
    chosen = _on(state) or state.wish
    if state.at < state.hands_off_until:
        by_hand = chosen.why if chosen and chosen.by_person else "somebody chose by hand"
        return f"{by_hand}; the mood waits"
    return chosen.why if chosen else _why_nothing(state)


def _on(state: State) -> Wish | None:
    """Return what sounds while the music that was chosen after it waits; None: nothing waits."""
    playing = state.speaker is not None and state.speaker.playback is Playback.PLAYING
    return state.sounding if playing and music.waits(state) else None


def _why_nothing(state: State) -> str:
    """Say why nothing was chosen yet, or where what plays is from."""
    if state.playing:
        return "it was on already, or somebody chose it"
    for part in (NETWORK, "sign-in", "playlists", "music"):
        if words := state.problems.get(part):
            return words
    if state.unknown:
        return f"nothing was chosen: the box does not look ({state.unknown})"
    if not state.mood_may_drive(state.at):
        return "nothing was chosen: the mood does not choose the music"
    if state.mood_name == AWAY:
        return "nobody is there"
    return "nothing was chosen yet: no mood stands out"


def worth_showing(shown: Status, status: Status) -> bool:
    """Whether `status` says something new, or the numbers that always move are a second old."""
    if status.at - shown.at >= 1.0:
        return True
    mood = status.mood
    if mood is not None and shown.mood is not None:
        mood = replace(mood, confidence=shown.mood.confidence)
    moves = ("at", "probabilities", "faces", "position")
    still = {name: getattr(shown, name) for name in moves}
    return replace(status, mood=mood, **still) != shown


def summary(status: Status | None) -> str:
    """Return one line for `systemctl status`."""
    if status is None:
        return "waking"
    problems = "; ".join(f"{part}: {words}" for part, words in status.problems.items())
    mood = status.mood.name if status.mood else f"not looking: {status.unknown}"
    return problems or f"{mood}, {status.playback.value}"
