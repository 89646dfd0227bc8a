"""The words of the command line."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from pathlib import Path

from edge import __version__

CONFIG = "/etc/moodbox/moodbox.toml"

EPILOG = "Every command takes --config FILE; $MOODBOX_CONFIG names another default."


def parser() -> argparse.ArgumentParser:
    """Return the parser; the chosen command is in `command`."""
    top = argparse.ArgumentParser("moodbox", description=__doc__, epilog=EPILOG)
    top.description = "A speaker box that feels the mood of the room and plays to it."
    top.add_argument("--version", action="version", version=f"moodbox {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name: str, words: str, *, json: bool = True) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=words, description=words)
        command.add_argument("--config", type=Path, default=None, help=f"settings [{CONFIG}]")
        if json:
            command.add_argument("--json", action="store_true", help="for programs, not people")
        return command

    for some in (_of_this_machine, _of_the_box, _of_the_music, _of_the_house):
        some(add)
    return top


def _of_this_machine(add: Callable[..., argparse.ArgumentParser]) -> None:
    add("run", "run the box until SIGTERM; what systemd starts", json=False)
    demo = add("demo", "the whole box on this machine, nothing attached")
    demo.add_argument("--input", default="", metavar="webcam[:N]|rtsp://…|FILE|FOLDER")
    demo.add_argument("--rotate", type=int, default=0, choices=[0, 90, 180, 270], help="clockwise")
    demo.add_argument("--no-page", action="store_true", help="print what happens, and that alone")
    demo.add_argument("--seconds", type=float, default=None, metavar="N", help="end after so long")
    check = add("check", "each part: a tick, or what is wrong and the fix")
    check.add_argument("parts", nargs="*", metavar="PART", help="only these")
    check.add_argument("--sound", action="store_true", help="play a tone left, right and on both")
    check.add_argument("--models", default=None, metavar="FOLDER", help="in place of the settings'")
    add("bench", "measure this machine")
    add("config", "the effective settings, secrets masked", json=False)
    models = add("models", "the box's models; use VERSION: go to one; fetch: the face detector")
    models.add_argument("what", nargs="?", choices=["use", "fetch"])
    models.add_argument("version", nargs="?", default="", metavar="VERSION")
    models.add_argument("--quick", action="store_true", help="fetch in five seconds, or not at all")
    label = add("label", "the page's address as a QR code", json=False)
    label.add_argument("file", nargs="?", type=Path, default=None, metavar="FILE.svg")
    reset = add("reset", "erase all that the house has told the box", json=False)
    reset.add_argument("--wifi", action="store_true", help="forget the Wi-Fi as well (root)")
    reset.add_argument("--yes", action="store_true", help="do not ask")
    update = add("update", "install the newest release, where the settings name an address")
    update.add_argument("--check", action="store_true", help="only say what there is")
    update.add_argument("--retry", action="store_true", help="try again what was not kept")
    update.add_argument(
        "--from", dest="folder", type=Path, default=None, metavar="FOLDER",
        help="install the release that lies there (root's own word), older or not",
    )  # fmt: skip
    trial = update.add_mutually_exclusive_group()
    trial.add_argument(
        "--watch", type=float, default=None, metavar="SECONDS", help="[the settings']"
    )
    trial.add_argument(
        "--no-trial", action="store_true", help="no daemon runs here, so keep it untried"
    )


def _of_the_box(add: Callable[..., argparse.ArgumentParser]) -> None:
    add("status", "what the running box sees, feels and plays")
    add("why", "why did you play this?")
    report = add("report", "what the corrections say about the moods of the past days")
    report.add_argument("--days", type=float, default=7.0, metavar="N")
    songs = add("songs", "songs for a mood; export FILE.csv: all songs with their moods")
    songs.add_argument("what", nargs="?", default="", metavar="MOOD|export")
    songs.add_argument("file", nargs="?", type=Path, default=None, metavar="FILE.csv")
    add("devices", "the speakers that could play")
    login = add("login", "sign in to Spotify, step by step", json=False)
    login.add_argument("--client-id", default="", help="of the household's own Spotify app")
    logout = add("logout", "sign a browser out of the page, or the box out of Spotify")
    logout.add_argument("what", nargs="?", default="", metavar="NUMBER|browsers|spotify")
    add("pair", "a one-time address of the page, which pairs the browser that opens it")


def _of_the_music(add: Callable[..., argparse.ArgumentParser]) -> None:
    play = add("play", "play a Spotify URI, what suits a mood, or what some words find")
    play.add_argument("what", nargs="+", metavar="URI|MOOD|WORDS")
    add("pause", "be quiet")
    add("resume", "play on")
    add("next", "not this one")
    add("previous", "the one before")
    _resting(add("resting", "exit with 0 where a restart would disturb nobody", json=False))
    _press(add("press", "press the simulated button, as a finger would", json=False))
    volume = add("volume", "set the speaker's volume")
    volume.add_argument("percent", type=int, metavar="0..100")
    add("follow", "let the mood choose the music again, at once")


def _of_the_house(add: Callable[..., argparse.ArgumentParser]) -> None:
    add("confirm", "the mood is right")
    intent = add("intent", "what the music is to do with the mood")
    intent.add_argument("intent", metavar="match|lift|calm|steady")
    private = add("private", "on: close the eyes, their process ends; off: open them")
    private.add_argument("state", choices=["on", "off"])
    profile = add("profile", "say who listens, or show who could")
    profile.add_argument("name", nargs="?", default="", metavar="NAME")
    sources = add("sources", "what the moods have to play: list [MOOD], add, remove MOOD SOURCE")
    sources.add_argument("what", nargs="?", default="list", choices=["list", "add", "remove"])
    sources.add_argument("mood", nargs="?", default="", metavar="MOOD")
    sources.add_argument("source", nargs="?", default=None, metavar="SOURCE")
    sources.add_argument(
        "--profile", default="", metavar="NAME", help="whose own; else the house's"
    )
    quiet = add("quiet", "quiet hours: FROM TO, off, what they are, or (of a profile) house")
    quiet.add_argument("begin", nargs="?", default="", metavar="22:30|off|house")
    quiet.add_argument("end", nargs="?", default="", metavar="07:00")
    quiet.add_argument("--volume", type=int, default=None, metavar="0..100", help="at most, then")
    quiet.add_argument("--profile", default="", metavar="NAME", help="whose own; else the house's")


def _resting(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--night", default="04:30", metavar="HH:MM",
        help="where the house has no quiet hours: an hour from then on [%(default)s]",
    )  # fmt: skip


def _press(command: argparse.ArgumentParser) -> None:
    ways = command.add_mutually_exclusive_group()
    ways.add_argument("--double", dest="times", action="store_const", const=2, help="twice")
    ways.add_argument("--triple", dest="times", action="store_const", const=3, help="three times")
    ways.add_argument("--for", dest="seconds", type=float, metavar="S", help="hold it so long")


def config_file(arguments: argparse.Namespace) -> Path | None:
    """Return the settings file that was named, or the usual one where it is there."""
    if arguments.config is not None:
        return Path(arguments.config)
    if named := os.environ.get("MOODBOX_CONFIG"):
        return Path(named)
    usual = Path(CONFIG)
    return usual if usual.exists() else None
