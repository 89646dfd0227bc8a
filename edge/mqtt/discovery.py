"""What Home Assistant is told of the box: one device, by device-based discovery. Pure.

The short keys are Home Assistant's own: https://www.home-assistant.io/integrations/mqtt, "Supported
abbreviations in MQTT discovery messages". One wrong component makes it refuse the whole device.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct

import edge
from edge.mqtt.commands import PRESS
from edge.mqtt.entities import ENTITIES
from edge.mqtt.entity import Context, Entity
from edge.mqtt.states import ATTRIBUTES, STATE

WHOLE_STATE = f"{{{{ value_json.{STATE} }}}}"
WHOLE_ATTRIBUTES = (
    f"{{{{ dict(value_json.items() | rejectattr('0', 'eq', '{STATE}')) | to_json }}}}"
)
"""How Home Assistant takes both out of one message."""


class Device(Struct, frozen=True):
    """What does not change while the box runs."""

    id: str
    name: str
    base: str
    """PREFIX/ID, below which the box's topics are."""
    area: str = ""
    """The room, as a suggestion; empty: none."""
    hardware: str = ""


def config_topic(discovery: str, box_id: str) -> str:
    """Return the topic of the device's configuration below the discovery prefix."""
    return f"{discovery}/device/{box_id}/config"


def config(device: Device, context: Context) -> dict[str, Any]:
    """Return the device's configuration; what may be chosen depends on `context`."""
    url = {"url": context.page} if context.page else {}
    shown = {
        "ids": [f"moodbox-{device.id}"],
        "name": device.name,
        "mf": "moodbox",
        "mdl": "moodbox",
        "sn": device.id,
        "sw": edge.__version__,
        "hw": device.hardware,
        "sa": device.area,
        "cu": context.page,
    }
    return {
        "dev": {key: value for key, value in shown.items() if value},
        "o": {"name": "moodbox", "sw": edge.__version__, **url},
        "avty_t": f"{device.base}/availability",
        "qos": 1,
        "cmps": {row.key: component(row, device, context) for row in ENTITIES},
    }


def component(row: Entity, device: Device, context: Context) -> dict[str, Any]:
    """Return what is said of one entity."""
    topic = f"{device.base}/{row.topic or row.key}"
    told = {
        key: value.replace("~", device.base, 1) if isinstance(value, str) else value
        for key, value in row.more.items()
    }
    if row.platform == "device_automation":
        return {"p": row.platform, "t": topic, **told}
    said: dict[str, Any] = {
        "p": row.platform,
        "uniq_id": f"{device.id}-{row.key}",
        "def_ent_id": f"{row.platform}.{device.id.replace('-', '_')}_{row.key}",
        "name": row.name,
        "ic": row.icon,
        "dev_cla": row.kind,
        "ent_cat": row.category,
        "unit_of_meas": row.unit,
        "stat_cla": "measurement" if row.measured else "",
        **told,
    }
    if not row.enabled:
        said["en"] = False
    if row.platform == "button":
        said["pl_prs"] = PRESS
    elif row.platform == "image":
        said["url_t"] = topic
    else:
        said["stat_t"] = topic
    if row.ask is not None:
        said["cmd_t"] = f"{device.base}/set/{row.key}"
    if row.options is not None:
        said["ops"] = list(row.options(context))
    if row.most is not None:
        said |= {"min": 0, "max": row.most(context), "step": 1, "mode": "slider"}
    if row.attributes is not None:
        said |= dict.fromkeys(("stat_t", "json_attr_t"), topic + ATTRIBUTES)
        said |= {"val_tpl": WHOLE_STATE, "json_attr_tpl": WHOLE_ATTRIBUTES}
    return {key: value for key, value in said.items() if value != ""}
