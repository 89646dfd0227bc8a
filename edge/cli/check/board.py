"""Looks at the traps of a Raspberry Pi: USB power, the Coral on PCIe, swap, boot settings, time.

Each look reads files below a root, which is another one in tests.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from edge.cli.check.result import Result
from edge.settings import Picamera2Settings, Settings

ROOT = Path("/")
TREE = Path("sys/firmware/devicetree/base")
PCIE_CORAL = ("0x1ac1", "0x089a")
"""PCI vendor and device of the Coral."""
SMALL_PAGE = 4096
CORAL_MILLIAMPERES = 900
USB_MILLIAMPERES = 600
"""What a Pi 5 gives to all USB ports together, unless its supply says 5 A."""
SENSORS = ("dtoverlay=imx", "dtoverlay=ov")
"""How config.txt names a camera of its own accord."""
KEEPERS = ("etc/fake-hwclock.data", "var/lib/systemd/timesync/clock")
"""Files in which the time is kept over a power cut."""


def model(root: Path = ROOT) -> str:
    """Return the Raspberry Pi's name, "Raspberry Pi 5 Model B Rev 1.0"; empty elsewhere."""
    name = _text(root / TREE / "model").rstrip("\0")
    return name if name.startswith("Raspberry Pi") else ""


def is_five(root: Path = ROOT) -> bool:
    """Return whether this is a Raspberry Pi 5, or what is built round its processor."""
    return model(root).startswith(
        ("Raspberry Pi 5", "Raspberry Pi 500", "Raspberry Pi Compute Module 5")
    )


def usb_power(settings: Settings, root: Path = ROOT) -> Result:
    """Look at whether a Pi 5 gives its USB ports what a Coral draws."""
    if not is_five(root):
        return Result("usb power", "skipped", "only a Raspberry Pi 5 holds its USB ports short")
    if settings.vision.device == "cpu":
        return Result("usb power", "skipped", "the settings say cpu, so no Coral draws from it")
    supply = _number(root / TREE / "chosen/power/max_current")
    enabled = _number(root / TREE / "chosen/power/usb_max_current_enable")
    if supply is None and enabled is None:
        return Result("usb power", "skipped", "this machine does not tell")
    if enabled:
        return Result("usb power", "ok", "the USB ports have their full current")
    return Result(
        "usb power",
        "warn",
        f"the supply says {supply or 0} mA, so all USB ports together get {USB_MILLIAMPERES} mA; "
        f"a Coral draws up to {CORAL_MILLIAMPERES}",
        "take the official 27 W supply, or a powered hub; only with a supply that truly gives 5 A: "
        "usb_max_current_enable=1 in /boot/firmware/config.txt",
    )


def pcie_coral(_settings: Settings, root: Path = ROOT, page: int | None = None) -> Result:
    """Look at whether a Coral on PCIe has its driver, and a kernel that the driver can live in."""
    if not any(_pci(device) == PCIE_CORAL for device in root.glob("sys/bus/pci/devices/*")):
        return Result("pcie coral", "skipped", "none on the PCIe bus")
    size = page or os.sysconf("SC_PAGE_SIZE")
    if size != SMALL_PAGE:
        words = f"its driver needs a kernel with pages of 4 KiB; this one has {size // 1024}"
        return Result("pcie coral", "fail", words, "ansible: coral_bus: pcie; then restart")
    if not (root / "dev/apex_0").exists():
        words = "it is there, its driver (gasket, apex) is not"
        return Result("pcie coral", "fail", words, "ansible: coral_bus: pcie and coral_gasket_*")
    return Result("pcie coral", "ok", "/dev/apex_0")


def swap(_settings: Settings, root: Path = ROOT) -> Result:
    """Look for swap on the card, which wears it out."""
    rows = [line.split() for line in _text(root / "proc/swaps").splitlines()[1:]]
    worn = [row[0] for row in rows if row and not row[0].startswith("/dev/zram")]
    if worn:
        fix = "ansible role hardening (rpi-swap: Mechanism=zram; dphys-swapfile: off); restart"
        return Result("swap", "warn", f"swaps to the card: {', '.join(worn)}", fix)
    return Result("swap", "ok", "in memory" if rows else "none")


def boot_camera(settings: Settings, root: Path = ROOT) -> Result:
    """Look at whether the firmware is told to look for a camera on the ribbon."""
    if not isinstance(settings.camera, Picamera2Settings):
        words = f"the camera is {settings.camera.driver}"
        return Result("camera boot", "skipped", words)
    lines = [*boot_lines(root)]
    if not lines:
        return Result("camera boot", "skipped", "no config.txt can be read here")
    if "camera_auto_detect=1" in lines:
        return Result("camera boot", "ok", "the firmware looks for a camera")
    if named := [line for line in lines if line.startswith(SENSORS)]:
        return Result("camera boot", "ok", named[0])
    words = "config.txt neither names a camera nor lets the firmware look for one"
    return Result("camera boot", "fail", words, "camera_auto_detect=1 in config.txt; restart")


def time_kept(_settings: Settings, root: Path = ROOT) -> Result:
    """Look at whether time survives a power cut: by a clock with a battery, or a file."""
    if any(root.glob("sys/class/rtc/rtc*")):
        return Result("time kept", "ok", "by a real-time clock")
    if any((root / keeper).exists() for keeper in KEEPERS):
        return Result(
            "time kept", "ok", "on the card; it goes on from there until a time server says"
        )
    words = "no clock with a battery, and nothing keeps the time over a power cut"
    return Result("time kept", "warn", words, "apt install systemd-timesyncd")


def boot_lines(root: Path = ROOT) -> Iterator[str]:
    """Yield the lines of config.txt that count, whatever board they are for."""
    for line in _text(root / "boot/firmware/config.txt").splitlines():
        plain = line.partition("#")[0].strip()
        if plain and not plain.startswith("["):
            yield plain


def _pci(device: Path) -> tuple[str, str]:
    return _text(device / "vendor").strip(), _text(device / "device").strip()


def _number(path: Path) -> int | None:
    """A cell of the device tree: 32 bits, the largest byte first."""
    try:
        return int.from_bytes(path.read_bytes()[:4], "big")
    except OSError:
        return None


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
