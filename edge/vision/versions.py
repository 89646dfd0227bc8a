"""The models of one box: the one it was installed with, and those that its owner put beside it.

    STATE/models/VERSION/emotion.json, emotion.tflite    named by 12 digits of the file's sha256
    STATE/models/VERSION/emotion_head.npz                where it can be taught
    STATE/models/record.json                             which is used, which is good, which failed

A version is on trial until the eyes have seen with it for a while; one that they fail with, or that
the house finds to read worse (monitor.py), is not used again unless somebody chooses it. Every step
outlives a power cut: a version's files come first, the record last.
"""

from __future__ import annotations

import hashlib
import logging
import shutil
import tempfile
import threading
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import Struct

from edge import files
from edge.errors import Fault, MoodboxError, Refused
from edge.settings import VisionSettings
from edge.vision import card as cards
from edge.vision import inference
from edge.vision.card import Artefact, Card

log = logging.getLogger(__name__)

FOLDER = "models"
"""Name in the state folder."""
FILE = "emotion.tflite"
HEAD = "emotion_head.npz"
RECORD = "record.json"
MOST = 5
"""Versions that are kept; the oldest that is neither used nor good makes room."""
LARGEST = 8 * 2**20
"""Bytes of a model; the released one has a million."""
TRIAL = 300.0
"""Seconds the eyes have to see with a version until it is kept."""


class Record(Struct, frozen=True):
    """What is known of the versions; an empty name is the model that was installed."""

    used: str = ""
    good: str = ""
    """What is gone back to."""
    failed: dict[str, str] = {}
    """Version -> why it was not kept."""
    unseen: str = ""
    """What is to be said of one that was not kept, until somebody has seen that."""
    chosen: tuple[str, ...] = ()
    """Versions that somebody chose by hand: how they read is his to judge."""
    looked: float = 0.0
    """Wall time when it was last looked at how the version in use reads; 0: never."""


class ModelVersion(Struct, frozen=True):
    """One model, for people."""

    version: str
    state: Literal["used", "trial", "kept", "failed"]
    installed: bool
    """Whether it came with the box."""
    note: str = ""
    why: str = ""
    """Why it was not kept."""
    accuracy: float | None = None
    """By its card; a share of one."""


class ModelVersions:
    """The versions in one state folder. Safe for several threads of one process."""

    def __init__(self, state: Path, vision: VisionSettings) -> None:
        """Look into `state`, beside the model that `vision` names."""
        self._folder, self._vision = state / FOLDER, vision
        self._lock = threading.RLock()
        self._record = self._read()

    @property
    def folder(self) -> Path:
        """Where the model lies that is to be used."""
        used = self._record.used
        return self._folder / used if used else Path(self._vision.models)

    @property
    def on_trial(self) -> str:
        """The version that has to prove itself; empty: none has."""
        return self._record.used if self._record.used != self._record.good else ""

    @property
    def card(self) -> Card:
        """The card of the model that is to be used; raises ModelError."""
        return self._card_of(self._record.used)

    def listed(self) -> list[ModelVersion]:
        """Return all of them, the installed one first."""
        with self._lock:
            return [self._told(name) for name in self._names()]

    def put(self, card: dict[str, Any], model: bytes, head: bytes = b"") -> str:
        """Lay a model down, use it from now on, and return its version.

        `head` is the file of its last layer; without it nobody can teach the model.

        Raises:
            Refused: one line about what is wrong with it; nothing changes.
            Fault: the disk does not take it.
        """
        version = hashlib.sha256(model).hexdigest()[: cards.VERSION]
        about = _about(card, model, head)
        with self._lock:
            if version == self.version:
                raise Refused(f"{version} is in use already")
            if why := self._record.failed.get(version):
                raise Refused(f"{version} was not kept before: {why}")
            try:
                self._lay_down(version, about, {FILE: model, HEAD: head})
                self._make_room(version)
                self._begin(version)
            except OSError as error:
                raise Fault(f"{self._folder}: {error.strerror}") from error
        return version

    def use(self, version: str) -> None:
        """Use a version that is there; one that failed gets another chance.

        However it reads, it is not gone back from any more, since somebody chose it.

        Raises:
            Refused: there is none of this name.
            Fault: the disk does not take it.
        """
        with self._lock:
            names = {self._version_of(name): name for name in self._names()}
            if version not in names:
                raise Refused(f"no version {version!r}; there are: {', '.join(names)}")
            failed = {k: v for k, v in self._record.failed.items() if k != version}
            chosen = tuple({*self._record.chosen, version} & names.keys())
            self._record = msgspec.structs.replace(self._record, failed=failed, chosen=chosen)
            try:
                self._begin(names[version])
            except OSError as error:
                raise Fault(f"{self._folder}: {error.strerror}") from error

    @property
    def version(self) -> str:
        """The version that is to be used, by its file's hash; empty where that cannot be read."""
        return self._version_of(self._record.used)

    def keep(self) -> None:
        """Call the version on trial good."""
        with self._lock:
            self._save(msgspec.structs.replace(self._record, good=self._record.used))

    def condemn(self, why: str) -> str:
        """Go back to what was good, and return what is to be said of it; empty: no trial ran."""
        with self._lock:
            return self._go_back(self._record.good, why) if self.on_trial else ""

    def may_go_back(self, version: str, before: str) -> bool:
        """Whether `version` is in use and not for good, and `before` is there to be used again.

        For good is what was installed, by whoever answers for a release, and what somebody chose.
        """
        with self._lock:
            own = self._record.used == version and version not in self._record.chosen
            return own and before in map(self._version_of, self._names())

    def take_back(self, version: str, before: str, why: str) -> str:
        """Go back to the version `before`, and return what is to be said; empty: it may not be."""
        with self._lock:
            if not self.may_go_back(version, before):
                return ""
            return self._go_back("" if before == self._version_of("") else before, why)

    def look_due(self, wall: float, every: float) -> bool:
        """Whether the version in use, if it may be gone back from, was not looked at so long.

        `every` is in seconds; a new version is looked at first when they have passed once.
        """
        with self._lock:
            record = self._record
            if not record.used or record.used in record.chosen:
                return False
            if not record.looked:
                self.looked(wall)
            return not 0 <= wall - self._record.looked < every

    def looked(self, wall: float) -> None:
        """Note that it was looked at how the version in use reads."""
        with self._lock:
            self._save(msgspec.structs.replace(self._record, looked=wall))

    @property
    def unseen(self) -> str:
        """What is to be said of a model that was not kept; empty: nothing, or it was seen."""
        return self._record.unseen

    def seen(self) -> None:
        """Say it no more."""
        with self._lock:
            self._save(msgspec.structs.replace(self._record, unseen=""))

    def _go_back(self, name: str, why: str) -> str:
        version, record = self._record.used, self._record
        words = f"model {version} was not kept: {why}; {self._version_of(name)} is used again"
        failed = record.failed | {version: why}
        self._save(Record(name, name, failed, unseen=words, chosen=record.chosen))
        return words

    def _names(self) -> list[str]:
        """Return the versions' folders, oldest first; an empty name is the installed one."""
        there = [it for it in self._folder.glob("*") if (it / FILE).is_file()]
        return ["", *(it.name for it in sorted(there, key=lambda it: it.stat().st_mtime))]

    def _begin(self, name: str) -> None:
        record = self._record
        good = record.used if not self.on_trial else record.good
        # What was installed with the box has proved itself.
        fresh = Record(name, good if name else "", record.failed, chosen=record.chosen)
        files.replace(self._folder / RECORD, msgspec.json.encode(fresh))
        self._record = fresh

    def _lay_down(self, version: str, about: Card, contents: dict[str, bytes]) -> None:
        """Try a model, then lay it down; what lay there of it, to be gone back to, stays if not."""
        contents |= {f"{self._vision.model}.json": msgspec.json.encode(about)}
        with tempfile.TemporaryDirectory() as tried:
            for file in filter(contents.get, contents):
                Path(tried, file).write_bytes(contents[file])
            try:
                # On the CPU: what is plugged in today is no fault of a model.
                inference.attempt(msgspec.structs.replace(self._vision, models=tried, device="cpu"))
            except MoodboxError as error:
                raise Refused(f"the model does not run here: {error}") from error
        folder = self._folder / version
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for file in filter(contents.get, contents):
            files.replace(folder / file, contents[file])
        files.sync_folder(self._folder)

    def _make_room(self, fresh: str) -> None:
        names = self._names()[1:]
        kept = {fresh, self._record.used, self._record.good}
        for name in [it for it in names if it not in kept][: max(0, len(names) - MOST)]:
            shutil.rmtree(self._folder / name)

    def _told(self, name: str) -> ModelVersion:
        record, version = self._record, self._version_of(name)
        state: Literal["used", "trial", "kept", "failed"] = "kept"
        if name == record.used:
            state = "trial" if self.on_trial else "used"
        elif version in record.failed:
            state = "failed"
        why = record.failed.get(version, "")
        try:
            about = self._card_of(name)
        except MoodboxError:
            return ModelVersion(version, state, not name, why=why)
        figure = about.figures.get("accuracy")
        accuracy = figure.value if figure else None
        return ModelVersion(version, state, not name, about.note, why, accuracy)

    def _version_of(self, name: str) -> str:
        if name:
            return name
        try:
            return self._card_of("").model.version
        except MoodboxError:
            return ""

    def _card_of(self, name: str) -> Card:
        folder = self._folder / name if name else Path(self._vision.models)
        return cards.read(folder / f"{self._vision.model}.json")

    def _read(self) -> Record:
        try:
            record = msgspec.json.decode((self._folder / RECORD).read_bytes(), type=Record)
        except FileNotFoundError:
            return Record()
        except (OSError, msgspec.MsgspecError) as error:
            log.warning("%s: the models' record cannot be read: %s", self._folder, error)
            return Record()
        there = set(self._names())
        if record.used not in there or record.good not in there:
            log.warning("%s: a model is gone; the installed one is used", self._folder)
            return Record(failed=record.failed)
        return record

    def _save(self, record: Record) -> None:
        """Go on with `record` even where the disk does not take it: what failed is not used."""
        self._record = record
        try:
            files.replace(self._folder / RECORD, msgspec.json.encode(record))
        except OSError as error:
            log.warning("%s: the models' record cannot be written: %s", self._folder, error)


def _about(card: dict[str, Any], model: bytes, head: bytes) -> Card:
    """Return the card of a model that somebody sent, once both fit each other.

    What else its card names, and did not come along, is left out.
    """
    try:
        about = msgspec.convert(card | {"edgetpu": None}, Card)
    except msgspec.ValidationError as error:
        raise Refused(f"not a model's card: {error}") from error
    layer = about.last_layer
    if layer is not None:
        layer = msgspec.structs.replace(layer, file=_came(HEAD, layer.file, head)) if head else None
    return msgspec.structs.replace(about, model=_came(FILE, about.model, model), last_layer=layer)


def _came(name: str, promised: Artefact, content: bytes) -> Artefact:
    """Return a file that came with a card, by the name that it has here."""
    digest = hashlib.sha256(content).hexdigest()
    if promised.sha256 != digest:
        raise Refused(
            "the model is not the one that its card describes: its hash is another"
            if name == FILE
            else "the last layer is not the one that its card describes: its hash is another"
        )
    if len(content) > LARGEST:
        raise Refused(f"{len(content):,} bytes; allowed: {LARGEST:,}")
    return Artefact(name, digest, len(content))
