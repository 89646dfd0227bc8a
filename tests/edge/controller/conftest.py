"""A controller on the table."""

from __future__ import annotations

import pytest
from fakes.table import Table


@pytest.fixture
def table() -> Table:
    return Table()
