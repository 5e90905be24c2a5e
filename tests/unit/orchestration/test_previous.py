"""Which release a run is compared with, and how it says so."""

from pathlib import Path

import polars as pl

from ingestion.previous import COMPARED, FIRST, NOT_COMPARABLE, TABLES, laid_out
from ingestion.trust import TrustFolder
from orchestration.previous import of_newest_release, prepare_previous
from orchestration.release import MANIFEST, WAREHOUSE, newest_release, point_at
from orchestration.workspace import Workspace, write_json


def _release(folder: TrustFolder, name: str, tables: bool = True, whole: bool = True) -> Path:
    release = folder.releases / name
    release.mkdir(parents=True)
    if whole:
        write_json(release / MANIFEST, {"release_id": name})
    (release / WAREHOUSE).touch()
    for file, schema in TABLES.values() if tables else ():
        (release / file).parent.mkdir(exist_ok=True)
        pl.DataFrame(schema=schema).write_parquet(release / file)
    return release


def _workspace(root: Path) -> Workspace:
    workspace = Workspace(TrustFolder(root), "20260105-000000-dddd")
    workspace.folder.published.mkdir(parents=True)
    workspace.begin()
    return workspace


def test_the_newest_whole_release_is_the_one_whatever_is_published(tmp_path: Path) -> None:
    workspace = _workspace(tmp_path)
    _release(workspace.folder, "20260101-000000-aaaa")
    newest = _release(workspace.folder, "20260102-000000-bbbb")
    _release(workspace.folder, "20260103-000000-cccc", whole=False)
    point_at(workspace.folder, "20260101-000000-aaaa")
    assert newest_release(workspace.folder) == newest
    assert prepare_previous(workspace) == COMPARED
    run = pl.read_parquet(laid_out(workspace.root / "previous", "run")).row(0, named=True)
    assert (run["release_id"], run["previous_release_id"]) == (workspace.run_id, newest.name)


def test_the_first_release_and_one_after_an_older_layout_begin_the_log(tmp_path: Path) -> None:
    workspace = _workspace(tmp_path)
    assert prepare_previous(workspace) == FIRST
    _release(workspace.folder, "20260101-000000-aaaa", tables=False)
    assert prepare_previous(workspace) == NOT_COMPARABLE
    run = pl.read_parquet(laid_out(workspace.root / "previous", "run")).row(0, named=True)
    assert run["previous_release_id"] is None
    assert pl.read_parquet(laid_out(workspace.root / "previous", "figures")).is_empty()


def test_a_release_without_dashboards_does_not_hide_those_before_it(tmp_path: Path) -> None:
    workspace = _workspace(tmp_path)
    assert of_newest_release(workspace.folder, "site") is None
    (_release(workspace.folder, "20260101-000000-aaaa") / "site").mkdir()
    _release(workspace.folder, "20260102-000000-bbbb")
    (_release(workspace.folder, "20260103-000000-cccc", whole=False) / "site").mkdir()
    assert of_newest_release(workspace.folder, "site") == workspace.folder.releases / "20260101-000000-aaaa" / "site"
