"""One login with the settings' own words, as a client of another name: the daemon's stays."""

from __future__ import annotations

import time
from pathlib import Path

from edge.errors import Fault
from edge.machine.identity import client_id
from edge.mqtt import broker
from edge.mqtt.connection import Connection, TooNewError
from edge.mqtt.leftovers import Leftovers
from edge.settings import BoxSettings, MqttSettings

WITHIN = 3.0
"""Seconds the broker has to confirm what it was sent."""


def forget(settings: MqttSettings, box: BoxSettings) -> None:
    """Take away what a box that does not run left on the broker; raise Fault where that fails."""
    left = Leftovers(Path(box.state))
    if not left.topics:
        return
    connection = Connection(settings, f"{client_id(box)}-check", "", older=True)
    try:
        connection.connect(stopping=lambda: False)
    finally:
        connection.close(*sorted(left.topics))
    left.keep(())


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
    connection = Connection(settings, f"{client_id(box)}-check", "", older)
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
