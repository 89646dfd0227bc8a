"""A maker's keys over the years: renewed, lost, stolen; and the boxes follow from root to root."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fakes.releases import Maker, Site
from tuf.api.metadata import Metadata, Root

from convert import rotation, trust
from convert.__main__ import main
from convert.repository import Repository
from edge.errors import MoodboxError
from edge.update.signed import SignedSource

NOW = datetime.now(UTC)
YEARS = timedelta(days=365)


@pytest.fixture
def maker(tmp_path: Path) -> Maker:
    """A maker whose root keys lie in three other places."""
    made = Maker(tmp_path)
    for number in (1, 2, 3):
        away = tmp_path / f"place{number}"
        away.mkdir()
        (made.keys / f"root-{number}.pem").rename(away / "root.pem")
    return made


@pytest.fixture
def site(maker: Maker) -> Iterator[Site]:
    with Site(maker.site) as site:
        yield site


def at(maker: Maker, *places: int) -> list[Path]:
    return [maker.folder / f"place{number}" / "root.pem" for number in places]


def root_of(maker: Maker) -> Root:
    return Metadata[Root].from_file(str(maker.keys / "root.json")).signed


def refresh(maker: Maker) -> None:
    Repository(maker.site, maker.keys, NOW).refresh()


def box(maker: Maker, site: Site, folder: Path, root: Path | None = None) -> SignedSource:
    """What a box trusts and knows lies in `folder`; the root it was made with, in `root`."""
    folder.mkdir(exist_ok=True)
    first = folder / "root.json"
    if not first.exists():
        shutil.copy(root or maker.keys / "root.json", first)
    return SignedSource(site.address, first, folder)


def test_two_of_three_sign_the_next_root_and_one_does_not(
    maker: Maker, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = ["--keys", str(maker.keys)]
    assert main(["keys", "rotate", *folder, "--with", str(at(maker, 1)[0])]) == 0
    assert "1 more of the old root keys have, and 1 of the new," in capsys.readouterr().out
    assert root_of(maker).version == 1, "what too few have signed is not trusted"
    assert main(["keys", "sign", *folder, "--with", str(at(maker, 1)[0])]) == 0
    assert root_of(maker).version == 1, "the same key twice is one"
    assert main(["keys", "sign", *folder, "--with", str(at(maker, 3)[0])]) == 0
    assert "version 2" in capsys.readouterr().out
    assert root_of(maker).version == 2
    assert not (maker.keys / "next").exists()
    assert main(["keys", "show", *folder]) == 0
    assert "version 2" in (said := capsys.readouterr().out)
    assert "2 of 3 root keys sign the next" in said


def test_a_box_follows_to_the_newest_root_however_many_it_missed(
    maker: Maker, site: Site, tmp_path: Path
) -> None:
    maker.publish("1.1.0")
    known = tmp_path / "box"
    assert box(maker, site, known).offers()[0].release.version == "1.1.0"
    old = box(maker, site, known).trusted_until()
    rotation.rotate(maker.keys, NOW + YEARS, at(maker, 1, 2))
    rotation.rotate(maker.keys, NOW + 2 * YEARS, at(maker, 2, 3))
    maker.publish("1.2.0")
    source = box(maker, site, known)
    assert source.offers()[0].release.version == "1.2.0"
    assert source.trusted_until() > old + YEARS


def test_a_box_from_a_shelf_whose_own_root_has_ended_still_finds_the_newest(
    maker: Maker, site: Site, tmp_path: Path
) -> None:
    shutil.rmtree(maker.keys)
    trust.make(maker.keys, NOW - 10 * YEARS)
    first = tmp_path / "shelf.json"
    shutil.copy(maker.keys / "root.json", first)
    maker.publish("1.1.0")
    with pytest.raises(MoodboxError, match="has expired"):
        box(maker, site, tmp_path / "early", first).offers()
    rotation.rotate(maker.keys, NOW)
    refresh(maker)
    assert box(maker, site, tmp_path / "late", first).offers()[0].release.version == "1.1.0"


def test_a_stolen_key_is_worth_nothing_once_it_was_replaced(
    maker: Maker, site: Site, tmp_path: Path
) -> None:
    maker.publish("1.1.0")
    known = tmp_path / "box"
    box(maker, site, known).offers()
    thief = tmp_path / "thief"
    shutil.copytree(maker.keys, thief)
    rotation.rotate(maker.keys, NOW, at(maker, 1, 2), replace=["targets", "timestamp"])
    refresh(maker)
    assert box(maker, site, known).offers()[0].release.version == "1.1.0"
    assert (maker.keys / "old-1" / "targets.pem").read_bytes() == (
        thief / "targets.pem"
    ).read_bytes()
    maker.keys = thief
    maker.publish("6.6.6")
    with pytest.raises(MoodboxError, match="not signed by whom this box trusts"):
        box(maker, site, known).offers()


def test_a_lost_root_key_is_replaced_by_the_two_that_are_left(
    maker: Maker, site: Site, tmp_path: Path
) -> None:
    maker.publish("1.1.0")
    known = tmp_path / "box"
    box(maker, site, known).offers()
    rotation.rotate(maker.keys, NOW, at(maker, 1, 2), replace=["root"])
    assert sorted(path.name for path in maker.keys.glob("root-*.pem")) == [
        "root-1.pem", "root-2.pem", "root-3.pem",
    ]  # fmt: skip
    refresh(maker)
    assert box(maker, site, known).offers()[0].release.version == "1.1.0"
    with pytest.raises(MoodboxError, match="no root key of"):
        rotation.rotate(maker.keys, NOW, at(maker, 3))


def test_the_single_root_key_of_old_becomes_two_of_three(
    tmp_path: Path, site: Site, maker: Maker
) -> None:
    shutil.rmtree(maker.keys)
    trust.make(maker.keys, NOW, root_keys=1, threshold=1)
    (maker.keys / "root-1.pem").rename(maker.keys / "root.pem")
    maker.publish("1.1.0")
    known = tmp_path / "box"
    box(maker, site, known).offers()
    with pytest.raises(MoodboxError, match="needs --replace root"):
        rotation.rotate(maker.keys, NOW, root_keys=3, threshold=2)
    rotation.rotate(maker.keys, NOW, replace=["root"], root_keys=3, threshold=2)
    assert root_of(maker).roles["root"].threshold == 2
    assert not (maker.keys / "root.pem").exists()
    maker.publish("1.2.0")
    assert box(maker, site, known).offers()[0].release.version == "1.2.0"


def test_a_rotation_that_was_cut_off_goes_on_wherever_it_was(maker: Maker, tmp_path: Path) -> None:
    rotation.rotate(maker.keys, NOW, at(maker, 1), replace=["root", "timestamp"])
    began = tmp_path / "began"
    shutil.copytree(maker.keys, began)
    rotation.sign(maker.keys, at(maker, 2))
    shutil.copytree(began / "next", maker.keys / "next")  # all but the last step was done
    for path in (maker.keys / "next").glob("*.pem"):
        path.unlink()
    shutil.copy(maker.keys / "root.json", maker.keys / "next" / "root.json")
    rotation.sign(maker.keys)
    assert not (maker.keys / "next").exists()
    assert root_of(maker).version == 2
    for role in trust.SIGNS:
        trust.signer(maker.keys, role)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["keys"], "--out names the folder to make"),
        (["keys", "--out", "NEW", "--root-keys", "2", "--threshold", "3"], "3 of 2 root keys"),
        (["keys", "rotate", "--keys", "/nowhere"], "moodbox-convert keys makes it"),
        (["keys", "sign", "--keys", "KEYS"], "nothing waits for signatures"),
        (["keys", "rotate", "--keys", "KEYS", "--with", "/nowhere.pem"], "is not there"),
        (["keys", "rotate", "--keys", "KEYS", "--with", "KEYS/targets.pem"], "no root key of"),
        (["keys", "rotate", "--keys", "KEYS", "--with", "KEYS/root.json"], "no private key"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_trusts_nobody_new(
    maker: Maker, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    before = (maker.keys / "root.json").read_bytes()
    names = {"KEYS": str(maker.keys), "NEW": str(maker.folder / "new")}
    line = [word.replace("KEYS", names["KEYS"]).replace("NEW", names["NEW"]) for word in words]
    assert main(line) == 1
    [told] = capsys.readouterr().err.splitlines()
    assert said in told
    assert (maker.keys / "root.json").read_bytes() == before
    assert not (maker.folder / "new").exists()
    assert not (maker.keys / "next").exists()


@pytest.mark.parametrize(("years", "told"), [(3.9, False), (4.1, True)])
def test_who_publishes_is_told_a_year_before_the_root_ends(
    maker: Maker, years: float, told: bool
) -> None:
    maker.publish("1.1.0")
    lines = Repository(maker.site, maker.keys, NOW + years * YEARS).ending()
    assert any("moodbox-convert keys rotate renews it" in line for line in lines) == told
