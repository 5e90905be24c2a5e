"""What a process cost is seen: its time, its children's memory, how it ended, what a folder takes."""

import os
import sys
from pathlib import Path

from bench.measure import disk, measure
from bench.parts import ROLLCALL


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_memory_and_time_of_children_count(tmp_path: Path) -> None:
    child = "x = b'1' * 150_000_000; import time; time.sleep(0.4)"
    found = measure(python(f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"), tmp_path)
    assert found.code == 0
    assert found.peak > 150e6
    assert found.wall > 0.4
    assert 0 < found.cpu < found.wall + 1


def test_our_own_memory_does_not_count(tmp_path: Path) -> None:
    ours = b"1" * 300_000_000
    assert measure(python("import time; time.sleep(0.3)"), tmp_path).peak < len(ours) / 3


def test_a_failure_is_told_and_not_raised(tmp_path: Path) -> None:
    found = measure(python("import sys; print('{}'); sys.exit('no such thing')"), tmp_path)
    assert (found.code, found.output.strip(), found.said.strip()) == (1, "{}", "no such thing")


def test_what_takes_too_long_is_ended(tmp_path: Path) -> None:
    found = measure(python("import time; time.sleep(60)"), tmp_path, timeout=1)
    assert (found.code < 0, found.said) == (True, "it was ended at 1 s")
    assert found.wall < 20


def test_what_takes_too_much_memory_is_ended(tmp_path: Path) -> None:
    found = measure(python("import time; x = b'1' * 200_000_000; time.sleep(60)"), tmp_path, memory=100_000_000)
    assert (found.code < 0, found.said) == (True, "it was ended at 100 MB of memory")
    assert found.wall < 20


def test_a_file_with_two_names_counts_once(tmp_path: Path) -> None:
    (tmp_path / "one").write_bytes(b"1" * 100_000)
    before = disk(tmp_path)
    os.link(tmp_path / "one", tmp_path / "two")
    assert disk(tmp_path) == before >= 100_000


def test_rollcall_is_run_where_duckdb_draws_no_progress(repo: Path) -> None:
    found = measure([*ROLLCALL, "--help"], repo)
    assert (found.code, "Usage" in found.output) == (0, True)
    assert "-c" not in ROLLCALL
