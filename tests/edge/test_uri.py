"""What names music is taken apart in one place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.uri import Kind, Scheme, Uri

ID = "37i9dQZF1DX4sWSpwq3LiO"


@pytest.mark.parametrize(
    ("text", "scheme", "kind", "name"),
    [
        (f"spotify:playlist:{ID}", Scheme.SPOTIFY, Kind.PLAYLIST, ID),
        (f"spotify:user:somebody:playlist:{ID}", Scheme.SPOTIFY, Kind.PLAYLIST, ID),
        (f"spotify:episode:{ID}", Scheme.SPOTIFY, Kind.EPISODE, ID),
        (f"spotify:station:playlist:{ID}", Scheme.SPOTIFY, Kind.STATION, f"playlist:{ID}"),
        ("spotify:local:A+Band:LP:Song:200", Scheme.SPOTIFY, Kind.OTHER, ""),
        ("spotify:user:somebody:collection", Scheme.SPOTIFY, Kind.OTHER, ""),
        ("spotify:playlist:", Scheme.SPOTIFY, Kind.OTHER, ""),
        ("spotify:", Scheme.SPOTIFY, Kind.OTHER, ""),
        ("mpd:folder:Jazz/Live: 1961", Scheme.MPD, Kind.FOLDER, "Jazz/Live: 1961"),
        ("mpd:genre:Dub", Scheme.MPD, Kind.GENRE, "Dub"),
        ("mpd:track:x", Scheme.MPD, Kind.OTHER, ""),
        ("file:/music/a.flac", Scheme.FILE, Kind.TRACK, "/music/a.flac"),
        ("slow jazz", Scheme.WORDS, Kind.SEARCH, "slow jazz"),
        ("search: slow jazz", Scheme.WORDS, Kind.SEARCH, "slow jazz"),
        ("genre:ambient", Scheme.WORDS, Kind.SEARCH, "genre:ambient"),
        ("spotify", Scheme.WORDS, Kind.SEARCH, "spotify"),
    ],
)
def test_every_name_of_music_has_its_place(
    text: str, scheme: Scheme, kind: Kind, name: str
) -> None:
    uri = Uri.parse(text)
    assert (uri.text, uri.scheme, uri.kind, uri.id) == (text, scheme, kind, name)
    assert uri.words == (name if scheme is Scheme.WORDS else "")


@given(st.text() | st.text(":spotifymdlaybun", max_size=40).map("spotify:".__add__))
def test_any_text_is_taken_apart_and_stays_the_same_text(text: str) -> None:
    assert Uri.parse(text).text == text


@given(st.sampled_from(list(Kind)[:6]), st.text("abcXYZ019", min_size=1))
def test_what_is_put_together_is_what_it_is_taken_apart_to(kind: Kind, name: str) -> None:
    uri = Uri.spotify(kind, name)
    assert Uri.parse(uri.text) == uri
    assert uri.link == f"https://open.spotify.com/{kind}/{name}"


@pytest.mark.parametrize("text", ["spotify:local:a:b:c:1", "spotify:station:x", "words", "file:a"])
def test_what_spotify_has_no_page_for_has_no_link(text: str) -> None:
    assert Uri.parse(text).link == ""


@pytest.mark.parametrize(
    ("text", "context", "mix"),
    [
        ("spotify:playlist:a", True, True),
        ("spotify:artist:a", True, True),
        ("spotify:album:a", True, False),
        ("spotify:track:a", False, False),
        ("spotify:episode:a", False, False),
        ("file:/a.flac", False, False),
        ("mpd:genre:Dub", True, True),
    ],
)
def test_a_mix_begins_again_and_a_piece_is_no_context(text: str, context: bool, mix: bool) -> None:
    uri = Uri.parse(text)
    assert (uri.is_context, uri.is_mix) == (context, mix)
