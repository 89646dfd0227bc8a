"""Some thousand inputs that nobody means well by, at each parser; `make fuzz` throws a million."""

from __future__ import annotations

import os
import random

import pytest
from fakes.fuzz import TARGETS, share, thrown

TIMES = int(os.environ.get("MOODBOX_FUZZ", "20000"))


@pytest.mark.parametrize("name", TARGETS)
@pytest.mark.timeout(3600)
def test_whatever_is_thrown_at_a_parser_is_refused_in_one_line_or_allowed(name: str) -> None:
    counts = thrown(name, share(TIMES, name), random.Random(22))
    assert counts["refused"]
    assert counts["allowed"]
