from __future__ import annotations

import pytest

from edge.settings import Web
from edge.web.listener import page_address


@pytest.mark.parametrize(
    ("web", "address"),
    [
        (Web(), "http://den.local:8080/"),
        (Web(host="::", port=80), "http://den.local:80/"),
        (Web(host="192.168.1.9"), "http://192.168.1.9:8080/"),
        (Web(host="fd00::9"), "http://[fd00::9]:8080/"),
        (Web(host="box.lan"), "http://box.lan:8080/"),
        (Web(enabled=False), ""),
    ],
)
def test_the_home_is_told_where_the_page_is(web: Web, address: str) -> None:
    assert page_address(web, "den.home.arpa") == address
