"""What the playbook decides where a Raspberry Pi has a trap, of made-up machines."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import jinja2
import pytest
import yaml

ROLES = Path(__file__).parents[2] / "ansible" / "roles"


def tasks(role: str, name: str = "main") -> list[dict[str, Any]]:
    loaded = yaml.safe_load((ROLES / role / "tasks" / f"{name}.yml").read_text(encoding="utf-8"))
    assert isinstance(loaded, list)
    return loaded


def task(role: str, module: str, having: str, name: str = "main") -> dict[str, Any]:
    """Return the one task of `module` that says `having`."""
    [found] = [
        each
        for each in tasks(role, name)
        if having in str(each.get(f"ansible.builtin.{module}", ""))
    ]
    return found


def holds(conditions: str | list[str], values: dict[str, Any]) -> bool:
    """Whether all of them hold, as Ansible reads `that` and `when`."""
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined)
    environment.tests["match"] = lambda text, pattern: re.match(pattern, text) is not None
    environment.tests["search"] = lambda text, pattern: re.search(pattern, text) is not None
    listed = [conditions] if isinstance(conditions, str) else conditions
    return all(environment.compile_expression(each, False)(**values) for each in listed)


def replaced(role: str, having: str, text: str) -> str:
    what = task(role, "replace", having)["ansible.builtin.replace"]
    return re.sub(what["regexp"], what["replace"], text, flags=re.MULTILINE)


DEB = "https://github.com/feranick/gasket-driver/releases/download/1/gasket-dkms.deb"


@pytest.mark.parametrize(
    ("model", "url", "sha256", "taken"),
    [
        ("an image", DEB, "a" * 64, False),
        ("an image with Raspberry Pi's kernel", DEB, "a" * 64, True),
        ("Raspberry Pi 5 Model B Rev 1.0", DEB, "a" * 64, True),
        ("Raspberry Pi Compute Module 4 Rev 1.1", DEB, "a" * 64, True),
        ("", DEB, "a" * 64, True),  # a PC, with a slot or without: it says so itself
        ("Raspberry Pi 4 Model B Rev 1.5", DEB, "a" * 64, False),
        ("Raspberry Pi Zero 2 W Rev 1.0", DEB, "a" * 64, False),
        ("Raspberry Pi 5 Model B Rev 1.0", "", "", False),
        ("Raspberry Pi 5 Model B Rev 1.0", DEB, "", False),
        ("Raspberry Pi 5 Model B Rev 1.0", DEB, "latest", False),
    ],
)
def test_a_coral_on_pcie_is_taken_only_where_it_can_work(
    model: str, url: str, sha256: str, taken: bool
) -> None:
    values = {
        "coral_gasket_deb_url": url,
        "coral_gasket_deb_sha256": sha256,
        "base_is_raspberry_pi": "Raspberry Pi" in model,
        "base_runs_systemd": not model.startswith("an image"),
        "base_model_name": "" if model.startswith("an image") else model,
    }
    refusals = [t["ansible.builtin.assert"] for t in tasks("coral", "pcie") if "assert" in str(t)]
    assert all(holds(refusal["that"], values) for refusal in refusals) is taken
    assert all("usb" in refusal["fail_msg"] for refusal in refusals), "the way that is left"


def test_nothing_of_pcie_is_done_before_it_is_known_to_work() -> None:
    kinds = [next(k for k in each if k.startswith("ansible.")) for each in tasks("coral", "pcie")]
    asks = [number for number, kind in enumerate(kinds) if kind == "ansible.builtin.assert"]
    assert asks == list(range(len(asks)))


def test_a_pi_5_starts_with_pages_of_4_kib_for_its_coral_whatever_config_txt_ends_with() -> None:
    block = task("coral", "blockinfile", "kernel8", "pcie")["ansible.builtin.blockinfile"]["block"]
    parts = re.findall(r"\[(\w+)\]\n([^\[]*)", block)
    assert parts[0] == ("all", "kernel=kernel8.img\n"), "else it would be the last section's"
    assert parts[-1] == ("all", ""), "else what others add would be a Compute Module's alone"
    of = {model: lines.split() for model, lines in parts[1:-1]}
    assert {"dtparam=pciex1", "dtoverlay=pcie-32bit-dma-pi5"} <= set(of["pi5"])
    assert of["cm4"] == ["dtoverlay=pcie-32bit-dma"]


@pytest.mark.parametrize(
    ("pi", "config", "overlay", "taken"),
    [
        (True, True, True, True),
        (True, True, False, False),
        (True, False, True, False),
        (True, False, False, False),
        (False, True, True, False),  # an image with Debian's kernel, which has this one overlay
    ],
)
def test_a_hat_that_nothing_would_load_is_refused_and_not_passed_over(
    pi: bool, config: bool, overlay: bool, taken: bool
) -> None:
    values = {
        "base_is_raspberry_pi": pi,
        "audio_hat": "hifiberry-dac",
        "audio_config": {"stat": {"exists": config}},
        "audio_overlay": {"stat": {"exists": overlay}},
    }
    asks = task("audio", "assert", "audio_overlay")
    assert holds(asks["when"], values)
    assert holds(asks["ansible.builtin.assert"]["that"], values) is taken
    assert not holds(asks["when"], values | {"audio_hat": ""}), "a box without one needs neither"


@pytest.mark.parametrize(
    ("model", "hat", "said"),
    [
        ("Raspberry Pi 5 Model B Rev 1.0", "", True),
        ("Raspberry Pi 500 Rev 1.0", "", True),
        ("Raspberry Pi 5 Model B Rev 1.0", "hifiberry-dac", False),
        ("Raspberry Pi 4 Model B Rev 1.5", "", False),
        ("", "", False),
    ],
)
def test_it_is_said_that_a_pi_5_has_no_headphone_jack(model: str, hat: str, said: bool) -> None:
    says = task("audio", "debug", "no headphone jack")
    assert holds(says["when"], {"base_model_name": model, "audio_hat": hat}) is said


@pytest.mark.parametrize(("bookworm", "trixie"), [(True, False), (False, True), (False, False)])
def test_no_release_swaps_to_the_card(bookworm: bool, trixie: bool) -> None:
    looked = task("hardening", "stat", "item")
    assert looked["loop"] == ["/etc/dphys-swapfile", "/etc/rpi/swap.conf"]
    results = [{"stat": {"exists": exists}} for exists in (bookworm, trixie)]
    values = {looked["register"]: {"results": results}}
    off = task("hardening", "systemd_service", "dphys-swapfile")
    assert holds(off["when"], values) is bookworm
    assert off["ansible.builtin.systemd_service"]["enabled"] is False
    zram = task("hardening", "copy", "Mechanism")
    assert holds(zram["when"], values) is trixie
    assert zram["ansible.builtin.copy"]["content"] == "[Main]\nMechanism=zram\n"
    assert Path(zram["ansible.builtin.copy"]["dest"]).parent == Path("/etc/rpi/swap.conf.d")


@pytest.mark.parametrize(
    ("cloud_init", "name", "kept"),
    [(True, "kitchen", True), (True, "", False), (False, "kitchen", False)],
)
def test_cloud_init_is_kept_from_taking_the_name_back(
    cloud_init: bool, name: str, kept: bool
) -> None:
    keep = task("base", "copy", "preserve_hostname")
    values = {"base_cloud_init": {"stat": {"exists": cloud_init}}, "base_hostname": name}
    assert holds(keep["when"], values) is kept
    assert yaml.safe_load(keep["ansible.builtin.copy"]["content"]) == {"preserve_hostname": True}
    listed = tasks("base")
    assert listed.index(keep) < listed.index(task("base", "hostname", "base_hostname"))


@pytest.mark.parametrize(
    ("board", "issue", "pi"),
    [(True, True, True), (True, False, True), (False, True, True), (False, False, False)],
)
def test_an_image_with_raspberry_pis_kernel_is_treated_as_the_board_that_it_is_for(
    board: bool, issue: bool, pi: bool
) -> None:
    fact = task("base", "set_fact", "base_is_raspberry_pi")["ansible.builtin.set_fact"]
    said = {"base_model": {"stat": {"exists": board}}, "base_issue": {"stat": {"exists": issue}}}
    assert holds(fact["base_is_raspberry_pi"].strip("{} "), said) is pi
    assert holds(fact["base_is_raspberry_pi_os"].strip("{} "), said) is issue


@pytest.mark.parametrize("profile", ["profile.yml", "profile-layers.yml"])
def test_a_box_made_of_an_image_restarts_when_it_hangs_though_no_pi_was_there_to_ask(
    profile: str,
) -> None:
    said = yaml.safe_load((ROLES.parent / "image" / profile).read_text(encoding="utf-8"))
    watches = task("hardening", "copy", "RuntimeWatchdogSec")
    assert holds(watches["when"], {"base_is_raspberry_pi": False} | said)


def test_the_kernel_is_told_once_to_count_memory() -> None:
    line = "console=tty1 root=PARTUUID=1-02 rootfstype=ext4 fsck.repair=yes rootwait quiet\n"
    told = replaced("hardening", "cgroup_enable", line)
    assert told == line.replace("\n", " cgroup_enable=memory\n")
    assert replaced("hardening", "cgroup_enable", told) == told


def test_the_card_is_told_once_not_to_write_for_each_read() -> None:
    table = (
        "proc            /proc           proc    defaults          0       0\n"
        "PARTUUID=1-01   /boot/firmware  vfat    defaults          0       2\n"
        "PARTUUID=1-02   /               ext4    defaults          0       1\n"
    )
    told = replaced("hardening", "noatime", table)
    assert re.findall(r"^\S+ +/ +ext4 +(\S+)", told, flags=re.MULTILINE) == ["defaults,noatime"]
    assert told.count("noatime") == 1
    assert replaced("hardening", "noatime", told) == told
