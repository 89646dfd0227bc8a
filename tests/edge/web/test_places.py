"""Who gets a connection, and what is a flood, in made-up time."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from edge.web.places import CALM, FLOOD, Bounds, Flood, room_for

BOUNDS = Bounds(total=6, each=3)


@dataclass
class Held:
    peer: str
    busy: bool = False


def busy(*peers: str) -> list[Held]:
    return [Held(peer, busy=True) for peer in peers]


def test_there_is_room_until_all_places_are_taken() -> None:
    assert room_for("a", busy("b", "b", "b", "c", "c"), BOUNDS) == (True, None)


def test_whoever_has_all_its_places_gives_up_its_own_oldest_that_waits() -> None:
    held = [Held("b"), Held("a", busy=True), Held("a"), Held("a")]
    assert room_for("a", held, BOUNDS) == (True, held[2])
    assert room_for("a", busy("a", "a", "a"), BOUNDS) == (False, None)


def test_one_that_waits_makes_room_for_a_newcomer_of_whoever_has_the_most() -> None:
    held = [Held("b"), *busy("a"), Held("c"), Held("c"), *busy("d", "d")]
    assert room_for("e", held, BOUNDS) == (True, held[2])


def test_where_none_waits_whoever_has_more_makes_room() -> None:
    held = busy("b", "c", "c", "c", "d", "e")
    assert room_for("f", held, BOUNDS) == (True, held[1])
    assert room_for("f", busy("a", "b", "c", "d", "e", "g"), BOUNDS) == (False, None)


@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), max_size=60))
def test_however_they_come_the_bounds_hold_and_a_newcomer_is_let_in_while_somebody_waits(
    arrivals: list[tuple[int, bool]],
) -> None:
    held: list[Held] = []
    for number, works in arrivals:
        peer = str(number)
        fits, goes = room_for(peer, held, BOUNDS)
        others_wait = any(not it.busy for it in held)
        if not any(it.peer == peer for it in held) and others_wait:
            assert fits
        if goes is not None:
            held.remove(goes)
        if fits:
            held.append(Held(peer, works))
        assert len(held) <= BOUNDS.total
        assert max(Counter(it.peer for it in held).values(), default=0) <= BOUNDS.each


def test_a_flood_is_said_once_and_is_over_after_a_minute_of_calm() -> None:
    flood = Flood()
    said = [flood.turned_away("192.168.1.7", 100.0 + number) for number in range(3 * FLOOD)]
    assert [words for words in said if words] == [
        "192.168.1.7 opens more connections than it may; they are turned away"
    ]
    last = 100.0 + 3 * FLOOD - 1
    assert not flood.over(last + CALM - 1)
    assert flood.over(last + CALM)
    assert not flood.over(last + CALM)


def test_a_browser_in_a_hurry_is_no_flood() -> None:
    flood = Flood()
    assert not any(flood.turned_away("a", CALM * number) for number in range(10 * FLOOD))
