"""What the store tells of the past."""

from __future__ import annotations

from msgspec import Struct


class Felt(Struct, frozen=True):
    """A prediction of the past; `at` is wall time, None where the clock was not set."""

    id: str
    at: float | None
    mood: str
    confidence: float
    probabilities: list[float]
    model: str
    profile: str


class Heard(Struct, frozen=True):
    """A play of the past, and how it ended."""

    id: str
    at: float | None
    uri: str
    why: str
    mood: str
    prediction: str
    profile: str
    outcome: str
    listened: float


class Corrected(Struct, frozen=True):
    """A correction, and the prediction it belongs to as far as that is still kept."""

    at: float | None
    prediction: str
    mood: str
    profile: str
    predicted: str | None
    confidence: float | None
    probabilities: list[float] | None
    model: str | None


class Device(Struct, frozen=True):
    """A paired browser."""

    number: int
    name: str
    at: float
