"""Crash, contention and a full disk, on whole runs in processes of their own."""

import os
import random
import shutil
import subprocess
from pathlib import Path

import pytest

from ingestion.trust import TrustFolder
from orchestration.release import current_release
from tests.integration.killed import (
    killed_in,
    moments,
    must_be_tidy,
    reader,
    run_to_the_end,
    stages_of,
    start,
    table_hashes,
)
from tests.integration.tiny import TinyRun, make_tiny_trust, write_marks

POINTS = 24
IN_A_ROW = 6


def with_new_extracts(source: Path, to: Path) -> Path:
    """A trust with a release, and newer marks of both schools waiting."""
    shutil.copytree(source, to, symlinks=True)
    write_marks(to, "elm", stamp="20250922", spoil=3)
    write_marks(to, "oak", stamp="20250922")
    for path in (to / "inbox").rglob("*.csv"):
        os.utime(path, (1_758_000_000, 1_758_000_000))
    return to


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("options", [("--no-dashboards",), ()], ids=["warehouse", "dashboards"])
def test_killed_anywhere_the_next_run_ends_the_same(
    tiny_run: TinyRun, tmp_path: Path, options: tuple[str, ...]
) -> None:
    trust = with_new_extracts(tiny_run.root, tmp_path / "trust")
    undisturbed = tmp_path / "undisturbed"
    shutil.copytree(trust, undisturbed, symlinks=True)
    code, _, seconds = run_to_the_end(undisturbed, *options)
    assert code == 0
    expected = table_hashes(undisturbed)
    before = table_hashes(trust)
    assert before != expected

    points = moments(seconds, POINTS, random.Random(2025))
    if options == ():
        points = [
            point for point in points if point[0] in ("making the dashboards", "writing the reports", "publishing")
        ]
    killed = 0
    for first in range(0, len(points), IN_A_ROW):
        again = tmp_path / "again"
        shutil.copytree(trust, again, symlinks=True)
        with reader(again) as faults:
            for stage, after in points[first : first + IN_A_ROW]:
                killed += killed_in(again, stage, after, *options)
                assert table_hashes(again) in (before, expected), f"killed {after:.2f} s into {stage}"
            code, _, _ = run_to_the_end(again, *options)
        assert code == 0
        assert faults == []
        assert table_hashes(again) == expected, f"after {points[first : first + IN_A_ROW]}"
        must_be_tidy(again)
        shutil.rmtree(again)
    assert killed > len(points) // 2, "most runs were killed before they ended"


@pytest.mark.slow
def test_of_two_runs_at_once_one_works_and_the_other_says_so(tiny_run: TinyRun, tmp_path: Path) -> None:
    trust = with_new_extracts(tiny_run.root, tmp_path / "trust")
    first = start(trust, "--no-dashboards")
    next(iter(stages_of(first)))
    for arguments in (["run", "--no-dashboards"], ["rollback", current_release(TrustFolder(trust)).name]):  # type: ignore[union-attr]
        second = subprocess.run(
            ["uv", "run", "--no-sync", "rollcall", *arguments, "--trust", str(trust)], capture_output=True, text=True
        )
        assert second.returncode == 3
        assert second.stderr.strip().startswith("Another run holds the trust folder")
        assert second.stderr.count("\n") == 1
    for _ in stages_of(first):
        pass
    first.communicate()
    assert first.returncode == 0
    must_be_tidy(trust)


def can_mount() -> bool:
    return os.geteuid() == 0 and shutil.which("mount") is not None


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.skipif(not can_mount(), reason="only root can mount a small disk")
@pytest.mark.parametrize("megabytes", [2, 60, 90])
def test_a_disk_that_is_full_stops_a_run_and_loses_nothing(tmp_path: Path, megabytes: int) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(disk)], capture_output=True)
    if made.returncode:
        pytest.skip("this machine does not let a disk be mounted")
    try:
        root = make_tiny_trust(disk / "trust")
        code, _, _ = run_to_the_end(root, "--no-dashboards")
        assert code == 1
        folder = TrustFolder(root)
        assert current_release(folder) is None
        assert not list(folder.releases.iterdir())
        subprocess.run(["mount", "-o", "remount,size=1g", str(disk)], check=True)
        code, _, _ = run_to_the_end(root, "--no-dashboards")
        assert code == 0
        must_be_tidy(root)
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.slow
def test_a_trust_in_a_folder_of_any_name_with_files_of_any_kind(tmp_path: Path) -> None:
    root = make_tiny_trust(tmp_path / "St Mary's (old) é")
    text = (root / "trust.toml").read_text()
    (root / "trust.toml").write_text(text.replace("Elm Primary School", "=HYPERLINK('<b>#eval(1)</b>', Elm's)"))
    inbox = root / "inbox" / "elm"
    (inbox / "marks_20250918_'; drop table x; --.csv").write_text("upn,date,session,code\nx,9999-12-31,AM,=1+1\n")
    (inbox / "pupils_20250918.csv").write_text(
        "upn,entry_date,leaving_date,date_of_birth\nA877219999999,0001-01-01,9999-12-31,9999-12-31\n"
    )
    with open(os.path.join(os.fsencode(inbox), b"marks_20250917_\xff.csv"), "wb") as out:
        out.write(b"\x00\x01")
    os.mkfifo(inbox / "marks_20250916.csv")
    code, said, _ = run_to_the_end(root)
    assert code == 0, said
    assert "is a link, a pipe or a device" in said
