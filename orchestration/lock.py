"""One run at a time in a trust folder.

The lock is an advisory `flock` on `runs/.lock`: the kernel lets go of it when the process ends, however it ends.
"""

from __future__ import annotations

import errno
import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_held: dict[Path, int] = {}
_guard = threading.Lock()


class LockHeldError(Exception):
    """Another run holds the trust folder; `.args[0]` is the sentence to show."""


class NoLockError(Exception):
    """The file system knows no locks; `.args[0]` is the sentence to show."""


@contextmanager
def trust_lock(runs: Path) -> Iterator[None]:
    """Hold the trust folder whose runs folder is `runs` for the length of the block.

    Never waits: raises LockHeldError at once when another process holds it. Within one process the lock may be
    taken again (the command line takes it before Dagster's resource does).
    """
    path = runs.resolve() / ".lock"
    _take(path)
    try:
        yield
    finally:
        _let_go(path)


_descriptors: dict[Path, int] = {}


def _take(path: Path) -> None:
    with _guard:
        if path not in _held:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                os.close(descriptor)
                if error.errno not in (errno.EWOULDBLOCK, errno.EACCES):
                    raise NoLockError(
                        f"The disk of the trust folder {path.parents[1]} cannot lock files, so two runs at once would "
                        "not notice each other; put the trust folder on a local disk."
                    ) from None
                raise LockHeldError(
                    f"Another run holds the trust folder {path.parents[1]}; wait for it to end, then try again."
                ) from None
            _descriptors[path] = descriptor
        _held[path] = _held.get(path, 0) + 1


def _let_go(path: Path) -> None:
    with _guard:
        _held[path] -= 1
        if _held[path] == 0:
            del _held[path]
            os.close(_descriptors.pop(path))
