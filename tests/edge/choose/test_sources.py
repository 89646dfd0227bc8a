from __future__ import annotations

import pytest

from edge.choose.sources import parse_source
from edge.errors import MoodboxError
from edge.uri import Kind

ID = "37i9dQZF1DX4sWSpwq3LiO"


@pytest.mark.parametrize(
    ("text", "kind", "uri"),
    [
        (f"spotify:playlist:{ID}", "playlist", f"spotify:playlist:{ID}"),
        (f"  spotify:album:{ID}\n", "album", f"spotify:album:{ID}"),
        (f"spotify:user:somebody:playlist:{ID}", "playlist", f"spotify:playlist:{ID}"),
        (f"https://open.spotify.com/playlist/{ID}?si=abc", "playlist", f"spotify:playlist:{ID}"),
        (f"open.spotify.com/artist/{ID}", "artist", f"spotify:artist:{ID}"),
        (f"https://open.spotify.com/intl-de/track/{ID}", "track", f"spotify:track:{ID}"),
        (f"https://open.spotify.com/embed/album/{ID}", "album", f"spotify:album:{ID}"),
        ("slow  jazz", "search", "slow jazz"),
        ("genre:ambient year:1970-1980", "search", "genre:ambient year:1970-1980"),
        ("AC/DC", "search", "AC/DC"),
    ],
)
def test_what_the_owner_writes_is_understood(text: str, kind: Kind, uri: str) -> None:
    found = parse_source(text)
    assert (found.kind, found.text) == (kind, uri)
    assert parse_source(uri) == found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "nothing to play"),
        ("a\x00b", "nothing to play"),
        ("x" * 101, "too long to search for"),
        ("https://youtube.com/watch?v=1", "no link to music at open.spotify.com"),
        ("youtube.com/watch?v=1", "no link to music at open.spotify.com"),
        ("ftp://open.spotify.com/playlist/" + ID, "no link to music"),
        ("https://spotify.link/abc", "open the short link and copy the long one"),
        ("https://open.spotify.com.evil.net/playlist/" + ID, "no link to music"),
        (f"https://open.spotify.com/playlist/{ID[:-1]}", "not whole"),
        (f"https://open.spotify.com/show/{ID}", "a mood cannot be given a show"),
        ("spotify:playlist:", "not whole"),
        ("spotify:playlist:abc-d", "not whole"),
        (f"spotify:episode:{ID}", "a mood cannot be given a episode"),
        ("file:/music/a.flac", "plays Spotify's music alone"),
        ("mpd:genre:Dub", "plays Spotify's music alone"),
        ("spotify:user:somebody:collection", "not whole"),
    ],
)
def test_what_is_no_source_is_said_in_one_line(text: str, said: str) -> None:
    with pytest.raises(MoodboxError, match=said) as caught:
        parse_source(text)
    assert "\n" not in str(caught.value)
    assert "allowed" in str(caught.value) or "at most" in str(caught.value)
