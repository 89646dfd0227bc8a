"""Who may talk to the broker, and in which tongue: passwords, access rules, TLS, MQTT 3.1.1."""

from __future__ import annotations

import gc
import logging
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fakes.broker import Gate, until

from edge.errors import SettingsError
from edge.events import Down, Mood, Request, SetVolume, Status, Up
from edge.mqtt.link import Link
from edge.settings import BoxSettings, MqttSettings

BASE = "moodbox/box-1"
USERS = {"box": "secret", "home": "sweet"}
ACL = """
user home
topic readwrite #
user box
topic readwrite moodbox/#
topic read homeassistant/status
"""


@pytest.fixture
def key(tmp_path: Path) -> str:
    path = tmp_path / "password"
    path.write_text("secret\n")
    return str(path)


def test_a_password_from_a_file_lets_in(broker: Any, connect: Any, listen: Any, key: str) -> None:
    broker.start(users=USERS)
    connect(broker.port, user="box", password_file=key)
    listen(broker.port, user="home", password="sweet").until(f"{BASE}/availability", "online")


def test_the_password_that_systemd_gives_wins(
    broker: Any, connect: Any, listen: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mqtt-password").write_text("secret")
    (tmp_path / "other").write_text("wrong")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    broker.start(users=USERS)
    connect(broker.port, user="box", password_file=str(tmp_path / "other"))
    listen(broker.port, user="home", password="sweet").until(f"{BASE}/availability", "online")


def test_a_wrong_password_is_said_in_words(broker: Any, connect: Any, reported: Any) -> None:
    broker.start(users={"box": "another"})
    connect(broker.port, user="box")
    assert "refuses the user name or the password" in reported.until(Down).reason
    assert not reported.of(Up)


def test_a_password_file_that_is_not_there_is_said(connect: Any, reported: Any) -> None:
    connect(1, user="box", password_file="/nowhere/password")
    assert "/nowhere/password cannot be read" in reported.until(Down).reason


def test_access_rules_that_keep_us_from_a_topic_are_said_and_the_rest_works(
    broker: Any, connect: Any, listen: Any, reported: Any, key: str
) -> None:
    broker.start(users=USERS, acl=ACL)
    link = connect(broker.port, user="box", password_file=key)
    link.show(Status(at=0.0, mood=Mood("sad", 0.5, 0.0)))
    assert "homeassistant/device/box-1/config" in reported.until(Down).reason
    home = listen(broker.port, user="home", password="sweet")
    home.until(f"{BASE}/mood", "sad")
    home.say(f"{BASE}/set/volume", "7")
    assert reported.until(Request).body == SetVolume(7)


def test_a_topic_that_was_kept_from_us_is_tried_again(
    broker: Any, connect: Any, listen: Any, reported: Any, key: str
) -> None:
    broker.start(users=USERS, acl=ACL)
    link = connect(broker.port, user="box", password_file=key)
    link.show(Status(at=0.0, mood=Mood("sad", 0.5, 0.0)))
    assert "homeassistant/device/box-1/config" in reported.until(Down).reason
    broker.allow(ACL + "topic readwrite homeassistant/device/#\n")
    reported.until(Up)
    home = listen(broker.port, user="home", password="sweet")
    home.until("homeassistant/device/box-1/config")


def test_a_subscription_that_was_kept_from_us_is_tried_again(
    broker: Any, connect: Any, listen: Any, reported: Any, key: str
) -> None:
    deaf = ACL.replace("topic readwrite moodbox/#", "topic write moodbox/#")
    broker.start(users=USERS, acl=deaf)
    connect(broker.port, user="box", password_file=key, discovery="")
    # mosquitto lets anybody subscribe and delivers nothing; what the rules deny shows in silence.
    home = listen(broker.port, user="home", password="sweet")
    home.until(f"{BASE}/availability", "online")
    broker.allow(ACL)
    end = time.monotonic() + 20
    while not reported.of(Request) and time.monotonic() < end:
        home.say(f"{BASE}/set/volume", "7")
        time.sleep(0.1)
    assert reported.until(Request).body == SetVolume(7)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home's own authority, and what it signed for the broker and for the box."""
    folder = tmp_path_factory.mktemp("certificates")

    def openssl(*words: str) -> None:
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)

    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2")
    openssl(
        *("req", "-x509", *curve, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=home"),
        *("-addext", "keyUsage=critical,keyCertSign,cRLSign"),
    )
    for name, address in (("broker", "IP:127.0.0.1"), ("box", "DNS:box")):
        openssl(
            *("req", "-x509", "-CA", "ca.pem", "-CAkey", "ca.key", *curve, "-subj", f"/CN={name}"),
            *("-keyout", f"{name}.key", "-out", f"{name}.pem"),
            *("-addext", f"subjectAltName={address}", "-addext", "basicConstraints=CA:FALSE"),
        )
    (folder / "extensions").write_text("subjectAltName=IP:127.0.0.1")
    new = ("-newkey", "rsa:2048", "-nodes", "-keyout", "old.key", "-out", "old.csr")
    openssl("req", "-new", *new, "-subj", "/CN=old")
    signed = ("-in", "old.csr", "-out", "old.pem", "-CA", "ca.pem", "-CAkey", "ca.key")
    openssl("x509", "-req", *signed, "-days", "-1", "-extfile", "extensions")
    return folder


def _tls(folder: Path, *more: str, name: str = "broker") -> tuple[str, ...]:
    return (
        f"cafile {folder}/ca.pem",
        f"certfile {folder}/{name}.pem",
        f"keyfile {folder}/{name}.key",
        *more,
    )


def test_tls_with_the_homes_own_authority(
    broker: Any, connect: Any, certificates: Path, reported: Any
) -> None:
    broker.start(*_tls(certificates))
    link = connect(broker.port, tls=True, ca=str(certificates / "ca.pem"))
    reported.quiet_until(link)


def test_without_asking_who_answers_any_certificate_will_do(
    broker: Any, connect: Any, certificates: Path, reported: Any
) -> None:
    broker.start(*_tls(certificates))
    reported.quiet_until(connect(broker.port, tls=True, insecure=True))


def test_the_name_in_the_certificate_may_be_another_than_the_hosts(
    broker: Any, connect: Any, certificates: Path, reported: Any
) -> None:
    broker.start(*_tls(certificates, name="box"))
    link = connect(broker.port, tls=True, ca=str(certificates / "ca.pem"), server_name="box")
    reported.quiet_until(link)


# paho leaves the socket of a failed handshake to the garbage collector, and a log record keeps it.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(
    ("speaks_tls", "named", "settings", "words"),
    [
        (True, "broker", {"tls": True}, "an authority that is not trusted here .*set mqtt.ca"),
        (
            True,
            "box",
            {"tls": True, "ca": "ca.pem"},
            "for another name than 127.0.0.1: .*mqtt.serv",
        ),
        (
            *(True, "broker", {"tls": True, "ca": "ca.pem", "server_name": "other"}),
            "for another name than other",
        ),
        (True, "old", {"tls": True, "ca": "ca.pem"}, "not valid now .*set this box's clock"),
        (True, "broker", {}, "speaks TLS on this port: set mqtt.tls to true"),
        (False, "", {"tls": True}, "does not speak TLS on this port: set mqtt.port to its TLS"),
        (False, "", {"tls": True, "insecure": True}, "does not speak TLS on this port"),
    ],
)
def test_each_mistake_with_tls_is_said_with_its_fix(  # noqa: PLR0917  fixtures and cases
    broker: Any,
    connect: Any,
    certificates: Path,
    reported: Any,
    caplog: Any,
    speaks_tls: bool,
    named: str,
    settings: dict[str, Any],
    words: str,
) -> None:
    caplog.set_level(logging.CRITICAL, "edge.service")
    broker.start(*(_tls(certificates, name=named) if speaks_tls else ()))
    if "ca" in settings:
        settings = settings | {"ca": str(certificates / settings["ca"])}
    link = connect(broker.port, **settings)
    assert re.search(words, reported.until(Down).reason), reported.events
    assert link.stop(20)
    gc.collect()


def test_a_client_certificate_lets_in(
    broker: Any, connect: Any, certificates: Path, reported: Any
) -> None:
    broker.start(*_tls(certificates, "require_certificate true", "use_identity_as_username true"))
    ours = {"certificate": str(certificates / "box.pem"), "key": str(certificates / "box.key")}
    link = connect(broker.port, tls=True, ca=str(certificates / "ca.pem"), **ours)
    reported.quiet_until(link)


def test_a_broken_certificate_file_is_said(connect: Any, reported: Any, certificates: Path) -> None:
    connect(1, tls=True, certificate=str(certificates / "ca.key"))
    assert "mqtt.certificate" in reported.until(Down).reason


@pytest.fixture
def older(open_broker: Any) -> Iterator[Callable[[bytes], Gate]]:
    """Put a gate before the broker; it answers MQTT 5 with the given bytes."""
    gates: list[Gate] = []

    def make(refusal: bytes) -> Gate:
        gates.append(Gate(open_broker.port, refusal))
        return gates[-1]

    yield make
    for gate in gates:
        gate.close()


@pytest.mark.parametrize("refusal", [b"\x20\x02\x00\x01", b""], ids=["says so", "hangs up"])
def test_a_broker_that_knows_only_mqtt_3_is_talked_to_in_its_tongue(
    home: Any, connect: Any, older: Callable[[bytes], Gate], reported: Any, refusal: bytes
) -> None:
    connect(older(refusal).port)
    home.until(f"{BASE}/availability", "online")
    home.say(f"{BASE}/set/volume", "30")
    assert reported.until(Request).body == SetVolume(30)
    assert not reported.of(Down)


HUGE = b"spotify:track:" + b"x" * 2**23


def test_a_message_that_is_too_large_never_reaches_a_box_that_says_how_large_is_too_large(
    open_broker: Any, home: Any, connect: Any, reported: Any
) -> None:
    connect(open_broker.port)
    home.until(f"{BASE}/availability", "online")
    home.say(f"{BASE}/set/play", HUGE)
    home.say(f"{BASE}/set/volume", "30")
    assert reported.until(Request).body == SetVolume(30)
    assert reported.events == reported.of(Request)


@pytest.mark.parametrize("size", [20_000, 2**23], ids=["there at once", "in parts"])
def test_a_broker_of_mqtt_3_that_sends_too_much_is_hung_up_on_before_it_is_read(
    home: Any, connect: Any, older: Callable[[bytes], Gate], reported: Any, size: int
) -> None:
    connect(older(b"").port)
    home.until(f"{BASE}/availability", "online")
    home.say(f"{BASE}/set/play", bytes(size))
    assert f"sent {size + 26} bytes; the most is 16384" in reported.until(Down).reason
    reported.until(Up)
    assert reported.of(Request) == []


def test_what_is_no_mqtt_is_a_fault_and_no_bug(connect: Any, reported: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            for _ in range(2):
                caller, _ = server.accept()
                caller.recv(4096)
                caller.sendall(b"\x20\x01\x00HTTP/1.1 400 Bad Request\r\n\r\n")
                caller.close()

        threading.Thread(target=answer, daemon=True).start()
        connect(server.getsockname()[1])
        assert reported.until(Down).reason


def test_a_broker_that_never_answers_does_not_keep_the_box_from_stopping(
    connect: Any, reported: Any
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        link = connect(server.getsockname()[1])
        caller, _ = server.accept()
        began = time.monotonic()
        assert link.stop(5)
        assert time.monotonic() - began < 5
        caller.close()


def test_two_boxes_with_one_id_are_told_so(connect: Any, reported: Any) -> None:
    # mosquitto 2.0 hangs up without a word; newer brokers give MQTT 5's reason 0x8E.
    with socket.create_server(("127.0.0.1", 0)) as server:
        link = connect(server.getsockname()[1])
        box, _ = server.accept()
        with box:
            box.recv(4096)
            box.sendall(b"\x20\x03\x00\x00\x00" + b"\xe0\x06\x8e\x04\x1f\x00\x01x")
            assert "the same box.id" in reported.until(Down).reason
        assert link.stop(20)


def test_a_killed_box_is_offline_at_once(open_broker: Any, home: Any) -> None:
    program = (
        "import sys, time\n"
        "from edge.mqtt.link import Link\n"
        "from edge.settings import BoxSettings, MqttSettings\n"
        "mqtt = MqttSettings(host='127.0.0.1', port=int(sys.argv[1]))\n"
        "link = Link(mqtt, BoxSettings(id='box-1'), print)\n"
        "link.start()\n"
        "time.sleep(100)\n"
    )
    box = subprocess.Popen([sys.executable, "-c", program, str(open_broker.port)])
    try:
        home.until(f"{BASE}/availability", "online")
    finally:
        box.kill()
        box.wait()
    home.until(f"{BASE}/availability", "offline")


@pytest.mark.parametrize("prefix", ["a/#", "+", "#"])
def test_a_prefix_with_a_wildcard_is_refused(prefix: str) -> None:
    with pytest.raises(SettingsError, match="prefix"):
        Link(MqttSettings(prefix=prefix), BoxSettings(), print)


def test_a_password_that_was_put_right_is_used_at_once(
    broker: Any, connect: Any, listen: Any, key: str
) -> None:
    broker.start(users=USERS)
    link = connect(broker.port, user="box", password_file=key)
    home = listen(broker.port, user="home", password="sweet")
    home.until(f"{BASE}/availability", "online")
    before = link._connection
    link.renew()
    until(lambda: link._connection is not None and link._connection is not before)
    home.until(f"{BASE}/availability", "online")
    assert link._left.topics
