"""A disk that loses power: the system calls of a program, replayed with what was not synced gone.

kill -9 cannot show this, since the page cache survives it. Two journals are played, the extremes of
what a file system may do: `lazy` has only the names that were synced; `eager` has every name at
once. Neither has content that was not synced.
"""

from __future__ import annotations

import codecs
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePath
from typing import Literal

CALLS = (
    "openat,open,creat,write,pwrite64,writev,ftruncate,truncate,sendfile,copy_file_range,"
    "rename,renameat,renameat2,link,linkat,unlink,unlinkat,mkdir,mkdirat,rmdir,symlink,symlinkat,"
    "fsync,fdatasync,sync,syncfs"
)
LINE = re.compile(r"^\d+ +(\w+)\((.*)\) += (-?\d+)")
RESUMED = re.compile(r"^(\d+) +<\.\.\. \w+ resumed>(.*)$")
UNFINISHED = re.compile(r"^(\d+) +(.*) <unfinished \.\.\.>$")
PATH = re.compile(r'(?:(?:AT_FDCWD|\d+)<((?:[^>\\]|\\.)*)>, )?"((?:[^"\\]|\\.)*)"')
DESCRIPTOR = re.compile(r"^\d+<([^>]*)>")

Journal = Literal["lazy", "eager"]


class Node:
    """A file, folder or link."""

    def __init__(self, *, folder: bool = False, link: str = "") -> None:
        self.folder, self.link = folder, link
        self.synced = folder or bool(link)
        """Whether the content is on the disk."""
        self.content, self.on_disk = bytearray(), b""
        self.names: dict[str, Node] = {}
        self.names_on_disk: dict[str, Node] = {}

    def seen(self, journal: Journal) -> Mapping[str, Node]:
        return self.names_on_disk if journal == "lazy" else self.names

    def sync(self) -> None:
        self.synced = True
        self.on_disk = bytes(self.content)
        self.names_on_disk = dict(self.names)

    def files(self, journal: Journal) -> Iterator[tuple[str, Node]]:
        """Every file below, by its path from here."""
        for name, node in self.seen(journal).items():
            if node.folder:
                yield from ((f"{name}/{rest}", found) for rest, found in node.files(journal))
            else:
                yield name, node


class Disk:
    """What a folder looks like while its programs run, and what of it a power cut would leave."""

    def __init__(self, folder: Path) -> None:
        """Begin with what is there now, all of it safe."""
        self.path = str(folder)
        self.root = self._read(folder)

    def at(self, journal: Journal, path: str) -> Node | None:
        """Return what a power cut now would leave at `path`, links followed."""
        node, parts = self.root, list(PurePath(path).parts)
        while parts:
            found = node.seen(journal).get(parts.pop(0))
            if found is None:
                return None
            if found.link:
                parts = [*PurePath(found.link).relative_to(self.path).parts, *parts]
                found = self.root
            node = found
        return node

    def replay(self, trace: Path) -> Iterator[str]:
        """Do every call of a trace that succeeded; yield its name after each."""
        for name, words in calls(trace):
            if self.do(name, words):
                yield name

    def leave(self, journal: Journal, folder: Path) -> None:
        """Write into `folder` what a power cut now would leave; of a trace that is `whole`."""
        for name, node in self.root.files(journal):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(node.on_disk)

    def _read(self, path: Path) -> Node:
        if path.is_symlink():
            return Node(link=str(path.readlink()))
        node = Node(folder=path.is_dir())
        if node.folder:
            node.names = {child.name: self._read(child) for child in path.iterdir()}
        else:
            node.content = bytearray(path.read_bytes())
        node.sync()
        return node

    def do(self, name: str, words: str) -> bool:
        """Do one call; return whether it was about this folder."""
        paths = [self._inside(_join(*found)) for found in PATH.findall(words)]
        descriptor = DESCRIPTOR.match(words)
        match name.removesuffix("2").removesuffix("at"):
            case "sync" | "syncfs":
                self._sync_all(self.root)
                done = True
            case "symlink":
                done = self._put(paths[-1], Node(link=words.split('"')[1]))
            case "open" | "creat":
                done = self._open(paths[0], words)
            case "mkdir":
                done = self._put(paths[0], Node(folder=True))
            case "unlink" | "rmdir":
                done = self._take(paths[0]) is not None
            case "rename":
                moved = self._take(paths[0])
                assert moved is not None or paths[1] is None, "something came in from outside"
                done = self._put(paths[1], moved)
            case "link":
                done = self._put(paths[1], self._find(paths[0]))
            case _:
                done = descriptor is not None and self._content(
                    name, self._inside(descriptor[1]), words[len(descriptor[0]) :]
                )
        return done

    def _content(self, name: str, path: PurePath | None, rest: str) -> bool:
        node = None if path is None else self._find(path)
        if node is None:
            return False
        if name in ("fsync", "fdatasync"):
            node.sync()
        else:
            node.synced = False
            _change(node.content, name, rest)
        return True

    def _open(self, path: PurePath | None, words: str) -> bool:
        if path is None or not re.search("O_CREAT|O_TRUNC", words):
            return False
        node = self._find(path)
        if node is None:
            return self._put(path, Node())
        if "O_TRUNC" in words:
            node.synced = False
            node.content.clear()
        return "O_TRUNC" in words

    def _inside(self, path: str) -> PurePath | None:
        """Return a path from this folder; None for one outside."""
        pure = PurePath(path)
        return pure.relative_to(self.path) if pure.is_relative_to(self.path) else None

    def _find(self, path: PurePath | None) -> Node | None:
        return None if path is None else self.at("eager", str(path))

    def _put(self, path: PurePath | None, node: Node | None) -> bool:
        folder = None if path is None else self._find(path.parent)
        if path is None or folder is None or node is None:
            return False
        folder.names[path.name] = node
        return True

    def _take(self, path: PurePath | None) -> Node | None:
        folder = None if path is None else self._find(path.parent)
        return None if path is None or folder is None else folder.names.pop(path.name, None)

    def _sync_all(self, node: Node) -> None:
        node.sync()
        for child in node.names.values():
            self._sync_all(child)


def watched(command: Sequence[str], trace: Path, *, whole: bool = False) -> list[str]:
    """Return the command that runs another one, and its children, under strace.

    A `whole` trace has all that is written, so that `leave` can write it again.
    """
    strace = ["strace", "-f", "-y", "-qq", "--seccomp-bpf", "-e", f"trace={CALLS}"]
    words = ["-x", "-s", "16777216"] if whole else ["-s", "4096"]
    return [*strace, *words, "-o", str(trace), *command]


def record(command: Sequence[str], trace: Path, environment: Mapping[str, str]) -> str:
    """Run a program and its children under strace; return what it said."""
    done = subprocess.run(
        watched(command, trace), env=environment,
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    return done.stdout + done.stderr


def _join(folder: str, path: str) -> str:
    return str(PurePath(folder) / path)


def _change(content: bytearray, name: str, rest: str) -> None:
    """Do to `content` what a call does; `rest` is what follows the descriptor."""
    if name == "ftruncate":
        size = int(rest.strip(", "))
        del content[size:]
        content.extend(bytes(size - len(content)))
    elif text := re.match(r', "((?:[^"\\]|\\.)*)", \d+(?:, (\d+))?', rest):
        data = codecs.escape_decode(text[1].encode())[0]
        start = int(text[2]) if text[2] else len(content)
        content.extend(bytes(max(0, start - len(content))))
        content[start : start + len(data)] = data


def calls(trace: Path) -> Iterator[tuple[str, str]]:
    """Yield name and arguments of what succeeded; what another process interrupted is joined."""
    begun: dict[str, str] = {}
    for line in trace.read_text(errors="replace").splitlines():
        if unfinished := UNFINISHED.match(line):
            begun[unfinished[1]] = unfinished[2]
            continue
        whole = line
        if resumed := RESUMED.match(line):
            whole = f"{resumed[1]} {begun.pop(resumed[1])}{resumed[2]}"
        if (call := LINE.match(whole)) and int(call[3]) >= 0:
            yield call[1], call[2]
