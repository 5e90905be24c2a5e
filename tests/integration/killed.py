"""Runs of a trust in processes of their own, to be killed; and what a release holds, as hashes.

Run as a script it is `rollcall` without dbt's data tests, which only read, and with a stand-in for the shell of the
pages: both take minutes and are not what is tested here.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from ingestion.trust import TrustFolder
from orchestration.release import MANIFEST, WAREHOUSE, current_release, manifest_of

REPO = Path(__file__).parents[2]

# What a run knows of itself: when it took an extract in, and the name of its release.
OF_THE_RUN = {"received_at", "newest_received_at", "release_id", "published_at", "replaced_in", "revised_in"}
RUNS_THEMSELVES = {"rpt_runs", "rpt_run_steps"}


def start(root: Path, *options: str) -> subprocess.Popen[str]:
    """`rollcall run` on the trust, in a process group of its own."""
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    environment.pop("DAGSTER_HOME", None)
    return subprocess.Popen(
        [sys.executable, "-m", "tests.integration.killed", "run", "--trust", str(root), *options],
        cwd=REPO,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def stages_of(process: subprocess.Popen[str]) -> Iterator[tuple[str, float]]:
    """Each stage as its progress line comes, with its moment."""
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("["):
            yield line.split("] ", 1)[1].strip(), time.monotonic()


def kill(process: subprocess.Popen[str]) -> None:
    """kill -9 to the process and all it started."""
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def run_to_the_end(root: Path, *options: str) -> tuple[int, str, dict[str, float]]:
    """Exit code, standard error and the seconds of each stage of an undisturbed run."""
    process = start(root, *options)
    said = list(stages_of(process))
    out, _ = process.communicate()
    ends = [moment for _, moment in said[1:]] + [time.monotonic()]
    return process.returncode, out, {name: end - at for (name, at), end in zip(said, ends, strict=True)}


def killed_in(root: Path, stage: str, after: float, *options: str) -> bool:
    """Start a run and kill it so many seconds into a stage; False when it had ended before."""
    process = start(root, *options)
    for name, _ in stages_of(process):
        if name == stage:
            time.sleep(after)
            ended = process.poll() is not None
            kill(process) if not ended else process.communicate()
            return not ended
    process.communicate()
    return False


def table_hashes(root: Path) -> dict[str, tuple[int, int]]:
    """Rows and an order-free hash of every table of the current release, without what a run knows of itself."""
    release = current_release(TrustFolder(root))
    assert release is not None
    with duckdb.connect(str(release / WAREHOUSE), read_only=True) as warehouse:
        columns = warehouse.execute(
            "select schema_name, table_name, list(column_name order by column_index) from duckdb_columns() "
            "where not internal group by all order by all"
        ).fetchall()
        found = {}
        for schema, table, names in columns:
            if table in RUNS_THEMSELVES:
                continue
            kept = ", ".join(f'"{name}"' for name in names if name not in OF_THE_RUN)
            query = f'select count(*), sum(cast(hash({kept}) as hugeint)) from "{schema}"."{table}"'
            rows, together = warehouse.execute(query).fetchall()[0]
            found[f"{schema}.{table}"] = (rows, together or 0)
    return found


def must_be_tidy(root: Path) -> None:
    """No file waits, none is half made, and no run has left its workspace."""
    folder = TrustFolder(root)
    assert not [path for path in folder.inbox.rglob("*") if path.is_file()]
    assert not list(root.rglob("*.tmp"))
    assert not list(folder.releases.glob("*.partial"))
    assert not list((folder.runs / "work").iterdir())
    assert not list(folder.published.glob(".current.*"))
    assert not list(root.rglob("*.wal"))
    assert all(path.read_text().rstrip().endswith("}") for path in folder.ledger.glob("*.json"))


@contextmanager
def reader(root: Path) -> Iterator[list[str]]:
    """Reads the current release over and over while the block lasts; what went wrong is in the list."""
    folder = TrustFolder(root)
    faults: list[str] = []
    over = threading.Event()

    def read() -> None:
        while not over.wait(0.05):
            try:
                release = current_release(folder)
                if release is None:
                    continue
                manifest = manifest_of(release)
                if manifest is None:
                    faults.append(f"{release.name} has no {MANIFEST}")
                    continue
                with duckdb.connect(str(release / WAREHOUSE), read_only=True) as warehouse:
                    rows = warehouse.execute("select count(*) from marts.fct_sessions").fetchall()[0][0]
                if rows != manifest["rows"]["marts.fct_sessions"]:
                    faults.append(f"{release.name} has {rows} rows")
            except Exception as error:
                faults.append(repr(error))

    thread = threading.Thread(target=read)
    thread.start()
    try:
        yield faults
    finally:
        over.set()
        thread.join()


def moments(seconds: dict[str, float], number: int, chance: random.Random) -> list[tuple[str, float]]:
    """So many random points over all stages of a run, every stage at least once, in random order."""
    stages = list(seconds)
    chosen = [stages[i % len(stages)] for i in range(max(number, len(stages)))]
    chance.shuffle(chosen)
    return [(stage, chance.uniform(0, seconds[stage])) for stage in chosen]


def main() -> int:
    """`rollcall` with a shell of one page, and without dbt's data tests."""
    import tempfile

    import dashboards.evidence
    from orchestration.cli import invoke
    from orchestration.plan import execute

    execute.check = lambda *_: iter(())
    with tempfile.TemporaryDirectory() as made:
        (Path(made) / "index.html").write_text("<p>A page.")
        dashboards.evidence.build_shell = lambda *_, **__: Path(made)
        return invoke(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
