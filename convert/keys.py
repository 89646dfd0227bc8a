"""Make, renew and replace the keys that sign releases. Keep the folder out of any repository.

    moodbox-convert keys --out ~/moodbox-keys
    moodbox-convert keys rotate --keys ~/moodbox-keys --with /media/one/root-1.pem
    moodbox-convert keys sign --keys ~/moodbox-keys --with /media/two/root-2.pem
    moodbox-convert keys show --keys ~/moodbox-keys

root.json goes onto every box: whom it trusts. The root keys sign the next root.json, as many of
them as its threshold says; keep them offline, each in another place. targets.pem signs the
releases, timestamp.pem only that they are still the newest. rotate begins the next root.json:
valid for five years anew, with --replace also by new keys. What is signed by too few waits in
`next` until `sign` brings the others. Boxes follow from one root.json to the next by themselves.
"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

from convert import rotation, trust
from edge.errors import MoodboxError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command line."""
    parser.add_argument("--out", type=Path, help="make keys, in a folder that is not there yet")
    _counts(parser, trust.ROOT_KEYS, trust.THRESHOLD)
    actions = parser.add_subparsers(dest="action", metavar="rotate | sign | show")
    words = {
        "rotate": "begin the next root.json: longer valid, with --replace by new keys",
        "sign": "sign the root.json that rotate began with more root keys",
        "show": "say whom root.json trusts, and until when",
    }
    for action, what in words.items():
        one = actions.add_parser(action, help=what, description=what)
        one.add_argument("--keys", type=Path, required=True, help="folder that `keys` made")
        if action != "show":
            one.add_argument(
                "--with", type=Path, nargs="+", default=[], dest="more", metavar="PEM",
                help="root keys that lie elsewhere",
            )  # fmt: skip
        if action == "rotate":
            one.add_argument(
                "--replace", nargs="+", choices=("root", *trust.ONLINE), default=[],
                help="by new keys; root: all root keys",
            )  # fmt: skip
            _counts(one, None, None)


def _counts(parser: argparse.ArgumentParser, keys: int | None, threshold: int | None) -> None:
    shown = f" [{keys}, {threshold}]" if keys else " [as before]"
    parser.add_argument("--root-keys", type=int, default=keys, metavar="N", help="how many")
    parser.add_argument(
        "--threshold", type=int, default=threshold, metavar="N", help=f"that have to sign{shown}"
    )


def run(arguments: argparse.Namespace) -> int:
    """Make the keys, or do what was asked with them."""
    now = datetime.now(UTC)
    if arguments.action is None:
        if arguments.out is None:
            raise MoodboxError("--out names the folder to make; or say rotate, sign or show")
        trust.make(arguments.out, now, arguments.root_keys, arguments.threshold)
        print(
            f"{arguments.out}: put root.json onto the boxes (moodbox_update_root), and each"
            f" root-N.pem away, offline and apart; {arguments.threshold} of {arguments.root_keys}"
            " sign the next root.json"
        )
        return 0
    print(_act(arguments, now))
    return 0


def _act(arguments: argparse.Namespace, now: datetime) -> str:
    """Do what the command line asks for; return what came of it."""
    if arguments.action == "show":
        return rotation.describe(arguments.keys, now)
    if arguments.action == "sign":
        return rotation.sign(arguments.keys, arguments.more)
    return rotation.rotate(
        arguments.keys, now, arguments.more, replace=arguments.replace,
        root_keys=arguments.root_keys, threshold=arguments.threshold,
    )  # fmt: skip
