"""The trust's lock: one process at a time, said at once, and gone with the process."""

import subprocess
import sys
from pathlib import Path

import pytest

from orchestration.lock import LockHeldError, trust_lock

HOLD = "import sys; from pathlib import Path; from orchestration.lock import trust_lock\n" + (
    "with trust_lock(Path(sys.argv[1])):\n    print('held', flush=True); sys.stdin.read()"
)


def holder(runs: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(runs)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_another_process_is_told_at_once_and_may_come_in_later(tmp_path: Path) -> None:
    process = holder(tmp_path)
    try:
        with pytest.raises(LockHeldError, match="Another run holds"), trust_lock(tmp_path):
            pass
    finally:
        process.communicate("")
    with trust_lock(tmp_path):
        pass


def test_a_killed_process_lets_go(tmp_path: Path) -> None:
    process = holder(tmp_path)
    process.kill()
    process.wait()
    with trust_lock(tmp_path):
        pass


def test_the_process_that_holds_it_may_take_it_again(tmp_path: Path) -> None:
    with trust_lock(tmp_path):
        with trust_lock(tmp_path):
            pass
        process = subprocess.run(
            [sys.executable, "-c", HOLD, str(tmp_path)], capture_output=True, text=True, check=False
        )
    assert "LockHeldError" in process.stderr
