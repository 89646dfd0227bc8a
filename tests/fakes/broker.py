"""A real broker, and somebody at home who listens."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

PATIENCE = 30
"""Seconds a test waits for something that has to come."""


def until(holds: Callable[[], Any]) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, f"it did not come about in {PATIENCE} s"
        time.sleep(0.01)


class Broker:
    """mosquitto on a free port of this machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *lines: str, users: dict[str, str] | None = None, acl: str = "") -> None:
        conf = [f"listener {self.port} 127.0.0.1", "persistence false", *lines]
        if os.geteuid() == 0:
            conf.insert(0, "user root")
        if users:
            conf += ["allow_anonymous false", f"password_file {self._passwords(users)}"]
        else:
            conf.append("allow_anonymous true")
        if acl:
            conf.append(f"acl_file {self._file('acl', acl)}")
        path = self._file("mosquitto.conf", "\n".join(conf) + "\n")
        program = shutil.which("mosquitto", path=f"{os.environ['PATH']}:/usr/sbin")
        assert program, "mosquitto is not installed: apt install mosquitto"
        self._process = subprocess.Popen(
            [program, "-c", str(path)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until(self._answers)

    def allow(self, acl: str) -> None:
        """Change the access rules while it runs."""
        assert self._process is not None
        self._file("acl", acl)
        self._process.send_signal(signal.SIGHUP)

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(PATIENCE)
            self._process = None

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, "mosquitto does not start"
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        except OSError:
            return False
        return True

    def _file(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text)
        path.chmod(0o600)
        return path

    def _passwords(self, users: dict[str, str]) -> Path:
        path = self._file("passwords", "")
        for user, password in users.items():
            subprocess.run(["mosquitto_passwd", "-b", path, user, password], check=True)
        return path


class Home:
    """Somebody who hears everything on the broker, and may say something."""

    def __init__(self, port: int, user: str = "", password: str = "") -> None:
        self.heard: list[tuple[str, str, bool]] = []
        self._changed = threading.Condition()
        self._client = Client(CallbackAPIVersion.VERSION2)
        if user:
            self._client.username_pw_set(user, password)
        self._client.on_connect = self._connected
        ready = threading.Event()
        self._client.on_subscribe = lambda *_: ready.set()
        self._client.on_message = self._hear
        self._client.reconnect_delay_set(1, 1)
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        assert ready.wait(PATIENCE)

    def _connected(self, client: Client, *_: object) -> None:
        client.subscribe("#", qos=1)

    def _hear(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        with self._changed:
            self.heard.append(
                (message.topic, bytes(message.payload).decode("utf-8", "replace"), message.retain)
            )
            self._changed.notify_all()

    def until(self, topic: str, payload: str | None = None) -> str:
        """Wait for a message, or for one with this payload; return the last payload."""

        def matches() -> bool:
            return any(t == topic and payload in {None, p} for t, p, _ in self.heard)

        with self._changed:
            assert self._changed.wait_for(matches, PATIENCE), f"{topic}: {self.last()}"
        return self.last()[topic]

    def last(self) -> dict[str, str]:
        return {topic: payload for topic, payload, _ in self.heard}

    def forget(self) -> None:
        self.heard.clear()

    def say(
        self, topic: str, payload: str | bytes, *, retain: bool = False, wait: bool = True
    ) -> None:
        sent = self._client.publish(topic, payload, qos=1, retain=retain)
        if wait:
            sent.wait_for_publish(PATIENCE)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


class Door:
    """Takes one connection after the other; `admit` says what becomes of each."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                box = self._listening.accept()[0]
                try:
                    self.admit(box)
                except OSError:
                    box.close()  # one connection broke; the door stays

    def admit(self, box: socket.socket) -> None:
        """Do with a connection what this door is for."""
        raise NotImplementedError


class Gate(Door):
    """A gate before the broker that lets MQTT 3.1.1 alone pass."""

    def __init__(self, inner: int, refusal: bytes) -> None:
        self._inner, self._refusal = inner, refusal
        super().__init__()

    def admit(self, box: socket.socket) -> None:
        first = box.recv(4096)
        if b"MQTT" not in first:
            raise ConnectionError("who knocked went away again")
        if first[first.index(b"MQTT") + 4] == 5:
            box.sendall(self._refusal)
            box.close()
            return
        broker = socket.create_connection(("127.0.0.1", self._inner))
        broker.sendall(first)
        for ends in ((box, broker), (broker, box)):
            threading.Thread(target=_pipe, args=ends, daemon=True).start()


def _pipe(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError), source, target:
        while data := source.recv(2**16):
            target.sendall(data)
