"""What each operation of the Web API does, by the contract's name for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fakes.spotify import shapes
from fakes.spotify.shapes import Json
from fakes.spotify.world import Context, Device, Song, World, made_up_id


@dataclass(frozen=True)
class Asked:
    """A request that the contract knows."""

    api: str
    """Where the API lives, with a slash at the end."""
    path: str
    """As it was asked, without the query."""
    variables: dict[str, str]
    query: dict[str, str]
    body: dict[str, Any]
    user: str

    def page(self, items: list[Json], default: int = 20) -> Json:
        kept = {name: v for name, v in self.query.items() if name not in {"limit", "offset"}}
        address = f"{self.api}{self.path.removeprefix('/')}"
        if kept:
            address += "?" + "&".join(f"{name}={v}" for name, v in kept.items())
        limit, offset = int(self.query.get("limit", default)), int(self.query.get("offset", 0))
        return shapes.page(address, items, limit, offset)


class Refusal(Exception):
    """An answer that is an error."""

    def __init__(self, status: int, message: str, reason: str = "") -> None:
        super().__init__(message)
        self.status, self.message, self.reason = status, message, reason


NO_DEVICE = Refusal(404, "Player command failed: No active device found", "NO_ACTIVE_DEVICE")
LOST_DEVICE = Refusal(404, "Device not found")
RESTRICTED = Refusal(403, "Player command failed: Restriction violated", "UNKNOWN")
NOT_FOUND = Refusal(404, "Resource not found")

Route = Callable[[World, Asked], Json | None]
"""Returns the answer's JSON; None is 204."""


def target(world: World, asked: Asked) -> Device:
    """Return the device that a command is for."""
    world.catch_up()
    if wanted := asked.query.get("device_id"):
        device = world.devices.get(wanted)
        if device is None or device.dead:
            raise LOST_DEVICE
        if device.restricted:
            raise RESTRICTED
        return device
    if world.playback.device is None:
        raise NO_DEVICE
    return world.playback.device


def _active(world: World, asked: Asked) -> Device:
    """Return the device for a command that only the active one obeys."""
    device = target(world, asked)
    if world.playback.device is not device:
        raise RESTRICTED
    return device


def play(world: World, asked: Asked) -> None:
    device = target(world, asked)
    if device.asleep:
        raise RESTRICTED
    if uri := asked.body.get("context_uri"):
        context = world.contexts.get(uri)
        if context is None:
            raise NOT_FOUND
        world.play(device, uri, context.songs, _first(asked.body.get("offset", {}), context.songs))
    elif uris := asked.body.get("uris"):
        known = world.songs()
        songs = [known[uri] for uri in uris if uri in known]
        if not songs:
            raise NOT_FOUND
        world.play(device, "", songs, _first(asked.body.get("offset", {}), songs))
    elif world.playback.song is None or (world.playback.playing and not asked.query):
        raise RESTRICTED
    else:
        world.move(device, play=True)


def _first(offset: dict[str, Any], songs: list[Song]) -> int:
    if "uri" in offset:
        return [song.uri for song in songs].index(offset["uri"])
    return int(offset.get("position", 0))


def pause(world: World, asked: Asked) -> None:
    _active(world, asked)
    if not world.playback.playing:
        raise RESTRICTED
    world.playback.playing = False


def transfer(world: World, asked: Asked) -> None:
    wanted = asked.body["device_ids"]
    if len(wanted) != 1:
        raise Refusal(400, "More than one device id is not supported")
    device = world.devices.get(wanted[0])
    if device is None or device.dead:
        raise LOST_DEVICE
    device.asleep = False
    world.move(device, asked.body.get("play"))


def skip_next(world: World, asked: Asked) -> None:
    _active(world, asked)
    world.skip(1)


def skip_previous(world: World, asked: Asked) -> None:
    _active(world, asked)
    world.skip(-1)


def seek(world: World, asked: Asked) -> None:
    _active(world, asked)
    world.playback.progress = int(asked.query["position_ms"]) / 1000


def volume(world: World, asked: Asked) -> None:
    device, wanted = target(world, asked), int(asked.query["volume_percent"])
    if device.volume is None:
        raise Refusal(
            403, "Player command failed: Cannot control device volume", "VOLUME_CONTROL_DISALLOW"
        )
    if not 0 <= wanted <= 100:
        raise Refusal(400, "Invalid volume")
    device.volume = wanted


def shuffle(world: World, asked: Asked) -> None:
    target(world, asked)
    world.playback.shuffle = asked.query["state"] == "true"


def repeat(world: World, asked: Asked) -> None:
    target(world, asked)
    world.playback.repeat = asked.query["state"]


def add_to_queue(world: World, asked: Asked) -> None:
    _active(world, asked)
    song = world.songs().get(asked.query["uri"])
    if song is None:
        raise NOT_FOUND
    world.queue.append(song)


def state(world: World, asked: Asked) -> Json | None:
    world.catch_up()
    it = world.playback
    if it.device is None:
        return None
    return shapes.now_playing(asked.api, it, world.clock()) | {
        "device": shapes.device(it.device, active=True),
        "repeat_state": it.repeat,
        "shuffle_state": it.shuffle,
    }


def currently_playing(world: World, asked: Asked) -> Json | None:
    world.catch_up()
    if world.playback.device is None:
        return None
    return shapes.now_playing(asked.api, world.playback, world.clock())


def devices(world: World, asked: Asked) -> Json:
    active = world.playback.device
    listed = [d for d in world.devices.values() if d.listed]
    return {"devices": [shapes.device(d, active=d is active) for d in listed]}


def recently_played(world: World, asked: Asked) -> Json:
    world.catch_up()
    after = int(asked.query.get("after", 0)) / 1000
    before = int(asked.query.get("before", 1e15)) / 1000
    found = [heard for heard in world.heard if after < heard.at < before]
    limit = int(asked.query.get("limit", 20))
    answer: Json = {
        "href": f"{asked.api}me/player/recently-played",
        "items": [shapes.play_history(asked.api, heard) for heard in found[:limit]],
        "limit": limit,
        "next": None,
    }
    if found:
        answer["cursors"] = {
            "after": str(int(found[0].at * 1000)),
            "before": str(int(found[:limit][-1].at * 1000)),
        }
    return answer


def queue(world: World, asked: Asked) -> Json:
    world.catch_up()
    it = world.playback
    coming = [*world.queue, *it.songs[it.index + 1 :]][:20]
    answer: Json = {"queue": [shapes.track(asked.api, song) for song in coming]}
    if it.song:
        answer["currently_playing"] = shapes.track(asked.api, it.song)
    return answer


def search(world: World, asked: Asked) -> Json:
    if not 1 <= int(asked.query.get("limit", 5)) <= 10:
        raise Refusal(400, "Invalid limit")
    words = asked.query["q"].lower().split()

    def fits(*names: str) -> bool:
        return all(word in " ".join(names).lower() for word in words)

    songs = world.songs().values()
    found = {
        "track": lambda: [
            shapes.track(asked.api, s) for s in songs if fits(s.title, s.artist, s.album)
        ],
        "artist": lambda: [shapes.artist(asked.api, a) for a in _artists(world) if fits(a)],
        "album": lambda: [
            shapes.album(asked.api, album, by)
            for album, by in sorted({(s.album, s.artist) for s in songs})
            if fits(album, by)
        ],
        "playlist": lambda: [
            shapes.playlist(asked.api, c) for c in _playlists(world) if fits(c.name)
        ],
    }
    kinds = asked.query["type"].split(",")
    return {f"{kind}s": asked.page(found[kind](), default=5) for kind in kinds if kind in found}


def _artists(world: World) -> list[str]:
    return sorted({song.artist for song in world.songs().values()})


def _playlists(world: World) -> list[Context]:
    return [c for c in world.contexts.values() if c.kind == "playlist" and c.owner != "spotify"]


def _playlist(world: World, asked: Asked) -> Context:
    """Return a playlist that exists; Spotify's own answer 404."""
    found = world.contexts.get(f"spotify:playlist:{asked.variables['playlist_id']}")
    if found is None or found.owner == "spotify":
        raise NOT_FOUND
    return found


def _items(world: World, asked: Asked, it: Context) -> list[Json]:
    return [shapes.playlist_item(asked.api, s, it.owner, world.clock()) for s in it.songs]


def playlist(world: World, asked: Asked) -> Json:
    it = _playlist(world, asked)
    shown = shapes.playlist(asked.api, it)
    del shown["items"]
    if it.owner == asked.user or it.collaborative:
        address = f"{asked.api}playlists/{it.id}/items"
        shown["items"] = shapes.page(address, _items(world, asked, it), 100, 0)
    return shown


def playlist_items(world: World, asked: Asked) -> Json:
    it = _playlist(world, asked)
    if it.owner != asked.user and not it.collaborative:
        raise Refusal(403, "Forbidden")
    return asked.page(_items(world, asked, it))


def my_playlists(world: World, asked: Asked) -> Json:
    return asked.page([shapes.playlist(asked.api, it) for it in _playlists(world)])


def my_tracks(world: World, asked: Asked) -> Json:
    at = shapes.stamp(world.clock())
    liked = [{"added_at": at, "track": shapes.track(asked.api, song)} for song in world.liked]
    return asked.page(liked)


def top_tracks(world: World, asked: Asked) -> Json:
    songs = world.top or world.songs().values()
    return asked.page([shapes.track(asked.api, song) for song in songs])


def me(world: World, asked: Asked) -> Json:
    return shapes.user(asked.api, asked.user) | {
        "account_id": made_up_id("account", asked.user),
        "display_name": asked.user,
        "images": [],
    }


ROUTES: dict[str, Route] = {
    "start-a-users-playback": play,
    "pause-a-users-playback": pause,
    "transfer-a-users-playback": transfer,
    "skip-users-playback-to-next-track": skip_next,
    "skip-users-playback-to-previous-track": skip_previous,
    "seek-to-position-in-currently-playing-track": seek,
    "set-volume-for-users-playback": volume,
    "toggle-shuffle-for-users-playback": shuffle,
    "set-repeat-mode-on-users-playback": repeat,
    "add-to-queue": add_to_queue,
    "get-information-about-the-users-current-playback": state,
    "get-the-users-currently-playing-track": currently_playing,
    "get-a-users-available-devices": devices,
    "get-recently-played": recently_played,
    "get-queue": queue,
    "search": search,
    "get-playlist": playlist,
    "get-playlists-items": playlist_items,
    "get-a-list-of-current-users-playlists": my_playlists,
    "get-users-saved-tracks": my_tracks,
    "get-users-top-tracks": top_tracks,
    "get-current-users-profile": me,
}
