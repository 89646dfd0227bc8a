"""One login with the settings' own words, as a client of another name: the daemon's stays."""

from __future__ import annotations

import time

from edge.errors import Fault
from edge.mqtt import broker
from edge.mqtt.connection import Connection, TooNewError
from edge.settings import BoxSettings, MqttSettings

WITHIN = 3.0
"""Seconds the broker has to confirm what it was sent."""


def log_in(settings: MqttSettings, box: BoxSettings) -> None:
    """Connect, subscribe and publish where the box will; raise Fault, in words, if that fails.

    A broker of MQTT 3.1.1 does not say which messages it drops.
    """
    try:
        _try(settings, box, older=False)
    except TooNewError:
        _try(settings, box, older=True)


def _try(settings: MqttSettings, box: BoxSettings, *, older: bool) -> None:
    base = f"{settings.prefix}/{box.id}"
    wants, tells = [f"{base}/set/#"], [f"{base}/check"]
    if settings.discovery:
        wants.append(f"{settings.discovery}/status")
        tells.append(f"{settings.discovery}/device/{box.id}/check")
    connection = Connection(settings, f"moodbox-{box.id}-check", "", older)
    try:
        connection.connect(*wants, stopping=lambda: False)
        for topic in tells:
            connection.publish(topic, "", retain=False)
        end = time.monotonic() + WITHIN
        while connection.unconfirmed and (left := end - time.monotonic()) > 0:
            connection.turn(left)
        if connection.denied:
            raise Fault(broker.kept_from(settings, base, connection.denied))
        if connection.unconfirmed:
            raise Fault(f"the broker at {settings.host} lets in, but does not answer")
    finally:
        connection.close()
