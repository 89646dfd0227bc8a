"""The eyes' process: `python -m edge.vision FD`, a socket inherited from the daemon."""

from __future__ import annotations

import contextlib
import faulthandler
import os
import signal
import socket
import sys
from pathlib import Path

from edge.errors import Fault, MoodboxError
from edge.vision.messages import CannotSee, Channel, Open, ToEyes

SACRIFICE = Path("/proc/self/oom_score_adj")
"""When memory runs out, the kernel is to take the eyes: the daemon starts new ones."""


def main(descriptor: int) -> int:
    """Look until told to stop, and return the exit status."""
    with contextlib.suppress(OSError):
        SACRIFICE.write_text("500", encoding="ascii")
    faulthandler.enable()
    faulthandler.register(signal.SIGUSR1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the daemon's; it ends us
    # V4L2 would wait 10 s for a frame of a stalled webcam, and TFLite and OpenCV would chat.
    os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "2")
    os.environ.setdefault("OPENCV_LOG_LEVEL", "ERROR")
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")  # a bad file's one line is ours
    channel: Channel[ToEyes] = Channel(socket.socket(fileno=descriptor), ToEyes)
    begin = channel.receive()
    if isinstance(begin, Open):
        _look(begin, channel)
    return 0


def _look(begin: Open, channel: Channel[ToEyes]) -> None:
    # Only now, for what these import is slow and wants the environment set.
    import cv2  # noqa: PLC0415

    from edge.vision.watch import Watch  # noqa: PLC0415

    cv2.setNumThreads(1)
    watch = Watch(begin, channel)
    try:
        watch.run()
    except MoodboxError as error:
        wait = error.retry_after if isinstance(error, Fault) else None
        with contextlib.suppress(OSError):
            channel.send(CannotSee(str(error), wait, of_model=watch.opens_model))
    except BrokenPipeError:
        return
    watch.close()


if __name__ == "__main__":
    with contextlib.suppress(EOFError):
        sys.exit(main(int(sys.argv[1])))
