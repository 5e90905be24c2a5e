"""One command as a process of its own, with what it cost: seconds, CPU, memory; and what a folder takes on disk.

Belongs here: measuring. Does not belong here: what is measured (parts.py).
"""

from __future__ import annotations

import os
import platform
import resource
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_EVERY = 0.02  # seconds between two looks whether it has ended
_LOOK = 0.25  # and between two at the memory, each of which takes some milliseconds
_PAGE = resource.getpagesize()
# What would make a run another one than a stranger's.
_NOT_OURS = ("DAGSTER_HOME", "ROLLCALL_TRUST")
_TOLD = 2000  # characters of what a failed command said that are kept


@dataclass(frozen=True)
class Measured:
    """What one command cost.

    wall, cpu: seconds; cpu is user and system time of the process and of all it waited for. peak: bytes, the most that
    the process and its children held together at one look (pages that they share count for each), or the most that one
    of them held, whichever is more. code: exit code; output: standard output; said: the end of standard error.
    """

    wall: float
    cpu: float
    peak: int
    code: int
    output: str
    said: str
    load: float

    def figures(self) -> dict[str, Any]:
        """The figures alone, rounded, as results keep them."""
        return {
            "wall_s": round(self.wall, 2),
            "cpu_s": round(self.cpu, 2),
            "peak_mb": round(self.peak / 1e6),
            "load_before": round(self.load, 2),
        }


def measure(
    command: Sequence[str],
    cwd: Path,
    environment: Mapping[str, str] | None = None,
    timeout: float = 4 * 3600,
    memory: int | None = None,
) -> Measured:
    """Run `command` in `cwd` and say what it cost; never raises for how it ended.

    environment: variables beside those of this process. timeout, memory: seconds and bytes (by default nine tenths of
    what is free) after which the command, and what it started, is ended; its exit code is negative then.
    """
    load = os.getloadavg()[0]
    most = memory or 0.9 * _free()
    limit = None
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        started = time.monotonic()
        process = subprocess.Popen(
            command,
            cwd=cwd,
            env={**{name: value for name, value in os.environ.items() if name not in _NOT_OURS}, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            start_new_session=True,
        )
        together, status, wall, used = 0, 0, 0.0, resource.getrusage(resource.RUSAGE_SELF)
        done, looked = 0, -_LOOK
        try:
            while not done:
                if wall >= looked + _LOOK:
                    together, looked = max(together, _held(process.pid)), wall
                time.sleep(_EVERY)
                done, status, used = os.wait4(process.pid, os.WNOHANG)
                wall = time.monotonic() - started
                if not done and (wall > timeout or together > most):
                    limit = f"{most / 1e6:,.0f} MB of memory" if together > most else f"{timeout:,.0f} s"
                    os.killpg(process.pid, signal.SIGKILL)
        finally:
            if not done:  # stopped from outside: what was started goes with it
                os.killpg(process.pid, signal.SIGKILL)
        process.returncode = os.waitstatus_to_exitcode(status)
        # a process begins as a copy of ours, and what it held then counts in the system's own figure
        largest, ours = used.ru_maxrss * 1024, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        texts = []
        for stream in (out, err):
            stream.seek(0)
            texts.append(stream.read().decode("utf-8", "replace"))
    return Measured(
        wall=wall,
        cpu=used.ru_utime + used.ru_stime,
        peak=max(together, largest if largest > ours else 0),
        code=process.returncode,
        output=texts[0],
        said=f"it was ended at {limit}" if limit else texts[1][-_TOLD:],
        load=load,
    )


def _held(session: int) -> int:
    """Bytes in memory of every process of a session; 0 where there is no /proc."""
    total = 0
    try:
        found = [name for name in os.listdir("/proc") if name.isdigit()]
    except OSError:
        return 0
    for name in found:
        try:
            with open(f"/proc/{name}/stat", "rb") as stat:
                fields = stat.read().rpartition(b")")[2].split()
        except OSError:  # it has ended
            continue
        if int(fields[3]) == session:
            total += int(fields[21]) * _PAGE
    return total


def _free() -> int:
    """Bytes of memory that a process can have: what holds nothing, and, where that is told, what holds files only."""
    try:
        told = Path("/proc/meminfo").read_text(encoding="ascii")
    except OSError:
        return os.sysconf("SC_AVPHYS_PAGES") * _PAGE
    return 1024 * next(int(line.split()[1]) for line in told.splitlines() if line.startswith("MemAvailable:"))


def disk(folder: Path) -> int:
    """Bytes that a folder takes; a file with several names (hard links) counts once."""
    seen: dict[tuple[int, int], int] = {}
    for root, _, names in os.walk(folder):
        for name in names:
            found = os.lstat(os.path.join(root, name))
            seen[found.st_dev, found.st_ino] = found.st_blocks * 512
    return sum(seen.values())


def machine() -> dict[str, Any]:
    """What the figures were measured on: cores, memory, versions. Nothing that names the machine."""
    from importlib.metadata import version

    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_gb": round(memory / 1e9, 1),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        **{name: version(name) for name in ("duckdb", "polars", "pandas")},
    }
