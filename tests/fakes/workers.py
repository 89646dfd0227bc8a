"""Which worker of pytest-xdist runs what: each file on one, all of the desktop's on the first.

What the desktop's tests share (a network that was trained, quantized and released) is then made
once. The other workers do not even collect them, which would import TensorFlow into each. What
takes longest begins first, or one worker would still be at it when the others have nothing to do.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

DESKTOP = ("tests/convert/", "tests/edge/web/test_desktop.py")
"""Where each node of the desktop's tests begins."""
FIRST = "gw0"
LONGEST = (
    DESKTOP[0],
    "tests/edge/web/test_browser_looks.py",
    "tests/daemon/test_main_job.py",
    "tests/edge/web/test_browser.py",
    "tests/appliance/test_layers.py",
    "tests/edge/test_eyes.py",
    "tests/edge/web/test_browser_truth.py",
    "tests/daemon/test_faults.py",
    "tests/edge/choose/test_days.py",
    "tests/edge/update/test_update.py",
    "tests/journeys/test_week.py",
    "tests/edge/web/test_operations.py",
    "tests/journeys/test_demo_page.py",
    "tests/daemon/test_faces.py",
    "tests/journeys/test_party.py",
    "tests/edge/cli/test_demo.py",
    "tests/edge/update/test_folder.py",
)
"""What takes more than some forty seconds, the longest first; xdist goes by the count of tests."""


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave the desktop's tests to the first worker, unless somebody asks for some of them."""
    if os.environ.get("PYTEST_XDIST_WORKER", FIRST) == FIRST:
        return None
    if collection_path not in [config.rootpath / place for place in DESKTOP]:
        return None
    place = str(collection_path.relative_to(config.rootpath))
    return None if any(place in argument for argument in config.args) else True


def turn(unit: str) -> int:
    """Return when a unit of work is handed out: those alike go in the order that they are in."""
    return LONGEST.index(unit) if unit in LONGEST else len(LONGEST)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Return what hands the files to the workers."""
    from xdist.scheduler import LoadFileScheduling  # noqa: PLC0415  only where there are workers

    class ByRoom(LoadFileScheduling):
        registered_collections: dict[Any, list[str]]

        def _split_scope(self, nodeid: str) -> str:
            return DESKTOP[0] if nodeid.startswith(DESKTOP) else str(super()._split_scope(nodeid))

        def schedule(self) -> None:
            if self.collection is None:  # what the run is made of is what was collected first
                found = sorted(self.registered_collections.items(), key=lambda it: -len(it[1]))
                self.registered_collections = dict(found)
            super().schedule()

        def _check_nodes_have_same_collection(self) -> bool:
            whole = next(iter(self.registered_collections.values()))
            rest = [nodeid for nodeid in whole if not nodeid.startswith(DESKTOP)]
            found = self.registered_collections.values()
            return all(one in (whole, rest) for one in found) or bool(
                super()._check_nodes_have_same_collection()
            )

        def _assign_work_unit(self, node: Any) -> None:
            mine = self.registered_collections[node]
            fits = [it for it, unit in self.workqueue.items() if next(iter(unit)) in mine]
            if not fits:
                node.shutdown()
                return
            self.workqueue.move_to_end(min(fits, key=turn), last=False)
            super()._assign_work_unit(node)

    return ByRoom(config, log)
