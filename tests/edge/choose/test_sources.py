from __future__ import annotations

import pytest

from edge.choose.sources import NoSource, Playable, parse_source
from edge.errors import MoodboxError
from edge.uri import Kind, Scheme

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
        ("https://spotify.link/abc", "open it, and copy the long one"),
        ("https://open.spotify.com.evil.net/playlist/" + ID, "no link to music"),
        (f"https://open.spotify.com/playlist/{ID[:-1]}", "not whole"),
        (f"https://open.spotify.com/show/{ID}", "a mood cannot be given a show"),
        ("spotify:playlist:", "not whole"),
        ("spotify:playlist:abc-d", "not whole"),
        (f"spotify:episode:{ID}", "a mood cannot be given a episode"),
        ("file:/music/a.flac", "player spotify cannot play that"),
        ("mpd:genre:Dub", "player spotify cannot play that"),
        ("spotify:user:somebody:collection", "not whole"),
    ],
)
def test_what_is_no_source_is_said_in_one_line(text: str, said: str) -> None:
    with pytest.raises(MoodboxError, match=said) as caught:
        parse_source(text)
    assert "\n" not in str(caught.value)
    assert "allowed" in str(caught.value) or "at most" in str(caught.value)


MPD = Playable("mpd", frozenset({Scheme.MPD, Scheme.FILE, Scheme.WORDS}))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("mpd:folder:Jazz/Late  Night", "folder"),
        ("mpd:playlist:Evening", "playlist"),
        (" mpd:genre:Dub ", "genre"),
        ("mpd:search:slow tides", "search"),
        ("file:Jazz/1 Blue: in Green.flac", "track"),
        ("slow jazz", "search"),
    ],
)
def test_the_library_of_an_mpd_has_names_of_its_own(text: str, kind: str) -> None:
    found = parse_source(text, MPD)
    assert (found.kind, found.text) == (kind, text.strip())


@pytest.mark.parametrize("text", [f"spotify:album:{ID}", f"https://open.spotify.com/track/{ID}"])
def test_what_the_player_cannot_play_is_said_when_it_is_given(text: str) -> None:
    with pytest.raises(MoodboxError, match="the player mpd cannot play that; allowed: mpd:folder"):
        parse_source(text, MPD)


@pytest.mark.parametrize("text", ["mpd:", "mpd:folder:", "mpd:album:x", "file:", "mpd:genre:a\nb"])
def test_a_name_that_no_library_has_is_refused(text: str) -> None:
    with pytest.raises(MoodboxError, match="nothing that a library has") as caught:
        parse_source(text, MPD)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "uri"),
    [
        ("spotify:liked", "spotify:liked"),
        (" spotify:top ", "spotify:top"),
        ("https://open.spotify.com/collection/tracks", "spotify:liked"),
    ],
)
def test_the_accounts_own_songs_are_for_a_player_that_plays_song_by_song(
    text: str, uri: str
) -> None:
    found = parse_source(text, Playable(lists=True))
    assert (found.text, found.is_list, found.is_mix) == (uri, True, True)
    with pytest.raises(NoSource, match="the player spotify cannot play that") as refused:
        parse_source(text, Playable())
    assert "\n" not in str(refused.value)
    assert "spotify:liked" in Playable(lists=True).allowed


@pytest.mark.parametrize("scheme", Scheme)
def test_it_is_said_how_music_of_any_kind_is_named(scheme: Scheme) -> None:
    assert Playable("gramophone", frozenset({scheme})).allowed != Playable("", frozenset()).allowed
