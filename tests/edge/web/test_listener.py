from __future__ import annotations

import pytest

from edge.settings import WebSettings
from edge.web.listener import page_address


@pytest.mark.parametrize(
    ("web", "address"),
    [
        (WebSettings(), "http://den.local:8080/"),
        (WebSettings(host="::", port=80), "http://den.local:80/"),
        (WebSettings(host="192.168.1.9"), "http://192.168.1.9:8080/"),
        (WebSettings(host="fd00::9"), "http://[fd00::9]:8080/"),
        (WebSettings(host="box.lan"), "http://box.lan:8080/"),
        (WebSettings(enabled=False), ""),
    ],
)
def test_the_home_is_told_where_the_page_is(web: WebSettings, address: str) -> None:
    assert page_address(web, "den.home.arpa") == address
