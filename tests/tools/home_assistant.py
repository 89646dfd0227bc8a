"""A real Home Assistant, a real mosquitto, the real daemon: what docs/home-assistant.md promises.

Run by tests/tools/test_home_assistant.sh; ends with 1 where something does not hold. It prints a
line a finding, and at the end a table of every entity: created, its command, its state, in seconds.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import home_lived  # noqa: E402
import home_speaker  # noqa: E402
from fakes.broker import Broker, Gate, Home  # noqa: E402
from fakes.home_assistant import HomeAssistant, free_port, until  # noqa: E402

from edge.events import EMOTIONS, Mood, Status  # noqa: E402
from edge.mood.moods import colour_of  # noqa: E402
from edge.mqtt.discovery import Device, config  # noqa: E402
from edge.mqtt.entities import ENTITIES  # noqa: E402
from edge.mqtt.entity import Context  # noqa: E402

ID = "moodbox"
BASE = f"moodbox/{ID}"
HOUSE = """\
homeassistant: {name: Test home, unit_system: metric, time_zone: ZONE}
api:
config:
onboarding:
person:
recorder: {commit_interval: 1}
history:
persistent_notification:
frontend:
lovelace:
  dashboards:
    mood-box: {mode: yaml, title: Mood, filename: dashboard.yaml}
automation: !include automations.yaml
input_boolean: {doorbell: {}, cinema: {}}
scene: [{name: Cinema, entities: {input_boolean.cinema: "on"}}]
mqtt:
  - light: {name: Living room, default_entity_id: light.living_room, schema: json,
             command_topic: house/lamp, brightness: true, supported_color_modes: [rgb]}
  - text: {name: Kitchen, default_entity_id: text.kitchen_play, command_topic: house/kitchen}
"""
DAEMON = """\
[box]
id = "{id}"
state = "{folder}/state"
runtime = "{folder}/run"
[camera]
driver = "video"
source = "{film}"
loop = true
[vision]
device = "cpu"
models = "{root}/models"
[player]
driver = "{player}"
[lamp]
driver = "simulated"
[button]
driver = "simulated"
[web]
host = "127.0.0.1"
port = {page}
[mqtt]
host = "127.0.0.1"
port = {broker}
user = "{user}"
password_file = "{folder}/password"
[defaults]
profiles = ["home", "kids"]
[defaults.sources]
"""
HASTY = "[mood]\naway_after = 60.0\n[music]\nmin_play = 0.5\n[defaults]"
"""A home whose days are shorter."""
SAMPLE = ROOT / "edge" / "sample.mp4"
USERS = {"moodbox": "secret", "home": "sweet"}
COMMANDS: dict[str, list[tuple[str, dict[str, Any], str]]] = {
    "private": [("turn_on", {}, "on"), ("turn_off", {}, "off")],
    "music": [("turn_off", {}, "off"), ("turn_on", {}, "on")],
    "mood_drives": [("turn_off", {}, "off"), ("turn_on", {}, "on")],
    "lamp": [
        ("turn_on", {"rgb_color": [255, 0, 16], "brightness_pct": 40}, "on"),
        ("turn_off", {}, "off"),
        ("turn_on", {"effect": "mood", "brightness_pct": 100}, "on"),
    ],
    "max_volume": [("set_value", {"value": 60}, "60")],
    "quiet_volume": [("set_value", {"value": 10}, "10")],
    "volume": [("set_value", {"value": 33}, "33")],
    "intent": [("select_option", {"option": "lift"}, "lift")],
    "profile": [("select_option", {"option": "kids"}, "kids")],
    "play_for": [("select_option", {"option": "sad"}, "sad")],
    "play": [("set_value", {"value": "spotify:album:a"}, "spotify:album:a")],
    "correction": [("select_option", {"option": "fear"}, "fear")],
    "gesture_press": [("select_option", {"option": "box"}, "box")],
    "gesture_double": [("select_option", {"option": "home"}, "home")],
    "gesture_triple": [("select_option", {"option": "home"}, "home")],
    "gesture_hold": [("select_option", {"option": "box"}, "box")],
    "gesture_release": [("select_option", {"option": "box"}, "box")],
    "gesture_long_hold": [("select_option", {"option": "box"}, "box")],
}
"""Of each entity: service, data, and the state that has to come back."""
PARTS = [
    "created",
    "known",
    "commanded",
    "refused",
    "unknown",
    "enabled",
    "recipes",
    "player",
    "speaker",
    "dashboard",
    "restarts",
]
"""What is tried, in this order; then the recorder's rows are counted and the log is read."""
MOST_ROWS = 2000
"""That the recorder is to write in a day."""
LIVED_HOURS = 6
"""Of a day, in which people come and go as they do in the film; nobody is there in the others."""
PRESSES = {"pause": "paused", "resume": "playing", "play_pause": "paused", "next": "playing"}
"""Buttons, and what the speaker does after them."""


def noon() -> str:
    """Return a time zone where it is noon: a recipe closes the box's eyes for the night."""
    ahead = 12 - time.gmtime().tm_hour
    return f"Etc/GMT{-ahead:+d}"


def press(box: Path, *how: str) -> None:
    """Press the button of the box in a folder."""
    command = [sys.executable, "-m", "edge", "press", *how]
    subprocess.run([*command, "--config", str(box / "box.toml")], check=True)


class Proof:
    """The whole trial."""

    def __init__(
        self, python: str, folder: Path, *, older: bool = False, picture: Path | None = None
    ) -> None:
        self.folder, self.picture = folder, picture
        self._older = older
        self.broker = Broker(folder)
        self.hass = HomeAssistant(python, folder / "hass")
        self.boxes: list[subprocess.Popen[bytes]] = []
        self.failed: list[str] = []
        self.took: dict[str, dict[str, float | None]] = {}
        guide = (ROOT / "docs" / "home-assistant.md").read_text("utf-8")
        self.blocks = re.findall(r"```(?:yaml)\n# ([\w.]+)\n(.*?)```", guide, re.DOTALL)
        (rules,) = re.findall(r"<!-- acl -->\n```\n(.*?)```", guide, re.DOTALL)
        self.rules = f"user home\ntopic readwrite #\n{rules}"
        components = config(
            Device(ID, "moodbox", BASE), Context(Status(at=0.0, mood=Mood("sad", 1.0, 0.0)))
        )["cmps"]
        self.ids = {key: one["def_ent_id"] for key, one in components.items() if "uniq_id" in one}

    def hold(self, words: str, took: float | bool | None) -> None:
        """Note that something holds, or does not."""
        good = took is not None and took is not False
        time_ = f" ({took:.1f} s)" if isinstance(took, float) else ""
        print(f"{'ok  ' if good else 'FAIL'} {words}{time_}", flush=True)
        if not good:
            self.failed.append(words)

    def id(self, key: str) -> str:
        return str(self.ids[key])

    # --- setting up

    def start_broker(self) -> None:
        self.broker.start(users=USERS, acl=self.rules)

    def start_daemon(self) -> None:
        self.daemon = self.start_box(self.folder)

    def start_box(self, folder: Path) -> subprocess.Popen[bytes]:
        """Start the daemon of the box in `folder`."""
        log = (folder / "daemon.log").open("a")
        command = [sys.executable, "-m", "edge", "run", "--config", str(folder / "box.toml")]
        box = subprocess.Popen(command, cwd=folder, stderr=log)
        self.boxes.append(box)
        return box

    def furnish(
        self,
        folder: Path,
        *,
        id_: str = ID,
        user: str = "moodbox",
        player: str = "simulated",
        film: Path = SAMPLE,
        hasty: bool = True,
    ) -> None:
        """Write the settings of a box into `folder`."""
        port = Gate(self.broker.port, b"").port if self._older else self.broker.port
        text = DAEMON.format(
            id=id_,
            folder=folder,
            root=ROOT,
            film=film,
            player=player,
            page=free_port(),
            broker=port,
            user=user,
        )
        text += "".join(f'{mood} = ["spotify:playlist:{mood}"]\n' for mood in EMOTIONS)
        if hasty:
            text = text.replace("[defaults]", HASTY)
        folder.mkdir(exist_ok=True)
        (folder / "box.toml").write_text(text)
        (folder / "password").write_text(USERS[user])

    def set_up(self) -> None:
        self.furnish(self.folder)
        blueprints = self.hass.folder / "blueprints" / "automation" / "moodbox"
        shutil.copytree(ROOT / "docs" / "blueprints", blueprints)
        house = HOUSE.replace("ZONE", noon()) + "".join(
            text for where, text in self.blocks if where == "configuration.yaml"
        )
        (self.hass.folder / "configuration.yaml").write_text(house)
        automations = [text for where, text in self.blocks if where == "automations.yaml"]
        # Twenty seconds of silence are for a house.
        written = "".join(automations).replace("seconds: 20", "seconds: 3")
        written += home_speaker.automations()
        (self.hass.folder / "automations.yaml").write_text("[]\n")
        (dashboard,) = (text for where, text in self.blocks if where == "dashboard")
        # A day is more than such a trial lasts.
        short = dashboard.replace("hours_to_show: 24", "hours_to_show: 1")
        (self.hass.folder / "dashboard.yaml").write_text(short)
        self.automations = yaml.safe_load(written)
        self.start_broker()
        self.hass.start()
        self.hass.set_up(self.broker.port, "sweet")
        self.hold("Home Assistant has started", until(self.hass.has_started, 600))
        # As in a home, after the broker: one that is older than it gives up listening.
        (self.hass.folder / "automations.yaml").write_text(written)
        self.hass.call("automation.reload")
        self.home = Home(self.broker.port, "home", "sweet")
        self.start_daemon()

    # --- what has to hold

    def created(self) -> None:
        shown = {row.key: self.id(row.key) for row in ENTITIES if row.key in self.ids}
        enabled = {key for key in shown if next(r for r in ENTITIES if r.key == key).enabled}
        began = time.monotonic()
        missing = set(enabled)
        while missing and time.monotonic() - began < 90:
            now = self.hass.states()
            for key in sorted(missing):
                if shown[key] in now:
                    missing.discard(key)
                    self.took[key] = {"created": time.monotonic() - began}
            time.sleep(0.2)
        self.hold(f"{len(enabled)} entities are created", not missing)
        for key in sorted(missing):
            self.hold(f"  {key} is created", None)

    def known(self) -> None:
        mood = self.id("mood")
        known = until(lambda: self.hass.state(mood) not in ("unknown", "unavailable"), 180)
        self.hold("the mood is known", known)
        coloured = re.compile("#[0-9a-f]{6}")
        told = until(lambda: coloured.fullmatch(self._attribute("mood", "colour") or ""))
        self.hold("the mood has its colour", told)
        self.hold(
            "music plays", until(lambda: self.hass.state(self.id("speaker")) == "playing", 90)
        )

    def commanded(self) -> None:
        for key, steps in COMMANDS.items():
            entity = self.id(key)
            domain = entity.partition(".")[0]
            slowest = 0.0
            if key == "correction":
                self.known()  # there is nothing to correct before
            for service, data, expected in steps:
                self.hass.call(f"{domain}.{service}", entity_id=entity, **data)
                wanted = until(partial(self._is, entity, expected))
                self.hold(f"{key}: {service} {data or ''} -> {expected}", wanted)
                slowest = max(slowest, wanted or 99.0)
            self.took.setdefault(key, {})["command"] = slowest
        self.hass.call("light.turn_on", entity_id=self.id("lamp"), rgb_color=[255, 0, 16])
        lamp = self.id("lamp")
        self.hold(
            "the lamp shows what is set",
            until(lambda: self.hass.states()[lamp]["attributes"].get("rgb_color") == [255, 0, 16]),
        )
        self.hass.call("light.turn_on", entity_id=lamp, effect="mood")
        self.hold(
            "the lamp is given back",
            until(lambda: self.hass.states()[lamp]["attributes"].get("effect") == "mood"),
        )
        self.hass.call("switch.turn_on", entity_id=self.id("music"))
        for key, expected in PRESSES.items():
            self.hass.call("button.press", entity_id=self.id(key))
            took = until(partial(self._is, self.id("speaker"), expected))
            self.hold(f"{key} -> {expected}", took)
            self.took.setdefault(key, {})["command"] = took
        for key in ("previous", "follow_mood", "wrong_mood"):
            self.hass.call("button.press", entity_id=self.id(key))
        self.hass.call("button.press", entity_id=self.id("take_back"))
        took = until(lambda: not self._attribute("mood", "corrected"))
        self.hold("take_back -> the mood is not corrected", took)
        self.took.setdefault("take_back", {})["command"] = took
        attributes = self.hass.states()[self.id("volume")]["attributes"]
        self.hold("the volume ends at the house's limit", attributes["max"] == 60)

    def _attribute(self, key: str, name: str) -> Any:
        return self.hass.states()[self.id(key)]["attributes"].get(name)

    def _is_refused(self, words: str) -> bool:
        return words in self.hass.state(self.id("refusal"))

    def _is_there(self, entity: str) -> bool:
        return entity in self.hass.states()

    def _is_told(self, entity: str) -> bool:
        return self.hass.state(entity) not in ("unavailable", "unknown")

    def _is_number(self, entity: str) -> bool:
        return self.hass.state(entity).replace(".", "", 1).isdigit()

    def _is(self, entity: str, expected: str) -> bool:
        state = self.hass.state(entity)
        try:
            return float(state) == float(expected)
        except ValueError:
            return state == expected

    def refused(self) -> None:
        hold = self.id("gesture_hold")
        self.hass.call("select.select_option", entity_id=hold, option="home")
        said = until(lambda: "privacy" in self.hass.state(self.id("refusal")))
        self.hold("a refusal is said in words", said)
        self.hold("what was refused springs back", self.hass.state(hold) == "box")
        # Here no systemd starts it again, no timer updates it, and no correction holds any more.
        newer = {"installed_version": "0", "latest_version": "99"}
        self.home.say(f"{BASE}/update", json.dumps(newer), retain=True)
        until(lambda: self.hass.state(self.id("update")) == "on")
        for key, service, words in (
            ("restart", "button.press", "nobody would start it again"),
            ("update", "update.install", "no updates"),
            ("take_back", "button.press", "no correction holds"),
        ):
            self.hass.call(service, entity_id=self.id(key))
            said = until(partial(self._is_refused, words))
            self.hold(f"{key} -> refused: {words} …", said)
            self.took.setdefault(key, {})["command"] = said

    def enabled(self) -> None:
        """What is not shown by default is there all the same."""
        hidden = {row.key: self.id(row.key) for row in ENTITIES if not row.enabled}
        self.hass.enable(*hidden.values())
        for key, entity in hidden.items():
            shown = until(partial(self._is_there, entity), 90)
            self.hold(f"{key} is created once it is enabled", shown)
            self.took.setdefault(key, {})["created"] = shown
        known = until(lambda: self._is_number(hidden["share_happy"]), 90)
        self.hold("an enabled share is known", known)

    def unknown(self) -> None:
        self.hass.call("switch.turn_on", entity_id=self.id("private"))
        for key in ("mood", "confidence", "people", "somebody"):
            took = until(partial(self._is, self.id(key), "unknown"))
            self.hold(f"private: {key} is unknown", took)
        why = self.hass.states()[self.id("mood")]["attributes"].get("unknown")
        self.hold("private: the mood says why", why == "private")
        self.hass.call("switch.turn_off", entity_id=self.id("private"))
        self.known()

    def recipes(self) -> None:
        hass, home = self.hass, self.home
        loaded = [one for one in hass.states() if one.startswith("automation.")]
        self.hold(f"{len(self.automations)} automations load", len(loaded) == len(self.automations))
        self.known()  # there is nothing to correct before
        home.forget()
        hass.call("select.select_option", entity_id=self.id("correction"), option="sad")
        red, green, blue = bytes.fromhex(colour_of("sad").removeprefix("#"))
        wanted = f'"r":{red},"g":{green},"b":{blue}'
        lit = until(lambda: wanted in home.last().get("house/lamp", ""))
        self.hold("recipe: a lamp follows the mood", lit)
        hass.call("button.press", entity_id=self.id("resume"))
        until(lambda: hass.state(self.id("speaker")) == "playing")
        hass.call("input_boolean.turn_on", entity_id="input_boolean.doorbell")
        silent = until(lambda: hass.state(self.id("speaker")) == "paused")
        self.hold("recipe: the doorbell pauses", silent)
        back = until(lambda: hass.state(self.id("speaker")) == "playing")
        self.hold("recipe: and gives back", back)
        self.hold("  hands are not off after it", hass.state(self.id("hands_off")) == "unknown")
        hass.call("switch.turn_on", entity_id=self.id("private"))
        until(partial(self._is, self.id("private"), "on"))
        hass.call("automation.trigger", entity_id="automation.no_eyes_at_night")
        opened = until(partial(self._is, self.id("private"), "off"))
        self.hold("recipe: no eyes at night, and eyes by day", opened)
        ends = "automation.the_spotify_sign_in_ends_soon"
        hass.call("automation.trigger", entity_id=ends)
        ran = until(lambda: hass.states()[ends]["attributes"]["last_triggered"])
        self.hold("recipe: the sign-in ends soon", ran)
        press(self.folder, "--double")
        cinema = until(lambda: hass.state("input_boolean.cinema") == "on")
        self.hold("recipe: a double press starts a scene", cinema)
        home.forget()
        hass.call("text.set_value", entity_id=self.id("play"), value="spotify:album:b")
        also = until(lambda: home.last().get("house/kitchen") == "spotify:album:b")
        self.hold("recipe: one box plays what the other plays", also)
        week = until(lambda: hass.state("sensor.happy_this_week") not in ("unknown", "unavailable"))
        self.hold("recipe: a week's statistics", week)

    def player(self) -> None:
        hass, player = self.hass, "media_player.mood_box"
        for service, data, expected in (
            ("media_pause", {}, "paused"),
            ("media_play", {}, "playing"),
            ("volume_set", {"volume_level": 0.25}, "playing"),
        ):
            hass.call(f"media_player.{service}", entity_id=player, **data)
            took = until(partial(self._is, player, expected))
            self.hold(f"media player: {service} -> {expected}", took)
        level = until(lambda: hass.states()[player]["attributes"].get("volume_level") == 0.25)
        self.hold("media player: its volume", level)
        hass.call("media_player.select_source", entity_id=player, source="happy")
        source = until(lambda: hass.states()[player]["attributes"].get("source") == "happy")
        self.hold("media player: plays for a mood", source)

    def speaker(self) -> None:
        """The house's own speaker, through the blueprint of docs/speaker.md."""
        folder = self.folder / home_speaker.ID
        self.furnish(folder, id_=home_speaker.ID, user="home", player="mqtt")
        box = self.start_box(folder)
        home_speaker.tried(self)
        box.terminate()
        box.wait(60)

    def dashboard(self) -> None:
        """Every entity of the dashboard is there; on wish there is a picture of it."""
        text = (self.hass.folder / "dashboard.yaml").read_text()
        named = set(re.findall(r"\b[a-z_]+\.moodbox_\w+", text))
        missing = named - set(self.hass.states())
        self.hold(f"dashboard: its {len(named)} entities are there", bool(named) and not missing)
        if self.picture:
            from home_picture import take  # noqa: PLC0415 - a browser is not always wanted

            self.hass.be_welcomed()
            take(self.hass, "mood-box", "Camera privacy", self.picture)
            print(f"     {self.picture}")

    def restarts(self) -> None:
        hass, mood = self.hass, self.id("mood")
        self.daemon.kill()
        self.hold("killed: unavailable", until(lambda: hass.state(mood) == "unavailable", 60))
        self.daemon.wait()
        self.start_daemon()
        self.hold("started: available", until(lambda: hass.state(mood) != "unavailable", 90))
        self.broker.stop()
        self.hold("broker gone: unavailable", until(lambda: hass.state(mood) == "unavailable", 60))
        self.home.forget()
        self.start_broker()  # it keeps nothing: all that was retained is gone
        said = until(
            lambda: {f"{BASE}/{key}" for key in ("mood", "speaker")} <= set(self.home.last()), 240
        )
        self.hold("a wiped broker: the box says everything anew", said)
        # What the speaker does is always known, whoever sits before the camera.
        told = partial(self._is_told, self.id("speaker"))
        self.hold("a wiped broker: all is back", until(told, 240))
        hass.stop()
        self._registered()
        hass.start()
        self.hold("Home Assistant restarted: all is back", until(told, 300))
        enabled = {self.id(r.key) for r in ENTITIES if r.key in self.ids and r.enabled}
        all_back = until(
            lambda: not [e for e in enabled if hass.states()[e]["state"] == "unavailable"], 120
        )
        self.hold("every entity is back", all_back)
        self.hold("Home Assistant has started again", until(hass.has_started, 600))

    def _registered(self) -> None:
        """What is not shown either is registered: Home Assistant has written that, as it ended."""
        registry = self.hass.folder / ".storage" / "core.entity_registry"
        kept = json.loads(registry.read_text())["data"]["entities"]
        ours = {one["unique_id"] for one in kept if one["platform"] == "mqtt"}
        wanted = {f"{ID}-{key}" for key in self.ids}
        self.hold(f"{len(wanted)} entities are registered", wanted <= ours)

    def log_is_clean(self) -> None:
        lines = [
            line for line in self.hass.log().splitlines() if re.search(r"\b(WARNING|ERROR)\b", line)
        ]
        about = re.compile("mqtt|moodbox|automation|blueprint|template", re.IGNORECASE)
        # We ourselves stop the broker under it; and a busy machine makes it slow.
        theirs = re.compile(
            "Disconnected from MQTT|[Cc]onnect|deprecated enum member"
            "|failed to receive on socket|No ACK from MQTT server|took [0-9.]+ seconds"
        )
        ours = [line for line in lines if about.search(line) and not theirs.search(line)]
        self.hold("Home Assistant's log holds no warning about the box", not ours)
        for line in ours[:20]:
            print("     " + line)

    def lived(self, minutes: float) -> None:
        """Live an hour as a home does, and count the recorder's rows."""
        home = self.folder / "lived"
        home.mkdir()
        film = self.folder / "film.mp4"
        self.hold("the hour's film is ready", self.filming.wait(600) == 0)
        self.daemon.terminate()
        self.daemon.wait(60)
        self.furnish(home, film=film, hasty=False)
        self.daemon = self.start_box(home)
        # It begins with nobody.
        self.hold("nobody is seen", until(partial(self._is, self.id("mood"), "away"), 180))
        began = time.time()
        for minute, key, service, data in home_lived.HANDS:
            if minute < minutes:
                time.sleep(max(0.0, began + minute * 60 - time.time()))
                try:
                    self._use(home, key, service, data)
                except (OSError, subprocess.CalledProcessError) as error:
                    self.hold(f"lived, minute {minute:g}: {key}: {error}", None)
        time.sleep(max(0.0, began + minutes * 60 - time.time()))
        self._count(began, minutes)

    def _use(self, home: Path, key: str, service: str, data: dict[str, Any]) -> None:
        if key == "press":
            press(home, *service.split())
        else:
            self.hass.call(service, entity_id=self.id(key), **data)

    def _count(self, began: float, minutes: float) -> None:
        path = self.hass.folder / "home-assistant_v2.db"
        query = (
            "SELECT m.entity_id, s.last_updated_ts FROM states s "
            "JOIN states_meta m USING (metadata_id)"
        )
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
            rows = [(who, ((at or 0) - began) / 60) for who, at in database.execute(query)]
        # What is hidden by default was shown for the trial, and is no home's.
        shown = {self.ids[row.key] for row in ENTITIES if row.enabled and row.key in self.ids}
        ours = [(who, at) for who, at in rows if who in shown and 0 <= at < minutes]
        print(f"     recorder: {len(ours)} rows in {minutes:g} minutes")
        print(f"     {Counter(who for who, _ in ours).most_common(12)}")
        for who, first, last in home_lived.scenes(minutes):
            many = sum(first <= at < last for _, at in ours)
            print(f"     minute {first:.0f} to {last:.0f}, {who}: {many} rows")
        player = sum(who == "media_player.mood_box" and 0 <= at < minutes for who, at in rows)
        print(f"     the media player made of them: {player} rows more")
        a_day = len(ours) * LIVED_HOURS * 60 / minutes
        self.hold(f"{a_day:.0f} rows a day with {LIVED_HOURS} such hours", a_day < MOST_ROWS)

    def report(self) -> None:
        print("\n| entity | created, s | command and back, s |\n|---|---|---|")
        for key, took in sorted(self.took.items()):
            times = [took.get(name) for name in ("created", "command")]
            shown = ["" if t is None else f"{t:.1f}" for t in times]
            print(f"| {key} | {' | '.join(shown)} |")
        print(f"\n{len(self.failed)} failed" + "".join(f"\n  {words}" for words in self.failed))

    def run(self, parts: list[str], minutes: float) -> None:
        began = time.monotonic()
        if minutes:
            film = [sys.executable, home_lived.__file__, str(self.folder / "film.mp4")]
            self.filming = subprocess.Popen([*film, str(minutes)])
        try:
            self.set_up()
            for part in parts:
                print(f"--- {part} ({time.monotonic() - began:.0f} s)", flush=True)
                try:
                    getattr(self, part)()
                except Exception as error:  # noqa: BLE001  the other parts are to be tried as well
                    self.hold(f"{part}: {type(error).__name__}: {error}", None)
            if minutes:
                print(f"--- lived ({time.monotonic() - began:.0f} s)", flush=True)
                self.lived(minutes)
            self.log_is_clean()
        finally:
            for process in (*self.boxes, getattr(self.hass, "process", None)):
                if process is not None:
                    process.terminate()
                    process.wait(120)
            self.broker.stop()
            self.report()
        print(f"{time.monotonic() - began:.0f} s")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("python", help="the one of Home Assistant's environment")
    parser.add_argument(
        "--minutes",
        type=float,
        default=60.0,
        help="of an hour as a home lives it, in which the recorder's rows are counted",
    )
    parser.add_argument("--keep", type=Path, help="a folder to work in, and to leave")
    parser.add_argument("--older", action="store_true", help="the box meets MQTT 3.1.1 alone")
    parser.add_argument("--parts", nargs="*", choices=PARTS, default=PARTS, help="only these")
    parser.add_argument("--picture", type=Path, help="the file for a picture of the dashboard")
    arguments = parser.parse_args()
    folder = arguments.keep or Path(tempfile.mkdtemp(prefix="moodbox-home-"))
    folder.mkdir(exist_ok=True)
    proof = Proof(arguments.python, folder, older=arguments.older, picture=arguments.picture)
    proof.run(arguments.parts, arguments.minutes)
    if not arguments.keep:
        shutil.rmtree(folder, ignore_errors=True)
    return 1 if proof.failed else 0


if __name__ == "__main__":
    sys.exit(main())
