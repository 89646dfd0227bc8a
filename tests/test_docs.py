"""What the papers name is there: files, tests, words of the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

DOCS = [
    "architecture",
    "glossary",
    "owner",
    "installer",
    "image",
    "fleet",
    "model",
    "libraries",
    "music",
    "home-assistant",
    "privacy",
    "security",
    "speaker",
    "training",
    "detector-on-coral",
]
PAPERS = [
    "CONTRIBUTING.md",
    "README.md",
    "SECURITY.md",
    "ansible/README.md",
    *(f"docs/{it}.md" for it in DOCS),
]
FILE = re.compile(r"`((?:edge|convert|tests|docs|systemd|ansible|models)/[\w./-]*)`")
LINK = re.compile(r"\]\(([^)#]+)(?:#[^)]*)?\)")
TEST = re.compile(r"`([\w/]+\.py)::(test_\w+)`")
WORD = re.compile(r"((?:`\w+`(?:, )?)+) in ([\w/]+\.py)")


def text(root: Path, paper: str) -> str:
    return (root / paper).read_text(encoding="utf-8")


@pytest.mark.parametrize("paper", PAPERS)
def test_every_file_that_a_paper_names_is_there(root: Path, paper: str) -> None:
    written = text(root, paper)
    links = [it for it in LINK.findall(written) if "://" not in it]
    missing = [it for it in FILE.findall(written) if not (root / it).exists()]
    missing += [it for it in links if not (root / paper).parent.joinpath(it).exists()]
    assert not missing


def test_every_word_of_the_glossary_is_in_the_code_where_it_says(root: Path) -> None:
    found = WORD.findall(text(root, "docs/glossary.md"))
    assert len(found) > 20
    for words, file in found:
        code = (root / file).read_text(encoding="utf-8")
        for word in re.findall(r"`(\w+)`", words):
            assert re.search(rf"\b{word}\b", code), f"{word} in {file}"


@pytest.mark.parametrize(
    ("paper", "heading", "least"),
    [
        ("architecture", "## Faults", 15),
        ("music", "## What was", 40),
        ("security", "## What a bad device", 15),
    ],
)
def test_every_row_of_a_table_of_tests_has_one_that_exists(
    root: Path, paper: str, heading: str, least: int
) -> None:
    table = text(root, f"docs/{paper}.md").partition(heading)[2].partition("\n## ")[0]
    rows = [row for row in table.splitlines() if row.startswith("|")][2:]
    assert len(rows) >= least
    for row in rows:
        named = TEST.findall(row)
        assert named, row
        for file, test in named:
            assert f"def {test}(" in (root / "tests" / file).read_text(encoding="utf-8"), test


def test_every_provision_of_etsi_has_a_test_that_exists(root: Path) -> None:
    table = text(root, "docs/security.md").partition("## ETSI")[2]
    rows = [row.split("|")[1:-1] for row in table.splitlines() if row.startswith("| ")][1:]
    assert [row[0].split()[0] for row in rows] == [*(f"5.{n}" for n in range(1, 14)), "6"]
    scripts = {path.stem.replace("_", "-") for path in (root / "tests" / "tools").glob("test_*.sh")}
    for row in rows:
        named = re.findall(r"[\w/.-]+", row[-1].partition(";")[0])
        assert named, row
        assert [
            it for it in named if it not in scripts and not (root / "tests" / it).exists()
        ] == []


def test_who_reports_a_weakness_is_told_where_and_when_an_answer_comes(root: Path) -> None:
    report = " ".join(text(root, "SECURITY.md").split())
    for words in ("Report a weakness privately", "acknowledgement within 7 days", "within 30 days"):
        assert words in report
