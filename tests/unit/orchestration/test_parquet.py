"""Parquet of a release: equal files are links, what changed is written, and together they are the table."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.parquet import Changed, Contents, write_tables

TABLES = {"dim_school": "marts.dim_school", "fct_sessions": "marts.fct_sessions"}
SLICED = {"fct_sessions": ("school_urn", "academic_year")}
SCHOOL_DAYS = "fct_sessions/2025-26/900001.parquet"


@pytest.fixture
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as db:
        db.execute("create schema marts")
        db.execute("create table marts.dim_school as select 900001 as school_urn, 'Oak' as school_name")
        db.execute(
            "create table marts.fct_sessions as select school_urn, academic_year, day, 'present' as code "
            "from (values (900001), (900002)) as s(school_urn), (values ('2024/25'), ('2025/26')) as y(academic_year), "
            "range(100) as d(day)"
        )
        yield db


class Releases:
    """Two releases after one another."""

    def __init__(self, db: duckdb.DuckDBPyConnection, root: Path) -> None:
        self.db, self.first, self.second = db, root / "r1", root / "r2"
        self.contents = write_tables(db, TABLES, self.first, sliced=SLICED)

    def follow(self, **given: Any) -> Contents:
        return write_tables(self.db, TABLES, self.second, self.first, self.contents, **{"sliced": SLICED, **given})

    def written(self) -> set[str]:
        """The files of the second release that are not those of the first."""
        return {
            name
            for path in self.second.rglob("*.parquet")
            for name in [str(path.relative_to(self.second))]
            if not (self.first / name).is_file() or not path.samefile(self.first / name)
        }

    def rows(self, release: Path) -> list[tuple[Any, ...]]:
        files = str(release / "fct_sessions" / "**" / "*.parquet")
        return duckdb.execute("from read_parquet(?) order by all", [files]).fetchall()


@pytest.fixture
def releases(warehouse: duckdb.DuckDBPyConnection, tmp_path: Path) -> Releases:
    return Releases(warehouse, tmp_path)


def nothing(table: str, values: tuple[Any, ...]) -> bool:
    """A run that built no slice."""
    return False


def whole(db: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    return db.execute("from marts.fct_sessions order by all").fetchall()


def test_nothing_is_written_again_where_nothing_changed(releases: Releases) -> None:
    assert releases.follow() == releases.contents
    assert releases.written() == set()
    assert releases.rows(releases.second) == whole(releases.db)
    assert set(releases.contents["fct_sessions"]["files"]) == {
        f"fct_sessions/{year}/{urn}.parquet" for year in ("2024-25", "2025-26") for urn in (900001, 900002)
    }


@pytest.mark.parametrize("changed", [None, lambda table, values: values == (900001, "2025/26")])
def test_what_changed_is_written_and_the_release_before_keeps_what_it_had(
    releases: Releases, changed: Changed | None
) -> None:
    before = releases.rows(releases.first)
    releases.db.execute(
        "update marts.fct_sessions set code = 'absent' where school_urn = 900001 and academic_year = '2025/26' "
        "and day = 7"
    )
    releases.db.execute("update marts.dim_school set school_name = 'Oak Academy'")
    contents = releases.follow(changed=changed)
    assert releases.written() == {SCHOOL_DAYS, "dim_school.parquet"}
    assert releases.rows(releases.second) == whole(releases.db)
    assert releases.rows(releases.first) == before
    assert contents == write_tables(releases.db, TABLES, releases.second.parent / "whole", sliced=SLICED)
    shutil.rmtree(releases.first)
    assert releases.rows(releases.second) == whole(releases.db), "a release can be deleted without harm to the next"


def test_rows_that_are_gone_are_gone_whatever_the_run_says(releases: Releases) -> None:
    """A pupil or a year that was removed: nothing of it is carried on."""
    releases.db.execute("delete from marts.fct_sessions where academic_year = '2024/25' and school_urn = 900002")
    releases.db.execute("delete from marts.fct_sessions where day = 3 and school_urn = 900001")
    releases.follow(changed=nothing)
    assert releases.rows(releases.second) == whole(releases.db)
    assert not (releases.second / "fct_sessions" / "2024-25" / "900002.parquet").exists()


def test_another_shape_or_a_lost_file_is_written_anew(releases: Releases) -> None:
    releases.db.execute("alter table marts.fct_sessions add column note varchar")
    (releases.first / "dim_school.parquet").unlink()
    releases.follow(changed=nothing)
    assert len(releases.written()) == 5
    assert releases.rows(releases.second) == whole(releases.db)


def test_a_sliced_table_without_rows_has_its_columns_still(releases: Releases) -> None:
    releases.db.execute("delete from marts.fct_sessions")
    releases.follow(changed=nothing)
    assert releases.rows(releases.second) == []
    assert releases.written() == {"fct_sessions/none.parquet"}
