"""A release for some boxes first: who is among them, and what the others do."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest
from fakes.releases import Box, Maker, Site

from convert.repository import Repository
from edge.update.manifest import Release

BOXES = [f"{number:06x}" for number in range(0, 0xFFFFFF, 7919)]


def release(version: str, share: float) -> Release:
    return Release(version, ("moodbox-1-py3-none-any.whl",), ("emotion.tflite",), share)


def among(version: str, share: float) -> set[str]:
    return {box for box in BOXES if release(version, share).is_for(box)}


@pytest.mark.parametrize("share", [0.0, 0.01, 0.1, 0.5, 1.0])
def test_a_share_of_the_boxes_is_about_that_many(share: float) -> None:
    assert len(among("1.1.0", share)) / len(BOXES) == pytest.approx(share, abs=0.03)


def test_who_was_among_the_first_stays_among_them_when_it_is_for_more() -> None:
    assert among("1.1.0", 0.1) < among("1.1.0", 0.5) < among("1.1.0", 1.0) == set(BOXES)


def test_not_always_the_same_boxes_go_first() -> None:
    first, second = among("1.1.0", 0.1), among("1.2.0", 0.1)
    assert len(first & second) < len(first) / 2


def test_a_release_of_a_maker_who_knows_no_shares_is_for_all() -> None:
    old = b'{"version": "1.1.0", "wheels": ["a.whl"], "models": ["a.tflite"]}'
    assert msgspec.json.decode(old, type=Release).is_for("0a1b2c")


def test_a_box_that_is_not_among_them_keeps_what_it_has_until_it_is(
    maker: Maker, site: Site, box: Box
) -> None:
    maker.publish("1.1.0", share=0.0)
    said = box.update()
    assert "1.1.0 is for some boxes first" in said.stdout, said
    assert (said.returncode, box.runs(), box.restarts) == (0, "1.0.0", 0)
    assert not [path for path in site.asked if ".whl" in path], "nothing is downloaded for it"
    Repository(maker.site, maker.keys, datetime.now(UTC)).widen(1.0)
    assert "runs well" in box.update().stdout
    assert box.runs() == "1.1.0"
    assert "is the newest" in box.update().stdout


def test_a_release_that_was_not_kept_is_not_tried_again_because_it_is_for_more(
    maker: Maker, site: Site, box: Box
) -> None:
    maker.publish("1.1.0", "broken", share=1.0)
    assert box.update().returncode == 1
    restarts = box.restarts
    Repository(maker.site, maker.keys, datetime.now(UTC)).widen(0.99999)
    assert "not tried again" in box.update().stdout
    assert box.restarts == restarts
    assert site.asked
