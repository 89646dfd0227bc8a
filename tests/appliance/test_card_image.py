"""The image of a card: what lies beside it, and what is laid over the tree it is made of."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from fakes.releases import lay

from convert import card_image

IMAGE = Path(__file__).parents[2] / "ansible" / "image"
TREE = IMAGE / "tree"
SCHEMA = {
    "type": "object",
    "required": ["os_list"],
    "properties": {
        "os_list": {
            "items": {
                "required": [
                    "name", "description", "icon", "url", "extract_size", "extract_sha256",
                    "image_download_size", "release_date",
                ],
                "properties": {
                    "extract_size": {"type": "integer"},
                    "image_download_size": {"type": "integer"},
                    "init_format": {"enum": ["systemd", "cloudinit", "cloudinit-rpi"]},
                },
            }
        }
    },
}  # fmt: skip
"""What Raspberry Pi Imager's own schema asks of an entry."""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A tree in which dpkg has two packages, one of them removed."""
    folder = tmp_path / "tree"
    status = folder / "var" / "lib" / "dpkg"
    status.mkdir(parents=True)
    rows = [
        ("openssl", "3.5.4-1", "install ok installed"),
        ("old", "1", "deinstall ok config-files"),
    ]
    (status / "status").write_text(
        "\n".join(
            f"Package: {name}\nStatus: {state}\nArchitecture: arm64\nVersion: {version}\n"
            "Maintainer: Nobody <nobody@example.org>\nDescription: a package\n"
            for name, version, state in rows
        )
    )
    (folder / "lib" / "modules" / "6.12.1-arm64").mkdir(parents=True)
    (folder / "etc").mkdir()
    (folder / "etc" / "os-release").write_text('PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\n')
    return folder


@pytest.fixture
def written(tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an image with all that lies beside it."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    lay(tmp_path / "release", "1.2.3")
    out = tmp_path / "out"
    out.mkdir()
    (out / "moodbox-1.2.3-arm64.img").write_bytes(b"an image")
    (out / "moodbox-1.2.3-arm64.img.xz").write_bytes(b"packed")
    words = ["--tree", tree, "--image", out / "moodbox-1.2.3-arm64.img"]
    words += [
        "--wheels",
        tmp_path / "release" / "wheels",
        "--models",
        tmp_path / "release" / "models",
    ]
    assert card_image.main([str(word) for word in words]) == 0
    return out


def read(folder: Path, end: str) -> Any:
    return json.loads((folder / f"moodbox-1.2.3-arm64.{end}.json").read_text())


def test_the_manifest_says_what_is_in_the_image_and_how_to_know_it(written: Path) -> None:
    manifest = read(written, "manifest")
    assert manifest["version"] == "1.2.3"
    assert manifest["system"] == "Debian GNU/Linux 13 (trixie)"
    assert manifest["kernel"] == "6.12.1-arm64"
    assert manifest["packages"] == [
        {"name": "openssl", "version": "3.5.4-1", "architecture": "arm64"}
    ]
    assert manifest["extract_sha256"] == hashlib.sha256(b"an image").hexdigest()
    assert manifest["download_sha256"] == hashlib.sha256(b"packed").hexdigest()
    assert manifest["built"] == "2026-09-21"


def test_the_bill_of_materials_has_the_system_as_well_as_the_wheels(written: Path) -> None:
    parts = {part["name"]: part for part in read(written, "cdx")["components"]}
    assert parts["openssl"]["purl"] == "pkg:deb/debian/openssl@3.5.4-1?arch=arm64"
    assert "moodbox" in parts or any(name.startswith("moodbox") for name in parts)


def test_imager_is_told_that_cloud_init_takes_its_answers(written: Path) -> None:
    listed = read(written, "imager")
    jsonschema.validate(listed, SCHEMA)
    [entry] = listed["os_list"]
    assert entry["init_format"] == "cloudinit"
    assert entry["extract_size"] == len(b"an image")
    assert entry["url"] == "moodbox-1.2.3-arm64.img.xz"


@pytest.mark.parametrize("missing", ["packages", "models"])
def test_a_tree_without_what_a_box_needs_is_one_line(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    missing: str,
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    for name in {"tree", "models"} - {missing}:
        (tmp_path / name).mkdir()
    lay(tmp_path / "release", "1.2.3")
    (tmp_path / "tree" / "lib" / "modules").mkdir(parents=True)
    (tmp_path / "tree" / "etc").mkdir()
    (tmp_path / "tree" / "etc" / "os-release").write_text("")
    (tmp_path / "a.img").write_bytes(b"")
    (tmp_path / "a.img.xz").write_bytes(b"")
    words = [f"--tree={tmp_path / 'tree'}", f"--image={tmp_path / 'a.img'}"]
    words += [f"--wheels={tmp_path / 'release' / 'wheels'}", f"--models={tmp_path / 'models'}"]
    assert card_image.main(words) == 1
    said = capsys.readouterr()
    assert "Traceback" not in said.err
    assert len(said.err.strip().splitlines()) == 1


# What is laid over the tree.


def test_cloud_init_is_told_nothing_but_what_lies_on_the_boot_partition() -> None:
    told = yaml.safe_load((TREE / "etc/cloud/cloud.cfg.d/50-moodbox.cfg").read_text())
    assert told["datasource_list"] == ["NoCloud", "None"]
    assert told["datasource"]["NoCloud"]["seedfrom"] == "file:///boot/firmware/"
    assert told["users"] == []
    assert told["ssh_pwauth"] is False
    assert "preserve_hostname" not in told, "the name that the card was written with is to be set"


def inspected(tree: Path) -> tuple[int, str]:
    """Return how the look ends that build.sh takes at a tree, and what it names."""
    script = IMAGE / "inspect.sh"
    ended = subprocess.run([script, tree], capture_output=True, text=True, timeout=60, check=False)
    assert not ended.stderr
    return ended.returncode, ended.stdout.strip()


@pytest.fixture
def clean_tree(tmp_path: Path) -> Path:
    """A tree as it is to be: its accounts have no password, its files no secret."""
    harmless = {
        "etc/ssh/sshd_config": "UsePAM yes",
        "etc/machine-id": "",
        "etc/shadow": "root:*:19000:0:99999:7:::\nmoodbox:!:19000::::::\n",
        "etc/moodbox/mqtt-password": "",
        "etc/moodbox/moodbox.toml": "[box]",
        "etc/comitup.conf": "ap_name: moodbox\n# ap_password: none\n",
        "etc/mosquitto/conf.d/moodbox.conf": "password_file /etc/mosquitto/moodbox.users",
        "root/.bashrc": "",
    }
    return planted(tmp_path / "clean", harmless)


def planted(tree: Path, contents: dict[str, str]) -> Path:
    for name, text in contents.items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(text)
    return tree


def test_a_tree_without_secrets_becomes_an_image(clean_tree: Path) -> None:
    assert inspected(clean_tree) == (0, "")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("etc/ssh/ssh_host_ed25519_key", "-----BEGIN"),
        ("root/.ssh/authorized_keys", "ssh-ed25519 AAAA"),
        ("home/pi/.ssh/id_ed25519", "-----BEGIN"),
        ("var/lib/moodbox/moodbox.db", "SQLite"),
        ("var/lib/systemd/random-seed", "x"),
        ("var/lib/cloud/instance", "x"),
        ("etc/moodbox/mqtt-password", "open sesame"),
        ("etc/moodbox/soloist-key", "a household's"),
        ("etc/mosquitto/moodbox.users", "moodbox:$7$101$"),
        ("etc/NetworkManager/system-connections/home.nmconnection", "psk=open sesame"),
        ("etc/machine-id", "0123456789abcdef0123456789abcdef"),
        ("etc/comitup.conf", "ap_name: moodbox\nap_password: open sesame\n"),
        ("etc/shadow", "root:*:19000::::::\npi:$y$j9T$abc:19000::::::\n"),
    ],
)
def test_a_secret_in_a_tree_keeps_it_from_becoming_an_image(
    clean_tree: Path, name: str, text: str
) -> None:
    code, said = inspected(planted(clean_tree, {name: text}))
    assert code == 1
    assert said.startswith(name)
    assert "sesame" not in said


@pytest.mark.parametrize("name", ["meta-data", "user-data", "network-config"])
def test_the_boot_partition_has_what_nocloud_asks_for(name: str) -> None:
    assert yaml.safe_load((IMAGE / "boot" / name).read_text()) != []


def test_root_and_boot_partition_have_the_labels_that_fstab_looks_for() -> None:
    table = [line.split() for line in (TREE / "etc/fstab").read_text().splitlines()]
    builder = (IMAGE / "build.sh").read_text() + (IMAGE / "genimage.cfg").read_text()
    labels = {row[1]: row[0].removeprefix("LABEL=") for row in table}
    assert f"-L {labels['/']} " in builder
    assert f'label = "{labels["/boot/firmware"]}"' in builder
    assert f"ROOTPART=LABEL={labels['/']}" in (TREE / "etc/default/raspi-firmware").read_text()
    told = (IMAGE / "boot-raspberrypi" / "cmdline.txt").read_text().split()
    assert f"root=LABEL={labels['/']}" in told
    assert "nofail" in {row[1]: row[3] for row in table}["/boot/firmware"]


def test_what_the_card_says_is_begun_anew_until_all_of_it_is_on_the_disk(tmp_path: Path) -> None:
    cloud, configured = tmp_path / "cloud", tmp_path / "configured"
    configured.mkdir()
    done, name = cloud / "instance" / "sem" / "config_users_groups", configured / "90-keep-name.cfg"

    def start(*, power_cut: bool, **said: str) -> None:
        for moment in ("begin", "steps", "end"):
            if moment == "steps":
                done.parent.mkdir(parents=True, exist_ok=True)
                done.touch()
            elif not (power_cut and moment == "end"):
                subprocess.run(
                    [TREE / "usr/local/lib/moodbox/first-start", moment],
                    env=os.environ | {"CLOUD": str(cloud), "CONFIGURED": str(configured)} | said,
                    check=True, timeout=20,
                )  # fmt: skip

    def begins_with_the_first_step() -> bool:
        done.write_bytes(b"by an earlier start")
        start(power_cut=True)
        return not done.read_bytes()

    start(power_cut=True)
    assert begins_with_the_first_step()
    start(power_cut=False, EXIT_CODE="killed")
    assert begins_with_the_first_step()
    assert not name.exists()
    start(power_cut=False, EXIT_CODE="exited")
    assert not begins_with_the_first_step()
    assert yaml.safe_load(name.read_text()) == {"preserve_hostname": True}


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="needs ssh-keygen")
def test_a_host_key_that_a_power_cut_halved_is_made_anew_and_a_whole_one_stays(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "etc" / "ssh"
    folder.mkdir(parents=True)
    script = TREE / "usr/local/lib/moodbox/host-keys"

    def run() -> dict[str, bytes]:
        subprocess.run(
            ["sh", script],
            env=os.environ | {"SSH_FOLDER": str(folder), "SSH_ROOT": str(tmp_path)},
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
        return {path.name: path.read_bytes() for path in folder.glob("ssh_host_*_key")}

    first = run()
    assert {"ssh_host_ed25519_key", "ssh_host_rsa_key"} <= first.keys()
    (folder / "ssh_host_ed25519_key").write_bytes(b"")
    second = run()
    assert second["ssh_host_ed25519_key"].startswith(b"-----BEGIN")
    assert second["ssh_host_rsa_key"] == first["ssh_host_rsa_key"]
    assert run() == second


def test_the_profile_of_an_image_has_nothing_secret_and_good_settings(root: Path) -> None:
    profile = yaml.safe_load((IMAGE / "profile.yml").read_text())
    assert not [name for name in profile if re.search("password|key|secret", name)]
    described: set[str] = set()
    for path in (root / "ansible" / "roles").glob("*/meta/argument_specs.yml"):
        described |= set(yaml.safe_load(path.read_text())["argument_specs"]["main"]["options"])
    assert set(profile) <= described
