"""What the tables of the settings are made of."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

Port = Annotated[int, Meta(ge=1, le=65535)]
Positive = Annotated[float, Meta(gt=0)]
NotNegative = Annotated[float, Meta(ge=0)]


class Strict(Struct, frozen=True, forbid_unknown_fields=True):
    """A table of the file: unknown keys are errors."""


class Driven(Strict, frozen=True, tag_field="driver", kw_only=True):
    """What every driver's own table has; `driver` in the file names it."""

    @property
    def driver(self) -> str:
        """The driver's name."""
        return str(self.__struct_config__.tag)
