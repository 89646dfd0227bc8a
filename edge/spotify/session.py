"""The HTTP session to a service: it goes nowhere else, never retries, and never waits for ever.

spotipy's own session sleeps for hours on a Retry-After, repeats a POST, turns a 503 into a 429 and
loses the headers; so every answer is judged here, before spotipy sees it.
"""

from __future__ import annotations

import io
import time
from typing import Any

import requests
import urllib3
from requests.adapters import HTTPAdapter

from edge.errors import Fault, Offline, Unreachable
from edge.spotify.refusal import Refusal, is_json

TIMEOUT = (4.0, 8.0)
"""Seconds to connect, and between two bytes of an answer."""
WITHIN = 20.0
"""Seconds for a whole answer, however steadily it drips."""
LARGEST = 8 * 2**20
"""Bytes of an answer; fifty songs with all their covers are a tenth of one."""
CHUNK = 64 * 1024


class Session(requests.Session):
    """A session that only speaks to the addresses it was made for."""

    def __init__(self, *addresses: str) -> None:
        """Speak to what begins with one of `addresses`, each ending in a slash, and nobody else.

        A token so never follows a redirect or the `next` of a page to another host; and neither
        a .netrc nor a proxy of the environment gets in between.
        """
        super().__init__()
        self.timeout, self.within = TIMEOUT, WITHIN
        self.trust_env = False
        self.adapters.clear()
        for address in addresses:
            self.mount(address, HTTPAdapter(max_retries=0))

    def request(  # type: ignore[override]
        self, method: str, url: str, **more: Any
    ) -> requests.Response:
        """Return a successful answer.

        Raises:
            Refusal: the answer is no success.
            Fault: there was no answer, or none that could be from Spotify; Offline: nobody was
                asked.
        """
        more |= {"allow_redirects": False, "timeout": self.timeout, "stream": True}
        host = url.partition("://")[2].partition("/")[0]
        try:
            response = super().request(method, url, **more)
            _read(response, host, time.monotonic() + self.within)
        except requests.exceptions.InvalidSchema as error:
            raise Fault(f"Spotify pointed to another host, {host}: not followed") from error
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            what = "does not answer in time" if _late(error) else "cannot be reached"
            kind = Offline if _never_there(error) else Unreachable
            raise kind(f"{host} {what}: check the network") from error
        if not 200 <= response.status_code < 300:
            raise Refusal(response)
        if not is_json(response) and response.content and method == "GET":
            raise Unreachable(
                f"{host} gave no answer of Spotify's: does this network need a log-in?"
            )
        return response


def _read(response: requests.Response, host: str, until: float) -> None:
    """Read the body, of a bounded length and until a monotonic time."""
    body, wrong = io.BytesIO(), ""
    while not wrong and (chunk := response.raw.read1(CHUNK, decode_content=True)):
        body.write(chunk)
        if body.tell() > LARGEST:
            wrong = f"answers with more than {LARGEST >> 20} MiB: not read"
        elif time.monotonic() > until:
            wrong = "does not come to an end of its answer: check the network"
    if wrong:
        response.raw.close()  # else the next question would read what is left of this answer
        raise Fault(f"{host} {wrong}")
    body.seek(0)
    response.raw = body


def _late(error: Exception) -> bool:
    return isinstance(error, requests.Timeout | urllib3.exceptions.TimeoutError)


def _never_there(error: Exception) -> bool:
    """Whether no connection came about, as where the name of the host is not known."""
    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, urllib3.exceptions.MaxRetryError) else None
    made_none = urllib3.exceptions.NewConnectionError | urllib3.exceptions.ConnectTimeoutError
    return isinstance(reason, made_none)
