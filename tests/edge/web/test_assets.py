from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from edge.settings import WebSettings
from edge.web.assets import JOINED, Assets, joined
from edge.web.page import STATIC

MODULES = {
    "app.js": 'import { box as it } from "./box.js";\nimport { html } from "./vendor/h.js";\n'
    'export const shown = () => [it, html, import("./late.js")];\n',
    "box.js": "export const box = {};\nconst mine = 1;\n",
    "late.js": 'import { box } from "./box.js";\nimport { more } from "./more.js";\n',
    "more.js": 'import { shown } from "./app.js";\nexport const more = shown;\n',
    "pair.js": 'import { box } from "./box.js";\n',
    "vendor/h.js": "export{x as html};",
}


@pytest.fixture(scope="module")
def assets() -> Assets:
    return Assets(STATIC)


def test_what_the_first_screen_imports_is_one_module_each_part_with_its_own_names() -> None:
    text = joined(MODULES)[JOINED]
    assert text.index("const $box = ") < text.index("const $app = ")
    assert "const { box: it } = $box;" in text
    assert 'import * as $vendor_h from "./vendor/h.js";' in text
    assert "export const { box } = $box;" in text
    assert "mine" in text
    assert not re.search(r"^import \{", text, re.MULTILINE)


def test_what_comes_later_takes_from_the_one_module_so_that_nothing_is_there_twice() -> None:
    later = {name: text for name, text in joined(MODULES).items() if name != JOINED}
    assert set(later) == {"late.js", "more.js"}  # pairing is another page
    assert 'import { box } from "./first.js";' in later["late.js"]
    assert 'import { more } from "./more.js";' in later["late.js"]
    assert 'import { shown } from "./first.js";' in later["more.js"]


def test_no_two_modules_of_the_first_screen_export_one_name(assets: Assets) -> None:
    text = assets._files[JOINED].body.decode()
    exported = [
        name
        for names in re.findall(r"^export const \{ (.*) \} = ", text, re.MULTILINE)
        for name in names.split(", ")
    ]
    assert len(exported) > 30
    assert [name for name, times in Counter(exported).items() if times > 1] == []


def test_every_module_imports_in_the_one_way_that_is_understood() -> None:
    way = r'import \{ .+ \} from "\./.+";|export (async function|function|const|class) \w+.*'
    for path in STATIC.glob("*.js"):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith(("import", "export")):
                assert re.fullmatch(way, line), f"{path.name}: {line}"


def test_a_file_is_kept_for_ever_under_its_version_and_asked_for_anew_without(paired: Any) -> None:
    page = paired.get("/").text.decode()
    (script,) = re.findall(r'<script type="module" src="(static/[0-9a-f]{16}/first.js)">', page)
    lasting = paired.get(f"/{script}")
    assert lasting.status == 200
    assert "immutable" in lasting.headers["cache-control"]
    assert paired.get("/static/icon.svg").headers["cache-control"] == "no-cache"


def test_a_page_from_before_an_update_still_gets_its_files_but_keeps_none(paired: Any) -> None:
    answer = paired.get(f"/static/{'0' * 16}/music.js")
    assert answer.status == 200
    assert answer.headers["cache-control"] == "no-cache"


def test_another_byte_in_any_file_is_another_address(tmp_path: Path, assets: Assets) -> None:
    for path in STATIC.rglob("*"):
        if path.is_file():
            copy = tmp_path / path.relative_to(STATIC)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
    assert Assets(tmp_path).version == assets.version
    (tmp_path / "care.js").write_text("// another\n" + (STATIC / "care.js").read_text("utf-8"))
    assert Assets(tmp_path).version != assets.version


def test_a_file_that_is_known_is_not_sent_again(paired: Any) -> None:
    tag = paired.get("/static/style.css").headers["etag"]
    again = paired.get("/static/style.css", **{"if-none-match": tag})
    assert (again.status, again.text) == (304, b"")


def test_files_are_sent_packed_to_who_understands_that(paired: Any) -> None:
    plain = paired.get("/static/style.css")
    packed = paired.get("/static/style.css", **{"accept-encoding": "gzip, br"})
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.text) == plain.text == (STATIC / "style.css").read_bytes()


def test_the_page_brings_what_it_would_ask_for_first(
    make_house: Callable[..., Any], stranger: Any
) -> None:
    house = make_house(WebSettings(host="127.0.0.1", port=0, guests=True))
    browser = type(stranger)(house.port)
    assert brought(browser)["about"]["guest"] is True
    browser.pair(house)
    told = brought(browser)
    assert told["about"] == json.loads(browser.get("/api/about").text)
    assert told["status"] == json.loads(browser.get("/api/status").text)
    assert told["hello"].keys() == {"now", "wall", "version"}


def test_no_song_can_end_the_script_that_its_title_stands_in(house: Any, paired: Any) -> None:
    house.show(why="</script><script>alert(1)</script>")
    assert b"<script>alert" not in paired.get("/").text
    assert brought(paired)["status"]["why"] == "</script><script>alert(1)</script>"


@pytest.mark.parametrize(
    ("wanted", "language"),
    [("de-DE,de;q=0.9,en;q=0.8", "de"), ("fr,en;q=0.8", "en"), ("fr", "en"), ("", "en")],
)
def test_the_words_of_the_browsers_language_are_fetched_at_once(
    paired: Any, wanted: str, language: str
) -> None:
    page = paired.get("/", **{"accept-language": wanted}).text.decode()
    assert re.findall(r"words/(\w+)\.js", page) == [language]


def brought(browser: Any) -> Any:
    (text,) = re.findall(
        rb'id="begun" type="application/json">(.*?)</script>', browser.get("/").text
    )
    return json.loads(text)
