"""The firewall, in network namespaces of its own: a box, and a bad device beside it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import jinja2
import pytest

RULES = Path(__file__).parents[2] / "ansible/roles/hardening/templates/nftables.conf.j2"
SHARE = 32
TRIES = 10
"""Of SSH, a minute."""
BENCH = """
set -e
mount -t tmpfs none /run
ip link set lo up
ip netns add home
ip link add box type veth peer name lan
ip link set lan netns home
ip addr add 10.9.0.1/24 dev box
ip link set box up
ip netns exec home ip link set lan up
ip netns exec home ip addr add 10.9.0.2/24 dev lan
ip netns exec home ip addr add 10.9.0.3/24 dev lan
ip addr add fd00::1/64 dev box nodad
ip netns exec home ip addr add fd00::2/64 dev lan nodad
ip netns exec home ip addr add fd00::3/64 dev lan nodad
nft -f {rules}
python3 -c '{box}' &
sleep 0.5
ip netns exec home python3 -c '{device}'
"""
BOX = """
import socket, time
both = {"family": socket.AF_INET6, "dualstack_ipv6": True, "backlog": 512}
listening = [socket.create_server(("", port), **both) for port in (22, 8080)]
time.sleep(3)
"""
DEVICE = """
import socket
def opened(box, port, source, times):
    held = []
    for _ in range(times):
        made = socket.socket(socket.AF_INET6 if ":" in box else socket.AF_INET)
        made.settimeout(2)
        made.bind((source, 0))
        try:
            made.connect((box, port))
        except ConnectionRefusedError:
            pass
        else:
            held.append(made)
    return held
"""
FLOOD = """
bad = opened("10.9.0.1", 8080, "10.9.0.2", 60)
print(len(bad), len(opened("10.9.0.1", 8080, "10.9.0.3", 6)))
"""
GUESSING = """
for home in ("10.9.0.", "fd00::"):
    bad = opened(home + "1", 22, home + "2", 30)
    print(len(bad), len(opened(home + "1", 22, home + "3", 6)))
"""


SYSTEM = "/usr/sbin:/sbin"
"""Where nft and ip may be, which not everybody has in the path."""


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    environment = jinja2.Environment(trim_blocks=True, keep_trailing_newline=True)
    text = environment.from_string(RULES.read_text(encoding="utf-8")).render(
        moodbox_settings={},
        receiver_chosen="go-librespot",
        receiver_zeroconf_port=4070,
        wifi_portal=False,
        mosquitto_enabled=False,
    )
    (tmp_path / "rules").write_text(text)
    return tmp_path / "rules"


def unshared(script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["unshare", "--user", "--map-root-user", "--net", "--mount", "sh", "-c", script],
        capture_output=True, text=True, timeout=60, check=False,
        env=os.environ | {"PATH": f"{os.environ['PATH']}:{SYSTEM}"},
    )  # fmt: skip


def test_each_device_is_counted_before_anything_is_let_in(rules: Path) -> None:
    lines = [line.strip() for line in rules.read_text().splitlines()]
    counting = [
        next(
            number
            for number, line in enumerate(lines)
            if f"{address} ct count over {SHARE}" in line
        )
        for address in ("ip saddr", "ip6 saddr")
    ]
    assert max(counting) < lines.index('tcp dport 8080 accept comment "the box\'s page"')


def seen_by(rules: Path, device: str) -> list[str]:
    """Return what devices of the home print that do `device`."""
    if unshared("nft --version && mount -t tmpfs none /run && ip netns add x").returncode:
        pytest.skip("needs nft, and the right to make network namespaces")
    ended = unshared(BENCH.format(rules=rules, box=BOX, device=DEVICE + device))
    assert not ended.stderr
    return ended.stdout.split()


def test_a_device_that_opens_connections_without_end_gets_its_share_and_others_theirs(
    rules: Path,
) -> None:
    assert seen_by(rules, FLOOD) == [str(SHARE), "6"]


def test_a_device_that_asks_for_ssh_without_end_locks_nobody_else_out(rules: Path) -> None:
    assert seen_by(rules, GUESSING) == [str(TRIES), "6"] * 2
