"""Who hears of a release: the boxes that try it first, and all others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from fakes.releases import Box, Maker, Site
from fakes.table import Table

from convert.repository import Repository
from edge.cli.check.around import updates
from edge.events import Release
from edge.settings import Settings, UpdateSettings
from edge.update import news


@pytest.fixture
def eager(box: Box) -> Box:
    """A box that hears of beta, too."""
    text = box.settings.read_text().replace("[update]\n", '[update]\nchannel = "beta"\n')
    box.settings.write_text(text)
    return box


def test_a_box_hears_nothing_of_what_others_try(maker: Maker, site: Site, box: Box) -> None:
    maker.publish("1.0.1")
    maker.publish("1.1.0", channel="beta")
    assert "runs well" in box.update().stdout
    assert box.runs() == "1.0.1"
    assert not [path for path in site.asked if "beta" in path]


def test_what_was_tried_and_is_now_for_all_is_not_downloaded_again(
    maker: Maker, site: Site, eager: Box
) -> None:
    maker.publish("1.0.1")
    maker.publish("1.1.0", channel="beta", model="v2")
    assert "runs well" in eager.update().stdout
    assert eager.runs() == "1.1.0"
    assert [path for path in site.asked if "/beta/wheels/" in path]
    Repository(maker.site, maker.keys, datetime.now(UTC)).promote(1.0)
    site.asked.clear()
    assert "is the newest" in eager.update().stdout
    assert not [path for path in site.asked if ".whl" in path]


def test_a_box_that_tries_takes_what_is_stable_where_that_is_newer(
    maker: Maker, site: Site, eager: Box
) -> None:
    maker.publish("1.1.0", channel="beta", model="v1")
    maker.publish("1.2.0", model="v2")
    assert "runs well" in eager.update().stdout
    assert eager.runs() == "1.2.0"
    model = eager.folder / "current" / "models" / "emotion.tflite"
    assert model.read_text() == "v2", "each channel has its own model of one name"


def test_a_beta_release_that_is_for_others_first_hides_no_stable_one(
    maker: Maker, site: Site, eager: Box
) -> None:
    maker.publish("1.1.0")
    maker.publish("1.2.0", channel="beta", share=0.0, model="v2")
    assert "1.1.0 was installed, and runs well" in eager.update().stdout
    assert eager.runs() == "1.1.0"
    assert "1.2.0 is for some boxes first" in eager.update().stdout


def test_a_beta_release_that_failed_hides_no_stable_one_and_neither_is_tried_for_ever(
    maker: Maker, site: Site, eager: Box
) -> None:
    maker.publish("1.2.0", "broken", channel="beta", model="v2")
    assert "1.2.0 was not kept" in eager.update().stdout
    maker.publish("1.0.5", "broken")
    assert "1.0.5 was not kept" in eager.update().stdout
    restarts = eager.restarts
    assert "1.2.0 is not tried again" in eager.update().stdout
    assert eager.restarts == restarts
    maker.publish("1.1.0")
    assert "1.1.0 was installed, and runs well" in eager.update().stdout
    assert eager.runs() == "1.1.0"


def test_before_the_first_stable_release_there_is_none_for_most(
    maker: Maker, site: Site, box: Box
) -> None:
    maker.publish("1.1.0", channel="beta")
    assert "release.json is not there" in box.update().stderr


# Until when the maker is trusted.

NOW = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.mark.parametrize(("days", "said"), [(366, ""), (364, "updates end on 2027-10-31")])
def test_a_year_before_the_root_of_trust_ends_there_is_a_warning(days: int, said: str) -> None:
    assert news.ending(NOW + timedelta(days=days), NOW).startswith(said)
    assert bool(news.ending(NOW + timedelta(days=days), NOW)) == bool(said)
    assert news.ending(None, NOW) == ""


def test_the_home_is_told_that_updates_will_end_and_when_they_no_longer_will(
    tmp_path_factory: pytest.TempPathFactory, site: Site
) -> None:
    folder = tmp_path_factory.mktemp("old")
    maker = Maker(folder, now=datetime.now(UTC) - timedelta(days=4 * 365 + 10))
    maker.publish("1.1.0", late=-timedelta(days=4 * 365 + 10))
    site.folder = maker.site
    (folder / "opt").mkdir()
    box = Box(folder / "opt", site.address, maker.keys / "root.json")
    assert "runs well" in box.update().stdout
    told = news.read(box.folder)
    assert told is not None
    assert told.warning.startswith("updates end on ")
    settings = Settings(update=UpdateSettings(address=site.address, folder=str(box.folder)))
    assert updates(settings).words == told.warning
    assert updates(settings).state == "warn"
    table = Table()
    table.tell(Release(1.0, warning=told.warning))
    assert table.state.problems["updates"] == told.warning
    table.tell(Release(2.0))
    assert "updates" not in table.state.problems


def test_a_box_without_updates_has_nothing_to_check(box: Box) -> None:
    assert updates(Settings()).state == "skipped"
    settings = Settings(update=UpdateSettings(address="https://a/", folder=str(box.folder)))
    assert updates(settings).words == "nobody has looked yet"
