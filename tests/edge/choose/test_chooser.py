from __future__ import annotations

import random
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.choose.chooser import Ask, Outcome, choose, learn
from edge.events import EMOTIONS, Intent
from edge.records import Taste

SOURCES = {mood: [f"spotify:playlist:{mood}{n}" for n in range(3)] for mood in EMOTIONS}


def pick(taste: Taste = Taste(), seed: int = 0, **fields: Any) -> Any:  # noqa: B008
    asked: dict[str, Any] = {"mood": "sad", "intent": Intent.MATCH, "sources": SOURCES} | fields
    return choose(taste, Ask(**asked), random.Random(seed))


def taught(*outcomes: tuple[str, str], mood: str = "sad", profile: str = "home") -> Taste:
    taste = Taste()
    for source, what in outcomes:
        taste = learn(taste, Outcome(profile, mood, source, what))
    return taste


def share(taste: Taste, uri: str, **fields: object) -> float:
    return [pick(taste, seed, **fields).uri for seed in range(200)].count(uri) / 200


def test_match_plays_the_mood() -> None:
    for mood in EMOTIONS:
        assert {pick(seed=n, mood=mood).mood for n in range(5)} == {mood}


@pytest.mark.parametrize(
    ("mood", "intent", "way"),
    [
        ("sad", Intent.LIFT, ["sad", "neutral", "neutral", "happy"]),
        ("angry", Intent.CALM, ["angry", "surprise", "neutral"]),
        ("happy", Intent.LIFT, ["happy"]),
        ("sad", Intent.STEADY, ["sad"]),
    ],
)
def test_the_music_begins_where_the_listener_is_and_moves_by_steps(
    mood: str, intent: Intent, way: list[str]
) -> None:
    walked, step = [], 0
    while True:
        choice = pick(mood=mood, intent=intent, step=step)
        walked.append(choice.mood)
        if choice.arrived:
            break
        step += 1
    assert list(dict.fromkeys(walked)) == list(dict.fromkeys(way))
    assert walked[0] == mood
    assert pick(mood=mood, intent=intent, step=step + 5).mood == walked[-1]


@given(
    mood=st.sampled_from(EMOTIONS), intent=st.sampled_from(list(Intent)),
    last=st.sampled_from([s for sources in SOURCES.values() for s in sources]),
    step=st.integers(0, 9), seed=st.integers(0, 99),
)  # fmt: skip
def test_what_was_just_played_is_never_played_again(
    mood: str, intent: Intent, last: str, step: int, seed: int
) -> None:
    assert pick(mood=mood, intent=intent, last=last, step=step, seed=seed).uri != last


def test_with_one_source_a_mood_a_mood_keeps_to_its_own() -> None:
    one = {mood: [f"spotify:playlist:{mood}"] for mood in EMOTIONS}
    last = ""
    for seed in range(4):
        last = pick(mood="happy", sources=one, last=last, seed=seed).uri
        assert last == "spotify:playlist:happy"


def test_a_mood_without_sources_borrows_from_the_nearest_and_says_so() -> None:
    choice = pick(mood="disgust", sources={"happy": ["jazz"], "angry": ["metal"], "fear": []})
    assert (choice.uri, choice.mood) == ("metal", "angry")
    assert choice.why == (
        'played the search "metal": not tried yet when angry; '
        "disgust has nothing else to play, and angry is nearest to it"
    )


def test_without_any_source_there_is_nothing_to_play() -> None:
    assert pick(sources={}) is None
    assert pick(sources={"sad": []}) is None


def test_the_why_counts_what_happened() -> None:
    uri = SOURCES["sad"][0]
    taste = taught(*[(uri, "finished")] * 9, (uri, "skipped"))
    assert pick(taste, sources={"sad": [uri]}, titles={uri: "Rainy days"}).why == (
        "played Rainy days: you let it play 9 of 10 times when sad"
    )


def test_what_is_liked_is_played_and_what_is_skipped_is_not() -> None:
    good, bad, _ = SOURCES["sad"]
    taste = taught(*[(good, "finished"), (bad, "skipped")] * 10)
    assert share(taste, good) > 0.9
    assert share(taste, bad) < 0.05


def test_not_this_says_more_than_a_skip() -> None:
    _, bad, worse = SOURCES["sad"]
    taste = taught((worse, "not this"), (bad, "skipped"))
    assert pick(taste, sources={"sad": [worse, bad]}).uri == bad


def test_what_was_not_tried_yet_is_tried_before_what_was_skipped_and_after_what_is_liked() -> None:
    good, bad, new = SOURCES["sad"]
    taste = taught((good, "finished"), (bad, "skipped"))
    assert share(taste, good) == 1.0
    assert share(taste, new, last=good) == 1.0


def test_each_profile_and_each_mood_has_its_own_taste() -> None:
    good = SOURCES["sad"][0]
    taste = taught(*[(good, "finished")] * 20)
    assert share(taste, good) > 0.9
    assert share(taste, good, profile="guest") < 0.6
    assert taste.of("home", "happy") == {}


def test_a_changed_taste_is_noticed() -> None:
    old, new, _ = SOURCES["sad"]
    taste = taught(*[(old, "finished")] * 100, *[(old, "skipped"), (new, "finished")] * 15)
    assert share(taste, new) > 0.9


@pytest.mark.parametrize("what", ["failed", "stopped", ""])
def test_other_outcomes_teach_nothing(what: str) -> None:
    assert taught((SOURCES["sad"][0], what)) == Taste()


def test_the_taste_survives_as_json() -> None:
    taste = taught((SOURCES["sad"][0], "finished"), (SOURCES["sad"][1], "corrected"))
    assert msgspec.json.decode(msgspec.json.encode(taste), type=Taste) == taste


def test_the_same_chance_makes_the_same_choice() -> None:
    assert pick(seed=7) == pick(seed=7)
