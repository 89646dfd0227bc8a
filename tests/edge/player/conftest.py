"""A DJ at a speaker, living by a made-up clock."""

from fakes.room import house, make_room, room

__all__ = ["house", "make_room", "room"]
