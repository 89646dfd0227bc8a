"""Let a released model learn from the corrections of one household.

    moodbox-convert learn moodbox.zip --data faces.npz --out learnt

Takes a box's export as it is, or fetches it from a paired box. A challenger that loses more than
half a point on the general test, or gains nothing on corrections that it has not seen, is refused
in words, and nothing is written. `--put` lays an accepted one on the box, on trial.

Without `--data` the released model's own answers to made-up faces are held to instead.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from convert import compare, dataset, origin
from convert.box import PairedBox, fetched
from convert.learn import make, owner
from convert.learn.make import Challenger, Champion
from edge.errors import MoodboxError
from edge.vision import card as cards


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command line."""
    parser.add_argument(
        "source", metavar="BOX|EXPORT.zip", help="a box's export, or its page's address"
    )
    parser.add_argument(
        "--data",
        type=Path,
        help="the base data set, what `data` wrote; without it others' faces are not looked at",
    )
    add_outputs(parser)
    parser.add_argument(
        "--put", metavar="BOX", help="the address of the box that is to use what was accepted"
    )


def add_outputs(parser: argparse.ArgumentParser) -> None:
    """Declare whom the challenger is to beat, and where it goes."""
    parser.add_argument(
        "--model", type=Path, default=Path("models/emotion.tflite"), help="the champion"
    )
    parser.add_argument(
        "--out", type=Path, default=Path("learnt"), help="folder for the model and its card"
    )
    parser.add_argument(
        "--runs", type=Path, default=Path("runs"), help="folder of what MLflow keeps"
    )


def run(arguments: argparse.Namespace) -> int:
    """Learn, compare, say how it went; 1 where the challenger is refused."""
    champion = Champion.read(arguments.model)
    export = fetched(arguments.source, arguments.out)  # its one-time address pairs with the target
    target = PairedBox(arguments.put) if arguments.put else None  # not paired: said before the work
    ours = champion.card.model.version
    if target is not None and (runs := target.model()) != ours:
        print(
            f"{arguments.put}: runs the model {runs}, and this begins with {ours} ({champion.path})"
        )
    corrections = owner.read(export)
    if arguments.data is None:
        data = None
        challenger = make.by_replay(champion, corrections)
    else:
        data = dataset.load(arguments.data)
        challenger = make.by_base(champion, corrections, data)
    print(compare.table(challenger.rows))
    if data is None:
        print(compare.WITHOUT_BASE)
    recipe = {
        "champion": champion.card.model.sha256,
        "data": "" if data is None else origin.of_data(data),
        "export": origin.of_file(export),
        "corrections": str(len(corrections)),
        "budget": f"{challenger.budget:.3g}",
        "commit": origin.commit(),
    }
    against = list(compare.complaints(challenger.rows))
    with remembered("learn", champion, challenger, recipe, arguments, against) as path:
        print(f"accepted: {path}")
        if target is not None:
            version = target.put(path)
            print(f"put: the box uses {version}, on trial; `moodbox models` tells how it does")
    return 0


@contextmanager
def remembered(  # noqa: PLR0917
    how: str,
    champion: Champion,
    challenger: Challenger,
    recipe: dict[str, str],
    arguments: argparse.Namespace,
    against: list[str],
) -> Iterator[Path]:
    """Track how it went, the model with it; yield where it lies, unless something is `against` it.

    `how` is the command by which it came to be; `arguments` are its `runs` and `out`. In the
    registry it is the champion once nobody refused it, the body of the statement included, and
    else a challenger.

    Raises:
        MoodboxError: what is against it.
    """
    from convert import tracking  # noqa: PLC0415  MLflow takes seconds

    digest = hashlib.sha256(challenger.content).hexdigest()
    folder = arguments.runs / f"{how}-{digest[:12]}"
    tags = recipe | {"refused": "; ".join(against)}
    with tracking.run(folder, {"budget": recipe["budget"]}, tags) as log:
        for it in challenger.rows:
            name = re.sub("[^a-z ]", "", it.name)
            log.metric(f"{name} before", it.before)
            log.metric(f"{name} after", it.after)
        path = write(champion, challenger, recipe, folder if against else arguments.out)
    alias = tracking.CHALLENGER
    try:
        if against:
            raise MoodboxError(f"refused: {'; '.join(against)}")
        yield path
        alias = tracking.CHAMPION
    finally:
        tracking.register(folder, path, champion.card.name, alias)


def write(champion: Champion, challenger: Challenger, recipe: dict[str, str], out: Path) -> Path:
    """Write model, card and comparison into `out`; nothing of them is there before all are."""
    out.mkdir(parents=True, exist_ok=True)
    card = challenger.card(champion.card, recipe)
    with tempfile.TemporaryDirectory(dir=out) as staged:
        path = Path(staged, card.model.file)
        path.write_bytes(challenger.content)
        assert card.last_layer is not None  # noqa: S101  challengers have one
        path.with_name(card.last_layer.file.file).write_bytes(challenger.head)
        cards.save(card, path.with_suffix(".json"))
        Path(staged, compare.FILE).write_bytes(
            msgspec.json.format(msgspec.json.encode(challenger.rows), indent=2) + b"\n"
        )
        for made in sorted(Path(staged).iterdir()):
            made.replace(out / made.name)
    return out / card.model.file
