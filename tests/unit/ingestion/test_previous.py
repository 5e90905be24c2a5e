"""What a run reads of the release before it: laid out whole or not at all."""

import datetime as dt
import shutil
from pathlib import Path

import polars as pl
import pytest

from ingestion.previous import COMPARED, TABLES, laid_out, link_previous, write_run, write_without_previous


@pytest.fixture
def release(tmp_path: Path) -> Path:
    folder = tmp_path / "20260101-000000-aaaa"
    for file, schema in TABLES.values():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        pl.DataFrame(schema=schema).write_parquet(folder / file)
    return folder


def test_every_table_has_a_place_with_a_previous_release_and_without(tmp_path: Path, release: Path) -> None:
    with_it, without = tmp_path / "with", tmp_path / "without"
    assert link_previous(release, with_it)
    write_run(with_it, "now", dt.datetime(2026, 1, 2), release.name, COMPARED)
    write_without_previous(without)
    assert sorted(path.name for path in with_it.iterdir()) == sorted(path.name for path in without.iterdir())
    for path in without.iterdir():
        one, other = (pl.read_parquet_schema(laid_out(folder, path.name)) for folder in (with_it, without))
        assert one == other


def test_a_release_of_an_older_layout_is_left_alone(tmp_path: Path, release: Path) -> None:
    file, schema = TABLES["figures"]
    pl.DataFrame(schema={name: kind for name, kind in schema.items() if name != "replaced_in"}).write_parquet(
        release / file
    )
    assert not link_previous(release, tmp_path / "laid-out")
    assert not (tmp_path / "laid-out").exists()


def test_a_release_that_lacks_a_table_is_left_alone(tmp_path: Path, release: Path) -> None:
    (release / TABLES["enrolments"][0]).unlink()
    assert not link_previous(release, tmp_path / "laid-out")


def test_a_sliced_table_is_laid_out_slice_by_slice(tmp_path: Path, release: Path) -> None:
    whole = release / TABLES["sessions"][0]
    for year in ("2024-25", "2025-26"):
        (whole.with_suffix("") / year).mkdir(parents=True)
        shutil.copyfile(whole, whole.with_suffix("") / year / "900001.parquet")
    whole.unlink()
    assert link_previous(release, tmp_path / "laid-out")
    assert len(list((tmp_path / "laid-out" / "sessions").glob("*.parquet"))) == 2


def test_replaced_pupil_keys_go_along(tmp_path: Path, release: Path) -> None:
    keys = tmp_path / "keys.parquet"
    pl.DataFrame({"from_key": ["old"], "to_key": ["new"]}).write_parquet(keys)
    assert link_previous(release, tmp_path / "laid-out", keys)
    assert pl.read_parquet(laid_out(tmp_path / "laid-out", "pupil_keys")).rows() == [("old", "new")]
