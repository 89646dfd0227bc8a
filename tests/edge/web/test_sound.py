"""The demo's pieces are heard: in a real Chromium, by its own audio engine."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from fakes.browser import until

from edge.player.catalogue import LISTS, songs

pytestmark = pytest.mark.timeout(300)

HEAR = """
async () => {
  const { Player } = await import("./static/sound.js");
  const player = new Player();
  const ear = new AnalyserNode(player.sound, { fftSize: 8192 });
  player.master.connect(ear);
  const data = new Float32Array(ear.fftSize);
  window.follow_ = (playback, track, volume) => player.follow({ playback, track, volume });
  window.heard = () => {
    ear.getFloatTimeDomainData(data);
    return { at: player.sound.currentTime, peak: Math.max(...data.map(Math.abs)) };
  };
}
"""
RENDER = """
async ([song, volume]) => {
  const { Player } = await import("./static/sound.js");
  const rate = 44100, seconds = 14, real = window.AudioContext;
  let sound;
  window.AudioContext = class extends OfflineAudioContext {
    constructor() { super(1, rate * seconds, rate); sound = this; }
    get state() { return "running"; }
  };
  const player = new Player();
  window.AudioContext = real;
  clearInterval(player.clock);
  player.follow({ playback: "playing", track: { uri: song }, volume });
  player.play();
  const go_on = () => { player.play(); OfflineAudioContext.prototype.resume.call(sound); };
  for (let at = 0.2; at < seconds - 0.2; at += 0.2) sound.suspend(at).then(go_on);
  // Without the two seconds in which it fades in.
  const data = (await sound.startRendering()).getChannelData(0).subarray(2 * rate);
  let peak = 0, power = 0;
  for (const value of data) { peak = Math.max(peak, Math.abs(value)); power += value * value; }
  return [peak, Math.sqrt(power / data.length)];
}
"""

BEATS = """
async (uris) => {
  const { Player } = await import("./static/sound.js");
  const player = new Player();
  return uris.map((uri) => {
    player.follow({ playback: "playing", track: { uri }, volume: 50 });
    return player.style.beat;
  });
}
"""


@pytest.fixture
def page(visit: Callable[..., Any]) -> Any:
    return visit()


def test_what_plays_is_heard_and_a_pause_is_silent(page: Any) -> None:
    page.click("#title")  # no browser lets a page sound before somebody touched it
    page.evaluate(HEAR)
    page.evaluate("follow_('playing', { uri: 'spotify:track:demohappyx1' }, 50)")
    began = page.evaluate("heard()")["at"]
    until(lambda: page.evaluate("heard()")["peak"] > 0.05)
    assert page.evaluate("heard()")["at"] > began
    page.evaluate("follow_('paused', null, 50)")
    until(lambda: page.evaluate("heard()")["peak"] < 0.0005)


def test_every_mood_s_piece_is_as_loud_as_the_others_and_none_clips(page: Any) -> None:
    loudness = {}
    for uri, playlist in LISTS.items():
        peak, level = page.evaluate(RENDER, [songs(uri)[1].uri, 100])
        assert peak < decibels(-1), playlist.mood
        loudness[playlist.mood] = 20 * math.log10(level)
    assert min(loudness.values()) > -20, "quieter than other players: nobody would hear it"
    assert max(loudness.values()) - min(loudness.values()) < 3


def test_every_mood_has_pieces_of_its_own_beat_and_its_playlists_name(page: Any) -> None:
    beats = page.evaluate(BEATS, [songs(uri)[0].uri for uri in LISTS])
    assert len(set(beats)) == len(LISTS)
    assert all(songs(uri)[0].album == playlist.name for uri, playlist in LISTS.items())


def test_half_the_volume_is_still_heard(page: Any) -> None:
    _, level = page.evaluate(RENDER, ["spotify:track:demohappyx1", 50])
    assert decibels(-28) < level < decibels(-20)


def decibels(value: float) -> float:
    """Return a share of full scale."""
    return float(10 ** (value / 20))
