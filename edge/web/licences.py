"""Whose work the box runs on, and under which licence: asked of what is installed."""

from __future__ import annotations

import platform
import re
import sqlite3
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from itertools import chain

from msgspec import Struct

from edge.settings.player import Program

FROM_APT = ("picamera2", "lgpio", "systemd-python")
"""What a Raspberry Pi has from its system, so that our own metadata cannot name it."""
HOME = ("homepage", "home", "source", "source code", "repository", "code", "documentation")
"""Labels of a project's addresses, the best first."""


class Work(Struct, frozen=True):
    """Somebody else's work."""

    name: str
    version: str
    """Empty where it is not ours to know."""
    licence: str
    link: str


ALWAYS = (
    Work("Python", platform.python_version(), "PSF-2.0", "https://www.python.org"),
    Work("SQLite", sqlite3.sqlite_version, "public domain", "https://sqlite.org"),
    Work("YuNet", "2023mar", "MIT", "https://github.com/opencv/opencv_zoo"),
    Work("Preact", "10", "MIT", "https://preactjs.com"),
    Work("htm", "3.1.1", "Apache-2.0", "https://github.com/developit/htm"),
    Work("libedgetpu", "", "Apache-2.0", "https://github.com/google-coral/libedgetpu"),
)
"""What is no distribution; YuNet and libedgetpu are fetched by the owner, and may be missing."""


def licences(*programs: Program | None) -> list[Work]:
    """Return the works that this installation runs on, by name; `programs` are the players'."""
    ours = needed("moodbox[box]", *FROM_APT)
    ours.pop("moodbox", None)
    beside = [Work(it.name, "", it.licence, it.link) for it in programs if it is not None]
    works = chain(map(work, ours.values()), ALWAYS, beside)
    return sorted(works, key=lambda one: one.name.casefold())


def needed(*requirements: str) -> dict[str, Distribution]:
    """Return the installed distributions that `requirements` lead to, by normalized name.

    Of the markers only extras are heeded: what the others rule out is not installed.
    """
    found: dict[str, Distribution] = {}
    asked: set[tuple[str, str]] = set()
    waiting = list(requirements)
    while waiting:
        name, extras, _ = _parsed(waiting.pop())
        if (name, extras) in asked:
            continue
        asked.add((name, extras))
        try:
            found[name] = there = distribution(name)
        except PackageNotFoundError:
            continue
        for line in there.requires or ():
            only_for = _parsed(line)[2]
            if not only_for or only_for in extras.split(","):
                waiting.append(line)
    return found


def _parsed(requirement: str) -> tuple[str, str, str]:
    """Return a requirement's normalized name, the extras it wants, and the extra it is for."""
    spec, _, marker = requirement.partition(";")
    match = re.match(r"\s*([\w.-]+)\s*(?:\[([^]]*)\])?", spec)
    name, extras = match.groups(default="") if match else ("", "")
    only_for = re.search(r"extra\s*==\s*['\"]([^'\"]+)", marker)
    return (
        re.sub(r"[-_.]+", "-", name).lower(),
        extras.replace(" ", ""),
        only_for[1] if only_for else "",
    )


def work(of: Distribution) -> Work:
    """Return what a distribution says of itself; its texts were written by others."""
    classified = [c for c in _all(of, "Classifier") if c.startswith("License ::")]
    text = _one(of, "License")
    licence = (
        _one(of, "License-Expression")
        or (text if "\n" not in text else "")
        or ", ".join(c.rpartition(":: ")[2] for c in classified)
        or "see its address"
    )
    return Work(_one(of, "Name"), of.version, licence, _link(of))


def _link(of: Distribution) -> str:
    pairs = (line.partition(", ") for line in _all(of, "Project-URL"))
    known = {label.casefold(): address for label, _, address in pairs}
    links = [known.get(label, "") for label in HOME]
    links.insert(1, _one(of, "Home-page"))
    usual = f"https://pypi.org/project/{_one(of, 'Name')}/"
    return next((link for link in links if link.startswith(("https://", "http://"))), usual)


def _all(of: Distribution, field: str) -> list[str]:
    return [str(line).strip() for line in of.metadata.get_all(field, [])]


def _one(of: Distribution, field: str) -> str:
    return next(iter(_all(of, field)), "")
