"""How to reach the home's broker: paho's client, set up from the settings, and faults in words."""

from __future__ import annotations

import os
import ssl
from collections.abc import Collection
from pathlib import Path

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.reasoncodes import ReasonCode

from edge.errors import Fault
from edge.settings import MqttSettings

KEEPALIVE = 30
"""Seconds; a box that lost its power is noticed after one and a half of them."""
REACH_WITHIN = 3.0
"""Seconds to reach the broker's machine; nothing can cut this wait short, so it is brief."""
ANSWER_WITHIN = 8.0
"""Seconds the broker may take to let us in."""


def client_for(settings: MqttSettings, name: str, older: bool) -> Client:
    """Return a client that is set up, not connected; `older` speaks MQTT 3.1.1 instead of 5.

    Raise Fault where a file that the settings name cannot be used.
    """
    protocol = MQTTProtocolVersion.MQTTv311 if older else MQTTProtocolVersion.MQTTv5
    client = Client(CallbackAPIVersion.VERSION2, client_id=name, protocol=protocol)
    client.connect_timeout = REACH_WITHIN
    if settings.user:
        client.username_pw_set(settings.user, password(settings) or None)
    if settings.tls:
        client.tls_set_context(_context(settings))
    return client


def password(settings: MqttSettings) -> str:
    """Return the password, read anew at each connection so that a new one is found."""
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
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


def _context(settings: MqttSettings) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=settings.ca or None)
        if settings.certificate:
            context.load_cert_chain(settings.certificate, settings.key or None)
    except (OSError, ssl.SSLError) as error:
        raise Fault(
            f"mqtt.ca, mqtt.certificate or mqtt.key cannot be used: {error}", retry_after=60
        ) from error
    return context


def unreachable(settings: MqttSettings, error: OSError | UnicodeError) -> Fault:
    """Return what to say where there was no connection."""
    where = f"{settings.host}:{settings.port}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return Fault(
            f"the broker at {where} shows a certificate that is not trusted "
            f"({error.verify_message}); set mqtt.ca to the authority's file",
            retry_after=30,
        )
    if isinstance(error, ssl.SSLError):
        return Fault(f"the broker at {where} does not speak TLS as asked: {error}")
    return Fault(f"no broker at {where}: {getattr(error, 'strerror', '') or error}")


def kept_from(settings: MqttSettings, base: str, denied: Collection[str]) -> str:
    """Return what to say where access rules keep topics from us; our own are below `base`."""
    wants = f"it has to read and write {base}/#"
    if settings.discovery:
        wants += f", write {settings.discovery}/device/#, and read {settings.discovery}/status"
    return f"the broker's access rules keep {min(denied)} from user {settings.user!r}; {wants}"


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
