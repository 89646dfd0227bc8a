"""A house on a broker of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from fakes.broker import Broker
from fakes.house import House, at_home


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Callable[..., House]]:
    """Make the house of one story; the keywords are House's."""
    broker = Broker(tmp_path)
    broker.start()
    with ExitStack() as stack:

        def make(**more: Any) -> House:
            return stack.enter_context(at_home(tmp_path, broker.port, **more))

        yield make
    broker.stop()
