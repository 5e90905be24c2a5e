"""Publishing and rolling back on a machine that dies, or whose disk is full, at each change in turn."""

import shutil
from pathlib import Path

import duckdb
import pytest

from ingestion.trust import TrustFolder
from orchestration.release import assemble, audit, current_release, manifest_of, point_at, publish, releases
from orchestration.workspace import Workspace, clear_away
from tests.dying import Died, Machine
from tests.unit.orchestration.test_release import build, release, value_of, workspace


def finish(made: Workspace) -> None:
    audit(made)
    assemble(made)
    publish(made, {"release_id": made.run_id})
    made.end()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A trust with the release 1, and a build of the release 2 that is about to be published."""
    root = tmp_path_factory.mktemp("built") / "trust"
    release(root, "1", 1)
    build(workspace(root, "2"), 2)
    return root


def copied(built: Path, to: Path) -> Workspace:
    return Workspace(TrustFolder(shutil.copytree(built, to, symlinks=True)), "2")


def must_be_whole(folder: TrustFolder) -> int:
    """What a reader sees: a release with its manifest, its warehouse and no log beside it."""
    found = current_release(folder)
    assert found is not None
    assert manifest_of(found) == {"release_id": found.name}
    assert not list(found.glob("*.wal"))
    value = value_of(folder)
    assert found.name == str(value)
    return value


def changes_of(built: Path, to: Path) -> int:
    made = copied(built, to)
    with Machine().running() as machine:
        finish(made)
    return machine.changes


def test_wherever_the_machine_dies_a_reader_sees_a_whole_release(built: Path, tmp_path: Path) -> None:
    seen = set()
    for moment in range(changes_of(built, tmp_path / "undisturbed")):
        made = copied(built, tmp_path / str(moment))
        with pytest.raises(Died), Machine(dies_at=moment).running():
            finish(made)
        seen.add(must_be_whole(made.folder))
        clear_away(made.folder)
        assert must_be_whole(made.folder)
        assert set(releases(made.folder)) <= {"1", "2"}
        assert all(manifest_of(made.folder.releases / name) for name in releases(made.folder))
        assert not list((made.folder.runs / "work").iterdir())
        if moment % 5 == 0:
            release(made.folder.root, "3", 3)
            assert must_be_whole(made.folder) == 3
        shutil.rmtree(made.folder.root)
    assert seen == {1, 2}, "before the swap the old release, after it the new one"


def test_wherever_the_disk_is_full_the_previous_release_stands(built: Path, tmp_path: Path) -> None:
    stopped = 0
    for moment in range(0, changes_of(built, tmp_path / "undisturbed"), 2):
        made = copied(built, tmp_path / str(moment))
        try:
            with Machine(full_at=moment).running():
                finish(made)
        except OSError:
            stopped += 1
            made.end()
        must_be_whole(made.folder)
        assert not [path for path in made.folder.releases.iterdir() if path.name.endswith(".partial")]
        shutil.rmtree(made.folder.root)
    assert stopped > 5


def test_a_swap_that_dies_points_at_one_of_the_two(tmp_path: Path) -> None:
    release(tmp_path, "1", 1)
    release(tmp_path, "2", 2)
    folder = TrustFolder(tmp_path)
    for moment in range(10):
        try:
            with Machine(dies_at=moment).running():
                point_at(folder, "1")
        except Died:
            assert must_be_whole(folder) in (1, 2)
            clear_away(folder)
            point_at(folder, "2")
            continue
        break
    assert moment > 2
    assert must_be_whole(folder) == 1


def test_a_reader_keeps_its_release_through_publishing_and_rolling_back(tmp_path: Path) -> None:
    folder = TrustFolder(tmp_path)
    first = release(tmp_path, "1", 1)
    with duckdb.connect(str(first / "warehouse.duckdb"), read_only=True) as reader:
        release(tmp_path, "2", 2)
        point_at(folder, "1")
        point_at(folder, "2")
        assert reader.execute("select value from marts.fct_one").fetchall() == [(1,)]
    assert value_of(folder) == 2
