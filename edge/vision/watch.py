"""The loop in the eyes: look, say what was seen, wait; until there is nobody to say it to."""

from __future__ import annotations

import os
import queue
import threading
import time
from pathlib import Path
from typing import Any

import cv2
from msgspec import Struct

from edge.events import (
    EMOTIONS,
    Emission,
    Emotions,
    Ended,
    Ignore,
    Nobody,
    Pace,
    Pulse,
    Rectangle,
    Watching,
)
from edge.vision import camera, detector
from edge.vision.camera import Frame
from edge.vision.change import ChangeDetector
from edge.vision.classifier import open_model
from edge.vision.faces import Faces
from edge.vision.messages import (
    Channel,
    FacePicture,
    GiveFace,
    KeepFaces,
    LookLive,
    Mark,
    Open,
    Picture,
    Teach,
    ToEyes,
)
from edge.vision.pacing import FramePacer
from edge.vision.pipeline import Observation, Pipeline
from edge.vision.search import Look

READ_TIMEOUT = 2.0
"""Seconds a camera may take for one frame."""
PULSE = 2.0
"""Seconds between two pulses; the daemon takes a longer silence for a hang."""
JPEG_QUALITY = 70


class Watch:
    """Eyes that are open."""

    def __init__(self, begin: Open, channel: Channel[ToEyes]) -> None:
        """Look as `begin` says, and speak through `channel`."""
        self._begin = begin
        self._channel = channel
        self._orders: queue.SimpleQueue[ToEyes] = queue.SimpleQueue()
        self._pacer = FramePacer()
        self._change = ChangeDetector()
        self._faces = Faces()
        self._live = False
        self._ignored: tuple[Rectangle, ...] = ()
        self._camera = camera.make(begin.camera)
        self.opens_model = False
        """Whether it is the emotion model that is being opened."""

    def run(self) -> None:
        """Open everything, and look until the frames end.

        Raises:
            Fault, ModelError: why the eyes cannot see.
            OSError: the daemon is gone.
        """
        threading.Thread(target=self._listen, name="orders", daemon=True).start()
        self._camera.open()
        pipeline = self._open_sight()
        while self._look(pipeline):
            pass
        self._channel.send(Ended(time.monotonic()))

    def close(self) -> None:
        """Let go of the camera. It may hang, so all has been said before."""
        self._camera.close()

    def _listen(self) -> None:
        """Take what the daemon says; without a daemon there is nothing to look for.

        The process ends here and not in the loop, which may hang in a driver.
        """
        try:
            while True:
                order = self._channel.receive()
                if order is not None:
                    self._orders.put(order)
        except EOFError:
            os._exit(0)

    def _open_sight(self) -> Pipeline:
        vision = self._begin.vision
        folder = Path(vision.models)
        finder, note = detector.make(vision.detector, folder)
        self.opens_model = True
        own = Path(self._begin.model_folder or vision.models)
        model = open_model(own, vision.model, vision.device, self._begin.no_tpu)
        self.opens_model = False
        pipeline = Pipeline(finder, model, vision.people, self._begin.camera.rotate)
        self._channel.send(
            Watching(
                time.monotonic(),
                model.runs_on,
                ", ".join(filter(None, (self._begin.camera.driver, self._camera.sees))),
                finder.name,
                model.card.model.version,
                "; ".join(filter(None, (model.note, note))),
                model.card.mood or Emission(),
            )
        )
        self._frames, self._pulsed = 0, time.monotonic()
        return pipeline

    def _look(self, pipeline: Pipeline) -> bool:
        """Look once, and wait until it is time for the next look; False when frames have ended."""
        began, spent = time.monotonic(), time.process_time()
        frame = self._camera.read(READ_TIMEOUT)
        if frame is None:
            return False
        how = self._how(frame)
        look = pipeline.look(frame, how, self._ignored)
        self._frames += 1
        cost = time.process_time() - spent
        self._tell(look)
        dark = isinstance(look.event, Nobody) and look.event.dark
        face = isinstance(look.event, Emotions)
        self._pacer.looked(how, face=face, dark=dark, at=frame.at, cost=cost)
        self._pulse(pipeline)
        self._wait_until(began, pipeline)
        return True

    def _how(self, frame: Frame) -> Look:
        """Choose how to look at a frame."""
        if self._camera.waits:
            return Look.WHOLE
        how = self._pacer.how(self._change.seen(frame.pixels), frame.at)
        if how in (Look.QUICK, Look.WHOLE):
            self._change.keep()
        return how

    def _tell(self, look: Observation) -> None:
        self._channel.send(look.event)
        self._faces.saw(look.crop, look.event.at)
        if self._live:
            self._channel.send(_picture(look))

    def _pulse(self, pipeline: Pipeline) -> None:
        now = time.monotonic()
        seconds = now - self._pulsed
        if seconds >= PULSE:
            rate = self._frames / seconds
            self._channel.send(Pulse(now, rate, pipeline.classifier.milliseconds))
            self._frames, self._pulsed = 0, now

    def _wait_until(self, began: float, pipeline: Pipeline) -> None:
        """Follow orders until it is time for the next look."""
        while True:
            now = time.monotonic()
            left = began + self._pacer.interval(now) - now
            try:
                if self._camera.waits or left <= 0:
                    self._follow(self._orders.get_nowait(), pipeline)
                else:
                    self._follow(self._orders.get(timeout=left), pipeline)
            except queue.Empty:
                return

    def _follow(self, order: ToEyes, pipeline: Pipeline) -> None:
        now = time.monotonic()
        match order:
            case Pace():
                self._pacer.set_pace(order.frames_per_second)
            case Ignore():
                self._ignored = order.places
            case LookLive():
                self._live = order.on
            case KeepFaces():
                self._faces.keep(order.on)
            case Teach():
                pipeline.tells_embedding = order.on
                pipeline.classifier.teach(order.model, order.change)
            case Mark():
                self._faces.mark(order.prediction, now)
            case GiveFace():
                face = self._faces.get(order.prediction, now)
                png = b"" if face is None else _encoded(".png", face)
                self._channel.send(FacePicture(order.prediction, png))
            case Open():
                pass


def _picture(look: Observation) -> Struct:
    height, width = look.pixels.shape[:2]
    box, label = None, ""
    if look.box is not None and isinstance(look.event, Emotions):
        x, y, w, h = look.box
        box = (x / width, y / height, w / width, h / height)
        probabilities = look.event.probabilities
        label = EMOTIONS[probabilities.index(max(probabilities))]
    jpeg = _encoded(".jpg", look.pixels, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    return Picture(jpeg, look.event.at, box, label)


def _encoded(kind: str, pixels: Any, options: list[int] | None = None) -> bytes:
    return bytes(cv2.imencode(kind, pixels, options or [])[1])
