"""Files as the kernel of a Raspberry Pi shows them, below a root of the test's own."""

from __future__ import annotations

from pathlib import Path

from edge.cli.check.board import TREE

PI_5 = "Raspberry Pi 5 Model B Rev 1.0"
PI_4 = "Raspberry Pi 4 Model B Rev 1.4"


def write(root: Path, path: str, content: str | bytes) -> None:
    """Write a file below `root`."""
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content if isinstance(content, bytes) else content.encode())


def pi(root: Path, name: str, **cells: int) -> Path:
    """Make `root` a Raspberry Pi called `name`, with these cells about its power."""
    write(root, f"{TREE}/model", f"{name}\0")
    for key, value in cells.items():
        write(root, f"{TREE}/chosen/power/{key}", value.to_bytes(4, "big"))
    return root
