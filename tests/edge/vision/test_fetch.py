from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes.releases import Site

from edge.errors import ModelError
from edge.vision.card import artefact
from edge.vision.fetch import TIMEOUT, attempt, fetch

NETWORK = b"a face detector" * 1000


@pytest.fixture
def served(tmp_path: Path) -> Path:
    folder = tmp_path / "served"
    folder.mkdir()
    (folder / "network.onnx").write_bytes(NETWORK)
    return folder


@pytest.fixture
def url(served: Path) -> Iterator[str]:
    with Site(served) as site:
        yield f"{site.address}network.onnx"


def test_the_file_is_put_into_the_folder(served: Path, url: str, tmp_path: Path) -> None:
    wanted = artefact(served / "network.onnx")
    path = fetch(tmp_path / "models" / "deep", url, wanted)
    assert path.read_bytes() == NETWORK
    assert path.stat().st_mode & 0o777 == 0o644
    assert [file.name for file in path.parent.iterdir()] == ["network.onnx"]


def test_a_file_that_is_there_is_not_downloaded_again(served: Path, tmp_path: Path) -> None:
    there = served / "network.onnx"
    assert fetch(served, "http://127.0.0.1:9/nothing", artefact(there)) == there


@pytest.mark.parametrize("content", [NETWORK[:-1], NETWORK + b"x", b"", b"version https://git-lfs"])
def test_a_wrong_file_is_refused_in_one_line_and_changes_nothing(
    served: Path, url: str, tmp_path: Path, content: bytes
) -> None:
    wanted = artefact(served / "network.onnx")
    (served / "network.onnx").write_bytes(content)
    models = tmp_path / "models"
    models.mkdir()
    (models / "network.onnx").write_bytes(b"old")
    with pytest.raises(ModelError, match="not the file that is wanted") as caught:
        fetch(models, url, wanted)
    assert "\n" not in str(caught.value)
    assert (models / "network.onnx").read_bytes() == b"old"
    assert len(list(models.iterdir())) == 1


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:9/x", "{url}.missing", "no address", "http://[", "ftp:x"]
)
def test_an_address_that_leads_nowhere_is_one_line(
    served: Path, url: str, tmp_path: Path, address: str
) -> None:
    with pytest.raises(ModelError, match="cannot be downloaded") as caught:
        fetch(tmp_path / "models", address.format(url=url), artefact(served / "network.onnx"))
    assert "\n" not in str(caught.value)


def test_a_folder_that_cannot_be_written_is_one_line(served: Path, url: str) -> None:
    with pytest.raises(ModelError, match="cannot be written"):
        fetch(Path("/proc/models"), url, artefact(served / "network.onnx"))


def test_an_attempt_gets_the_file(served: Path, url: str, tmp_path: Path) -> None:
    wanted = artefact(served / "network.onnx")
    attempt(tmp_path / "models", url, wanted, patience=30.0)
    assert (tmp_path / "models" / "network.onnx").read_bytes() == NETWORK


def test_an_attempt_without_a_network_is_quick_and_silent(
    served: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """One server refuses; the other takes the call and says nothing."""
    wanted = artefact(served / "network.onnx")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = time.monotonic()
        for port in (9, silent.getsockname()[1]):
            attempt(tmp_path / "models", f"http://127.0.0.1:{port}/x", wanted, patience=0.5)
        assert time.monotonic() - began < TIMEOUT / 2
    assert capfd.readouterr() == ("", "")
    assert not (tmp_path / "models").exists()
