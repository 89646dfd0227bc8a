"""Who is there, from frame to frame, by overlap alone; nobody is ever recognised. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from edge.vision.detector import Face
from edge.vision.search import SAME, overlap

FORGET = 1.0
"""Seconds a face may be missed before it is somebody new."""
STEADY = 2.0
"""Seconds after which a face counts fully; a new one counts half."""
LOYALTY = 1.5
"""How many times as much another face has to count to take the lead."""


@dataclass(frozen=True, eq=False)
class Person:
    """A face that is followed."""

    face: Face
    since: float
    """When it was first seen."""
    seen: float
    """When it was last seen."""
    leads: bool = False
    looks: tuple[NDArray[np.uint8], ...] = ()
    """The newest crops, the newest last: what is averaged where the light is poor."""

    @property
    def area(self) -> float:
        """Square pixels: the nearest face is the largest."""
        return self.face.box[2] * self.face.box[3]

    @property
    def say(self) -> float:
        """Its share in the group's mood, against another's: the third power of its width.

        Somebody twice as far away, half as wide, has an eighth of the say, and not a quarter: a
        face at the back of the room is read worse, and is less often the listener's.
        """
        return float(self.area**1.5)

    @property
    def weight(self) -> float:
        """How much it counts: its size, less while it is new."""
        steadiness = min(1.0, (self.seen - self.since) / STEADY)
        return self.area * (0.5 + 0.5 * steadiness) * (LOYALTY if self.leads else 1.0)


def follow(people: Sequence[Person], faces: Sequence[Face], at: float) -> list[Person]:
    """Return who is there after `faces` were seen at `at`; seen ones first, the leader foremost.

    Each face goes to the person it overlaps best, the best pair first.
    """
    pairs = sorted(
        (
            (share, i, j)
            for i, person in enumerate(people)
            for j, face in enumerate(faces)
            if (share := overlap(person.face.box, face.box)) >= SAME
        ),
        reverse=True,
    )
    of_person: dict[int, int] = {}
    for _, i, j in pairs:
        if i not in of_person and j not in of_person.values():
            of_person[i] = j
    known = {j: people[i] for i, j in of_person.items()}
    seen = [
        replace(known[j], face=face, seen=at) if j in known else Person(face, at, at)
        for j, face in enumerate(faces)
    ]
    missed = [
        person
        for i, person in enumerate(people)
        if i not in of_person and at - person.seen < FORGET
    ]
    seen.sort(key=lambda person: person.weight, reverse=True)
    return [replace(person, leads=place == 0) for place, person in enumerate(seen)] + missed
