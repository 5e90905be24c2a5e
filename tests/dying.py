"""Machines that die or run out of disk in the middle: every change of the file system, stopped in turn.

`Machine` counts each change that this process asks the file system for (files opened for writing, made, renamed,
removed, flushed). `dies_at` n: that change and all that follow do not happen, as after a power cut, clean-up included.
`full_at` n: that change finds no space, and so does every later one that needs space; removing still works.
"""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

_CHANGES = ("replace", "rename", "unlink", "remove", "rmdir", "mkdir", "chmod", "link", "symlink", "fsync", "truncate")
_NEEDS_SPACE = {"mkdir", "link", "symlink", "fsync", "open", "replace", "rename"}


class Died(BaseException):
    """The machine is dead: nothing may catch this and go on."""


class Machine:
    """Counts changes to the file system, and stops them from one on."""

    def __init__(self, dies_at: int | None = None, full_at: int | None = None) -> None:
        self.dies_at, self.full_at = dies_at, full_at
        self.changes = 0
        self.dead = False
        self._full = False

    def change(self, what: str, place: object) -> None:
        if self.dead:
            raise Died
        if self.changes == self.dies_at:
            self.dead = True
            raise Died
        self._full = self._full or self.changes == self.full_at
        self.changes += 1
        if self._full and what in _NEEDS_SPACE:
            raise OSError(errno.ENOSPC, "No space left on device", str(place))

    @contextmanager
    def running(self) -> Iterator[Machine]:
        """Everything in the block happens on this machine."""
        with pytest.MonkeyPatch.context() as patch:
            for name in _CHANGES:
                patch.setattr(os, name, self._counted(name, getattr(os, name)))
            patch.setattr(os, "open", self._opened(os.open))
            patch.setattr(io, "open", self._opened(io.open))
            yield self

    def _counted(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(place: Any, *rest: Any, **more: Any) -> Any:
            self.change(name, place)
            # What was written outlives this process; only a real machine needs the flush, and it takes time.
            return None if name == "fsync" else real(place, *rest, **more)

        return call

    def _opened(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(place: Any, mode: Any = "r", *rest: Any, **more: Any) -> Any:
            if mode & (os.O_WRONLY | os.O_RDWR) if isinstance(mode, int) else set(mode) & set("wax+"):
                self.change("open", place)
            elif self.dead:
                raise Died
            return real(place, mode, *rest, **more)

        return call
