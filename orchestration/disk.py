"""A full disk: told beforehand where it can be foreseen, and in one plain sentence where it cannot."""

from __future__ import annotations

import errno
import re
import shutil
from functools import cache
from pathlib import Path

import yaml

from ingestion.inbox import inboxes, waiting
from ingestion.trust import Trust, TrustFolder

_FULL = {errno.ENOSPC, errno.EDQUOT}
_SAID = re.compile(r"no space left on device|disk is full|disk quota exceeded", re.IGNORECASE)
_KEPT = "The previous release stands, and what waits in the inboxes stays there."
_MEND = "Make room (runs/refused and old releases may go), then run again."


class DiskFullError(Exception):
    """The disk of the trust folder is full; `.args[0]` is the sentence to show."""


@cache
def _needs() -> dict[str, int]:
    return dict(yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8")))


def says_full(error: BaseException) -> bool:
    """True for an exception that a full disk or a used-up quota raises, in Python's, DuckDB's or Polars' words."""
    return (isinstance(error, OSError) and error.errno in _FULL) or bool(_SAID.search(str(error)))


def is_full(root: Path) -> bool:
    """True when there is next to no room left on the disk that `root` is on."""
    return shutil.disk_usage(root).free < _needs()["spare_bytes"]


def full(root: Path) -> str:
    """The sentence for a disk that was full."""
    return f"The disk of {root} ran full ({_size(shutil.disk_usage(root).free)} free now). {_KEPT} {_MEND}"


def too_little_room(folder: TrustFolder, trust: Trust, release: Path | None) -> str | None:
    """A sentence when a run would not fit on the disk, judged by the current release and what waits; else None."""
    needs, warehouse = _needs(), release / "warehouse.duckdb" if release else None
    files = (path for inbox in inboxes(folder, trust) for path in waiting(folder, inbox))
    size = sum(path.stat().st_size for path in files if path.exists())
    wanted = needs["spare_bytes"] + needs["intake_per_byte"] * size
    if warehouse and warehouse.is_file():
        wanted += needs["build_per_warehouse"] * warehouse.stat().st_size
    free = shutil.disk_usage(folder.root).free
    if free >= wanted:
        return None
    return (
        f"A run needs about {_size(wanted)} on the disk of {folder.root}, which has {_size(free)} left. {_KEPT} {_MEND}"
    )


def _size(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"
