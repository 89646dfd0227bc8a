"""An answer of a service that is no success, and what it says.

Apart from the session, so that what only has to know one does not import an HTTP client.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.errors import Fault

if TYPE_CHECKING:
    import requests


class Refusal(Exception):
    """An answer that is not a success, with what it says."""

    def __init__(self, response: requests.Response) -> None:
        """Take apart an answer of the Web API or of the accounts service."""
        self.status = response.status_code
        self.message, self.reason = _said(response)
        self.retry_after = _seconds(response.headers.get("Retry-After", ""))
        super().__init__(f"{self.status} {self.reason} {self.message}".strip())


def is_json(response: requests.Response) -> bool:
    """Return whether it can be read as JSON; raise Fault where that is nested too deep."""
    try:
        response.json()
    except ValueError:
        return False
    except RecursionError as error:
        raise Fault("an answer is nested too deep to be one") from error
    return True


def _said(response: requests.Response) -> tuple[str, str]:
    """Return message and reason; of the accounts service, the description and the error."""
    body = response.json() if is_json(response) else None
    error = body.get("error") if isinstance(body, dict) else None
    if isinstance(error, dict):
        return str(error.get("message") or ""), str(error.get("reason") or "")
    description = body.get("error_description") if isinstance(body, dict) else None
    return str(description or ""), str(error or "")


def _seconds(header: str) -> float | None:
    return float(header) if header.isascii() and header.isdigit() else None
