"""The box: one daemon, and its eyes, a child process."""

__version__ = "0.2.0"
