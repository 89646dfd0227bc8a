"""The house's own speaker over a real mosquitto: wishes out, states in, and nobody who answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from fakes.broker import Broker, Home, until
from paho.mqtt.client import Client, MQTTMessage

from edge.errors import CannotPlay, Fault
from edge.events import Playback, Played, SpeakerState, TrackEnded, Wish
from edge.mqtt.speaker import SpeakerConnection
from edge.player.dj import Dj
from edge.player.mqtt import STATE, WISH, MqttPlayer, SpeakerTold, SpeakerWish
from edge.settings import BoxSettings, MqttSettings

BASE = "moodbox/house"
JAZZ = "spotify:playlist:jazz"


class HomeSpeaker(Home):
    """Somebody at home who carries wishes out, as an automation would."""

    def __init__(self, port: int) -> None:
        self.wishes: list[dict[str, Any]] = []
        self.refuses = self.deaf = False
        self.now: dict[str, Any] = {"state": "idle", "volume": 50}
        super().__init__(port)

    def _hear(self, client: Client, data: Any, message: MQTTMessage) -> None:
        super()._hear(client, data, message)
        if message.topic != f"{BASE}/{WISH}" or self.deaf:
            return
        wish = json.loads(message.payload)
        self.wishes.append(wish)
        match wish["do"]:
            case "play":
                song = {"title": "So What", "artist": "Miles", "uri": "x:1", "duration": 180.0}
                self.now |= {"state": "playing", "position": 0.0, **song}
            case "pause":
                self.now["state"] = "paused"
            case "resume":
                self.now["state"] = "playing"
            case "volume":
                self.now["volume"] = wish["volume"]
        error = {"error": "no such playlist"} if self.refuses else {}
        self.tell(wish=wish["wish"], **error)

    def tell(self, **more: Any) -> None:
        payload = json.dumps(self.now | more)
        self.say(f"{BASE}/{STATE}", payload, retain=False, wait=False)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    broker = Broker(tmp_path)
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture
def home(broker: Broker) -> Iterator[HomeSpeaker]:
    home = HomeSpeaker(broker.port)
    yield home
    home.close()


@pytest.fixture
def player(broker: Broker, tmp_path: Path) -> Iterator[MqttPlayer]:
    settings = MqttSettings(host="127.0.0.1", port=broker.port)
    box = BoxSettings(id="house", state=str(tmp_path))
    player = MqttPlayer(
        "Kitchen", lambda heard, lost: SpeakerConnection(lambda: settings, box, heard, lost)
    )
    player.open(lambda: None)
    yield player
    player.close()


def sees(player: MqttPlayer, holds: Callable[[SpeakerState], object]) -> SpeakerState:
    seen: list[SpeakerState] = []

    def heard() -> bool:
        seen.extend(it for it in player.hear() if isinstance(it, SpeakerState) and holds(it))
        return bool(seen)

    until(heard)
    return seen[0]


def test_a_wish_goes_out_and_the_state_that_answers_it_is_what_plays(
    home: HomeSpeaker, player: MqttPlayer
) -> None:
    player.set_volume(30)
    player.play(JAZZ, repeat=True, mood="happy")
    volume, play = home.wishes
    assert (volume["do"], volume["volume"]) == ("volume", 30)
    assert play.pop("wish") > volume.pop("wish")
    assert play == {"do": "play", "uri": JAZZ, "mood": "happy", "shuffle": True, "repeat": True}
    seen = sees(player, lambda it: it.playback is Playback.PLAYING)
    assert seen.track is not None
    assert (seen.track.title, seen.track.artist, seen.track.context) == ("So What", "Miles", JAZZ)
    assert (seen.volume, seen.speaker) == (30, "Kitchen")
    assert 170 < (seen.remaining or 0) <= 180


def test_words_are_for_the_speaker_to_search(home: HomeSpeaker, player: MqttPlayer) -> None:
    player.play("search:quiet piano", mood="calm")
    assert home.wishes[-1]["search"] == "quiet piano"
    assert "uri" not in home.wishes[-1]


@pytest.mark.parametrize(
    ("order", "do"),
    [("pause", "pause"), ("resume", "resume"), ("skip", "next"), ("previous", "previous")],
)
def test_each_order_has_its_word(
    home: HomeSpeaker, player: MqttPlayer, order: str, do: str
) -> None:
    getattr(player, order)()
    assert home.wishes[-1]["do"] == do


def test_what_it_tells_by_itself_is_heard(home: HomeSpeaker, player: MqttPlayer) -> None:
    player.play(JAZZ)
    home.now |= {"uri": "x:2", "title": "Freddie", "state": "playing"}
    home.tell()
    sees(player, lambda it: it.track and it.track.title == "Freddie")
    home.now |= {"state": "off", "volume": None, "title": None}
    home.tell()
    sees(player, lambda it: it.playback is Playback.IDLE)
    home.now["state"] = "unavailable"
    home.tell()
    sees(player, lambda it: it.playback is Playback.UNKNOWN)


def test_a_wish_that_is_refused_says_why(home: HomeSpeaker, player: MqttPlayer) -> None:
    home.refuses = True
    with pytest.raises(CannotPlay, match="the house's speaker: no such playlist"):
        player.play(JAZZ)


def test_a_speaker_that_does_not_answer_is_said_in_time(
    home: HomeSpeaker, player: MqttPlayer
) -> None:
    player._within = 0.3
    home.deaf = True
    with pytest.raises(Fault, match=r"nobody answers at player/wish: is the speaker on"):
        player.play(JAZZ)
    with pytest.raises(Fault, match="nobody answers"):
        player.read()
    home.deaf = False
    assert player.read().playback is Playback.IDLE


def test_nonsense_is_passed_over(home: HomeSpeaker, player: MqttPlayer) -> None:
    for payload in ("", "{", '{"state": "dancing"}', '{"state": "playing", "volume": "loud"}'):
        home.say(f"{BASE}/{STATE}", payload)
    player.play(JAZZ)
    assert player.read().playback is Playback.PLAYING


def test_a_broker_that_goes_is_said_and_found_again(
    broker: Broker, home: HomeSpeaker, player: MqttPlayer
) -> None:
    player.play(JAZZ)
    broker.stop()
    sees(player, lambda it: it.playback is Playback.UNKNOWN)
    with pytest.raises(Fault, match="the broker is away"):
        player.pause()
    broker.start()

    def paused() -> bool:
        try:
            player.pause()
        except Fault:
            return False
        return True

    until(paused)
    assert home.wishes[-1]["do"] == "pause"


def test_no_broker_is_a_fault_that_says_what_to_set(tmp_path: Path) -> None:
    connection = SpeakerConnection(
        MqttSettings, BoxSettings(id="house"), lambda _: None, lambda: None
    )
    with pytest.raises(Fault, match=r"set mqtt\.host"):
        connection.open()


def test_the_dj_takes_it_for_its_own_music(home: HomeSpeaker, player: MqttPlayer) -> None:
    events: list[Any] = []
    dj = Dj(player, events.append, search=str)
    dj.wish(Wish(id="w1", playing=True, uri="quiet piano", mood="calm", gentle=False))

    def played() -> bool:
        dj.advance(player._clock())
        return any(isinstance(it, Played) for it in events)

    until(played)
    home.now |= {"uri": "x:2", "title": "Freddie"}
    home.tell()

    def next_song() -> bool:
        dj.advance(player._clock())
        return any(isinstance(it, TrackEnded) for it in events)

    until(next_song)
    states = [it for it in events if isinstance(it, SpeakerState)]
    assert not [it for it in states if it.hand]
    assert states[-1].wish == "w1"


def test_the_guide_has_the_schemas_as_they_are(root: Path) -> None:
    guide = (root / "docs" / "speaker.md").read_text("utf-8")
    blocks = [json.loads(it.partition("```")[0]) for it in guide.split("```json\n")[1:]]
    for kind in (SpeakerWish, SpeakerTold):
        [found] = [it for it in blocks if it.get("title") == kind.__name__]
        assert found == described(kind)


def described(kind: type[msgspec.Struct]) -> dict[str, Any]:
    """Return the schema of a message, in one piece."""
    schema = msgspec.json.schema(kind)
    definitions = schema["$defs"]
    body: dict[str, Any] = definitions.pop(kind.__name__)
    return body | ({"$defs": definitions} if definitions else {})
