"""The broker that the house chose on the page, in place of the one that the settings name.

Its password lies in a file of its own in the state folder, named after who it is for: so no other
broker is ever sent it, and neither the preferences nor the export hold it.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from edge import files
from edge.errors import Fault
from edge.events import Broker
from edge.settings import MqttSettings

NAME = "mqtt-password-"


class Chosen(MqttSettings, frozen=True):
    """A broker that the house chose; the credential that systemd keeps is another broker's."""


def settings_for(settings: MqttSettings, broker: Broker | None, state: Path) -> MqttSettings:
    """Return how to reach `broker`; where the house chose none, the one of `settings`."""
    if broker is None:
        return settings
    file = _file(state, broker)
    return Chosen(
        host=broker.host,
        port=broker.port,
        user=broker.user,
        password_file=str(file) if file.exists() else "",
        tls=broker.tls,
        prefix=settings.prefix,
        discovery=settings.discovery,
    )


def keep_password(state: Path, broker: Broker, password: str) -> None:
    """Keep the password for `broker`, and no other broker's; none where it is empty.

    Raises:
        Fault: it cannot be written.
    """
    file = _file(state, broker)
    try:
        for other in state.glob(f"{NAME}*"):
            if other != file or not password:
                files.remove(other)
        if password:
            files.replace(file, password.encode())
    except OSError as error:
        raise Fault(f"{state}: the password cannot be kept: {error.strerror}") from error


def _file(state: Path, broker: Broker) -> Path:
    whose = f"{broker.host}:{broker.port}:{broker.user}:{broker.tls}"
    return state / f"{NAME}{sha256(whose.encode()).hexdigest()[:16]}"
