"""The mood drives the music, slowly, and never against somebody's hand."""

from __future__ import annotations

from itertools import pairwise

import msgspec
import pytest
from fakes.table import SOURCES, Table, only, plays

from edge.controller.view import view
from edge.events import (
    DROPPED,
    EMOTIONS,
    Announce,
    Answer,
    Command,
    Correct,
    Down,
    FollowMood,
    Fulfil,
    Hand,
    Intent,
    KeepTaste,
    Next,
    Pause,
    Play,
    Playback,
    Played,
    PlayEnd,
    PlayFailed,
    PlayPause,
    PlayRecord,
    Prediction,
    Preferences,
    Remember,
    RequestBody,
    SetIntent,
    SetMusic,
    SetPrivate,
    SetVolume,
    SpeakerState,
    Track,
    TrackEnded,
    Watching,
)
from edge.records import Taste


def test_a_happy_face_brings_happy_music_once(table: Table) -> None:
    commands = table.see("happy", 30)
    (wish,) = plays(commands)
    assert wish.uri == SOURCES["happy"][0]
    assert wish.mood == "happy"
    assert wish.why


def test_a_mood_of_another_view_is_refused_with_this_boxs_moods_and_words_are_searched(
    table: Table,
) -> None:
    for written in ("joyful", "Joyful"):
        [refused] = only(table.ask(Play(written)), Answer)
        assert not refused.accepted
        assert refused.reason.endswith(f"allowed: {', '.join(EMOTIONS)}")
    (wish,) = plays(table.ask(Play("summer party")))
    assert wish.uri == "summer party"


@pytest.mark.parametrize("written", ["Happy", "HAPPY", " happy "])
def test_a_mood_is_played_by_its_name_however_that_is_written(table: Table, written: str) -> None:
    (wish,) = plays(table.ask(Play(written)))
    assert (wish.uri, wish.mood) == (SOURCES["happy"][0], "happy")


def test_a_play_carries_the_prediction_that_led_to_it(table: Table) -> None:
    commands = table.see("happy", 10)
    records = [command.record for command in only(commands, Remember)]
    (prediction,) = [record for record in records if isinstance(record, Prediction)]
    (play,) = [record for record in records if isinstance(record, PlayRecord)]
    assert play.prediction == prediction.id
    assert prediction.model == "0123456789ab"
    assert sum(prediction.probabilities) > 0.99


def test_a_new_mood_waits_until_the_music_may_change(table: Table) -> None:
    table.see("happy", 30)
    assert plays(table.see("sad", 300)) == []
    (wish,) = plays(table.see("sad", 400))
    assert wish.uri == SOURCES["sad"][0]
    assert wish.gentle


def test_the_same_mood_again_changes_nothing(table: Table) -> None:
    table.see("happy", 30)
    assert plays(table.see("happy", 1500)) == []


def test_music_that_is_over_is_followed_by_more(table: Table) -> None:
    table.see("happy", 30)
    assert len(plays(table.tell(SpeakerState(table.now + 700, Playback.IDLE)))) == 1


def test_nobody_there_pauses_and_somebody_resumes(table: Table) -> None:
    table.see("happy", 30)
    gone = [command.wish for command in only(table.leave(60), Fulfil)]
    assert [wish.playing for wish in gone] == [False]
    back = [command.wish for command in only(table.see("happy", 20), Fulfil)]
    assert [(wish.playing, wish.uri) for wish in back] == [(True, "")]


def test_the_house_may_keep_the_music_on_when_it_leaves(table: Table) -> None:
    policy = msgspec.structs.replace(table.state.policy, pause_when_away=False)
    table.state = msgspec.structs.replace(table.state, policy=policy)
    table.see("happy", 30)
    assert only(table.leave(60), Fulfil) == []


def test_a_pause_by_hand_is_not_undone_by_the_next_mood(table: Table) -> None:
    table.see("happy", 30)
    table.ask(Pause())
    assert only(table.see("sad", 1700), Fulfil) == []


def test_a_pause_at_the_speaker_counts_as_much(table: Table) -> None:
    table.see("happy", 30)
    table.tell(SpeakerState(table.now, Playback.PAUSED, hand=Hand.PAUSE))
    assert only(table.see("sad", 1700), Fulfil) == []
    assert table.state.silenced


def test_a_pick_by_hand_keeps_the_mood_off_for_a_while(table: Table) -> None:
    table.see("happy", 30)
    table.tell(SpeakerState(table.now, Playback.PLAYING, Track("spotify:track:x"), hand=Hand.PICK))
    assert plays(table.see("sad", 1700)) == []
    assert len(plays(table.see("sad", 200))) == 1


def test_after_a_pause_by_hand_a_new_visit_begins_anew(table: Table) -> None:
    table.see("happy", 30)
    table.ask(Pause())
    table.leave(1900)
    (command,) = only(table.see("sad", 30), Fulfil)
    assert command.wish.uri == SOURCES["sad"][0]


def test_the_same_mood_on_a_new_visit_brings_music_too(table: Table) -> None:
    table.see("happy", 30)
    table.ask(Pause())
    table.leave(1900)
    (command,) = only(table.see("happy", 30), Fulfil)
    assert command.wish.playing


def note_on(table: Table, body: RequestBody) -> str:
    """What whoever asks is told of what becomes of it."""
    [answer] = only(table.ask(body), Answer)
    assert answer.accepted
    return answer.note


@pytest.mark.parametrize("body", [FollowMood(), SetIntent(Intent.LIFT)])
def test_who_wants_the_mood_to_choose_is_told_what_it_waits_for(
    table: Table, body: RequestBody
) -> None:
    table.leave(60)
    assert note_on(table, body) == "kept: the mood chooses once somebody is there"
    table.ask(SetPrivate(private=True))
    table.ask(SetIntent(Intent.MATCH))
    assert note_on(table, body) == "kept: the mood chooses once the box looks (private)"


def test_a_new_intent_waits_for_a_pause_and_a_pick_by_hand_and_says_so(table: Table) -> None:
    table.see("happy", 20)
    table.ask(Play("spotify:album:aaaaaaaaaaaaaaaaaaaaaa"))
    waits = "kept: the mood chooses once what somebody chose by hand is over"
    assert note_on(table, SetIntent(Intent.LIFT)) == waits
    table.ask(Pause())
    assert note_on(table, SetIntent(Intent.CALM)).endswith("once somebody plays on")
    assert note_on(table, SetIntent(Intent.STEADY)) == ""


def test_steady_leaves_the_music_alone(table: Table) -> None:
    table.ask(SetIntent(Intent.STEADY))
    assert plays(table.see("happy", 30)) == []


def test_the_mood_can_be_kept_from_driving_the_music(table: Table) -> None:
    table.ask(SetMusic(on=False))
    assert plays(table.see("happy", 30)) == []


def test_a_private_box_leaves_the_music_as_it_is(table: Table) -> None:
    table.see("happy", 30)
    commands = table.ask(SetPrivate(private=True))
    assert only(commands, Fulfil) == []
    assert only(table.wait(3000), Fulfil) == []


def test_eyes_that_are_down_leave_the_music_as_it_is(table: Table) -> None:
    table.see("happy", 30)
    table.tell(Down("eyes", "the camera is unplugged", table.now))
    assert only(table.wait(3000), Fulfil) == []
    table.tell(Watching(table.now, "CPU", "video", "yunet", "0123456789ab"))
    assert "eyes" not in table.state.problems


def test_play_and_pause_by_one_button(table: Table) -> None:
    table.see("happy", 30)
    (first,) = only(table.ask(PlayPause()), Fulfil)
    (second,) = only(table.ask(PlayPause()), Fulfil)
    assert (first.wish.playing, second.wish.playing) == (False, True)
    assert first.wish.by_person
    assert second.wish.by_person


def test_next_goes_on_at_once(table: Table) -> None:
    table.see("happy", 30)
    (command,) = only(table.ask(Next()), Fulfil)
    assert command.wish.skip
    assert not command.wish.gentle


def test_a_mood_can_be_played_by_name(table: Table) -> None:
    (wish,) = plays(table.ask(Play("sad")))
    assert wish.uri == SOURCES["sad"][0]


def test_the_house_s_loudest_is_kept(table: Table) -> None:
    table = Table(Preferences(max_volume=50))
    (answer,) = table.ask(SetVolume(80))
    assert not answer.accepted  # type: ignore[union-attr]
    assert "loudest this house allows now is 50" in answer.reason  # type: ignore[union-attr]
    assert only(table.ask(SetVolume(40)), Fulfil)[0].wish.volume == 40


def test_a_mood_without_anything_to_play_is_said_once() -> None:
    table = Table(Preferences())
    commands = table.see("happy", 60)
    assert plays(commands) == []
    assert "playlists" in table.state.problems


def test_a_failure_is_named_once_and_cleared_by_success(table: Table) -> None:
    told: list[Command] = []
    for _ in range(3):
        told += table.tell(PlayFailed("w", "speaker not found", table.now))
    assert [command.event for command in only(told, Announce)] == ["fault"]
    assert table.state.problems["music"] == "speaker not found"


def test_what_is_heard_out_or_cut_short_teaches(table: Table) -> None:
    table.see("happy", 30)
    wish = table.state.wish.id  # type: ignore[union-attr]
    told = table.tell(TrackEnded("spotify:track:a", table.now, 180.0, wish=wish))
    assert only(told, KeepTaste)
    table.tell(TrackEnded("spotify:track:b", table.now, 5.0, skipped=True, wish=wish))
    belief = table.state.taste.of("home", "happy")[SOURCES["happy"][0]]
    assert (belief.good, belief.times) == (1, 2)


def test_a_track_that_was_not_ours_teaches_nothing(table: Table) -> None:
    table.see("happy", 30)
    assert table.tell(TrackEnded("spotify:track:x", table.now, 5.0, wish="somebody's")) == ()


def test_music_that_a_mood_had_to_borrow_teaches_nothing() -> None:
    table = Table(Preferences(sources={"happy": SOURCES["happy"]}))
    table.see("sad", 30)
    wish = table.state.wish
    assert wish is not None
    assert wish.uri == SOURCES["happy"][0]
    table.tell(TrackEnded("spotify:track:a", table.now, 180.0, wish=wish.id))
    assert table.state.taste == Taste()


def test_a_correction_counts_a_little_against_the_music(table: Table) -> None:
    table.see("happy", 30)
    table.ask(Correct("sad"))
    belief = table.state.taste.of("home", "happy")[SOURCES["happy"][0]]
    assert (belief.good, belief.times) == (0, 1)


def test_lifting_a_mood_begins_where_it_is_and_goes_by_steps(table: Table) -> None:
    table.ask(SetIntent(Intent.LIFT))
    wishes = plays(table.see("sad", 3000, rate=1.0))
    assert wishes[0].uri == SOURCES["sad"][0]
    assert len(wishes) > 2
    assert SOURCES["happy"][0] in {wish.uri for wish in wishes}
    gaps = [later.at - sooner.at for sooner, later in pairwise(wishes)]
    assert min(gaps) >= table.state.policy.min_play


def test_a_wish_of_a_person_that_cannot_be_played_does_not_silence_the_mood(table: Table) -> None:
    table.ask(Play("spotify:album:1234567890123456789012"))
    [wish] = plays(table.commands)
    table.tell(PlayFailed(wish.id, "cannot be played", table.now, terminal=True))
    table.see("happy", 30)
    assert [w.mood for w in plays(table.commands)][1:] == ["happy"]


def test_of_what_somebody_asked_for_it_is_said_why_it_was_that_and_that_the_mood_waits(
    table: Table,
) -> None:
    table.ask(Play("happy"))
    why = "played your playlist for happy: not tried yet when happy; the mood waits"
    assert view(table.state).why == why
    table.ask(Play("spotify:album:1234567890123456789012"))
    assert view(table.state).why == "somebody asked for it; the mood waits"
    table.tell(SpeakerState(table.now, Playback.PLAYING, hand=Hand.PICK))
    assert view(table.state).why == "somebody chose by hand; the mood waits"


def test_the_song_before_is_not_shown_as_the_music_that_was_just_begun(table: Table) -> None:
    table.see("happy", 30)
    table.answers = False
    [wish] = [c.wish for c in table.ask(Correct("sad")) if isinstance(c, Fulfil)]
    before = Track("spotify:track:old", "Old", context="spotify:playlist:happy")
    # A speaker that has to be asked is read between the wish and the order.
    table.tell(SpeakerState(table.now + 1, Playback.PLAYING, before))
    table.tell(Played(wish.id, table.now + 1))
    assert view(table.state).track is None
    after = Track("spotify:track:new", "New", context=wish.uri)
    table.tell(SpeakerState(table.now + 3, Playback.PLAYING, after))
    assert view(table.state).track == after


def test_music_that_other_music_overtook_was_dropped_and_not_heard(table: Table) -> None:
    table.answers = False
    table.ask(Play("happy"))
    table.now += 5
    table.ask(Play("sad"))
    [first] = _ends(table)
    assert (first.outcome, first.listened) == (DROPPED, 0.0)


def test_music_that_was_heard_until_other_music_came_gave_way(table: Table) -> None:
    table.ask(Play("happy"))
    table.now += 5
    table.ask(Play("sad"))
    [first] = _ends(table)
    assert (first.outcome, first.listened) == ("replaced", 5.0)


def _ends(table: Table) -> list[PlayEnd]:
    records = [one.record for one in only(table.commands, Remember)]
    return [record for record in records if isinstance(record, PlayEnd)]


def test_music_that_was_on_before_is_not_called_nothing(table: Table) -> None:
    table.tell(SpeakerState(table.now, Playback.PLAYING, Track("spotify:track:x")))
    table.ask(SetPrivate(private=True))
    assert view(table.state).why == "it was on already, or somebody chose it"
