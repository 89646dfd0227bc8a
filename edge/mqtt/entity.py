"""What a row of the table of entities says, and what it reads its state from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

from msgspec import Struct

from edge.events import EMOTIONS, RequestBody, Status

Value = str | bool | float | datetime | dict[str, Any] | None
"""A state as the table's rows read it; None: not known. `states.encoded` says how it is sent."""
Platform = Literal[
    "binary_sensor",
    "button",
    "device_automation",
    "event",
    "image",
    "light",
    "number",
    "select",
    "sensor",
    "switch",
    "text",
    "update",
]


class Context(Struct, frozen=True):
    """All that a row can read."""

    status: Status
    moods: tuple[str, ...] = EMOTIONS
    """The view's, without unsure and away."""
    page: str = ""
    """Address of the box's own page; empty where it has none."""
    offset: float | None = None
    """What to add to monotonic seconds for wall-clock seconds; None: the clock is not set."""

    def when(self, at: float | None) -> datetime | None:
        """Return the time of day of a monotonic time, to the second."""
        return None if at is None or self.offset is None else clock(at + self.offset)


def clock(wall: float | None) -> datetime | None:
    """Return wall-clock seconds as a time of day, to the second."""
    return None if wall is None else datetime.fromtimestamp(round(wall), UTC)


class Entity(Struct, frozen=True, kw_only=True):
    """One row: all that discovery, states, commands and documentation need to know."""

    key: str
    """Its topics are KEY, KEY/attributes and set/KEY; it is part of ids, so it never changes."""
    name: str
    platform: Platform
    read: Callable[[Context], Value] | None = None
    """Its state; None: it has none, or what is said on its topic is said once and never kept."""
    attributes: Callable[[Context], dict[str, Any]] | None = None
    ask: Callable[..., RequestBody] | None = None
    """From a command's value to a request; None: it cannot be commanded."""
    options: Callable[[Context], Sequence[str]] | None = None
    """What a state may be, or a command may choose."""
    most: Callable[[Context], int] | None = None
    """numbers: the largest that may be set."""
    category: Literal["", "config", "diagnostic"] = ""
    kind: str = ""
    """Home Assistant's device class."""
    unit: str = ""
    measured: bool = False
    """Home Assistant keeps statistics of it."""
    icon: str = ""
    enabled: bool = True
    """Whether Home Assistant shows it before somebody asks for it."""
    pace: float = 0.0
    """Seconds between two messages."""
    band: float = 0.0
    """A number that moved by less is not told."""
    of: str = ""
    """The key of the state that it measures: when that changes, this is told first, at once."""
    topic: str = ""
    """Where its messages are, if not at `key`."""
    more: Mapping[str, Any] = {}
    """What else discovery says of it, in Home Assistant's own short keys."""
