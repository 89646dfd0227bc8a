"""Updates for real: signed, served, laid down by the real command; the daemon is a stand-in."""

from __future__ import annotations

import json

from fakes.releases import Box, Maker, Site


def test_a_newer_release_is_installed_and_kept(maker: Maker, site: Site, box: Box) -> None:
    maker.publish("1.1.0")
    said = box.update("--json")
    assert json.loads(said.stdout)["state"] == "kept", said
    assert box.runs() == "1.1.0"
    assert box.restarts == 1
    assert box.releases.good == box.releases.current
    models = box.folder / "current" / "models"
    assert sorted(path.name for path in models.iterdir()) == ["emotion.json", "emotion.tflite"]
    assert box.releases.complete("aaaaaaaaaaaa"), "the one before stays"
