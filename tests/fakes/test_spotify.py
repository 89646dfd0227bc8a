"""The fake is only worth something where it is as awkward as the real one."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from fakes.spotify import FakeSpotify
from fakes.spotify.accounts import SIX_MONTHS

CLIENT = "a" * 32
REDIRECT = "http://127.0.0.1:8898/callback"
SCOPES = (
    "user-read-playback-state user-modify-playback-state user-read-currently-playing "
    "user-read-recently-played user-library-read user-top-read playlist-read-private "
    "user-read-private user-read-email"
)


class Client:
    """A caller that does as it is told."""

    def __init__(self, fake: FakeSpotify, scope: str = SCOPES) -> None:
        self.fake = fake
        self.session = requests.Session()
        self.tokens = fake.sign_in(scope)

    def __call__(self, method: str, path: str, json: Any = None, **query: Any) -> requests.Response:
        return self.session.request(
            method, self.fake.api + path, json=json, params=query, timeout=10,
            headers={"Authorization": f"Bearer {self.tokens['access_token']}"},
        )  # fmt: skip

    def refresh(self) -> requests.Response:
        form = {
            "grant_type": "refresh_token",
            "refresh_token": self.tokens["refresh_token"],
            "client_id": CLIENT,
        }
        return self.session.post(self.fake.address + "api/token", data=form, timeout=10)


@pytest.fixture
def client(fake_spotify: FakeSpotify) -> Iterator[Client]:
    client = Client(fake_spotify)
    yield client
    client.session.close()


def error(response: requests.Response) -> tuple[int, str]:
    return response.status_code, response.json()["error"].get("reason", "")


def test_a_playlist_plays_on_by_the_clock(fake_spotify: FakeSpotify, client: Client) -> None:
    speaker = fake_spotify.add_device("Kitchen")
    calm = fake_spotify.add_playlist("Calm", 3)
    assert client("GET", "me/player").status_code == 204
    assert (
        client("PUT", "me/player/play", {"context_uri": calm}, device_id=speaker.id).status_code
        == 204
    )
    fake_spotify.advance(200)
    state = client("GET", "me/player").json()
    assert (state["item"]["name"], state["progress_ms"]) == ("Calm 2", 20_000)
    assert (state["context"]["uri"], state["device"]["name"]) == (calm, "Kitchen")
    fake_spotify.advance(1000)
    assert client("GET", "me/player").json()["is_playing"] is False
    heard = client("GET", "me/player/recently-played").json()["items"]
    assert [item["track"]["name"] for item in heard] == ["Calm 3", "Calm 2", "Calm 1"]


def test_a_track_that_was_skipped_soon_was_not_played(
    fake_spotify: FakeSpotify, client: Client
) -> None:
    fake_spotify.add_device("Kitchen")
    fake_spotify.touch(context=fake_spotify.add_playlist("Calm"), device="Kitchen")
    fake_spotify.advance(10)
    assert client("POST", "me/player/next").status_code == 204
    fake_spotify.advance(60)
    assert client("POST", "me/player/next").status_code == 204
    heard = client("GET", "me/player/recently-played").json()["items"]
    assert [item["track"]["name"] for item in heard] == ["Calm 2"]


def test_nothing_plays_without_a_speaker(fake_spotify: FakeSpotify, client: Client) -> None:
    calm = fake_spotify.add_playlist("Calm")
    assert error(client("PUT", "me/player/play", {"context_uri": calm})) == (
        404,
        "NO_ACTIVE_DEVICE",
    )
    kitchen = fake_spotify.add_device("Kitchen")
    fake_spotify.vanish("Kitchen")
    stale = client("PUT", "me/player/play", {"context_uri": calm}, device_id=kitchen.id)
    assert error(stale) == (404, "")
    again = fake_spotify.add_device("Kitchen")
    assert again.id != kitchen.id
    assert client("PUT", "me/player", {"device_ids": [again.id]}).status_code == 204


def test_an_idle_speaker_is_not_listed_and_still_answers(
    fake_spotify: FakeSpotify, client: Client
) -> None:
    kitchen = fake_spotify.add_device("Kitchen")
    fake_spotify.hide("Kitchen")
    assert client("GET", "me/player/devices").json() == {"devices": []}
    assert client("PUT", "me/player", {"device_ids": [kitchen.id], "play": True}).status_code == 204


def test_pausing_what_is_paused_is_a_restriction(fake_spotify: FakeSpotify, client: Client) -> None:
    fake_spotify.add_device("Kitchen")
    fake_spotify.touch(context=fake_spotify.add_playlist("Calm"), device="Kitchen", pause=True)
    assert error(client("PUT", "me/player/pause")) == (403, "UNKNOWN")


def test_the_volume_and_the_queue_are_kept(fake_spotify: FakeSpotify, client: Client) -> None:
    fake_spotify.add_device("Kitchen", volume=40)
    fake_spotify.touch(context=fake_spotify.add_playlist("Calm"), device="Kitchen")
    other = fake_spotify.add_playlist("Other", 1)
    song = fake_spotify.world.contexts[other].songs[0].uri
    assert client("PUT", "me/player/volume", volume_percent=25).status_code == 204
    assert client("POST", "me/player/queue", uri=song).status_code == 204
    assert client("GET", "me/player").json()["device"]["volume_percent"] == 25
    assert client("GET", "me/player/queue").json()["queue"][0]["uri"] == song
    client("POST", "me/player/next")
    assert client("GET", "me/player/currently-playing").json()["item"]["uri"] == song


def test_refused_audio_keys_end_every_track_at_once(
    fake_spotify: FakeSpotify, client: Client
) -> None:
    speaker = fake_spotify.add_device("Kitchen")
    fake_spotify.refuse_audio_keys()
    calm = fake_spotify.add_playlist("Calm", 5)
    assert (
        client("PUT", "me/player/play", {"context_uri": calm}, device_id=speaker.id).status_code
        == 204
    )
    fake_spotify.advance(10)
    assert client("GET", "me/player").json()["is_playing"] is False
    assert client("GET", "me/player/recently-played").json()["items"] == []


def test_pages_lead_on_at_the_same_host(fake_spotify: FakeSpotify, client: Client) -> None:
    calm = fake_spotify.add_playlist("Calm", 120).split(":")[2]
    page = client("GET", f"playlists/{calm}/items", limit=50).json()
    seen = list(page["items"])
    while page["next"]:
        assert page["next"].startswith(fake_spotify.api)
        page = client("GET", page["next"].removeprefix(fake_spotify.api)).json()
        seen += page["items"]
    assert [item["item"]["name"] for item in seen] == [f"Calm {n + 1}" for n in range(120)]


def test_playlists_of_others_are_closed(fake_spotify: FakeSpotify, client: Client) -> None:
    foreign = fake_spotify.add_playlist("Hers", owner="her").split(":")[2]
    spotifys = fake_spotify.add_playlist("Daily", owner="spotify").split(":")[2]
    assert client("GET", f"playlists/{foreign}").status_code == 200
    assert error(client("GET", f"playlists/{foreign}/items")) == (403, "")
    assert error(client("GET", f"playlists/{spotifys}")) == (404, "")


def test_what_is_deprecated_is_gone(fake_spotify: FakeSpotify, client: Client) -> None:
    assert error(client("GET", "audio-features/abc")) == (403, "")
    assert error(client("GET", f"playlists/{'a' * 22}/tracks")) == (403, "")


def test_search_gives_ten_at_most(fake_spotify: FakeSpotify, client: Client) -> None:
    fake_spotify.add_playlist("Calm", 30)
    found = client("GET", "search", q="calm", type="track,playlist,artist,album", limit=10).json()
    assert len(found["tracks"]["items"]) == 10
    assert [item["name"] for item in found["playlists"]["items"]] == ["Calm"]
    assert error(client("GET", "search", q="calm", type="track", limit=11)) == (400, "")
    assert "11 is greater than the maximum of 10" in fake_spotify.violations.pop()


def test_the_rest_of_the_library_fits_the_contract(
    fake_spotify: FakeSpotify, client: Client
) -> None:
    calm = fake_spotify.add_playlist("Calm", 2)
    song = fake_spotify.world.contexts[calm].songs[0]
    fake_spotify.world.liked.append(song)
    assert client("GET", "me/tracks").json()["items"][0]["track"]["uri"] == song.uri
    assert client("GET", "me/top/tracks").json()["total"] == 2
    assert client("GET", "me/playlists").json()["items"][0]["uri"] == calm
    assert client("GET", f"playlists/{calm.split(':')[2]}").json()["items"]["total"] == 2
    assert client("GET", "me").json()["account_id"]


def test_a_request_beyond_the_contract_is_noticed(
    fake_spotify: FakeSpotify, client: Client
) -> None:
    client("GET", "me/player/device")
    client("GET", "me/player", colour="red")
    client("PUT", "me/player", {"device_id": "x", "device_ids": ["x"]})
    noticed = "\n".join(fake_spotify.violations)
    fake_spotify.violations.clear()
    assert "no such operation" in noticed
    assert "unknown parameter 'colour'" in noticed
    assert "unknown field 'device_id'" in noticed


def test_an_answer_beyond_the_contract_is_noticed(
    fake_spotify: FakeSpotify, client: Client
) -> None:
    fake_spotify.add_device("Kitchen", volume=120)
    client("GET", "me/player/devices")
    assert "120 is greater than the maximum of 100" in fake_spotify.violations.pop()


def test_limits_name_their_end(fake_spotify: FakeSpotify, client: Client) -> None:
    fake_spotify.exhaust_quota(3600)
    refused = client("GET", "me")
    assert error(refused) == (429, "QUOTA_EXCEEDED")
    assert refused.headers["Retry-After"] == "3600"
    fake_spotify.advance(3600)
    assert client("GET", "me").status_code == 401
    client.tokens |= client.refresh().json()
    assert client("GET", "me").status_code == 200


def test_outages_and_lost_premium(fake_spotify: FakeSpotify, client: Client) -> None:
    fake_spotify.outage(502)
    assert client("GET", "me").status_code == 502
    assert client.refresh().status_code == 502
    fake_spotify.outage(0)
    with pytest.raises(requests.ConnectionError):
        client("GET", "me")
    fake_spotify.outage(None)
    fake_spotify.lose_premium()
    assert error(client("PUT", "me/player/pause")) == (403, "PREMIUM_REQUIRED")


def test_a_scope_that_was_not_granted_is_missing(fake_spotify: FakeSpotify) -> None:
    client = Client(fake_spotify, "user-read-playback-state")
    assert (
        client("PUT", "me/player/pause").json()["error"]["message"] == "Insufficient client scope"
    )
    client.session.close()


@pytest.mark.parametrize(
    ("order", "said"),
    [("expire_refresh", "Refresh token expired"), ("revoke", "Refresh token revoked")],
)
def test_a_sign_in_that_is_over_stays_over(
    fake_spotify: FakeSpotify, client: Client, order: str, said: str
) -> None:
    getattr(fake_spotify, order)()
    assert client("GET", "me").status_code == 401
    refused = client.refresh()
    assert refused.status_code == 400
    assert refused.json() == {"error": "invalid_grant", "error_description": said}


def test_six_months_after_the_consent_it_is_over(fake_spotify: FakeSpotify, client: Client) -> None:
    fake_spotify.advance(SIX_MONTHS - 10)
    client.tokens |= client.refresh().json()
    fake_spotify.advance(20)
    assert client.refresh().json()["error"] == "invalid_grant"


def sign_in_page(fake: FakeSpotify, verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return fake.address + "authorize?" + urlencode({
        "client_id": CLIENT, "response_type": "code", "redirect_uri": REDIRECT, "state": "xyz",
        "scope": SCOPES, "code_challenge_method": "S256",
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
    })  # fmt: skip


@pytest.mark.parametrize(("verifier", "status"), [("v" * 64, 200), ("w" * 64, 400)])
def test_a_code_is_worth_a_token_only_with_its_verifier(
    fake_spotify: FakeSpotify, verifier: str, status: int
) -> None:
    sent = fake_spotify.consent(sign_in_page(fake_spotify, "v" * 64))
    answer = parse_qs(urlsplit(sent).query)
    assert sent.startswith(REDIRECT)
    assert answer["state"] == ["xyz"]
    form = {
        "grant_type": "authorization_code", "code": answer["code"][0], "client_id": CLIENT,
        "redirect_uri": REDIRECT, "code_verifier": verifier,
    }  # fmt: skip
    given = requests.post(fake_spotify.address + "api/token", data=form, timeout=10)
    assert given.status_code == status
    again = requests.post(fake_spotify.address + "api/token", data=form, timeout=10)
    assert again.json()["error"] == "invalid_grant"


def test_every_request_is_in_the_log(fake_spotify: FakeSpotify, client: Client) -> None:
    fake_spotify.advance(5)
    client("GET", "me/player/devices")
    call = fake_spotify.asked("GET", "/me/player/devices")[-1]
    assert (call.status, call.at) == (200, fake_spotify.clock())
    client.refresh()
    assert len(fake_spotify.api_calls()) == 1
    assert len(fake_spotify.log) == 2
