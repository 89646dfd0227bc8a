"""What Linux says of its video devices. Light, as the daemon may ask too: no OpenCV."""

from __future__ import annotations

import re
from pathlib import Path

NAMES = Path("/sys/class/video4linux")
RIBBON = ("unicam", "rp1-cfe", "bcm2835-isp", "bcm2835-codec", "pispbe", "rpi-hevc-dec")
"""How the video devices of a Raspberry Pi's own hardware begin: OpenCV opens, but cannot read,
them; a camera on the ribbon is Picamera2's."""
DEVICE = re.compile(r"/dev/video(\d+)")


def number(source: str) -> int | None:
    """Return N of "N" or "/dev/videoN", and 0 of nothing; None where it is neither."""
    found = DEVICE.fullmatch(source)
    text = found[1] if found else source or "0"
    return int(text) if text.isdecimal() else None


def is_ribbon(device: int, names: Path = NAMES) -> bool:
    """Whether /dev/videoN is a Raspberry Pi's ribbon camera or picture processor, no webcam."""
    try:
        name = (names / f"video{device}" / "name").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    return name.startswith(RIBBON)
