"""A real Home Assistant."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from http.client import UNAUTHORIZED
from pathlib import Path
from typing import Any

import requests
from websockets.sync.client import connect

SLOWEST = 180.0
"""Seconds that an answer may take: the first one of a part may install it first."""
START = """\
import sys, homeassistant.const as const
# A Python of the right line, but some patches older, does for this.
const.REQUIRED_PYTHON_VER = min(const.REQUIRED_PYTHON_VER, sys.version_info[:3])
from homeassistant.components import demo
# Of all that the demo has, only what plays.
demo.COMPONENTS_WITH_CONFIG_ENTRY_DEMO_PLATFORM = ["media_player"]
from homeassistant.__main__ import main
sys.exit(main())
"""


DEMO = {"entry_id": "demo", "domain": "demo", "title": "Demo", "source": "import", "version": 1}
ENTRIES = {
    "version": 1,
    "minor_version": 1,
    "key": "core.config_entries",
    "data": {"entries": [DEMO | {"data": {}, "options": {}}]},
}
"""Its own demo, as if somebody had set that up; `demo:` would change the rest of the house too."""
PORT = 8123
"""Its own: newer ones take another on trial, and give it up after five minutes."""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def until(holds: Callable[[], Any], within: float = 60.0) -> float | None:
    """Return the seconds until something holds; None: it does not within the time."""
    began = time.monotonic()
    while time.monotonic() - began < within:
        try:
            if holds():
                return time.monotonic() - began
        except (OSError, requests.RequestException, KeyError, json.JSONDecodeError):
            pass
        time.sleep(0.05)
    return None


class HomeAssistant:
    """One of its own, in a folder."""

    def __init__(self, python: str, folder: Path) -> None:
        self.folder, self.address = folder, f"http://127.0.0.1:{PORT}"
        self._python = python
        self._session = requests.Session()
        self.token: dict[str, Any] = {}
        folder.mkdir()
        (folder / "start.py").write_text(START)
        (folder / ".storage").mkdir()
        (folder / ".storage" / "core.config_entries").write_text(json.dumps(ENTRIES))

    def start(self) -> None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", PORT)):
            raise SystemExit(f"port {PORT} is taken: is another Home Assistant on?")
        path = f"{Path(self._python).parent}:{os.environ['PATH']}"
        self.process = subprocess.Popen(
            [self._python, "start.py", "-c", "."],
            cwd=self.folder,
            env=os.environ | {"PATH": path},
            stdout=(self.folder / "out").open("a"),
            stderr=subprocess.STDOUT,
        )

    def has_started(self) -> bool:
        """Whether it is done with starting: before, no automation runs and nothing is recorded."""
        return bool(self.get("/api/config")["state"] == "RUNNING")

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(120)

    def set_up(self, broker: int, password: str) -> None:
        """Make the first user, and tell it of the broker, as its own pages would."""
        assert until(lambda: self.get("/api/onboarding"), 600) is not None, self.log()[-2000:]
        who = {"client_id": f"{self.address}/", "name": "Ann", "username": "ann", "language": "en"}
        code = self.post("/api/onboarding/users", who | {"password": password})["auth_code"]
        self._sign_in(grant_type="authorization_code", code=code)
        flow = "/api/config/config_entries/flow"
        step = self.post(flow, {"handler": "mqtt"})
        login = {"username": "home", "password": password}
        broker_is = {"broker": "127.0.0.1", "port": broker} | login
        plain = {"set_client_cert": False, "set_ca_cert": "off"}
        # What 2026.2 asks, and 2026.11.
        extras: tuple[dict[str, Any], ...] = ({}, {"protocol": "5"}, {"other_settings": plain})
        for extra in extras:
            done = self.post(f"{flow}/{step['flow_id']}", broker_is | extra)
            if done.get("type") == "create_entry":
                return
        raise SystemExit(f"Home Assistant does not take the broker: {done}")

    def _sign_in(self, **how: str) -> None:
        asked = how | {"client_id": f"{self.address}/"}
        answer = requests.post(f"{self.address}/auth/token", data=asked, timeout=SLOWEST)
        self.token |= answer.json()
        self._session.headers["authorization"] = f"Bearer {self.token['access_token']}"

    def _ask(self, method: str, path: str, data: dict[str, Any] | None = None) -> requests.Response:
        """Ask, signed in anew after the half hour that a sign-in lasts."""
        address = self.address + path
        answer = self._session.request(method, address, json=data, timeout=SLOWEST)
        if answer.status_code == UNAUTHORIZED and self.token:
            self._sign_in(grant_type="refresh_token", refresh_token=self.token["refresh_token"])
            answer = self._session.request(method, address, json=data, timeout=SLOWEST)
        return answer

    def get(self, path: str) -> Any:
        return self._ask("GET", path).json()

    def post(self, path: str, data: dict[str, Any]) -> Any:
        return self._ask("POST", path, data).json()

    def call(self, service: str, **data: Any) -> None:
        domain, _, name = service.partition(".")
        answer = self._ask("POST", f"/api/services/{domain}/{name}", data)
        if not answer.ok:
            raise RuntimeError(f"{service} {data}: {answer.status_code} {answer.text}")

    def be_welcomed(self) -> None:
        """End its first steps, without which its own pages show nothing else."""
        here = {"client_id": f"{self.address}/", "redirect_uri": f"{self.address}/"}
        for step, data in (("core_config", {}), ("analytics", {}), ("integration", here)):
            self.post(f"/api/onboarding/{step}", data)

    def enable(self, *entities: str) -> None:
        """Show entities that are not shown by default; it loads them half a minute later."""
        with connect(f"ws://127.0.0.1:{PORT}/api/websocket") as socket_:
            socket_.recv()
            words = {"type": "auth", "access_token": self.token["access_token"]}
            socket_.send(json.dumps(words))
            socket_.recv()
            for number, entity in enumerate(entities, 1):
                wanted = {"type": "config/entity_registry/update", "disabled_by": None}
                socket_.send(json.dumps(wanted | {"id": number, "entity_id": entity}))
                answer = json.loads(socket_.recv())
                assert answer["success"], answer

    def states(self) -> dict[str, dict[str, Any]]:
        return {one["entity_id"]: one for one in self.get("/api/states")}

    def state(self, entity: str) -> str:
        return str(self.get(f"/api/states/{entity}")["state"])

    def log(self) -> str:
        return (self.folder / "out").read_text(errors="replace")
