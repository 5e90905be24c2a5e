"""Great Expectations in a process of its own: it ends with the run, and a plain sentence tells where it broke."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from quality.expectations import beside
from quality.expectations.beside import Judge, JudgeError


def ended(pid: int) -> bool:
    """Whether a process has gone, waiting some seconds for it."""
    for _ in range(200):
        try:
            if Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z":
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.05)
    return False


def test_it_ends_with_the_block() -> None:
    with Judge() as judge:
        judge.start()
        process = judge._process
        judge.start()
        assert process is not None
        assert judge._process is process, "started once"
        assert process.poll() is None
    assert process.poll() is not None


def test_it_ends_when_the_run_is_killed() -> None:
    code = (
        "from quality.expectations.beside import Judge; import time; j = Judge(); j.start();"
        "print(j._process.pid, flush=True); time.sleep(60)"
    )
    run = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert run.stdout is not None
    judge = int(run.stdout.readline())
    run.kill()
    run.communicate()
    assert ended(judge)


def test_where_it_dies_one_sentence_says_so(tmp_path: Path) -> None:
    judge = Judge()
    judge.start()
    assert judge._process is not None
    judge._process.kill()
    with pytest.raises(JudgeError, match=r"stopped before it had judged the warehouse\.$"):
        judge.outcomes(tmp_path / "none.duckdb", tmp_path / "docs", None)


def test_where_it_is_stuck_it_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(beside, "_PATIENCE", 0.01)
    with pytest.raises(JudgeError, match="stopped before"):
        Judge().outcomes(tmp_path / "none.duckdb", tmp_path / "docs", None)


def test_its_error_is_told_by_its_kind_alone(tmp_path: Path) -> None:
    with pytest.raises(JudgeError) as told:
        Judge().outcomes(tmp_path / "Surname.duckdb", tmp_path / "docs", None)
    assert str(told.value) == "Great Expectations stopped before it had judged the warehouse (IOException)."
