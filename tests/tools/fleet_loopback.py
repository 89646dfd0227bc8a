"""Three boxes and a server learn together, over Flower's own programs on loopback.

Started by tests/tools/test_fleet.sh, with the folder of the programs of an environment that has
convert/fleet/app. Each SuperNode is started as its unit does it: its daemon's file lies in
$CREDENTIALS_DIRECTORY. With hardly any noise the server's result has to be the mean of what the
boxes' files hold, one of which is for another model and counts as nothing.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

import numpy as np
from waiting import wait_for

from edge.personal import share

APP = Path(__file__).parents[2] / "convert" / "fleet" / "app"
MODEL = "0123456789ab"
WITHIN = 300.0
"""Seconds that each step may take."""


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def answers(address: str) -> bool:
    """Tell whether a server is there."""
    try:
        with urllib.request.urlopen(f"http://{address}/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def main(programs: Path) -> None:
    """Run one round; fail with what is wrong."""
    rng = np.random.default_rng(0)
    updates = [rng.normal(size=(7, 193)) for _ in range(3)]
    updates = [it * share.NORM / np.linalg.norm(it) for it in updates]
    updates[1] *= 5  # does not clip: the server does
    started: list[subprocess.Popen[bytes]] = []
    with tempfile.TemporaryDirectory() as folder:
        quiet = {"FLWR_TELEMETRY_ENABLED": "0", "FLWR_DISABLE_UPDATE_CHECK": "1"}
        path = f"{programs}:{os.environ['PATH']}"
        env = os.environ | quiet | {"FLWR_HOME": f"{folder}/flwr", "PATH": path}
        server = f"127.0.0.1:{free_port()}"

        def start(*command: str, **more: str) -> None:
            with Path(folder, "log").open("ab") as log:
                made = subprocess.Popen(command, env=env | more, stdout=log, stderr=log)
            started.append(made)

        try:
            host, port = server.split(":")
            start(
                *("flower-superlink", "--insecure", "--disable-runtime-dependency-installation"),
                *("--host", host, "--port", port),
            )
            wait_for("SuperLink", lambda: answers(server), WITHIN)
            for number, update in enumerate(updates):
                box = Path(folder, f"box{number}")
                box.mkdir()
                model = MODEL if number else "another one"
                (box / "update").write_bytes(share.packed(update, model))
                start(
                    *("flower-supernode", "--insecure", "--superlink", server),
                    *("--host", host, "--port", str(free_port())),
                    CREDENTIALS_DIRECTORY=str(box),
                )
            settings = Path(folder, "flwr", "config.toml")
            settings.parent.mkdir(exist_ok=True)
            settings.write_text(f'[superlink.here]\naddress = "{server}"\ninsecure = true\n')
            out = Path(folder, "mean.npz")
            asked = f'boxes=3 epsilon=1e7 model="{MODEL}" out="{out}"'
            subprocess.run(
                ["flwr", "run", str(APP), "here", "--run-config", asked], check=True, env=env
            )
            wait_for("result", out.exists, WITHIN)
            with np.load(out, allow_pickle=False) as file:
                mean = file["mean"]
            updates[1] /= 5
            np.testing.assert_allclose(mean, (updates[1] + updates[2]) / 3, atol=0.01)
            print("three boxes learnt together, and the server kept the mean of two updates")
        except BaseException:
            print(Path(folder, "log").read_text(errors="replace")[-8000:], file=sys.stderr)
            raise
        finally:
            for one in reversed(started):
                one.terminate()
            for one in started:
                one.wait(30)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
