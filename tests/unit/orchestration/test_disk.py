"""A disk that is full or knows no locks, and a path with signs that mean something elsewhere."""

import errno
import fcntl
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest

from ingestion.trust import load_trust
from orchestration import disk
from orchestration.cli import invoke
from orchestration.disk import DiskFullError, says_full, too_little_room
from orchestration.lock import NoLockError, trust_lock
from orchestration.run import run_trust
from orchestration.workspace import dbt_environment
from tests.unit.ingestion.helpers import make_trust, put


def test_what_says_that_a_disk_is_full() -> None:
    assert says_full(OSError(errno.ENOSPC, "x"))
    assert says_full(OSError(errno.EDQUOT, "x"))
    assert says_full(duckdb.IOException("IO Error: Could not write file: No space left on device"))
    assert not says_full(OSError(errno.EACCES, "x"))
    assert not says_full(ValueError("disk"))


def test_a_run_that_would_not_fit_is_not_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    trust, folder = make_trust(tmp_path)
    path = put(folder, "ash", "marks_20250901.csv", "upn,date,session,code\n")
    spare = disk._needs()["spare_bytes"]
    room = SimpleNamespace(free=spare + 3 * path.stat().st_size)
    monkeypatch.setattr(disk.shutil, "disk_usage", lambda _: room)
    assert too_little_room(folder, trust, None) is None
    room.free -= 1
    said = too_little_room(folder, trust, None)
    assert said is not None
    assert "needs about 50 MB" in said
    with pytest.raises(DiskFullError, match="has 50 MB left"):
        run_trust(folder.root)
    assert invoke(["run", "--trust", str(folder.root)]) == 1
    assert capsys.readouterr().err.count("\n") == 1
    assert path.exists()
    assert not list(folder.runs.glob("*.json"))

    last = tmp_path / "release"
    last.mkdir()
    (last / "warehouse.duckdb").write_bytes(b"x" * 1000)
    room.free = spare + 3 * path.stat().st_size + 4000
    assert too_little_room(folder, trust, last) is None
    room.free -= 1
    assert too_little_room(folder, trust, last)


def test_a_disk_that_fills_during_a_run_is_told_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _, folder = make_trust(tmp_path)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "/somewhere/else")

    monkeypatch.setattr("orchestration.workspace.Workspace.note", full)
    assert invoke(["run", "--trust", str(folder.root)]) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"The disk of {folder.root} ran full (")
    assert said.count("\n") == 1


def test_a_disk_without_locks_says_so_and_not_that_another_run_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", none)
    with pytest.raises(NoLockError, match="local disk"), trust_lock(tmp_path):
        pass


def test_the_lake_is_found_under_a_path_with_a_quotation_mark(tmp_path: Path) -> None:
    root = tmp_path / "St Mary's (old) é"
    trust, folder = make_trust(root)
    assert load_trust(folder.root) == trust
    duckdb.sql("select 1 as a").write_parquet(str(folder.lake / "one.parquet"))
    location = "read_parquet('{lake}/*.parquet')".replace("{lake}", dbt_environment(folder)["ROLLCALL_LAKE"])
    assert duckdb.sql(f"from {location.format()}").fetchall() == [(1,)]
