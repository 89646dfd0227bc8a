"""The firewall, in network namespaces of its own: a box, and a bad device beside it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import jinja2
import pytest

RULES = Path(__file__).parents[2] / "ansible/roles/hardening/templates/nftables.conf.j2"
SHARE = 32
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
nft -f {rules}
python3 -c '{box}' &
sleep 0.5
ip netns exec home python3 -c '{device}'
"""
BOX = """
import socket, time
listening = socket.create_server(("10.9.0.1", 8080), backlog=512)
time.sleep(3)
"""
DEVICE = """
import socket
def opened(source, times):
    held = []
    for _ in range(times):
        made = socket.socket()
        made.settimeout(2)
        made.bind((source, 0))
        try:
            made.connect(("10.9.0.1", 8080))
        except ConnectionRefusedError:
            pass
        else:
            held.append(made)
    return held
bad = opened("10.9.0.2", 60)
print(len(bad), len(opened("10.9.0.3", 6)))
"""


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
        ["unshare", "--net", "--mount", "sh", "-c", script],
        capture_output=True, text=True, timeout=60, check=False,
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


def test_a_device_that_opens_connections_without_end_gets_its_share_and_others_theirs(
    rules: Path,
) -> None:
    if not shutil.which("nft") or unshared("mount -t tmpfs none /run && ip netns add x").returncode:
        pytest.skip("needs nft, and the right to make network namespaces")
    ended = unshared(BENCH.format(rules=rules, box=BOX, device=DEVICE))
    assert ended.stdout.split() == [str(SHARE), "6"], ended.stderr
