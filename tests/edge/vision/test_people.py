from __future__ import annotations

import pytest

from edge.vision.detector import Face
from edge.vision.people import FORGET, follow


def face(x: float, size: float = 100.0) -> Face:
    return Face((x, 50.0, size, size), 0.9)


def test_the_largest_face_leads() -> None:
    people = follow([], [face(0, 60), face(200, 120), face(400, 80)], 0.0)
    assert [person.leads for person in people] == [True, False, False]
    assert people[0].face == face(200, 120)


def test_a_moving_face_stays_the_same_person() -> None:
    people = follow([], [face(0)], 0.0)
    for step in range(1, 20):
        people = follow(people, [face(step * 20.0)], step * 0.2)
    assert len(people) == 1
    assert people[0].since == 0.0


def test_a_passer_by_who_is_a_little_larger_does_not_take_the_lead() -> None:
    people = follow([], [face(0)], 0.0)
    people = follow(people, [face(0)], 3.0 - FORGET / 2)
    for step in range(5):
        people = follow(people, [face(0), face(300, 115)], 3.0 + step * 0.2)
    assert people[0].face == face(0)


def test_somebody_much_nearer_takes_the_lead() -> None:
    people = follow([], [face(0)], 0.0)
    people = follow(people, [face(0), face(300, 220)], 0.2)
    assert people[0].face == face(300, 220)
    assert not people[1].leads


def test_a_face_missed_for_a_moment_is_not_new_and_one_missed_for_long_is() -> None:
    people = follow([], [face(0)], 0.0)
    missed = follow(people, [], FORGET / 2)
    assert follow(missed, [face(5)], FORGET * 0.9)[0].since == 0.0
    gone = follow(missed, [], FORGET * 1.1)
    assert gone == []
    assert follow(gone, [face(5)], FORGET * 1.2)[0].since == FORGET * 1.2


def test_two_people_side_by_side_are_never_mixed_up() -> None:
    people = follow([], [face(0), face(150)], 0.0)
    people = follow(people, [face(140), face(10)], 0.2)
    assert sorted(person.face.box[0] for person in people) == [10, 140]
    assert all(person.since == 0.0 for person in people)


def test_somebody_twice_as_far_away_has_an_eighth_of_the_say() -> None:
    front, back = follow([], [face(0, 100), face(300, 50)], 0.0)
    assert front.say == pytest.approx(8 * back.say)
