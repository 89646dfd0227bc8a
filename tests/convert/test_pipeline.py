"""The pipeline that DVC runs: what is broken stops it, and leaves what was good."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import msgspec
import numpy as np
import pytest
import yaml
from fakes.alerts import Receiver

from convert.__main__ import main
from convert.data.anomalies import complaints
from convert.data.report import Part, Report
from convert.dataset import LABELS

pytest.importorskip("dvc", reason="needs DVC, which only who trains has")


class Pipeline:
    """A repository of its own, with the project's pipeline and a small set of faces."""

    def __init__(self, root: Path, folder: Path) -> None:
        self.folder = folder
        self.params = yaml.safe_load((root / "params.yaml").read_text())
        shutil.copy(root / "dvc.yaml", folder)
        (folder / "data").mkdir()
        self.set("data", source="data/faces.npz", workers=1, least_faces=1)
        self.run("git", "init", "--quiet")
        self.dvc("init", "--quiet")

    def set(self, table: str, **values: object) -> None:
        """Change what the pipeline is told."""
        self.params[table] |= values
        (self.folder / "params.yaml").write_text(yaml.safe_dump(self.params))

    def faces(self, seed: int, emotions: int = len(LABELS)) -> None:
        """Write faces of the first so many emotions, thirty of each."""
        rng = np.random.default_rng(seed)
        label = np.tile(np.arange(emotions), 30)
        images = rng.integers(0, 255, (len(label), 48, 48), dtype=np.uint8)
        usage = np.repeat(["Training", "PublicTest", "PrivateTest"], len(label) // 3)
        np.savez(self.folder / "data" / "faces.npz", images=images, label=label, usage=usage)

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a program there."""
        tools = Path(sys.executable).parent
        named = {
            f"GIT_{who}_{what}": "a@b"
            for who in ("AUTHOR", "COMMITTER")
            for what in ("NAME", "EMAIL")
        }
        quiet = {"DVC_NO_ANALYTICS": "1", "TF_CPP_MIN_LOG_LEVEL": "2"}
        path = {"PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"}
        return subprocess.run(
            words,
            cwd=self.folder,
            env=os.environ | named | quiet | path,
            capture_output=True,
            text=True,
            check=False,
        )

    def dvc(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run DVC there."""
        return self.run(sys.executable, "-m", "dvc", *words)

    def commit(self, words: str) -> None:
        """Make a version of what is there."""
        self.run("git", "add", "--all")
        assert self.run("git", "commit", "--quiet", "--message", words).returncode == 0


@pytest.fixture
def pipeline(root: Path, tmp_path: Path) -> Pipeline:
    return Pipeline(root, tmp_path)


@pytest.mark.timeout(600)
def test_what_may_not_be_trained_on_stops_the_pipeline_and_leaves_what_was_good(
    pipeline: Pipeline,
) -> None:
    pipeline.faces(seed=1)
    done = pipeline.dvc("repro", "anomalies")
    assert done.returncode == 0, done.stderr + done.stdout
    cost = json.loads((pipeline.folder / "build/stages/data.json").read_text())
    assert cost["cpu_seconds"] > 0
    assert 10 < cost["peak_mib"] < 10_000
    pipeline.commit("the first version")

    pipeline.faces(seed=2, emotions=5)
    good = pipeline.folder / "build" / "models"
    good.mkdir()
    (good / "emotion.tflite").write_bytes(b"good")
    stopped = pipeline.dvc("repro", "train")
    assert stopped.returncode != 0
    said = stopped.stdout + stopped.stderr
    assert "not to be trained on: train has 0 faces labelled surprise, 1 are needed" in said
    assert "Traceback" not in said
    assert not (pipeline.folder / "build" / "run").exists()
    assert (good / "emotion.tflite").read_bytes() == b"good"

    differs = pipeline.dvc("metrics", "diff", "--json", "HEAD")
    rows = json.loads(differs.stdout)["build/data.json"]
    assert rows["rows_read"] == {"old": 210, "new": 150, "diff": -60}


def test_the_pipeline_has_every_step_and_each_leads_to_the_next(root: Path) -> None:
    stages = yaml.safe_load((root / "dvc.yaml").read_text())["stages"]
    steps = "data anomalies framing train quantize check release mood evaluate songs"
    assert list(stages) == steps.split()
    made: dict[str, str] = {}
    for name, stage in stages.items():
        for out in [*stage.get("outs", []), *stage.get("metrics", [])]:
            made[out if isinstance(out, str) else next(iter(out))] = name
    led = {name: {made.get(dep) for dep in stage["deps"]} for name, stage in stages.items()}
    assert led["train"] == {"data", "anomalies"}
    assert led["release"] == {"data", "framing", "train", "check"}
    assert led["evaluate"] == {"data", "mood"}
    for stage in stages.values():
        for dep in stage["deps"]:
            assert dep in made or dep.startswith("${"), dep


def a_report(rows: int, agreement: float) -> Report:
    part = Part(rows, rows, dict.fromkeys(LABELS, rows // 7), {}, 0)
    return Report({}, 1000, {"train": part}, agreement, 0, 0, [], {}, 0.0, 0.0)


@pytest.mark.parametrize(
    ("report", "said"),
    [
        (a_report(700, 0.6), ["30% of the rows were dropped, allowed 20%"]),
        (a_report(900, 0.4), ["label and majority agree on 40% of the rows, needed 50%"]),
        (a_report(900, 0.6), []),
    ],
)
def test_anomalies_are_said_with_their_bounds(report: Report, said: list[str]) -> None:
    found = complaints(report, least_faces=5, most_dropped=0.2, least_agreement=0.5)
    assert list(found) == said


def test_an_anomaly_is_alerted_once_until_something_else_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    receiver, report = Receiver(), tmp_path / "data.json"
    monkeypatch.setenv("MOODBOX_ALERTS", f"{receiver.address} nosuch://user:secret@host")
    command = ["anomalies", str(report), "--least-agreement", "0.5"]
    for agreement, code in ((0.4, 1), (0.4, 1), (0.3, 1), (0.6, 0), (0.3, 1)):
        report.write_bytes(msgspec.json.encode(a_report(900, agreement)))
        assert main(command) == code
    assert [receiver.next().split(" agree on ")[1][:3] for _ in range(3)] == ["40%", "30%", "30%"]
    assert receiver.got.empty()
    assert "secret" not in capsys.readouterr().err
    receiver.close()


def test_data_that_cannot_be_read_is_alerted_once_as_an_anomaly_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver = Receiver()
    monkeypatch.setenv("MOODBOX_ALERTS", receiver.address)
    out, report = str(tmp_path / "build" / "faces.npz"), str(tmp_path / "build" / "data.json")
    for name in ("a.csv", "a.csv", "b.csv"):
        (tmp_path / name).write_text("no,such,columns\n")
        assert main(["data", str(tmp_path / name), "--out", out, "--report", report]) == 1
    assert ["a.csv" in receiver.next(), "b.csv" in receiver.next()] == [True, True]
    assert receiver.got.empty()
    receiver.close()


def test_the_costs_of_all_stages_stand_in_one_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, seconds in (("data", 2.5), ("train", 61.0)):
        cost = {"seconds": seconds, "cpu_seconds": seconds / 2, "peak_mib": 185.4}
        (tmp_path / f"{name}.json").write_text(json.dumps(cost))
    assert main(["stages", str(tmp_path)]) == 0
    first, second = capsys.readouterr().out.splitlines()[1:]
    assert first.split() == ["train", "61.0", "30.5", "185"]
    assert second.split() == ["data", "2.5", "1.2", "185"]
    assert main(["stages", str(tmp_path / "none")]) == 1
    assert "`dvc repro` runs them" in capsys.readouterr().err
