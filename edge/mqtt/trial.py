"""One login with the settings' own words, as a client of another name: the daemon's stays."""

from __future__ import annotations

import time

from edge.errors import Fault
from edge.mqtt import broker
from edge.mqtt.wire import TooNewError, Wire
from edge.settings import Box, Mqtt

WITHIN = 3.0
"""Seconds the broker has to confirm what it was sent."""


def log_in(settings: Mqtt, box: Box) -> None:
    """Connect, subscribe and publish where the box will; raise Fault, in words, if that fails.

    A broker of MQTT 3.1.1 does not say which messages it drops.
    """
    try:
        _try(settings, box, older=False)
    except TooNewError:
        _try(settings, box, older=True)


def _try(settings: Mqtt, box: Box, *, older: bool) -> None:
    base = f"{settings.prefix}/{box.id}"
    wants, tells = [f"{base}/set/#"], [f"{base}/check"]
    if settings.discovery:
        wants.append(f"{settings.discovery}/status")
        tells.append(f"{settings.discovery}/device/{box.id}/check")
    wire = Wire(settings, f"moodbox-{box.id}-check", "", older)
    try:
        wire.connect(*wants, stopping=lambda: False)
        for topic in tells:
            wire.publish(topic, "", retain=False)
        end = time.monotonic() + WITHIN
        while wire.unconfirmed and (left := end - time.monotonic()) > 0:
            wire.turn(left)
        if wire.denied:
            raise Fault(broker.kept_from(settings, base, wire.denied))
        if wire.unconfirmed:
            raise Fault(f"the broker at {settings.host} lets in, but does not answer")
    finally:
        wire.close()
