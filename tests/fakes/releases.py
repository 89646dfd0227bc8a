"""Releases small enough to publish by the hundred, a web server for them, and a box to update."""

from __future__ import annotations

import hashlib
import json
import os
import ssl
import subprocess
import sys
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from fakes.http import Answer, Request, Served
from msgspec.structs import replace

from convert import trust
from convert.publish import gather
from convert.repository import Repository
from edge.settings import Channel
from edge.update.releases import Releases

PROGRAM = """
import sys

def main():
    '''What moodbox answers to the questions of an update, and to systemd.'''
    kind = {kind!r}
    if kind == "unfit" and sys.argv[1] == "check":
        sys.exit("model: its card says otherwise")
    if kind == "choosy" and sys.argv[1] == "config":
        sys.exit("moodbox.toml: no such setting")
    if kind == "broken" and sys.argv[1] == "run":
        sys.exit(1)
    print({version!r})
"""

SYSTEMCTL = """#!/bin/sh
# Stands in for systemctl: the daemon is `moodbox run` of what is current, and says how it is.
box='{box}'
if [ "$1" = restart ]; then
    echo restart >> "$box/restarts"
    if "$box/current/bin/moodbox" run; then state=active; else state=failed; fi
    echo "ActiveState=$state" > "$box/state"
else
    cat "$box/state" 2>/dev/null || echo ActiveState=active
    echo NRestarts=0
fi
"""


def wheel(folder: Path, version: str, kind: str = "good", name: str = "moodbox") -> Path:
    """A wheel that behaves as `kind` says: good, broken, unfit or choosy."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}-{version}-py3-none-any.whl"
    info = f"{name}-{version}.dist-info"
    written = {
        "stand_in.py": PROGRAM.format(kind=kind, version=version),
        f"{info}/METADATA": f"Metadata-Version: 2.4\nName: {name}\nVersion: {version}\n"
        "License-Expression: Apache-2.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\n"
        "Tag: py3-none-any\n",
        f"{info}/entry_points.txt": "[console_scripts]\nmoodbox = stand_in:main\n",
    }
    written |= {f"library/part{n}.py": f"NUMBER = {n}\n" for n in range(40)}
    written[f"{info}/RECORD"] = "".join(f"{path},,\n" for path in [*written, f"{info}/RECORD"])
    with zipfile.ZipFile(path, "w") as archive:
        for file, text in written.items():
            archive.writestr(file, text)
    return path


class Maker:
    """Publishes into `site`, as moodbox-convert does."""

    def __init__(self, folder: Path, *, now: datetime | None = None) -> None:
        self.now = now or datetime.now(UTC)
        self.site, self.keys, self.folder = folder / "site", folder / "keys", folder
        trust.make(self.keys, self.now)

    def publish(
        self, version: str, kind: str = "good", *,
        model: str = "v1", late: timedelta | None = None, share: float = 1.0,
        channel: Channel = "stable", notes: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        """Publish a release for a share of a channel's boxes; `late` ago, where that is given."""
        wheels, models = self.folder / f"wheels-{version}", self.folder / f"models-{version}"
        wheel(wheels, version, kind)
        models.mkdir(exist_ok=True)
        (models / "emotion.json").write_text(json.dumps({"model": model}))
        (models / "emotion.tflite").write_text(model)
        now = self.now - (late or timedelta())
        release, contents = gather(wheels, models, version, now)
        release = replace(release, share=share, notes=notes)
        Repository(self.site, self.keys, now).publish(release, contents, channel)


def lay(folder: Path, version: str, kind: str = "good", *, model: str = "v1") -> Path:
    """A folder for `moodbox update --from`, as Ansible lays it down."""
    path = wheel(folder / "wheels", version, kind)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    (folder / "requirements.txt").write_text(f"moodbox=={version} --hash=sha256:{digest}\n")
    (folder / "models").mkdir(exist_ok=True)
    (folder / "models" / "emotion.json").write_text(json.dumps({"model": model}))
    (folder / "models" / "emotion.tflite").write_text(model)
    return folder


class Site(Served):
    """Serves a folder. It can hang, cut connections, or answer with files of another time."""

    def __init__(self, folder: Path, tls: ssl.SSLContext | None = None) -> None:
        super().__init__()
        self.folder = folder
        self.asked: list[str] = []
        self.trouble = ""
        """hang, vanish (cuts connections), or part of the name of a file that is tampered with."""
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
            self.address = self.address.replace("http://127.0.0.1", "https://localhost")

    def answer(self, request: Request) -> Answer | None:
        self.asked.append(request.path)
        path = self.folder / request.path.lstrip("/")
        if self.trouble == "hang":
            self.closing.wait(30)
        if self.trouble in ("hang", "vanish"):
            return None
        if not path.is_file():
            return Answer(404)
        content = path.read_bytes()
        if self.trouble and self.trouble in path.name:
            content = content[:-3] + b"xxx"
        return Answer(200, content, {"Content-Type": "application/octet-stream"})


class Box:
    """A folder as ansible leaves it, release 1.0.0 in it, and what runs an update for real."""

    def __init__(self, folder: Path, address: str, root: Path) -> None:
        self.folder = folder
        self.releases = Releases(folder)
        first = self.releases.path("aaaaaaaaaaaa")
        (first / "bin").mkdir(parents=True)
        program = first / "bin" / "moodbox"
        program.write_text("#!/bin/sh\necho 1.0.0\n")
        program.chmod(0o755)
        (first / "release.json").write_text('{"version": "1.0.0", "wheels": [], "models": []}')
        (first / "complete").touch()
        (folder / "current").symlink_to(first)
        self.programs = folder / "programs"
        self.programs.mkdir()
        systemctl = self.programs / "systemctl"
        systemctl.write_text(SYSTEMCTL.format(box=folder))
        systemctl.chmod(0o755)
        self.settings = folder / "moodbox.toml"
        self.settings.write_text(
            f'[box]\nruntime = "{folder}"\n[update]\naddress = "{address}"\n'
            f'root = "{root}"\nfolder = "{folder}"\nwatch = 0\n'
        )

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "edge", "update", "--config", str(self.settings), *words]

    @property
    def environment(self) -> dict[str, str]:
        plain = {k: v for k, v in os.environ.items() if not k.upper().endswith("_PROXY")}
        return plain | {"PATH": f"{self.programs}:{os.environ['PATH']}"}

    def update(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*words), env=self.environment | more,
            capture_output=True, text=True, timeout=110, check=False,
        )  # fmt: skip

    def runs(self) -> str:
        """The version that current answers with; the release must be whole."""
        assert (self.folder / "current" / "complete").exists()
        program = self.folder / "current" / "bin" / "moodbox"
        return subprocess.run(
            [program, "version"], capture_output=True, text=True, check=True
        ).stdout.strip()

    @property
    def restarts(self) -> int:
        path = self.folder / "restarts"
        return len(path.read_text().splitlines()) if path.exists() else 0
