"""Writing files so that a crash leaves the old state or the new one, never half of one."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700
_READ_ONLY = 0o400


def write_atomically(
    path: Path, write: Callable[[Path], object], *, mode: int | None = None, renamed: set[Path] | None = None
) -> None:
    """Calls `write` with a temporary name beside `path`, flushes it to disk and renames it to `path`.

    renamed: gets the folder, which the caller flushes (`flush_folders`) when it has written all that belongs together:
    until then the rename may not outlast a power cut.
    """
    private = mode is not None and not mode & 0o077
    if not path.parent.is_dir():
        path.parent.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER if private else 0o777)
        flush_folder(path.parent.parent)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        if mode is not None:
            temporary.touch(mode=PRIVATE_FILE)
        write(temporary)
        with temporary.open("rb") as handle:
            os.fsync(handle.fileno())
        if mode is not None:
            temporary.chmod(mode)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    if renamed is None:
        flush_folder(path.parent)
    else:
        renamed.add(path.parent)


def flush_folders(renamed: set[Path]) -> None:
    """Makes the renames in all of the folders last, and forgets them."""
    for folder in sorted(renamed):
        flush_folder(folder)
    renamed.clear()


def flush_folder(folder: Path) -> None:
    """Makes a rename in `folder` last through a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_private_atomically(
    path: Path, content: bytes, *, read_only: bool = False, renamed: set[Path] | None = None
) -> None:
    """Writes bytes that only the owner may read (and, with read_only, nobody may change)."""
    mode = _READ_ONLY if read_only else PRIVATE_FILE
    write_atomically(path, lambda p: p.write_bytes(content), mode=mode, renamed=renamed)


def write_text_atomically(path: Path, text: str, *, renamed: set[Path] | None = None) -> None:
    """Writes a text file whole or not at all."""
    write_atomically(path, lambda p: p.write_text(text, encoding="utf-8"), renamed=renamed)


def write_parquet_atomically(
    frame: pl.DataFrame, path: Path, *, private: bool = False, renamed: set[Path] | None = None
) -> None:
    """Writes a Parquet file whole or not at all."""
    mode = PRIVATE_FILE if private else None
    write_atomically(path, lambda p: frame.write_parquet(p, statistics=True), mode=mode, renamed=renamed)
