"""A back-up folder: `objects/` (every content once, named by its sha256) and `snapshots/<id>.json`.

A snapshot says which file had which content. It is written last, by one rename: a back-up that was cut short leaves
objects that nothing names, and no snapshot.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import shutil
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from ingestion.files import PRIVATE_FILE, PRIVATE_FOLDER, write_atomically, write_private_atomically

LAYOUT = 1
_MARKER = "rollcall-backup.json"
_CHUNK = 1 << 20


class BackupError(Exception):
    """A back-up cannot be made, or cannot be used; `.args[0]` is the sentence to show."""


class Kept(BaseModel):
    """One file of a snapshot: its place below the trust folder, and its content by hash."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: str
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    size: int
    mode: int = Field(ge=0, le=0o777)
    mtime_ns: int

    @field_validator("path")
    @classmethod
    def _stays_below(cls, value: str) -> str:
        path = PurePosixPath(value)
        if path.is_absolute() or ".." in path.parts or not path.parts:
            raise ValueError("does not lie below the trust folder")
        return value


class Snapshot(BaseModel):
    """The trust folder at one moment. secret: whether the pupil-key secret is among the files."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    layout: int = Field(ge=LAYOUT, le=LAYOUT)
    snapshot: str = Field(pattern=r"^\d{8}-\d{6}-\d{4,}$")
    made_at: dt.datetime
    trust: str
    release: str | None
    secret: bool
    files: list[Kept]

    def told(self) -> dict[str, Any]:
        """The snapshot in a few facts, for people and for --json."""
        return {
            "snapshot": self.snapshot,
            "made_at": self.made_at.isoformat(),
            "trust": self.trust,
            "release": self.release,
            "secret": self.secret,
            "files": len(self.files),
            "bytes": sum(kept.size for kept in self.files),
        }


class Store:
    """The back-up folder at `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()
        self._snapshots = self.root / "snapshots"

    def open_for(self, trust: str) -> None:
        """Make the folder, or see that it holds back-ups of this trust. Raises BackupError."""
        marker = self.root / _MARKER
        if not marker.exists():
            if self.root.exists() and (not self.root.is_dir() or any(self.root.iterdir())):
                raise BackupError(f"{self.root} is not empty and holds no back-ups; choose a new folder.")
            self.root.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
            write_private_atomically(marker, json.dumps({"layout": LAYOUT, "trust": trust}).encode())
        for folder in (self.root, self.root / "objects", self._snapshots):
            folder.mkdir(exist_ok=True, mode=PRIVATE_FOLDER)
            folder.chmod(PRIVATE_FOLDER)
        whose = self._marked().get("trust")
        if whose != trust:
            raise BackupError(f"{self.root} holds back-ups of {whose}; choose a folder of its own for {trust}.")

    def opened(self) -> Store:
        """Itself, when it is a back-up folder. Raises BackupError."""
        self._marked()
        return self

    def _marked(self) -> dict[str, Any]:
        try:
            found = json.loads((self.root / _MARKER).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            raise BackupError(
                f"{self.root} is no back-up folder; name the folder given to `rollcall backup`."
            ) from None
        return found if isinstance(found, dict) else {}

    def snapshots(self) -> list[Snapshot]:
        """Every snapshot, oldest first. Raises BackupError where one cannot be read."""
        return [self._read(path) for path in sorted(self._snapshots.glob("*.json"))]

    def newest(self) -> Snapshot | None:
        """The newest snapshot, if there is one."""
        paths = sorted(self._snapshots.glob("*.json"))
        return self._read(paths[-1]) if paths else None

    def named(self, name: str | None) -> Snapshot:
        """The snapshot called `name`, or the newest. Raises BackupError when there is none."""
        known = [path.stem for path in sorted(self._snapshots.glob("*.json"))]
        if not known:
            raise BackupError(f"{self.root} holds no whole snapshot yet; make one with `rollcall backup`.")
        if name is not None and name not in known:
            raise BackupError(f"There is no snapshot {name} in {self.root}; there are {', '.join(known)}.")
        return self._read(self._snapshots / f"{name or known[-1]}.json")

    def _read(self, path: Path) -> Snapshot:
        try:
            return Snapshot.model_validate_json(path.read_bytes())
        except ValidationError:
            raise BackupError(
                f"The snapshot {path} cannot be read: it is damaged, or a newer Rollcall made it; use another one."
            ) from None

    def add(self, snapshot: Snapshot) -> None:
        """Write the snapshot; from now on it exists."""
        path = self._snapshots / f"{snapshot.snapshot}.json"
        write_private_atomically(path, snapshot.model_dump_json().encode(), read_only=True)

    def content(self, sha256: str) -> Path:
        """Where the content with this hash lies."""
        return self.root / "objects" / sha256[:2] / sha256

    def has(self, sha256: str, size: int) -> bool:
        """True when a content of this hash and size is there (not read again: `is_whole` does)."""
        path = self.content(sha256)
        return path.is_file() and path.stat().st_size == size

    def is_whole(self, sha256: str) -> bool:
        """True when the content is there and still has its hash."""
        path = self.content(sha256)
        if not path.is_file():
            return False
        with path.open("rb") as handle:
            return hashlib.file_digest(handle, "sha256").hexdigest() == sha256

    def take(self, source: Path) -> tuple[str, int, int]:
        """Copy a file's content into the store unless it is there; its hash, its size and how many bytes were new.

        The hash is of the bytes that were copied, so a file that changes meanwhile is kept as it was read.
        """
        digest, size, temporary = hashlib.sha256(), 0, self.root / ".incoming"

        def copy(target: BinaryIO) -> None:
            nonlocal size
            with source.open("rb") as handle:
                while chunk := handle.read(_CHUNK):
                    digest.update(chunk)
                    target.write(chunk)
                    size += len(chunk)

        temporary.touch(mode=PRIVATE_FILE)
        with temporary.open("wb") as target:
            copy(target)
        sha256 = digest.hexdigest()
        if self.has(sha256, size):
            temporary.unlink()
            return sha256, size, 0
        write_atomically(self.content(sha256), lambda path: shutil.move(temporary, path), mode=0o400)
        return sha256, size, size

    def keep_only(self, number: int) -> list[str]:
        """Delete all but the newest snapshots, then the contents that none of the rest names; the deleted names."""
        paths = sorted(self._snapshots.glob("*.json"))
        gone = paths[:-number]
        # The names first: a content that no snapshot names is no loss, the other way round would be.
        for path in gone:
            path.unlink()
        if gone:
            wanted = {kept.sha256 for snapshot in self.snapshots() for kept in snapshot.files}
            for path in (self.root / "objects").glob("*/*"):
                if path.name not in wanted:
                    path.unlink()
        return [path.stem for path in gone]
