"""The token file is whole at every moment, and nobody else's to read."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest
from fakes.spotify import FakeSpotify

from edge.spotify.login import SCOPES
from edge.spotify.tokens import Tokens, TokenStore

KILLS = int(os.environ.get("KILLS", "20"))

REFRESHING = """
import os, sys
from pathlib import Path
from edge.spotify.web_api import WebApi

state, address, now = Path(sys.argv[1]), sys.argv[2], float(sys.argv[3])
for _ in sys.stdin:  # at each line, one more process that refreshes until it is killed
    child = os.fork()
    if child == 0:
        api = WebApi(state, print, api=address + "v1/", accounts=address, clock=lambda: now)
        while True:
            api._refresh(api._line, api._store.tokens.access_token)
    print(child, flush=True)
    os.waitpid(child, 0)
"""


def tokens(**changes: object) -> Tokens:
    made = Tokens("a" * 32, "access", "refresh", SCOPES, 1000.0, 1.0)
    return msgspec.structs.replace(made, **changes)


def test_what_is_kept_is_there_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "t"
    TokenStore(path).keep(tokens())
    assert TokenStore(path).tokens == tokens()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_is_dropped_is_gone(tmp_path: Path) -> None:
    store = TokenStore(tmp_path / "t")
    store.keep(tokens())
    store.drop()
    store.drop()
    assert not list(tmp_path.iterdir())
    assert TokenStore(tmp_path / "t").tokens is None


def test_a_broken_file_is_no_sign_in_and_its_content_is_not_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "t").write_text('{"client_id": 5, "access_token": "geheim"')
    assert TokenStore(tmp_path / "t").tokens is None
    assert "sign in again" in caplog.text
    assert "geheim" not in caplog.text


def test_tokens_do_not_show_themselves() -> None:
    assert "refresh" not in f"{tokens()} {tokens()!r}"


@pytest.mark.parametrize("rotates", [False, True], ids=["same", "rotating"])
def test_a_kill_in_mid_refresh_leaves_the_file_whole_and_signs_nobody_out(
    fake_spotify: FakeSpotify, tmp_path: Path, rotates: bool
) -> None:
    fake_spotify.accounts.rotates = rotates
    path = tmp_path / "spotify-sign-in.json"
    given = fake_spotify.sign_in(SCOPES)
    start = fake_spotify.clock.now
    TokenStore(path).keep(
        tokens(access_token=given["access_token"], refresh_token=given["refresh_token"])
    )
    seen = set()
    command = [sys.executable, "-c", REFRESHING, str(tmp_path), fake_spotify.address, str(start)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as nursery:
        assert nursery.stdin is not None
        assert nursery.stdout is not None
        for n in range(KILLS):
            asked = len(fake_spotify.log)
            nursery.stdin.write(b"\n")
            nursery.stdin.flush()
            child = int(nursery.stdout.readline())
            end = time.monotonic() + 20
            while len(fake_spotify.log) < asked + 2 and time.monotonic() < end:
                time.sleep(0.001)
            time.sleep(0.0017 * n)
            os.kill(child, signal.SIGKILL)
            kept = msgspec.json.decode(path.read_bytes(), type=Tokens)
            seen.add(kept.access_token)
            assert fake_spotify.accounts._refresh[kept.refresh_token].end == ""
        nursery.stdin.close()
    assert len(seen) > KILLS // 2
    cut = "token: '' with the fields []"  # a request whose sender was killed before its body
    fake_spotify.violations[:] = [v for v in fake_spotify.violations if v != cut]
    assert len(list(tmp_path.iterdir())) <= 4, "two files, and what a kill may leave of each"
