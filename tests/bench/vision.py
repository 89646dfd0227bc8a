"""The eyes against the usual recipe, in the same run.

    python tests/bench/vision.py [MODELS] [CLIP]

The usual recipe of mood players is OpenCV's Haar cascade (minimum size 30) on the whole 640x480
picture, and a float network of mini_XCEPTION's shape (Arriaga et al. 2017); here it runs as TFLite
on one thread, far faster than the usual `model.predict`. Ours is a whole look: a 640x480 picture
in, YuNet at 320x240, the int8 model. Both look at the same pictures with one face, in turn, so
that a busy machine slows both alike. CLIP, for the time to the first emotions, should show a face
from its first picture on.

Prints one JSON object: the medians in milliseconds, how many times as fast, and the figures of
`moodbox bench`; then how the eyes' memory grew from frame 2,000 to 10,000.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import cv2
import numpy as np
from daemon import set_in

from edge.cli import bench
from edge.events import Emotions
from edge.settings import VideoSettings
from edge.vision import detector
from edge.vision.camera import Frame, Pixels
from edge.vision.classifier import open_model
from edge.vision.pipeline import Pipeline

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
ROUNDS = 100
GROWTH = 2000, 10_000


def mini_xception() -> Any:
    """Return a float TFLite interpreter of that shape, 64x64 to 7, with random weights."""
    import keras  # noqa: PLC0415
    import tensorflow as tf  # noqa: PLC0415
    from ai_edge_litert.interpreter import Interpreter  # noqa: PLC0415
    from keras import layers  # noqa: PLC0415

    pixels = keras.Input((64, 64, 1), batch_size=1)
    x = pixels
    for _ in range(2):
        x = layers.Conv2D(8, 3, use_bias=False)(x)
        x = layers.ReLU()(layers.BatchNormalization()(x))
    for width in (16, 32, 64, 128):
        short = layers.Conv2D(width, 1, strides=2, padding="same", use_bias=False)(x)
        short = layers.BatchNormalization()(short)
        for place in range(2):
            x = layers.ReLU()(x) if place else x
            x = layers.SeparableConv2D(width, 3, padding="same", use_bias=False)(x)
            x = layers.BatchNormalization()(x)
        x = layers.Add()([layers.MaxPooling2D(3, 2, padding="same")(x), short])
    x = layers.Conv2D(7, 3, padding="same")(x)
    x = layers.Softmax()(layers.GlobalAveragePooling2D()(x))
    model = tf.lite.TFLiteConverter.from_keras_model(keras.Model(pixels, x)).convert()
    interpreter = Interpreter(model_content=model, num_threads=1)
    interpreter.allocate_tensors()
    return interpreter


class Usual:
    """The usual recipe."""

    def __init__(self) -> None:
        data = Path(cv2.__file__).parent / "data"
        self._haar = cv2.CascadeClassifier(str(data / "haarcascade_frontalface_default.xml"))
        self._network = mini_xception()
        self._input = self._network.get_input_details()[0]["index"]
        self._output = self._network.get_output_details()[0]["index"]

    def look(self, pixels: Pixels) -> None:
        grey = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
        boxes = self._haar.detectMultiScale(grey, scaleFactor=1.1, minNeighbors=5, minSize=(30, 30))
        for x, y, w, h in boxes[:1]:
            face = cv2.resize(grey[y : y + h, x : x + w], (64, 64)).astype(np.float32) / 255
            self._network.set_tensor(self._input, (face[None, :, :, None] - 0.5) * 2)
            self._network.invoke()
            self._network.get_tensor(self._output)


def compare(models: Path) -> dict[str, float]:
    """Look at the sample's faces in both ways, in turn."""
    cv2.setNumThreads(1)
    finder, _ = detector.make("auto", models)
    sight = Pipeline(finder, open_model(models, "emotion", "cpu"), "group")
    frames = [Frame(pixels, 0.0) for pixels in bench.frames()]
    frames = [frame for frame in frames if isinstance(sight.look(frame).event, Emotions)]
    wide = {id(frame): Frame(set_in(frame.pixels), 0.0) for frame in frames}
    usual = Usual()
    ways: dict[str, Callable[[Frame], object]] = {
        "ours_ms": sight.look,
        "usual_ms": lambda frame: usual.look(frame.pixels),
        "ours_1280x720_ms": lambda frame: sight.look(wide[id(frame)]),
    }
    took: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(ROUNDS + 5):
        for name, look in ways.items():
            began = time.perf_counter()
            look(frames[turn % len(frames)])
            took[name].append(1000 * (time.perf_counter() - began))
    figures = {name: median(times[5:]) for name, times in took.items()}
    return figures | {"times_as_fast": figures["usual_ms"] / figures["ours_ms"]}


def growth(models: Path, clip: Path) -> dict[str, float]:
    """Let the eyes look at 10,000 frames as fast as they can."""
    camera = VideoSettings(source=str(clip), speed=0, loop=True)
    at: list[int] = []
    with bench.Watched(camera, models) as watched:
        for frames in range(1, GROWTH[1] + 1):
            watched.look()
            if frames in GROWTH:
                at.append(bench.rss(watched.eyes.pid or 0))
    return {"eyes_rss_mib": at[1] / bench.MIB, "eyes_growth_mib": (at[1] - at[0]) / bench.MIB}


def main() -> None:
    clips = SHARED / "clips" / "smile.mp4"
    clip = Path(sys.argv[2]) if len(sys.argv) > 2 else clips if clips.exists() else bench.SAMPLE
    with tempfile.TemporaryDirectory() as folder:
        models = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "models")
        for file in [*models.iterdir(), *(SHARED / "models").glob("*.onnx")]:
            shutil.copyfile(file, Path(folder) / file.name)
        figures: dict[str, float | str] = dict(bench.seeing(Path(folder)))
        figures |= bench.starting(Path(folder), clip) | bench.idling(Path(folder))
        figures |= compare(Path(folder)) | growth(Path(folder), clip)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
