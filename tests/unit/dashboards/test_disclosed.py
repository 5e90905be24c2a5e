"""The record of what was hidden: it decides, it is carried on, and it forgets periods that are gone."""

import json
import os
import shutil
from pathlib import Path

import duckdb
import pytest

from dashboards import small_cells
from dashboards.audiences import open_audience
from dashboards.disclosed import DECIDED, KEYS, RECORD, hidden_cells, write_record

Row = dict[str, object]


@pytest.fixture(scope="module")
def first(warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release with a warehouse and its first record."""
    release = tmp_path_factory.mktemp("first")
    os.link(warehouse, release / warehouse.name)
    write_record(release / warehouse.name, None)
    return release / warehouse.name


def rows(record: Path, where: str) -> list[Row]:
    with duckdb.connect() as db:
        return db.execute(f"from '{record}' where {where} order by all").to_arrow_table().to_pylist()


def next_release(first: Path, tmp_path: Path, change: str) -> Path:
    """A release of the same warehouse after one whose record was changed by `change` (SQL on the table record)."""
    os.link(first, tmp_path / first.name)
    with duckdb.connect() as db:
        db.execute(f"create table record as from '{first.parent / RECORD}'")
        db.execute(change)
        db.execute(f"copy record to '{tmp_path / 'earlier.parquet'}' (format parquet)")
    write_record(tmp_path / first.name, tmp_path / "earlier.parquet")
    return tmp_path / first.name


A_SHOWN_GROUP = (
    "kind = 'pupils' and dimension = 'ethnicity' and place_key = 'elm-academy' and period_key = '2025/26 HT1' "
    "and was_shown"
)


def test_the_first_record_says_what_is_judged_without_one(warehouse: Path, first: Path) -> None:
    def cells(path: Path) -> set[tuple]:
        return {tuple(row.values()) for row in hidden_cells(path).to_pylist()}

    assert cells(first) == cells(warehouse)
    assert all(row["was_hidden"] == row["is_hidden"] != row["was_shown"] for row in rows(first.parent / RECORD, "true"))


def test_the_same_figures_are_hidden_again(first: Path, tmp_path: Path) -> None:
    again = next_release(first, tmp_path, "select 1")
    assert rows(again.parent / RECORD, "true") == rows(first.parent / RECORD, "true")


def test_what_was_hidden_stays_hidden_while_its_number_is_the_same(first: Path, tmp_path: Path) -> None:
    (shown, *_) = rows(first.parent / RECORD, A_SHOWN_GROUP)
    change = (
        f"update record set was_hidden = true, was_shown = false where {A_SHOWN_GROUP} and member = '{shown['member']}'"
    )
    again = next_release(first, tmp_path, change)
    (found,) = rows(
        again.parent / RECORD, f"{A_SHOWN_GROUP.replace('was_shown', 'true')} and member = '{shown['member']}'"
    )
    assert found["is_hidden"]
    with open_audience(again, "network") as db:
        figures = db.execute(
            "select is_suppressed, pupils from rollcall.rpt_cohorts where place_key = 'elm-academy' "
            f"and period_key = '2025/26 HT1' and cohort_dimension = 'ethnicity' and cohort = '{shown['member']}'"
        ).fetchall()
    assert figures == [(True, None)]


def test_it_is_shown_when_its_number_is_another(first: Path, tmp_path: Path) -> None:
    change = f"update record set n = n + 1, was_hidden = true, was_shown = false where {A_SHOWN_GROUP}"
    again = next_release(first, tmp_path, change)
    is_hidden = {(row["n"], row["is_hidden"]) for row in rows(again.parent / RECORD, A_SHOWN_GROUP)}
    assert all(not hidden for _, hidden in is_hidden)
    # The earlier number is kept too, for the day when it comes back.
    assert len(rows(again.parent / RECORD, "not is_hidden and was_hidden")) == len(is_hidden)


def test_periods_that_are_gone_are_forgotten(first: Path, tmp_path: Path) -> None:
    change = "insert into record select * replace ('1999/00' as period_key) from record where period_key = '2025/26'"
    again = next_release(first, tmp_path, change)
    assert rows(again.parent / RECORD, "period_key = '1999/00'") == []
    assert set(KEYS) < set(rows(again.parent / RECORD, "true")[0])


def follow(before: Path, folder: Path, change: str = "select 1") -> Path:
    """A release after another: the same warehouse, changed."""
    folder.mkdir()
    shutil.copyfile(before, folder / before.name)
    with duckdb.connect(str(folder / before.name)) as db:
        db.execute(change)
    write_record(folder / before.name, before.parent / RECORD)
    return folder / before.name


def judged(monkeypatch: pytest.MonkeyPatch) -> list[set[str]]:
    """Collects the academic years that are judged, one set for each time."""
    years: list[set[str]] = []
    hide = small_cells.hide

    def noting(db: duckdb.DuckDBPyConnection, minimum: int) -> int:
        years.append({year for (year,) in db.execute("select distinct academic_year from cells").fetchall()})
        return hide(db, minimum)

    monkeypatch.setattr(small_cells, "hide", noting)
    return years


def test_years_in_which_nothing_changed_keep_their_decision(
    first: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    years = judged(monkeypatch)
    second = follow(first, tmp_path / "second")
    third = follow(second, tmp_path / "third")
    change = "update reports.rpt_cohorts set pupils = pupils + 1 where academic_year = '2025/26' and pupils > 20"
    fourth = follow(third, tmp_path / "fourth", change)
    # What the first release showed and hid is recorded in the second only, so that one is decided once more.
    assert years[:2] == [years[0], set()]
    assert len(years[0]) > 1
    assert years[2] == {"2025/26"}
    others = "not starts_with(period_key, '2025') and not starts_with(period_key, '2026')"
    assert rows(third.parent / RECORD, "true") == rows(second.parent / RECORD, "true")
    assert rows(fourth.parent / RECORD, others) == rows(third.parent / RECORD, others)
    # And it is what is decided where nothing is kept.
    (third.parent / DECIDED).unlink()
    whole = follow(third, tmp_path / "whole", change)
    assert years[3] == years[0]
    assert rows(whole.parent / RECORD, "true") == rows(fourth.parent / RECORD, "true")
    said = [json.loads((path.parent / DECIDED).read_text()) for path in (whole, fourth)]
    assert said[0] == said[1]


def test_another_record_or_another_minimum_is_another_decision(
    first: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    years = judged(monkeypatch)
    second = follow(first, tmp_path / "second")
    follow(second, tmp_path / "minimum", "update reports.rpt_release set suppression_minimum_pupils = 7")
    assert years[1] == years[0]
    with duckdb.connect() as db:
        db.execute(f"create table record as from '{second.parent / RECORD}'")
        db.execute("update record set was_hidden = true where starts_with(period_key, '2025/26') and was_shown")
        db.execute(f"copy record to '{second.parent / RECORD}' (format parquet)")
    follow(second, tmp_path / "record")
    assert years[2] == {"2025/26"}
