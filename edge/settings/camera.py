"""One table a camera driver."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from edge.settings.table import Driven, NotNegative

Width = Annotated[int, Meta(ge=160, le=1920)]
Height = Annotated[int, Meta(ge=120, le=1080)]


class AnyCamera(Driven, frozen=True, kw_only=True):
    """What every camera has. Each driver's own table follows; a module has its name."""

    rotate: Literal[0, 90, 180, 270] = 0
    """Degrees clockwise the picture has to be turned to stand upright."""


class Picamera2Settings(AnyCamera, frozen=True, kw_only=True, tag="picamera2"):
    """A Raspberry Pi camera on its ribbon. It sees its whole sensor, in the sensor's own aspect."""

    source: str = ""
    """The camera's number; empty: the first."""
    width: Width = 1280
    height: Height = 720
    """The picture covers this size: 1280x720 of a 16:9 sensor, 1280x960 of a 4:3 one."""


class WebcamSettings(AnyCamera, frozen=True, kw_only=True, tag="webcam"):
    """A USB webcam, or a laptop's own."""

    source: str = ""
    """Its number, as 0, or its device, as /dev/video0; empty: the first."""
    width: Width = 1280
    height: Height = 720
    """Asked for; a webcam gives the nearest that it has."""


class StreamSettings(AnyCamera, frozen=True, kw_only=True, tag="stream"):
    """A camera in the network."""

    source: str = ""
    """The address of its stream, as rtsp://camera.local/live; with its login, where it has one."""


class PlayedSettings(AnyCamera, frozen=True, kw_only=True):
    """What is played as if a camera saw it."""

    source: str = ""
    """The file; for stills the folder."""
    speed: NotNegative = 1.0
    """1 plays at the file's own speed, 0 as fast as possible."""
    loop: bool = False
    """Begin again at the end."""


class VideoSettings(PlayedSettings, frozen=True, kw_only=True, tag="video"):
    """A video file."""


class StillsSettings(PlayedSettings, frozen=True, kw_only=True, tag="stills"):
    """A folder of pictures."""


class SimulatedCameraSettings(PlayedSettings, frozen=True, kw_only=True, tag="simulated"):
    """A file or folder, played by a camera that misbehaves on order."""

    orders: str = ""
    """A file whose one word the camera obeys: hang, unplug or abort."""


CameraSettings = (
    Picamera2Settings
    | WebcamSettings
    | StreamSettings
    | VideoSettings
    | StillsSettings
    | SimulatedCameraSettings
)
"""Where the frames come from."""
