"""The next root of trust: signed by enough of the old root keys and enough of the new, or waiting.

A root of trust never changes in place: version N + 1 is signed by whom version N trusts, and a box
goes from the one that it knows to the newest through all of them (TUF, section 5.3). So every
version stays in the folder of the keys, as N.root.json, and is published.

    next/root.json      the version that has too few signatures yet
    next/*.pem          the keys that it names and that are new
    old-N/              keys that version N named, and its successor does not
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Sequence
from copy import deepcopy
from datetime import datetime
from pathlib import Path

from tuf.api.metadata import Metadata, Root

from convert import trust
from edge import files
from edge.errors import MoodboxError

NEXT = "next"


def rotate(
    folder: Path, now: datetime, more: Sequence[Path] = (), *, replace: Collection[str] = (),
    root_keys: int | None = None, threshold: int | None = None,
) -> str:  # fmt: skip
    """Begin the next root of trust, and finish it where enough keys are at hand.

    Args:
        folder: of the keys.
        now: from when it is valid.
        more: files of root keys that lie elsewhere.
        replace: whose keys are made anew: root, targets, timestamp.
        root_keys: how many; None: as many as before.
        threshold: of these that have to sign; None: as many as before.

    Returns:
        What came of it, in words.
    """
    waiting = folder / NEXT
    if waiting.exists():
        raise MoodboxError(f"{waiting}: one is under way; `sign` goes on, or delete the folder")
    before = trust.read_root(folder)
    role = before.signed.roles["root"]
    count, needed = root_keys or len(role.keyids), threshold or role.threshold
    trust.demand_threshold(count, needed)
    if "root" not in replace and (count, needed) != (len(role.keyids), role.threshold):
        raise MoodboxError("another number of root keys needs --replace root")
    _demand_known(folder, more, set(role.keyids))
    root = deepcopy(before.signed)
    root.version += 1
    root.expires = trust.until(now)
    try:
        waiting.mkdir(mode=0o700)
        if "root" in replace:
            trust.new_root_keys(waiting, root, count, needed)
        for key in set(trust.ONLINE) & set(replace):
            trust.new_online_key(waiting, root, key)
        files.replace(waiting / "root.json", Metadata(root).to_bytes(), mode=0o644)
    except BaseException:
        shutil.rmtree(waiting, ignore_errors=True)
        raise
    return sign(folder, more)


def sign(folder: Path, more: Sequence[Path] = ()) -> str:
    """Sign what waits with every root key at hand; with enough of them it is the newest."""
    waiting = folder / NEXT
    if not (waiting / "root.json").exists():
        raise MoodboxError(f"{waiting}: nothing waits for signatures; `rotate` begins it")
    before, after = trust.read_root(folder), trust.read_root(waiting)
    if after.signed.version == before.signed.version:
        return _finish(folder, before, after)  # cut off when it was all but done
    wanted = {*before.signed.roles["root"].keyids, *after.signed.roles["root"].keyids}
    _demand_known(folder, more, wanted)
    for path in [*folder.glob("root*.pem"), *waiting.glob("root*.pem"), *more]:
        signer = trust.read_key(path)
        if signer.public_key.keyid in wanted:
            after.sign(signer, append=True)
    files.replace(waiting / "root.json", after.to_bytes(), mode=0o644)
    result = after.signed.get_root_verification_result(
        before.signed, after.signed_bytes, after.signatures
    )
    if result.verified:
        return _finish(folder, before, after)
    lacks = f"{result.first.missing} more of the old root keys have"
    if result.second.missing:
        lacks += f", and {result.second.missing} of the new,"
    return f"{waiting}: {lacks} to sign it: moodbox-convert keys sign --with PEM"


def _demand_known(folder: Path, more: Sequence[Path], wanted: set[str]) -> None:
    """Refuse a file that holds none of the root keys that are `wanted`."""
    for path in more:
        if trust.read_key(path).public_key.keyid not in wanted:
            raise MoodboxError(f"{path}: no root key of {folder}")


def _finish(folder: Path, before: Metadata[Root], after: Metadata[Root]) -> str:
    """Put what waited in place; each step may be the last before a power cut."""
    waiting, old = folder / NEXT, folder / f"old-{after.signed.version - 1}"
    for metadata in (before, after):
        name = f"{metadata.signed.version}.root.json"
        files.replace(folder / name, metadata.to_bytes(), mode=0o644)
    files.replace(folder / "root.json", after.to_bytes(), mode=0o644)
    new = sorted(waiting.glob("*.pem"))
    if any(path.name.startswith("root") for path in new):
        known = after.signed.roles["root"].keyids
        for path in folder.glob("root*.pem"):
            if trust.read_key(path).public_key.keyid not in known:
                _away(path, old)
    for path in new:
        if (folder / path.name).exists():
            _away(folder / path.name, old)
        path.replace(folder / path.name)
    files.sync_folder(folder)
    shutil.rmtree(waiting)
    return (
        f"{folder}: root.json is version {after.signed.version}, valid until"
        f" {after.signed.expires:%Y-%m-%d}; `moodbox-convert publish --refresh` tells the boxes,"
        " and new ones are given it (moodbox_update_root)"
    )


def _away(path: Path, old: Path) -> None:
    old.mkdir(mode=0o700, exist_ok=True)
    path.replace(old / path.name)


def describe(folder: Path, now: datetime) -> str:
    """Return whom the root of trust names, and until when."""
    root = trust.read_root(folder).signed
    role = root.roles["root"]
    said = (
        f"{folder}: root.json is version {root.version}, valid until {root.expires:%Y-%m-%d};"
        f" {role.threshold} of {len(role.keyids)} root keys sign the next"
    )
    return "\n".join(filter(None, [said, trust.ending(root, now)]))
