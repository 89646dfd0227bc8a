"""Updates for real: signed, served, laid down by the real command; the daemon is a stand-in."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import socket
import ssl
import subprocess
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from fakes.releases import Box, Maker, Site

from edge.errors import MoodboxError
from edge.update.news import read
from edge.update.signed import SignedSource


def warned(box: Box) -> str:
    """What the daemon makes a problem of, which lasts, so that it is alerted."""
    told = read(box.folder)
    return told.warning if told else ""


def failed(box: Box, *words: str, **more: str) -> str:
    """Run an update that fails; it says one line, and the box is as it was."""
    before = box.runs()
    done = box.update(*words, **more)
    assert done.returncode == 1, done
    [line] = (done.stdout + done.stderr).splitlines()
    assert "Traceback" not in line
    assert box.runs() == before
    assert box.releases.good == box.releases.current
    return line


# What is kept.


def test_a_newer_release_is_installed_and_kept(maker: Maker, site: Site, box: Box) -> None:
    maker.publish("1.1.0")
    said = box.update("--json")
    assert json.loads(said.stdout)["state"] == "kept", said
    assert box.runs() == "1.1.0"
    assert box.restarts == 1
    assert box.releases.good == box.releases.current
    models = box.folder / "current" / "models"
    assert sorted(path.name for path in models.iterdir()) == ["emotion.json", "emotion.tflite"]
    assert box.releases.complete("aaaaaaaaaaaa"), "the one before stays"
    assert "is the newest" in box.update().stdout
    assert box.restarts == 1


def test_only_what_changed_is_downloaded_and_only_two_releases_stay(
    maker: Maker, site: Site, box: Box
) -> None:
    maker.publish("1.1.0", model="v1")
    box.update()
    maker.publish("1.2.0", model="v2")
    site.asked.clear()
    assert box.update().returncode == 0
    assert box.runs() == "1.2.0"
    targets = [path.partition(".")[2] for path in site.asked if "/targets/" in path]
    assert sorted(targets) == [
        "emotion.json",
        "emotion.tflite",
        "moodbox-1.2.0-py3-none-any.whl",
        "release.json",
    ]
    maker.publish("1.3.0", model="v2")
    site.asked.clear()
    assert box.update().returncode == 0
    assert not [path for path in site.asked if "emotion" in path]
    versions = {
        path.name: box.releases.version(path.name) for path in box.releases.path("").iterdir()
    }
    assert sorted(versions.values()) == ["1.2.0", "1.3.0"]
    cached = [path.name for path in (box.folder / "cache" / "wheels").iterdir()]
    assert cached == ["moodbox-1.3.0-py3-none-any.whl"]


def test_check_only_says_what_there_is(maker: Maker, site: Site, box: Box) -> None:
    maker.publish("1.1.0")
    assert box.update("--check").stdout == "1.1.0 can be installed; 1.0.0 runs\n"
    assert box.runs() == "1.0.0"
    assert box.restarts == 0


def test_what_changed_reaches_the_box_with_the_release_and_stays_once_it_runs(
    maker: Maker, site: Site, box: Box
) -> None:
    maker.publish("1.1.0", notes=("A lamp.", "Words."))
    box.update("--check")
    found = read(box.folder)
    assert found is not None
    assert (found.latest, found.notes) == ("1.1.0", ("A lamp.", "Words."))
    assert box.update().returncode == 0
    assert "is the newest" in box.update().stdout
    found = read(box.folder)
    assert found is not None
    assert (found.latest, found.notes) == ("1.1.0", ("A lamp.", "Words."))


def test_over_tls_with_an_authority_that_the_box_trusts(tmp_path: Path, maker: Maker) -> None:
    maker.publish("1.1.0")
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
         "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    (tmp_path / "opt").mkdir()
    with Site(maker.site, tls) as site:
        box = Box(tmp_path / "opt", site.address, maker.keys / "root.json")
        assert "certificate" in failed(box)
        assert box.update(SSL_CERT_FILE=str(certificate)).returncode == 0
    assert box.runs() == "1.1.0"


# What is not kept.


def test_a_release_whose_daemon_fails_goes_back_and_is_not_tried_again(
    maker: Maker, site: Site, box: Box
) -> None:
    maker.publish("1.1.0", "broken")
    assert failed(box) == "1.1.0 was not kept: the daemon does not run; 1.0.0 runs again"
    assert warned(box) == "1.1.0 was not kept: the daemon does not run; 1.0.0 runs again"
    assert box.restarts == 2
    assert [path.name for path in box.releases.path("").iterdir()] == ["aaaaaaaaaaaa"]
    again = box.update()
    assert again.returncode == 0
    assert "1.1.0 is not tried again: the daemon does not run" in again.stdout
    assert warned(box) == again.stdout.strip()
    assert box.restarts == 2
    assert "was not kept" in failed(box, "--retry")
    maker.publish("1.2.0")
    assert box.update().returncode == 0
    assert box.runs() == "1.2.0"
    assert warned(box) == ""


@pytest.mark.parametrize(
    ("kind", "reason"), [("unfit", "its card says otherwise"), ("choosy", "no such setting")]
)
def test_a_release_that_says_it_does_not_fit_never_runs(
    maker: Maker, site: Site, box: Box, kind: str, reason: str
) -> None:
    maker.publish("1.1.0", kind)
    line = failed(box)
    assert line.startswith("moodbox: 1.1.0 does not fit this box: ")
    assert reason in line
    assert f"moodbox: {warned(box)}" == line
    assert box.restarts == 0
    assert "not tried again" in box.update().stdout


def test_an_older_release_than_what_ansible_laid_down_is_left_alone(
    maker: Maker, site: Site, box: Box
) -> None:
    maker.publish("0.9")
    assert "1.0.0 is the newest release" in box.update().stdout
    assert box.runs() == "1.0.0"


# Whom nobody believes.


@pytest.mark.parametrize("name", ["release.json", ".whl", "emotion.tflite"])
def test_a_file_that_was_tampered_with(maker: Maker, site: Site, box: Box, name: str) -> None:
    maker.publish("1.1.0")
    site.trouble = name
    assert "a file is not what was signed" in failed(box)
    assert box.restarts == 0


@pytest.mark.parametrize("name", ["timestamp.json", "snapshot.json", "targets.json"])
def test_a_list_that_was_tampered_with(maker: Maker, site: Site, box: Box, name: str) -> None:
    maker.publish("1.1.0")
    site.trouble = name
    assert failed(box).endswith("nothing was changed")


def test_a_list_signed_by_a_stranger(tmp_path: Path, maker: Maker, site: Site, box: Box) -> None:
    maker.publish("1.1.0")
    (tmp_path / "stranger").mkdir()
    stranger = Maker(tmp_path / "stranger")
    stranger.publish("1.2.0")
    site.folder = stranger.site
    assert "not signed by whom this box trusts" in failed(box)
    assert "not signed by whom this box trusts" in warned(box)
    site.folder = maker.site
    assert box.update().returncode == 0
    assert warned(box) == ""


def test_a_list_that_has_expired(maker: Maker, site: Site, box: Box) -> None:
    maker.publish("1.1.0", late=timedelta(days=31))
    assert "its list of releases has expired" in failed(box)


def test_a_list_that_was_rolled_back(tmp_path: Path, maker: Maker, site: Site, box: Box) -> None:
    maker.publish("1.1.0", "broken")
    shutil.copytree(maker.site, tmp_path / "yesterday")
    maker.publish("1.2.0")
    assert box.update().returncode == 0
    site.folder = tmp_path / "yesterday"
    assert "it offers an older list than before" in failed(box)


def test_parts_of_two_lists(tmp_path: Path, maker: Maker, site: Site, box: Box) -> None:
    maker.publish("1.1.0")
    (tmp_path / "other").mkdir()
    shutil.copytree(maker.keys, tmp_path / "keys-too")
    shutil.copytree(maker.site, tmp_path / "mixed")
    maker.publish("1.2.0")
    shutil.copy(maker.site / "metadata" / "timestamp.json", tmp_path / "mixed" / "metadata")
    site.folder = tmp_path / "mixed"
    assert failed(box).endswith("nothing was changed")


# Servers.


def test_a_server_that_is_not_there(maker: Maker, site: Site, box: Box) -> None:
    site.close()
    line = failed(box)
    assert "the server does not answer" in line
    assert line.endswith("nothing was changed")


def test_a_server_that_cuts_connections(maker: Maker, site: Site, box: Box) -> None:
    site.trouble = "vanish"
    assert failed(box).endswith("nothing was changed")


def test_a_folder_that_is_empty(maker: Maker, site: Site, box: Box) -> None:
    assert "404" in failed(box)


HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n"


@pytest.mark.parametrize(
    ("sent", "cut"), [(b"", False), (HEAD + b"{", False), (b"", True), (HEAD + b"{", True)]
)
def test_a_server_that_falls_silent_or_vanishes_in_the_middle(
    tmp_path: Path, maker: Maker, sent: bytes, cut: bool
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        held = []

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    client, _ = server.accept()
                    client.recv(4096)
                    client.sendall(sent)
                    held.append(client)
                    if cut:
                        client.close()

        threading.Thread(target=serve, daemon=True).start()
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
        source = SignedSource(address, maker.keys / "root.json", tmp_path, patience=1)
        with pytest.raises(MoodboxError, match=r"nothing was changed$") as caught:
            source.offers()
        server.shutdown(socket.SHUT_RDWR)
        for client in held:
            client.close()
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "cache").exists()


# The box itself.


def test_two_updates_at_once(maker: Maker, site: Site, box: Box) -> None:
    descriptor = os.open(box.folder, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        assert "another update is at work" in failed(box)
    finally:
        os.close(descriptor)


def test_no_address_means_no_updates(maker: Maker, site: Site, box: Box) -> None:
    box.settings.write_text(f'[update]\nfolder = "{box.folder}"\n')
    assert "the settings name no [update] address" in failed(box)


def test_no_root_of_trust(maker: Maker, site: Site, box: Box) -> None:
    (maker.keys / "root.json").rename(maker.keys / "away.json")
    assert "no root of trust" in failed(box)
