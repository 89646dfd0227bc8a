"""The daemon's end of the eyes: starts their process, hears it, asks it, ends it."""

from __future__ import annotations

import logging
import queue
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

from msgspec import MsgspecError, Struct

from edge.errors import Fault
from edge.events import (
    MODEL,
    Down,
    Emotions,
    Ended,
    Event,
    Ignore,
    Nobody,
    Pace,
    Pulse,
    Rectangle,
    Up,
    Watching,
)
from edge.service import Service
from edge.settings import CameraSettings, VisionSettings
from edge.vision.aborts import Aborts
from edge.vision.messages import (
    CannotSee,
    FacePicture,
    FromEyes,
    GiveFace,
    KeepFaces,
    LookLive,
    Mark,
    Open,
    Picture,
    Teach,
)
from edge.vision.process import Process
from edge.vision.versions import TRIAL, ModelVersions

log = logging.getLogger(__name__)

OPENS_WITHIN = 25.0
"""Seconds from the start of the process to its Watching; an Edge TPU takes about three."""
POLL = 0.5
"""Seconds an order may lie before it is sent."""
ABORTED = {-signal.SIGABRT, -signal.SIGSEGV, -signal.SIGBUS}


class Eyes(Service):
    """The eyes' process, wanted open or closed."""

    silence = 8.0
    """Seconds without a word that mean the process is stuck; it speaks every two."""
    live_for = 3.0
    """Seconds the live view goes on after somebody last asked for a picture."""

    def __init__(
        self,
        camera: CameraSettings,
        vision: VisionSettings,
        state: Path,
        report: Callable[[Event], None],
        trial: float = TRIAL,
    ) -> None:
        """Prepare to look as the settings say; `state` is the folder that survives a restart.

        A model is kept once the eyes have seen with it for `trial` seconds.
        """
        super().__init__("eyes", report)
        self._tell = report
        self._camera, self._vision = camera, vision
        self._aborts = Aborts(state / "edge-tpu-aborts.json")
        self.models = ModelVersions(state, vision)
        self._trial = trial
        self._failures = 0
        """How often the eyes hung or ended while their model was on trial."""
        self._orders: queue.SimpleQueue[Struct] = queue.SimpleQueue()
        self._keep_faces = False
        self._teach = Teach(on=False)
        self._ignored: tuple[Rectangle, ...] = ()
        self._changed = threading.Condition()
        """Guards what follows."""
        self._wanted = False
        self._process: Process | None = None
        self._watching: Watching | None = None
        self._picture: Picture | None = None
        self._looking = 0
        """How many wait for a picture."""
        self._live_until = 0.0
        self._faces: dict[str, bytes] = {}

    # For the other parts, from any thread.

    def open_eyes(self) -> None:
        """Let there be eyes, soon."""
        with self._changed:
            self._wanted = True
            self._changed.notify_all()

    def close_eyes(self) -> None:
        """End the eyes' process at once; when this returns there is none."""
        with self._changed:
            self._wanted = False
            self._picture = None
            if self._process is not None:
                self._process.dismissed = True
                self._process.kill()
            self._changed.notify_all()

    def pace(self, frames_per_second: float) -> None:
        """Look so often while somebody is there."""
        self._orders.put(Pace(frames_per_second))

    def keep_faces(self, on: bool) -> None:
        """Keep the faces of the last ten minutes in memory, or forget them."""
        self._keep_faces = on
        self._orders.put(KeepFaces(on))

    def teach(self, teach: Teach) -> None:
        """Read as the house's taps teach, from now on."""
        self._teach = teach
        self._orders.put(teach)

    def ignore(self, places: tuple[Rectangle, ...]) -> None:
        """Take faces whose middle lies in one of these places for nobody."""
        self._ignored = places
        self._orders.put(Ignore(places))

    def mark(self, prediction: str) -> None:
        """Keep the face that a prediction was made from, where keeping is on."""
        self._orders.put(Mark(prediction))

    def picture(self, after: float, timeout: float) -> Picture | None:
        """Return the first picture taken after `after`; None when none came within `timeout`.

        The eyes send pictures only while somebody asks: this call asks for a few seconds' worth.
        """
        with self._changed:
            if not self._is_live:
                self._orders.put(LookLive(on=True))
            self._looking += 1
            self._changed.wait_for(lambda: self._newer(after), timeout)
            self._looking -= 1
            self._live_until = time.monotonic() + self.live_for
            return self._picture if self._newer(after) else None

    def face(self, prediction: str, timeout: float) -> bytes:
        """Return the face kept under a prediction's id as a PNG; empty where there is none."""
        with self._changed:
            self._faces.pop(prediction, None)
            self._orders.put(GiveFace(prediction))
            self._changed.wait_for(lambda: prediction in self._faces, timeout)
            return self._faces.pop(prediction, b"")

    @property
    def pid(self) -> int | None:
        """The process id, or None while there is no process."""
        with self._changed:
            return None if self._process is None else self._process.pid

    def renew(self) -> None:
        """Open anew what is open, with the model that is to be used now."""
        with self._changed:
            if self._process is not None:
                self._process.dismissed = True
                self._process.kill()

    def complain(self) -> None:
        """Report a model that was not kept, until somebody has seen that; else that all is well."""
        words, now = self.models.unseen, time.monotonic()
        self._tell(Down(MODEL, words, now) if words else Up(MODEL, now))

    # For the thread.

    def open(self) -> None:
        """Start the process, if it is wanted, and wait until it sees."""
        if not self._wanted:
            return
        no_tpu = self._no_tpu()
        with self._changed:
            if not self._wanted:
                return
            self._watching = None
            self._orders = queue.SimpleQueue()  # what was said to eyes that are no more
            process = self._process = Process()
        process.send(Open(self._camera, self._vision, no_tpu, str(self.models.folder)))
        process.send(KeepFaces(self._keep_faces))
        process.send(Ignore(self._ignored))
        process.send(self._teach)
        process.send(LookLive(self._is_live))
        while self._process is process and not (self._runs_on or self.stopping):
            self._hear(process, OPENS_WITHIN)

    def step(self) -> None:
        """Hear one message; or wait until the eyes are wanted, and open them."""
        if self._process is not None:
            self._send_orders(self._process)
            self._hear(self._process, self.silence)
            self._try_tpu_again()
        elif self._wanted:
            self.open()
        else:
            with self._changed:
                self._changed.wait_for(lambda: self._wanted or self.stopping, 1.0)

    def close(self) -> None:
        """End the process."""
        with self._changed:
            process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.close()

    def wake(self) -> None:
        """Cut the waiting short."""
        with self._changed:
            self._changed.notify_all()

    def _hear(self, process: Process, patience: float) -> None:
        try:
            message = process.receive(POLL)
        except EOFError:
            self._gone(process)
            return
        except MsgspecError as error:
            raise Fault(f"the eyes speak nonsense: {error}") from error
        if message is not None:
            self._take(message)
        elif time.monotonic() - process.heard > patience:
            process.dump()
            raise self._broke(f"the eyes hung for {patience:.0f} s and were killed")

    def _take(self, message: FromEyes) -> None:
        match message:
            case CannotSee(of_model=True):
                raise self._failed(message.reason, message.retry_after)
            case CannotSee():
                raise Fault(message.reason, message.retry_after)
            case Picture():
                with self._changed:
                    self._picture = message
                    self._changed.notify_all()
            case FacePicture():
                with self._changed:
                    self._faces[message.prediction] = message.png
                    self._changed.notify_all()
            case Watching():
                self._watching = message
                self._tell(message)
            case Ended():
                self._wanted = False
                self.close()
                self._tell(message)
            case Pulse():
                self._prove(message.at)
                self._tell(message)
            case Emotions() | Nobody():
                self._tell(message)

    def _prove(self, now: float) -> None:
        """Keep a model on trial once the eyes have seen with it for long enough."""
        seen = self._watching
        fresh = self.models.on_trial
        # What was seen with the model before, until they are opened anew, proves nothing of it.
        if seen is not None and seen.model == fresh and now - seen.at >= self._trial:
            log.info("model %s is kept", fresh)
            self.models.keep()
            self._failures = 0

    def _broke(self, why: str) -> Fault:
        """Return the fault of eyes that hung or ended; the second time it is the model's on trial.

        The first may be a busy moment's, or the camera's.
        """
        self._failures += bool(self.models.on_trial)
        return self._failed(why) if self._failures > 1 else Fault(why)

    def _failed(self, why: str, retry_after: float | None = None) -> Fault:
        """Return the fault of eyes that cannot see; a model on trial is gone back from."""
        self._failures = 0
        words = self.models.condemn(why)
        if words:
            self.complain()
        return Fault(words) if words else Fault(why, retry_after)

    def _gone(self, process: Process) -> None:
        """Tell apart the ways in which the process can have ended."""
        status = process.status()
        self.close()
        if process.dismissed:  # whatever is wanted since
            return
        if status in ABORTED and self._vision.device != "cpu" and self._runs_on != "CPU":
            self._aborts.add(time.monotonic())
        raise self._broke(f"the eyes' process ended: {_in_words(status)}")

    @property
    def _runs_on(self) -> str:
        return "" if self._watching is None else self._watching.runs_on

    def _no_tpu(self) -> str:
        """Return why the Edge TPU is to be left alone, or nothing."""
        left = self._aborts.until - time.monotonic()
        if left <= 0 or self._vision.device == "cpu":
            return ""
        reason = f"it was aborted too often, and is left alone for {left / 60:.0f} min more"
        if self._vision.device == "tpu":
            raise Fault(f"Edge TPU: {reason}", retry_after=left)
        return reason

    def _try_tpu_again(self) -> None:
        """Open the eyes anew when the Edge TPU has been left alone for long enough."""
        watching, until = self._watching, self._aborts.until
        if watching is not None and watching.at < until < time.monotonic():
            self.close()

    def _send_orders(self, process: Process) -> None:
        with self._changed:
            if self._picture is not None and not self._is_live:
                self._picture = None
                self._orders.put(LookLive(on=False))
        while True:
            try:
                process.send(self._orders.get_nowait())
            except queue.Empty:
                return

    @property
    def _is_live(self) -> bool:
        """Whether somebody waits for a picture, or just had one."""
        return self._looking > 0 or time.monotonic() < self._live_until

    def _newer(self, after: float) -> bool:
        return self._picture is not None and self._picture.at > after


def _in_words(status: int | None) -> str:
    if status is None:
        return "it cannot be told how"
    return signal.Signals(-status).name if status < 0 else f"exit status {status}"
