"""What the daemon refuses, and what fails in it, the page can say in German, too.

The sentences are read from the code: the words of each refusal and fault that reaches the page.
What `words.js` makes of a sentence of the catalogue, a pattern with {names}, is done alike here.
"""

from __future__ import annotations

import ast
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from edge.choose.chooser import Ask, choose
from edge.events import Intent, Sounding
from edge.records import Taste

SAID = {"BadRequest", "MoodboxError", "NoTpu", "refuse", "take_back"}
"""Who takes words that end up on the page; with all that derive from them."""
UNSAID = {"NotRunning", "SettingsError", "Untrusted"}
"""But these, whose words end elsewhere: in a terminal, or within what else is said."""
UPDATES = (
    "update/run.py",
    "update/trial.py",
    "update/signed.py",
    "update/news.py",
    "cli/update.py",
    "vision/versions.py",
)
"""What comes of an update is returned, and kept as `words` for the page to show."""
WHYS = ("controller/hands.py", "controller/view.py")
"""Why this plays, or nothing does, or does not yet, is returned."""
ELSEWHERE = (
    "cli/", "client.py", "models/", "mqtt/commands.py", "mqtt/lamp.py", "update/folder.py",
    "update/releases.py", "vision/fetch.py", "vision/messages.py",
)  # fmt: skip
"""Said to a terminal, to whoever writes automations, or to another process."""


def sentences(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield where each sentence stands, and the sentence with {} for what is filled in."""
    code = {
        path.relative_to(folder).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(folder.rglob("*.py"))
    }
    says = _sayers([node for tree in code.values() for node in ast.walk(tree)])
    for where, tree in code.items():
        if where.startswith(ELSEWHERE) and where not in UPDATES:
            continue
        for node in ast.walk(tree):
            updates = where in UPDATES
            for said in _strings(
                _spoken(node, says, of_updates=updates, returned=updates or where in WHYS)
            ):
                if re.search(r"[A-Za-z]+ [a-z]+", said.replace("{}", "")):
                    yield f"{where}:{getattr(node, 'lineno', 0)}", said


def _sayers(code: list[ast.AST]) -> set[str]:
    """Return SAID with all errors that are one of them, however many steps down."""
    bases = {
        it.name: {_name(base) for base in it.bases} for it in code if isinstance(it, ast.ClassDef)
    }
    says, more = set[str](), SAID | {"Fault", "Refused"}
    while more:
        says |= more
        more = {name for name, above in bases.items() if above & says} - says - UNSAID
    return says


def _spoken(node: ast.AST, says: set[str], *, of_updates: bool, returned: bool) -> list[ast.expr]:
    """Return what a piece of code says."""
    match node:
        case ast.Call(func=function, args=arguments) if _name(function) in says:
            return arguments
        case ast.Call(func=function, args=arguments) if _name(function) == "UpdateResult":
            return arguments[2:]
        case ast.Assign(
            targets=[ast.Name("words" | "why" | "NOTHING" | "NOTHING_NEXT" as name)]
        ) if of_updates or name.isupper():
            return [node.value]
        case ast.keyword("words", value) | ast.Lambda(body=value) if of_updates:
            return [value]
        case ast.Return(ast.expr() as value) if returned:
            return [value]
    return []


def _name(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def _strings(arguments: list[ast.expr]) -> Iterator[str]:
    for argument in arguments:
        match argument:
            case ast.Constant(value=str(words)):
                yield words
            case ast.JoinedStr(values=parts):
                yield "".join(
                    str(part.value) if isinstance(part, ast.Constant) else "{}" for part in parts
                )
            case ast.IfExp(body=one, orelse=other):
                yield from _strings([one, other])


@pytest.fixture(scope="module")
def german(root: Path) -> list[re.Pattern[str]]:
    text = (root / "edge/web/static/words/de.js").read_text(encoding="utf-8")
    table = text.partition("export const sentences = {")[2].partition("\n};")[0]
    pairs = re.findall(r'("(?:[^"\\]|\\.)*"): "(?:[^"\\]|\\.)*",', table)
    assert len(pairs) > 150
    keys = [re.escape(json.loads(key)) for key in pairs]
    moods = [re.sub(r"\\\{(mood\w*)\\\}", r"(?P<\1>[^\\s;:]+)", key) for key in keys]
    return [re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.*?)", key)) for key in moods]


def unknown(german: list[re.Pattern[str]], said: list[tuple[str, str]]) -> list[str]:
    """Return the sentences that no entry of the catalogue fits."""
    return [
        f"{where}: {words}"
        for where, words in said
        if not any(entry.fullmatch(words.replace("{}", "x")) for entry in german)
    ]


def test_every_refusal_and_fault_of_the_daemon_has_its_german(
    root: Path, german: list[re.Pattern[str]]
) -> None:
    said = list(sentences(root / "edge"))
    assert len(said) > 100, "the code says it otherwise now: find it there"
    assert unknown(german, said) == []


def test_a_sentence_that_nobody_translated_would_be_noticed(
    tmp_path: Path, german: list[re.Pattern[str]]
) -> None:
    (tmp_path / "new.py").write_text('raise Refused(f"{name} has flown to the moon")')
    [line] = unknown(german, list(sentences(tmp_path)))
    assert line == "new.py:1: {} has flown to the moon"


LIST, RAIN = "spotify:liked", "spotify:playlist:rain"
NAMES = {LIST: "liked songs", RAIN: "Rainy days"}
FEW = {LIST: [Sounding("a", "sad"), Sounding("b", "happy")], RAIN: [Sounding("a", "happy")]}


@pytest.mark.parametrize(
    "ask",
    [
        {"sources": {"sad": [LIST]}},
        {"sources": {"sad": [RAIN]}},
        {"sources": {"sad": [RAIN]}, "songs": {}},
        {"sources": {"sad": ["mpd:genre:Blues"]}, "intent": Intent.LIFT},
        {"sources": {"sad": [LIST], "happy": ["a", "b"]}, "intent": Intent.LIFT, "step": 2},
        {"sources": {"fear": [RAIN]}},
        {
            "sources": {"happy": [LIST]},
            "songs": FEW | {LIST: [Sounding("a", "sad")] * 3 + FEW[LIST]},
        },
        {"sources": {}, "stopgaps": {"sad": ["mpd:folder:/"]}},
        {"sources": {}, "stopgaps": {"sad": ["search:sad songs"]}},
    ],
)
def test_why_this_plays_is_said_in_german_to_its_last_part(
    german: list[re.Pattern[str]], ask: dict[str, Any]
) -> None:
    how = {"mood": "sad", "intent": Intent.MATCH, "songs": FEW, "titles": NAMES} | ask
    choice = choose(Taste(), Ask(**how), random.Random(1))
    assert choice is not None
    waiting = [f"{choice.why}; mpd plays, as spotify cannot now; the mood waits"]
    while waiting:
        part = waiting.pop()
        found = next(filter(None, (it.fullmatch(part) for it in german)), None)
        assert found is not None or part in NAMES.values(), part
        more = found.groupdict() if found else {}
        waiting += [text for name, text in more.items() if name.startswith("more")]
