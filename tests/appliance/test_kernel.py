"""Whose kernel an image has, whose key is believed, and what a card of Raspberry Pi's starts by."""

from __future__ import annotations

import base64
import gzip
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from edge.cli.check import board
from edge.settings import Settings

ROOT = Path(__file__).parents[2]
IMAGE = ROOT / "ansible" / "image"
BOOT = IMAGE / "boot-raspberrypi"
ROLES = ROOT / "ansible" / "roles"
# Two keys made for these tests, whose secret halves are gone.
OURS = (
    "mDMEawnRBRYJKwYBBAHaRw8BAQdAk4QbuGcthDn5NDPGYl2CpRztp8dhvUEvnAdgN5u7ky20AWGIkAQTFggAOBYhBMTdacWf"
    "XAMiS1+JDofyAKgytYiABQJrCdEFAhsDBQsJCAcCBhUKCQgLAgQWAgMBAh4BAheAAAoJEIfyAKgytYiAwzEBALgfrjFrVqfb"
    "CxJQScPIT44yI+HDtbHFoCSJdTSRChmVAQDfLvKDzLv8RXZ5+P0sTqR8NUb0QpMj4XBmKWFSdCFvDg=="
)
ANOTHER = (
    "mDMEawnRBRYJKwYBBAHaRw8BAQdAEX54T6dDgY/5uyxPTe1C4RHIzdS+Pw2PTx3CKPxiSh20AWKIkAQTFggAOBYhBBpRy3Rr"
    "Vofm8SY+K3azN9aw8BkQBQJrCdEFAhsDBQsJCAcCBhUKCQgLAgQWAgMBAh4BAheAAAoJEHazN9aw8BkQ8/sBAOlgJXQVj1Gv"
    "WcoStPctMGsAeU2f1n391SeO1Gk9POxGAP9dOC/8D+BSBf/Ff54XhkeX5EBUDUxyYFZR8KOwt579Bg=="
)
FINGERPRINT = "C4DD69C59F5C03224B5F890E87F200A832B58880"
LAID = (
    "start4.elf", "kernel8.img", "initramfs8", "kernel_2712.img", "initramfs_2712",
    "bcm2712-rpi-5-b.dtb", "overlays",
)  # fmt: skip

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")


def run(folder: Path, words: str, *, arch: str = "arm64", **said: str) -> tuple[int, str, str]:
    """Return how `words` end where build.sh's functions are known, and what they say."""
    script = (
        "set -euo pipefail; fail() { printf 'FAILED: %s\\n' \"$*\" >&2; exit 1; }\n"
        f"arch={arch} suite=trixie version=1.2.3 work={folder} tree={folder}/tree theirs=()\n"
        f". ansible/image/raspberrypi.sh\n{words}"
    )
    known = {name: it for name, it in os.environ.items() if not name.startswith("MOODBOX_")}
    known |= {"GNUPGHOME": str(folder), "SOURCE_DATE_EPOCH": "1790000000"}
    known |= {"MOODBOX_ARCHIVE": f"file://{folder}/archive", **said}
    ended = subprocess.run(
        ["bash", "-c", script], cwd=ROOT, env=known,
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    return ended.returncode, ended.stdout.strip(), ended.stderr.strip()


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """An archive that answers."""
    folder = tmp_path / "archive" / "dists" / "trixie" / "main" / "binary-arm64"
    folder.mkdir(parents=True)
    (folder.parents[1] / "Release").write_text("Suite: stable\n")
    return tmp_path / "archive"


def publish(archive: Path, *keys: str) -> None:
    """Lay the package of the keyring, with these keys, into the archive."""
    tree = archive.parent / "keyring"
    ring = tree / "usr/share/keyrings/raspberrypi-archive-keyring.gpg"
    ring.parent.mkdir(parents=True)
    ring.write_bytes(b"".join(base64.b64decode(key) for key in keys))
    ring.with_suffix(".pgp").symlink_to(ring.name)
    (tree / "DEBIAN").mkdir()
    (tree / "DEBIAN" / "control").write_text(
        "Package: raspberrypi-archive-keyring\nVersion: 1\nArchitecture: all\n"
        "Maintainer: Nobody <nobody@example.org>\nDescription: a key\n"
    )
    subprocess.run(
        ["dpkg-deb", "--root-owner-group", "-Zgzip", "--build", tree, archive / "keyring.deb"],
        check=True, capture_output=True, timeout=60,
    )  # fmt: skip
    listed = (
        "Package: another\nFilename: pool/another.deb\n\n"
        "Package: raspberrypi-archive-keyring\nVersion: 1\nFilename: keyring.deb\n\n"
        "Package: last\nFilename: pool/last.deb\n"
    )
    index = archive / "dists/trixie/main/binary-arm64/Packages.gz"
    index.write_bytes(gzip.compress(listed.encode()))


@pytest.mark.usefixtures("archive")
@pytest.mark.parametrize(
    ("arch", "said", "whose"),
    [
        ("arm64", {}, "raspberrypi"),
        ("arm64", {"MOODBOX_KERNEL": "debian"}, "debian"),
        ("amd64", {}, "debian"),
        ("amd64", {"MOODBOX_KERNEL": "raspberrypi"}, "raspberrypi"),
    ],
)
def test_an_image_has_raspberry_pis_kernel_where_their_archive_answers(
    tmp_path: Path, arch: str, said: dict[str, str], whose: str
) -> None:
    assert run(tmp_path, "whose_kernel", arch=arch, **said) == (0, whose, "")


def test_without_their_archive_it_is_debians_and_one_line_says_what_such_a_box_lacks(
    tmp_path: Path,
) -> None:
    code, whose, said = run(tmp_path, "whose_kernel")
    assert (code, whose) == (0, "debian")
    [line] = said.splitlines()
    assert {"lamp", "button", "ribbon", "HAT", "PCIe"} <= set(re.findall(r"\w+", line))


def test_a_kernel_that_is_nobodys_is_refused(tmp_path: Path) -> None:
    code, whose, said = run(tmp_path, "kernel=$(whose_kernel); echo on", MOODBOX_KERNEL="mine")
    assert (code, whose) == (1, "")
    assert "debian and raspberrypi" in said


@pytest.mark.skipif(shutil.which("gpg") is None, reason="needs gpg")
@pytest.mark.parametrize(
    ("keys", "taken"), [((OURS,), True), ((ANOTHER,), False), ((OURS, ANOTHER), False), ((), False)]
)
def test_the_archives_key_is_taken_by_its_fingerprint_and_with_no_other_beside_it(
    tmp_path: Path, archive: Path, keys: tuple[str, ...], taken: bool
) -> None:
    publish(archive, *keys)
    words = 'add_their_source; printf "%s\\n" "${theirs[@]}"'
    code, told, said = run(tmp_path, words, MOODBOX_ARCHIVE_KEY=FINGERPRINT)
    assert (code == 0) is taken
    assert bool(told) is taken, "mmdebstrap is told of no archive whose key is refused"
    assert taken or f"has to be {FINGERPRINT}" in said


@pytest.mark.usefixtures("archive")
def test_an_archive_without_a_key_is_refused_in_words(tmp_path: Path) -> None:
    code, _, said = run(tmp_path, "take_key $work/key; echo on")
    assert code == 1
    assert said.splitlines()[-1].startswith("FAILED: file://")


def test_the_pinned_key_is_the_one_that_raspberry_pi_publishes() -> None:
    # As pi-gen and rpi-image-gen have it, and as it is at archive.raspberrypi.com.
    pinned = re.search("MOODBOX_ARCHIVE_KEY:-([0-9A-F]+)", (IMAGE / "raspberrypi.sh").read_text())
    assert pinned is not None
    assert pinned[1] == "CF8A1AF502A2AA2D763BAE7E82B129927FA3303E"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A tree with Raspberry Pi's packages in it, as far as that is looked at."""
    made = tmp_path / "tree"
    for folder in ("etc", "boot/firmware", "usr/lib/raspi-firmware"):
        (made / folder).mkdir(parents=True)
    for kernel in ("6.12.47+rpt-rpi-2712", "6.12.47+rpt-rpi-v8"):
        (made / "lib" / "modules" / kernel).mkdir(parents=True)
    for name in LAID[1:]:
        (made / "boot/firmware" / name).touch()
    (made / "usr/lib/raspi-firmware/start4.elf").touch()
    return made


BECOME = 'as_chroot() { echo "$@"; }; become_theirs'


def test_a_card_of_raspberry_pis_has_all_it_starts_by_before_the_playbook_comes(
    tmp_path: Path, tree: Path
) -> None:
    code, told, said = run(tmp_path, BECOME)
    assert (code, said) == (0, "")
    for version in ("6.12.47+rpt-rpi-2712", "6.12.47+rpt-rpi-v8"):
        assert (
            f"/etc/kernel/postinst.d/z50-raspi-firmware {version} /boot/vmlinuz-{version}" in told
        )
        assert f"z50-raspi-firmware {version} /boot/initrd.img-{version}" in told
    assert (tree / "etc/rpi-issue").read_text().startswith("moodbox 1.2.3 2026-09-21\n")
    firmware = tree / "boot/firmware"
    assert {"config.txt", "cmdline.txt", *LAID} <= {path.name for path in firmware.iterdir()}


@pytest.mark.usefixtures("tree")
@pytest.mark.parametrize("missing", LAID[1:])
def test_a_card_that_could_not_start_ends_the_build(tmp_path: Path, missing: str) -> None:
    (tmp_path / "tree" / "boot" / "firmware" / missing).unlink()
    code, _, said = run(tmp_path, BECOME)
    assert code == 1
    assert f" {missing} " in said


def test_what_such_a_card_is_told_is_one_line_that_the_playbook_can_add_to() -> None:
    [line] = (BOOT / "cmdline.txt").read_text().splitlines()
    assert {"root=LABEL=rootfs", "rootwait"} <= set(line.split())


def test_config_txt_has_the_lines_that_the_playbook_and_the_check_look_for(tmp_path: Path) -> None:
    lines = (BOOT / "config.txt").read_text().splitlines()
    # The root is found by its label, which only an initramfs can.
    assert "auto_initramfs=1" in lines
    quiet = yaml.safe_load((ROLES / "audio" / "tasks" / "main.yml").read_text())
    [hdmi] = [t for t in quiet if "noaudio" in str(t.get("ansible.builtin.replace", ""))]
    pattern = hdmi["ansible.builtin.replace"]["regexp"]
    assert len([line for line in lines if re.search(pattern, line)]) == 1
    (tmp_path / "boot").mkdir()
    shutil.copytree(BOOT, tmp_path / "boot" / "firmware")
    assert board.boot_camera(Settings(), tmp_path).state == "ok"
    assert lines[-1] == "[all]", "else what is added would be one board's"


@pytest.mark.parametrize("kernel", ["debian", "raspberrypi"])
def test_kernel_and_firmware_of_either_kind_are_held(kernel: str) -> None:
    held = yaml.safe_load((ROLES / "hardening" / "vars" / "main.yml").read_text())
    lines = (IMAGE / f"packages-{kernel}.txt").read_text().splitlines()
    kernels = [line for line in lines if line.startswith("linux-image-")]
    assert kernels
    for package in [*kernels, "raspi-firmware"]:
        assert any(re.match(pattern, package) for pattern in held["hardening_held"])
