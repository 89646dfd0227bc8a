"""The music of the simulated speaker: pieces that nobody wrote, with covers that are drawn here.

A playlist named after a mood holds pieces for that mood. How they sound is the page's affair
(web/static/sound.js), which makes it up from the same names.
"""

from __future__ import annotations

import math
import random
from typing import NamedTuple
from urllib.parse import quote

from edge.events import Track
from edge.mood.moods import ROWS
from edge.records import ListedSong
from edge.spotify.finder import Pick
from edge.uri import Kind, Uri

PREFIX = "spotify:playlist:demo"
PIECES = 9
"""Of each playlist."""
FIRST = (
    "Paper",
    "Slow",
    "Glass",
    "Morning",
    "Little",
    "Northern",
    "Copper",
    "Velvet",
    "Open",
    "Salt",
)
SECOND = ("Lanterns", "Rivers", "Windows", "Rooftops", "Orchards", "Harbours", "Kites")
BANDS = (
    "The Paper Lanterns",
    "Ada & the Tides",
    "Nordlicht",
    "Field Recorder",
    "Miss Juniper",
    "Trio Kessel",
)


class List(NamedTuple):
    """A made-up playlist."""

    uri: str
    name: str
    mood: str


NAMES = {
    "angry": "Loud Doors",
    "disgust": "Odd Corners",
    "fear": "Night Light",
    "happy": "Sunny Side",
    "sad": "Rain on Glass",
    "surprise": "Confetti",
    "neutral": "Plain Days",
    "joyful": "Garden Party",
    "content": "Sunday Bread",
    "calm": "Still Water",
    "tired": "Last Train",
    "tense": "Tightrope",
    "excited": "Fireworks",
}
LISTS = {
    f"{PREFIX}{row.name}": List(
        f"{PREFIX}{row.name}", NAMES.get(row.name, f"For {row.name}"), row.name
    )
    for row in ROWS
    if row.usual
}


def songs(uri: str) -> list[Track]:
    """Return the pieces of any `uri`, always the same ones; a track is its own only piece."""
    named = Uri.parse(uri)
    if not named.is_context:
        return [_piece(named.id, "")]
    return [_piece(f"{named.id}x{number}", uri) for number in range(PIECES)]


def kept(uri: str) -> list[ListedSong]:
    """Return the pieces of a playlist as the store keeps them."""
    return [ListedSong(**it.fields(), source=uri) for it in songs(uri)]


class CatalogueFinder:
    """What there is to pick from in a world of made-up music."""

    def own(self) -> list[Pick]:
        """Return the made-up playlists."""
        return [
            Pick(it.uri, "playlist", it.name, "moodbox", PIECES, cover=songs(it.uri)[0].cover)
            for it in LISTS.values()
        ]

    def search(self, words: str) -> list[Pick]:
        """Return the playlists, then the pieces, whose names hold all of `words`."""
        wanted = words.casefold().split()
        pieces = [
            Pick(it.uri, "track", it.title, it.artist, cover=it.cover)
            for uri in LISTS
            for it in songs(uri)
        ]
        return [
            it
            for it in (*self.own(), *pieces)
            if all(word in f"{it.name} {it.by}".casefold() for word in wanted)
        ][:20]


def _piece(name: str, context: str) -> Track:
    rng = random.Random(name)
    mood = name.removeprefix("demo").rpartition("x")[0]
    colour = next((row.colour for row in ROWS if row.name == mood), "#a8a2b0")
    return Track(
        uri=Uri.spotify(Kind.TRACK, name).text,
        title=f"{rng.choice(FIRST)} {rng.choice(SECOND)}",
        artist=rng.choice(BANDS),
        album=LISTS[f"{PREFIX}{mood}"].name if f"{PREFIX}{mood}" in LISTS else "",
        cover=f"data:image/svg+xml,{quote(cover(name, colour))}",
        duration=float(rng.randrange(95, 215)),
        context=context,
    )


def cover(name: str, colour: str) -> str:
    """Return an SVG: circles and hills in shades of `colour`, always the same ones for `name`."""
    rng = random.Random(f"cover {name}")
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))

    def shade(share: float, towards: int) -> str:
        mixed = (round(part + (towards - part) * share) for part in (red, green, blue))
        return "#{:02x}{:02x}{:02x}".format(*mixed)

    sky, sun = shade(0.55, 255), shade(rng.uniform(0, 0.15), 255)
    x, y, radius = rng.randrange(70, 250), rng.randrange(70, 150), rng.randrange(36, 78)
    hills = []
    for number in range(3):
        base, high, phase = 170 + 46 * number, rng.randrange(14, 40), rng.uniform(0, 6)
        points = " ".join(
            f"{at},{base - high * math.sin(phase + at / rng.choice((61, 61, 61))):.0f}"
            for at in range(0, 321, 16)
        )
        fill = shade(0.2 + 0.24 * number, 24)
        hills.append(f'<polygon points="0,320 {points} 320,320" fill="{fill}"/>')
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 320" width="320" height="320">'
        f'<rect width="320" height="320" fill="{sky}"/>'
        f'<circle cx="{x}" cy="{y}" r="{radius}" fill="{sun}"/>'
        f'<circle cx="{x}" cy="{y}" r="{radius * 1.5:.0f}" fill="{sun}" opacity=".25"/>'
        f"{''.join(hills)}</svg>"
    )
