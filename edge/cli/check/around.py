"""Looks at what is around the eyes: pins, sign-in, broker, and the Raspberry Pi itself."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import time
from pathlib import Path

from edge.cli.check.result import Result, asked
from edge.controller.parts import DISK_LOW, HOT
from edge.errors import Fault
from edge.machine import health
from edge.settings import MpdSettings, Settings
from edge.update import news

CANNOT_READ = "check while the daemon runs, which is given it; or set mqtt.password_file"


def gpio(settings: Settings) -> Result:
    """Look at whether the pins can be reached."""
    drivers = {"lamp": settings.lamp.driver, "button": settings.button.driver}
    if "gpio" not in drivers.values():
        words = ", ".join(f"{part} {driver}" for part, driver in drivers.items())
        return Result("gpio", "skipped", f"the settings say {words}")
    chips = sorted(Path("/dev").glob("gpiochip*"))
    if not chips:
        fix = 'use a Raspberry Pi, or driver = "none" in [lamp] and [button]'
        return Result("gpio", "fail", "no /dev/gpiochip*", fix)
    if not os.access(chips[0], os.R_OK | os.W_OK):
        return Result("gpio", "fail", f"{chips[0]} may not be opened", "join the group gpio")
    if importlib.util.find_spec("lgpio") is None:
        return Result("gpio", "fail", "lgpio is missing", "apt install python3-lgpio")
    return Result("gpio", "ok", str(chips[0]))


def sign_in(settings: Settings) -> Result:
    """Look at how old the sign-in is; it ends after six months."""
    from edge.spotify.tokens import TOKENS, TokenStore, sign_in_age  # noqa: PLC0415

    if settings.account is None:
        return Result("spotify", "skipped", f"the player is {settings.player.driver}")
    path = Path(settings.box.state) / TOKENS
    tokens = TokenStore(path).tokens
    if tokens is None:
        why = "the sign-in cannot be read" if path.exists() else "not signed in"
        return Result("spotify", "warn", why, "moodbox login")
    age = sign_in_age(tokens.authorized_at, time.time())
    words = f"signed in, {max(0.0, age.days_left):.0f} days left"
    if age.days_left <= 0:
        return Result("spotify", "fail", "the sign-in has ended", "moodbox login")
    return Result("spotify", "warn" if age.warn else "ok", words, "moodbox login" * age.warn)


def player(settings: Settings) -> Result:
    """Ask an MPD whether it is there and has music, and the running daemon of any other player."""
    running, named = asked(settings), settings.player.driver
    if running is not None and (problem := running.problems.get("music")):
        return Result("player", "fail", problem, "look at [player]")
    mpd = next((it for it in settings.players if isinstance(it, MpdSettings)), None)
    if mpd is None and running is None:
        return Result("player", "skipped", f"{named}: ask while the daemon runs")
    if mpd is None:
        return Result("player", "ok", f"{named}, says the running daemon")
    from edge.player.factory import mpd_server  # noqa: PLC0415  all players are heavy

    server = mpd_server(mpd)
    try:
        with server.talk() as client:
            songs = int(client.stats()["songs"])
    except Fault as error:
        return Result("player", "fail", str(error), "apt install mpd, or set [player] host, port")
    if not songs:
        fix = "put music into its music_directory, then: mpc update"
        return Result("player", "warn", f"MPD at {server.address} has no music", fix)
    return Result("player", "ok", f"MPD at {server.address}, {songs} songs")


def broker(settings: Settings) -> Result:
    """Log in to the MQTT broker, or ask the daemon, which alone may know the password."""
    mqtt = settings.mqtt
    if not mqtt.host:
        return Result("broker", "skipped", "no [mqtt] host")
    where = f"{mqtt.host}:{mqtt.port} lets in {mqtt.user or 'anybody'}"
    if (status := asked(settings)) is not None:
        if problem := status.problems.get("mqtt"):
            return Result("broker", "fail", problem, "look at [mqtt]")
        return Result("broker", "ok", f"{where}, says the running daemon")
    from edge.mqtt.broker import password  # noqa: PLC0415  paho is heavy
    from edge.mqtt.trial import log_in  # noqa: PLC0415

    try:
        log_in(mqtt, settings.box)
    except Fault as error:
        unknown = bool(mqtt.user) and not password(mqtt)
        words = f"{error}; no password can be read here" if unknown else str(error)
        return Result("broker", "fail", words, CANNOT_READ if unknown else "look at [mqtt]")
    return Result("broker", "ok", where)


def updates(settings: Settings) -> Result:
    """Look at what the last look for updates came to, and until when their maker is trusted."""
    if not settings.update.address:
        return Result("updates", "skipped", "no [update] address")
    told = news.read(Path(settings.update.folder))
    if told is None:
        return Result("updates", "warn", "nobody has looked yet", "moodbox update --check")
    if told.warning:
        return Result("updates", "warn", told.warning, "ask whoever made the box")
    return Result("updates", "ok", f"{told.words} ({settings.update.channel})")


def clock(_settings: Settings) -> Result:
    """Ask the kernel whether a time server set the clock."""
    if _synchronised():
        return Result("clock", "ok", "set by a time server")
    return Result("clock", "warn", "not set by a time server", "timedatectl set-ntp true")


def _synchronised() -> bool:
    """adjtimex(2), reading only: TIME_ERROR means that nobody keeps the clock."""
    buffer = ctypes.create_string_buffer(512)  # larger than any struct timex; modes = 0
    return ctypes.CDLL(None).adjtimex(buffer) not in (-1, 5)


def disk(settings: Settings) -> Result:
    """Look at whether the state folder can be written, and how much fits."""
    folder = Path(settings.box.state)
    while not folder.exists():
        folder = folder.parent
    free = health.disk_free(folder) or 0.0
    words = f"{free:.0f} MiB free in {folder}"
    if not os.access(folder, os.W_OK):
        return Result("disk", "fail", f"{folder} cannot be written", "run as moodbox or root")
    if free < DISK_LOW:
        return Result("disk", "warn", words, "make room, or take a larger card")
    return Result("disk", "ok", words)


def heat(_settings: Settings) -> Result:
    """Read the processor's temperature."""
    degrees = health.temperature()
    if degrees is None:
        return Result("temperature", "skipped", "this machine does not tell")
    words = f"{degrees:.0f} °C"
    if degrees >= HOT:
        return Result("temperature", "warn", words, "give it air or a fan")
    return Result("temperature", "ok", words)


def power(_settings: Settings) -> Result:
    """Ask the Pi whether its supply is too weak."""
    weak = health.under_voltage()
    if weak is None:
        return Result("power", "skipped", "this machine does not tell")
    if weak:
        return Result("power", "fail", "under-voltage now", "use the official power supply")
    return Result("power", "ok", "no under-voltage")
