"""From a table of the settings file to its class, with one clear line for whatever is wrong.

A table whose class is a union has a driver, whose name says which class it is: msgspec's tagged
union. A file says `driver = "webcam"`, and the webcam's own keys are allowed, no other's.
"""

from __future__ import annotations

import logging
import re
from typing import Any, TypeVar

import msgspec
from msgspec import Struct
from msgspec.inspect import EnumType, LiteralType, StructType, UnionType
from packaging.version import InvalidVersion, Version

from edge import __version__
from edge.errors import SettingsError

log = logging.getLogger(__name__)

UNKNOWN = re.compile(r"Object contains unknown field `([^`]*)`(?: - at `([^`]*)`)?")
"""What msgspec says of a key that it does not know, and where."""
TABLES_OF_THEIR_OWN = Version("0.2.0")
"""Files for older releases hold keys of drivers that they do not choose."""
DRIVER = "driver"

T = TypeVar("T", bound=Struct)


def parse(table: dict[str, Any], kind: type[T], where: str) -> T:
    """Return `table`, which was read from `where`, as a `kind`.

    Keys that only a newer release knows are said in the log and passed over, and so are keys of
    another driver in a file that is older than drivers' own tables.

    Raises:
        SettingsError: one line: file, key, value, what is allowed.
    """
    table = _with_drivers(table, kind)
    try:
        return msgspec.convert(table, kind)
    except msgspec.ValidationError as error:
        words = _in_words(str(error), table, kind)
        found = UNKNOWN.fullmatch(str(error))
        path = [] if found is None else [*(found[2] or "").split(".")[1:], found[1]]
        reason = _passed_over(path, table, kind)
        if not reason:
            raise SettingsError(f"{where}: {words}") from error
        log.warning("%s: %s; %s, and passed over", where, words, reason)
        return parse(_without(table, path), kind, where)


def keys_of(kind: type[Struct], table: str, driver: object) -> tuple[str, ...]:
    """Return what may stand in a driver's `table`; `driver` None: the default's, unknown: none."""
    drivers = _drivers(kind, table)
    (field,) = (one for one in msgspec.structs.fields(kind) if one.encode_name == table)
    default = field.default.__struct_config__.tag
    own = drivers.get(default if driver is None else str(driver))
    return (DRIVER,) if own is None else tuple(_allowed(own))


def _with_drivers(table: dict[str, Any], kind: type[Struct]) -> dict[str, Any]:
    """Name the default's driver where a table names none."""
    named = dict(table)
    for field in msgspec.structs.fields(kind):
        given = table.get(field.encode_name)
        if _drivers(kind, field.encode_name) and isinstance(given, dict):
            named[field.encode_name] = {DRIVER: field.default.__struct_config__.tag} | given
    return named


def _passed_over(path: list[str], table: dict[str, Any], kind: type[Struct]) -> str:
    """Return why an unknown key may be passed over, or nothing."""
    if not path:
        return ""
    release = _release(table)
    if release is not None and release > Version(__version__):
        return "written for a newer release"
    old = release is not None and release < TABLES_OF_THEIR_OWN
    if len(path) > 1:
        others = _drivers(kind, path[0]).values()
        value = table[path[0]][path[1]]
        for field in (field for other in others for field in msgspec.structs.fields(other)):
            if field.encode_name == path[1] and (old or value == field.default):
                return "another driver's"
    return ""


def _release(table: dict[str, Any]) -> Version | None:
    """Return the release that the file was written for, where it says one."""
    try:
        return Version(str(table.get("written_for")))
    except InvalidVersion:
        return None


def _without(table: dict[str, Any], path: list[str]) -> dict[str, Any]:
    key, *rest = path
    if rest:
        return table | {key: _without(table[key], rest)}
    return {name: value for name, value in table.items() if name != key}


def _in_words(message: str, table: dict[str, Any], kind: type[Struct]) -> str:
    """Turn "Expected `int` … - at `$.web.port`" into "web.port = "x": expected int …"."""
    what, _, at = message.partition(" - at `$")
    path = at.rstrip("`").lstrip(".")
    if "unknown field" in what:
        unknown = what.split("`")[1]
        its = _struct(path, table, kind)
        driver = f" of the driver {its.__struct_config__.tag}" if _is_driver(its) else ""
        allowed = ", ".join(_allowed(its))
        key = f"{path + '.' if path else ''}{unknown}"
        return f"{key}: no such setting{driver}; allowed: {allowed}"
    value: Any = table
    for key in path.split(".") if path else []:
        value = value.get(key) if isinstance(value, dict) else value
    what = what[0].lower() + what[1:]
    if "enum value" in what or "expected" not in what:
        choices = _choices(path, table, kind)
        what += f"; allowed: {choices}" if choices else ""
    return f"{path} = {value!r}: {what.replace('`', '')}"


def _struct(path: str, table: dict[str, Any], kind: type[Struct]) -> type[Struct]:
    """Return the class of the table at `path`."""
    for key in path.split(".") if path else []:
        table = table[key]
        drivers = _drivers(kind, key)
        (field,) = (field for field in msgspec.structs.fields(kind) if field.encode_name == key)
        kind = drivers[table[DRIVER]] if drivers else field.type
    return kind


def _drivers(kind: type[Struct], key: str) -> dict[str, type[Struct]]:
    """Return the classes that the table `key` may be by their drivers' names; else nothing."""
    for field in msgspec.structs.fields(kind):
        if field.encode_name == key:
            found = msgspec.inspect.type_info(field.type)
            kinds = found.types if isinstance(found, UnionType) else ()
            return {
                str(one.tag): one.cls
                for one in kinds
                if isinstance(one, StructType) and one.tag_field == DRIVER
            }
    return {}


def _allowed(kind: type[Struct]) -> list[str]:
    driver = [DRIVER] if _is_driver(kind) else []
    return [*driver, *(field.encode_name for field in msgspec.structs.fields(kind))]


def _is_driver(kind: type[Struct]) -> bool:
    return kind.__struct_config__.tag_field == DRIVER


def _choices(path: str, table: dict[str, Any], kind: type[Struct]) -> str:
    above, _, key = path.rpartition(".")
    if key == DRIVER:
        around, _, name = above.rpartition(".")
        if drivers := _drivers(_struct(around, table, kind), name):
            return ", ".join(drivers)
    for field in msgspec.structs.fields(_struct(above, table, kind)):
        if field.encode_name == key:
            found = msgspec.inspect.type_info(field.type)
            if isinstance(found, LiteralType):
                return ", ".join(map(str, found.values))
            if isinstance(found, EnumType):
                return ", ".join(str(member.value) for member in found.cls)
    return ""
