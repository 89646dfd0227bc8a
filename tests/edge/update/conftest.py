"""A maker, a web server and a box, in folders of one test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes.releases import Box, Maker, Site


@pytest.fixture
def maker(tmp_path: Path) -> Maker:
    return Maker(tmp_path)


@pytest.fixture
def site(maker: Maker) -> Iterator[Site]:
    with Site(maker.site) as site:
        yield site


@pytest.fixture
def box(tmp_path: Path, maker: Maker, site: Site) -> Box:
    folder = tmp_path / "opt"
    folder.mkdir()
    return Box(folder, site.address, maker.keys / "root.json")
