"""What can go wrong, as one small family."""

from __future__ import annotations


def one_line(words: object) -> str:
    """Return words as one line, as what others wrote may be more."""
    return " ".join(str(words).splitlines())


class MoodboxError(Exception):
    """A message for a person: one line that says what, where, and what is allowed."""

    def __str__(self) -> str:
        """Return that line."""
        return one_line(super().__str__())


class SettingsError(MoodboxError):
    """The settings cannot be used. The daemon ends with exit code 78 and is not restarted."""


class ModelError(MoodboxError):
    """A model, its card or its hash is not what it should be."""


class Fault(MoodboxError):
    """A part cannot work now: it is reported once, closed, and opened again after a while."""

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        """Give the reason in words, and the seconds to wait where the outside world named them."""
        super().__init__(reason)
        self.retry_after = retry_after


class NotRunning(MoodboxError):
    """The daemon that was to be asked is not there."""


class Refused(MoodboxError):
    """A request that cannot be followed, with the reason in words; nothing was changed."""


class Unreachable(Fault):
    """There is no way to a service in the internet now."""


class Offline(Unreachable):
    """Not even a connection comes about: nobody was asked anything, and to try again is free."""


class Limited(Fault):
    """No request may be made before a time that the service, or our own budget, named."""


class Nonsense(Fault):
    """An answer that nobody foresaw: what it was for is given up, and all else goes on."""


class SpeakerNotFound(Fault):
    """There is no speaker of that name now."""


class NeedsSomebody(MoodboxError):
    """Trying again is no use until somebody does something; the message says what."""


class SignInNeeded(NeedsSomebody):
    """There is no sign-in, or it has ended."""


class CannotPlay(NeedsSomebody):
    """This music cannot be played: it is not there, not ours, or not music."""


class NoVolume(CannotPlay):
    """The speaker has no volume that could be set from here."""

    def __init__(self, speaker: str) -> None:
        """Name the speaker."""
        super().__init__(f"the speaker {speaker!r} has no volume to set from here: turn it there")
