"""How to reach the home's broker: paho's client, set up from the settings, and faults in words."""

from __future__ import annotations

import os
import socket
import ssl
from collections.abc import Collection
from pathlib import Path
from typing import Any

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.reasoncodes import ReasonCode

from edge.errors import Fault
from edge.mqtt.chosen import Chosen
from edge.settings import MqttSettings

KEEPALIVE = 30
"""Seconds; a box that lost its power is noticed after one and a half of them."""
REACH_WITHIN = 3.0
"""Seconds to reach the broker's machine; nothing can cut this wait short, so it is brief."""
ANSWER_WITHIN = 8.0
"""Seconds the broker may take to let us in."""
LARGEST = 16 * 1024
"""Bytes of a packet that the broker may send; the longest command has a few hundred."""


class Bounded(Client):
    """paho's client, which has no limit of its own, and reads on for as long as bytes come.

    Brokers of MQTT 5 are told how much is too much; those of 3.1.1 are hung up on.
    """

    def _sock_recv(self, bufsize: int) -> bytes:
        coming = self._in_packet["remaining_length"]
        if self._in_packet["have_remaining"] and coming > LARGEST:
            raise Fault(f"{self.host} sent {coming} bytes; the most is {LARGEST}")
        return super()._sock_recv(bufsize)


def client_for(settings: MqttSettings, name: str, older: bool) -> Client:
    """Return a client that is set up, not connected; `older` speaks MQTT 3.1.1 instead of 5.

    Raise Fault where a file that the settings name cannot be used.
    """
    protocol = MQTTProtocolVersion.MQTTv311 if older else MQTTProtocolVersion.MQTTv5
    client = Bounded(CallbackAPIVersion.VERSION2, client_id=name, protocol=protocol)
    client.connect_timeout = REACH_WITHIN
    if settings.user:
        client.username_pw_set(settings.user, password(settings) or None)
    if settings.tls:
        client.tls_set_context(_context(settings))
    return client


def password(settings: MqttSettings) -> str:
    """Return the password, read anew at each connection so that a new one is found."""
    folder = None if isinstance(settings, Chosen) else os.environ.get("CREDENTIALS_DIRECTORY")
    credential = Path(folder) / "mqtt-password" if folder else None
    for path in (credential, Path(settings.password_file) if settings.password_file else None):
        if path is None or (path is credential and not path.is_file()):
            continue
        try:
            words = path.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise Fault(f"mqtt.password_file: {path} cannot be read: {error}") from error
        if words:
            return words
    return ""


class _Named(ssl.SSLContext):
    """A context that expects another name in the certificate than the one that is called."""

    name = ""

    def wrap_socket(self, *arguments: Any, **options: Any) -> ssl.SSLSocket:
        """Ask for `name`."""
        options["server_hostname"] = self.name or options.get("server_hostname")
        return super().wrap_socket(*arguments, **options)


def _context(settings: MqttSettings) -> ssl.SSLContext:
    context = _Named(ssl.PROTOCOL_TLS_CLIENT)  # checks names and authorities, as Python's own does
    context.name = settings.server_name
    if settings.insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    try:
        if settings.ca:
            context.load_verify_locations(settings.ca)
        else:
            context.load_default_certs()
        if settings.certificate:
            context.load_cert_chain(settings.certificate, settings.key or None)
    except (OSError, ssl.SSLError) as error:
        raise Fault(
            f"mqtt.ca, mqtt.certificate or mqtt.key cannot be used: {error}", retry_after=60
        ) from error
    return context


WRONG_NAME = {62, 64}
"""OpenSSL's X509_V_ERR_HOSTNAME_MISMATCH and X509_V_ERR_IP_ADDRESS_MISMATCH."""
WRONG_TIME = {9, 10}
"""X509_V_ERR_CERT_NOT_YET_VALID and X509_V_ERR_CERT_HAS_EXPIRED."""


def unreachable(settings: MqttSettings, error: OSError | UnicodeError) -> Fault:
    """Return what to say where there was no connection."""
    where = f"{settings.host}:{settings.port}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return Fault(_not_believed(settings, where, error), retry_after=30)
    if settings.tls and isinstance(error, ssl.SSLError | ConnectionResetError | TimeoutError):
        if isinstance(error, ssl.SSLError) and error.reason not in NO_TLS:
            return Fault(f"the broker at {where} does not agree on TLS: {error}", retry_after=30)
        if speaks_plainly(settings):
            return Fault(
                f"the broker at {where} does not speak TLS on this port: set mqtt.port to its TLS "
                "port (often 8883), or mqtt.tls to false",
                retry_after=30,
            )
    return Fault(f"no broker at {where}: {getattr(error, 'strerror', '') or error}")


NO_TLS = {"WRONG_VERSION_NUMBER", "UNEXPECTED_EOF_WHILE_READING", "PACKET_LENGTH_TOO_LONG", None}
"""OpenSSL's reasons where what answers is no TLS at all."""


def _not_believed(settings: MqttSettings, where: str, error: ssl.SSLCertVerificationError) -> str:
    if error.verify_code in WRONG_NAME:
        name = settings.server_name or settings.host
        return (
            f"the broker at {where} shows a certificate for another name than {name}: set "
            "mqtt.host, or mqtt.server_name, to the name in it"
        )
    if error.verify_code in WRONG_TIME:
        return (
            f"the broker at {where} shows a certificate that is not valid now "
            f"({error.verify_message}): renew it, or set this box's clock"
        )
    return (
        f"the broker at {where} shows a certificate of an authority that is not trusted here "
        f"({error.verify_message}); set mqtt.ca to the authority's file"
    )


def speaks_tls(settings: MqttSettings) -> bool:
    """Whether whoever hung up on plain MQTT would have answered TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with (
            socket.create_connection((settings.host, settings.port), REACH_WITHIN) as plain,
            context.wrap_socket(plain, server_hostname=settings.host),
        ):
            return True
    except (OSError, ValueError):
        return False


def speaks_plainly(settings: MqttSettings) -> bool:
    """Whether whoever did not answer TLS answers plain MQTT."""
    try:
        with socket.create_connection((settings.host, settings.port), REACH_WITHIN) as plain:
            plain.sendall(HELLO)
            return plain.recv(1)[:1] == CONNACK
    except OSError:
        return False


HELLO = b"\x10\x0c\x00\x04MQTT\x04\x02\x00\x05\x00\x00"
"""MQTT 3.1.1's CONNECT of a client without a name; MQTT Version 3.1.1, section 3.1."""
CONNACK = b"\x20"


def kept_from(settings: MqttSettings, base: str, denied: Collection[str]) -> str:
    """Return what to say where access rules keep topics from us; our own are below `base`."""
    wants = f"it has to read and write {base}/#"
    if settings.discovery:
        wants += f", write {settings.discovery}/device/#, and read {settings.discovery}/status"
    return f"the broker's access rules keep {min(denied)} from user {settings.user!r}; {wants}"


def fought_over(settings: MqttSettings, name: str, losses: int) -> str:
    """Return what to say of a connection that is lost again and again as soon as it stands."""
    return (
        f"the broker at {settings.host} hung up within seconds, {losses} times in a row: another "
        f"client there is called {name!r} as well; is this card a copy of another box's?"
    )


def doubled(settings: MqttSettings, box_id: str) -> str:
    """Return what to say where another box on the broker has this one's id."""
    return (
        f"another box at the broker {settings.host} has the id {box_id!r} too: give one of them "
        "another [box] id"
    )


def lost(settings: MqttSettings, words: str) -> Fault:
    """Return what to say where a plain connection ended before the broker had answered."""
    if not settings.tls and speaks_tls(settings):
        return Fault(
            f"the broker at {settings.host}:{settings.port} speaks TLS on this port: set mqtt.tls "
            "to true, or mqtt.port to its plain port (often 1883)",
            retry_after=30,
        )
    return Fault(f"the broker at {settings.host} hung up at once: {words}")


def refused(settings: MqttSettings, reason: ReasonCode) -> Fault:
    """Return what to say where the broker said no."""
    where = f"{settings.host}:{settings.port}"
    words = str(reason)
    if words in {"Bad user name or password", "Not authorized"}:
        return Fault(
            f"the broker at {where} refuses the user name or the password "
            "(mqtt.user, mqtt.password_file)",
            retry_after=10,
        )
    return Fault(f"the broker at {where} refuses the connection: {words}")
