"""What Spotify's values look like in JSON. Fields that are gone in 2026 are not sent."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from fakes.spotify.world import Context, Device, Heard, Playback, Song, made_up_id

Json = dict[str, Any]


def stamp(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def thing(api: str, kind: str, id_: str) -> Json:
    """Return what every object has."""
    return {
        "external_urls": {"spotify": f"https://open.spotify.com/{kind}/{id_}"},
        "href": f"{api}{kind}s/{id_}",
        "id": id_,
        "type": kind,
        "uri": f"spotify:{kind}:{id_}",
    }


def image(id_: str) -> Json:
    return {"url": f"https://i.scdn.co/image/{id_}", "height": 640, "width": 640}


def artist(api: str, name: str) -> Json:
    return thing(api, "artist", made_up_id("artist", name, name)) | {"name": name}


def album(api: str, name: str, by: str, tracks: int = 10) -> Json:
    id_ = made_up_id("album", name, by)
    return thing(api, "album", id_) | {
        "album_type": "album",
        "artists": [artist(api, by)],
        "images": [image(id_)],
        "name": name,
        "release_date": "2021-05-04",
        "release_date_precision": "day",
        "total_tracks": tracks,
    }


def track(api: str, song: Song) -> Json:
    return thing(api, "track", song.id) | {
        "album": album(api, song.album, song.artist),
        "artists": [artist(api, song.artist)],
        "disc_number": 1,
        "duration_ms": int(song.seconds * 1000),
        "explicit": False,
        "external_ids": {"isrc": f"XX{song.id[:10].upper()}"},
        "is_local": False,
        "is_playable": True,
        "name": song.title,
        "track_number": 1,
    }


def user(api: str, id_: str) -> Json:
    return thing(api, "user", id_)


def playlist(api: str, it: Context) -> Json:
    return thing(api, "playlist", it.id) | {
        "collaborative": it.collaborative,
        "description": "",
        "images": [image(it.id)],
        "items": {"href": f"{api}playlists/{it.id}/items", "total": len(it.songs)},
        "name": it.name,
        "owner": user(api, it.owner) | {"display_name": it.owner},
        "public": False,
        "snapshot_id": made_up_id(it.id, *it.songs),
    }


def playlist_item(api: str, song: Song, owner: str, at: float) -> Json:
    return {
        "added_at": stamp(at).replace(".000", ""),
        "added_by": user(api, owner),
        "is_local": False,
        "item": track(api, song),
    }


def device(it: Device, *, active: bool) -> Json:
    return {
        "id": it.id,
        "is_active": active,
        "is_private_session": False,
        "is_restricted": it.restricted,
        "name": it.name,
        "supports_volume": it.volume is not None,
        "type": it.kind,
        "volume_percent": it.volume,
    }


def context(api: str, uri: str) -> Json:
    _, kind, id_ = uri.split(":")
    made = thing(api, kind, id_)
    del made["id"]
    return made


def now_playing(api: str, it: Playback, at: float) -> Json:
    """Return what both GET /me/player and currently-playing tell."""
    shown: Json = {
        "actions": {"resuming": it.playing, "pausing": not it.playing},
        "currently_playing_type": "track" if it.song else "unknown",
        "is_playing": it.playing,
        "progress_ms": int(it.progress * 1000),
        "timestamp": int(at * 1000),
    }
    if it.song:
        shown["item"] = track(api, it.song)
    if it.context:
        shown["context"] = context(api, it.context)
    return shown


def play_history(api: str, it: Heard) -> Json:
    entry: Json = {"track": track(api, it.song), "played_at": stamp(it.at)}
    if it.context:
        entry["context"] = context(api, it.context)
    return entry


def page(address: str, items: list[Json], limit: int, offset: int) -> Json:
    """Return one page of `items`; `address` ends where limit and offset belong."""

    def at(start: int) -> str:
        return f"{address}{'&' if '?' in address else '?'}offset={start}&limit={limit}"

    return {
        "href": at(offset),
        "items": items[offset : offset + limit],
        "limit": limit,
        "next": at(offset + limit) if offset + limit < len(items) else None,
        "offset": offset,
        "previous": at(max(0, offset - limit)) if offset else None,
        "total": len(items),
    }
