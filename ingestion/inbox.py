"""The inboxes as they are found: which files are extracts, which are complete, and which cannot be taken out again.

Belongs here: looking at files that others write, at any moment and in any state. Does not belong here: what is in them.
"""

import contextlib
import errno
import hashlib
import json
import os
import stat
import time
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ingestion.feeds.profile import conventions
from ingestion.files import write_private_atomically
from ingestion.trust import TRUST_INBOX, Trust, TrustFolder

GROWING, UNREADABLE, NO_FILE, TOO_LARGE, FIXED = "growing", "unreadable", "no_file", "too_large", "fixed"
WORDS = {
    GROWING: "is still being written, or looks cut short; it waits for the next run",
    UNREADABLE: "cannot be opened; let the account that runs Rollcall read it",
    NO_FILE: "is a link, a pipe or a device and was left alone; put the file itself there",
    TOO_LARGE: "is larger than Rollcall reads and was left alone; export it in parts",
    FIXED: "was taken in but cannot be removed from the inbox; it is not read again unless it changes",
}

_ENDS = {".csv": (b"\n", b"\r"), ".json": (b"]", b"}"), ".parquet": (b"PAR1",)}
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_READ_ONLY = {errno.EROFS, errno.EACCES, errno.EPERM, errno.EBUSY}
_Seen = tuple[int, int, int]


@dataclass(frozen=True)
class Left:
    """A file that stays in its inbox, and why (a key of WORDS)."""

    inbox: str
    file_name: str
    why: str


Tell = Callable[[Left], None]


def plain_name(name: str) -> str:
    """A file's name as it may be stored and shown: bytes that are no UTF-8 and invisible marks are spelt out."""
    text = os.fsencode(name).decode("utf-8", "backslashreplace")
    return "".join(c if unicodedata.category(c)[0] != "C" and c not in "\u2028\u2029" else _spelt(c) for c in text)


def _spelt(character: str) -> str:
    return character.encode("unicode_escape").decode()


def inboxes(folder: TrustFolder, trust: Trust) -> list[str]:
    """Every inbox by name: the trust's own, each school's, and any folder that belongs to no school of trust.toml."""
    known = [TRUST_INBOX, *(school.slug for school in trust.schools)]
    strangers = [
        entry.name
        for entry in os.scandir(folder.inbox)
        if entry.is_dir(follow_symlinks=False) and not entry.name.startswith(".") and entry.name not in known
    ]
    return known + sorted(strangers)


def waiting(folder: TrustFolder, inbox: str, tell: Tell | None = None) -> list[Path]:
    """The files that wait in one inbox, at any depth, by name; hidden and temporary ones and links are left alone, and
    so are those that were taken in from a place they cannot be removed from, as long as they have not changed.

    tell: is told of what looks like an extract and is no file, or larger than Rollcall reads.
    """

    def leave(name: str, why: str) -> None:
        if tell:
            tell(Left(plain_name(inbox), plain_name(name), why))

    found = []
    fixed: Fixed | None = None
    for entry in _entries(folder.inbox / inbox, lambda name: leave(name, UNREADABLE)):
        if not entry.is_file(follow_symlinks=False):
            leave(entry.name, NO_FILE)
            continue
        with contextlib.suppress(FileNotFoundError):
            seen = entry.stat(follow_symlinks=False)
            if seen.st_size > conventions().limits.file_bytes:
                leave(entry.name, TOO_LARGE)
                continue
            fixed = fixed or Fixed(folder, inbox)
            if not fixed.knows(Path(entry.path), seen):
                found.append(Path(entry.path))
    return sorted(found)


def _entries(top: Path, refused: Callable[[str], None] | None = None) -> Iterator[os.DirEntry[str]]:
    """Everything below `top` that may be an extract, however deep. refused: told of folders that cannot be opened."""
    endings = tuple(conventions().arrival.temporary_endings)
    folders = [os.fspath(top)]
    while folders:
        parent = folders.pop()
        try:
            here = list(os.scandir(parent))
        except FileNotFoundError:
            continue
        except OSError:
            if refused:
                refused(os.path.basename(parent))
            continue
        for entry in here:
            if entry.name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False):
                folders.append(entry.path)
            elif not entry.name.lower().endswith(endings):
                yield entry


def ready(folder: TrustFolder, names: Iterable[str], tell: Tell | None = None) -> dict[str, list[Path]]:
    """The complete files that wait in each of the inboxes `names`; waits a moment for all that are fresh together."""
    found = {name: waiting(folder, name, tell) for name in names}
    unfinished = growing(path for paths in found.values() for path in paths)
    for name, paths in found.items():
        for path in paths:
            if path in unfinished and tell:
                tell(Left(plain_name(name), plain_name(path.name), GROWING))
    return {name: [path for path in paths if path not in unfinished] for name, paths in found.items()}


def growing(files: Iterable[Path]) -> set[Path]:
    """Those of the files that are still being written: changed a moment ago, and either changing between two looks or
    without the end that a file of their kind has. Waits once, and only when a file is that fresh."""
    arrival = conventions().arrival
    now = time.time()
    fresh = {}
    for path in files:
        with contextlib.suppress(OSError):
            seen = path.lstat()
            if seen.st_mtime > now - arrival.fresh_seconds:
                fresh[path] = _seen(seen)
    if not fresh:
        return set()
    time.sleep(arrival.second_look_seconds)
    return {path for path, before in fresh.items() if _look(path) != before or _cut_short(path)}


def _seen(found: os.stat_result) -> _Seen:
    return found.st_ino, found.st_size, found.st_mtime_ns


def _look(path: Path) -> _Seen | None:
    with contextlib.suppress(OSError):
        return _seen(path.lstat())
    return None


def _cut_short(path: Path) -> bool:
    ends = _ENDS.get(path.suffix.lower())
    if ends is None:
        return False
    try:
        with path.open("rb") as handle:
            size = handle.seek(0, os.SEEK_END)
            handle.seek(max(0, size - 64))
            last = handle.read()
            handle.seek(0)
            wide = handle.read(2) in _UTF16_MARKS
    except OSError:
        return True
    if wide:
        last = last.replace(b"\x00", b"")
    return size > 0 and not (last if ends[0] == b"\n" else last.rstrip()).endswith(ends)


def read_whole(path: Path, inbox: str, tell: Tell | None = None) -> tuple[bytes, os.stat_result] | None:
    """The bytes of a file that did not change while it was read, and how it stood; None (and a word to `tell`) where it
    changed, went away, cannot be opened or is no plain file."""

    def leave(why: str) -> None:
        if tell:
            tell(Left(plain_name(inbox), plain_name(path.name), why))

    try:
        # Without blocking: a pipe put in a file's place would be waited for.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except PermissionError:
        leave(UNREADABLE)
        return None
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENXIO, errno.ENODEV):
            leave(NO_FILE)
            return None
        raise
    with open(descriptor, "rb") as handle:
        before = os.fstat(handle.fileno())
        if not stat.S_ISREG(before.st_mode):
            leave(NO_FILE)
            return None
        content = handle.read(before.st_size + 1)
        after = os.fstat(handle.fileno())
    if _seen(before) != _seen(after) or len(content) != after.st_size or _look(path) != _seen(after):
        leave(GROWING)
        return None
    return content, after


def take_out(path: Path, seen: os.stat_result) -> bool:
    """Removes a file that was taken in; False where the inbox does not allow it.

    A file that has changed since it was read stays for the next run.
    """
    if _look(path) == _seen(seen):
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            if error.errno not in _READ_ONLY:
                raise
            return False
    return True


class Fixed:
    """The files of one inbox that were taken in and could not be removed: quarantine/.fixed/<inbox>.json.

    A file is known by the hash of its path, its size and its modification time, so the list names nobody.
    """

    def __init__(self, folder: TrustFolder, inbox: str) -> None:
        self._top = folder.inbox / inbox
        self._list = folder.quarantine / ".fixed" / f"{_digest(inbox)}.json"
        self._known: dict[str, list[int]] = {}
        with contextlib.suppress(OSError, ValueError):
            self._known = json.loads(self._list.read_text(encoding="utf-8"))

    def knows(self, path: Path, found: os.stat_result) -> bool:
        """True when the file was taken in as it stands."""
        return bool(self._known) and self._known.get(self._key(path)) == [found.st_size, found.st_mtime_ns]

    def remember(self, files: dict[Path, os.stat_result]) -> None:
        """Adds files as they stood when they were taken in; those that have gone are dropped."""
        there = {self._key(Path(entry.path)) for entry in _entries(self._top)}
        self._known = {key: value for key, value in self._known.items() if key in there}
        self._known |= {self._key(path): [found.st_size, found.st_mtime_ns] for path, found in files.items()}
        write_private_atomically(self._list, json.dumps(self._known).encode())

    def _key(self, path: Path) -> str:
        return _digest(os.path.relpath(path, self._top))


def _digest(name: str) -> str:
    return hashlib.sha256(os.fsencode(name)).hexdigest()[:32]
