"""What an audience sees. Whether more can be worked out from it is for test_attack.py."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from dashboards import small_cells
from dashboards.audiences import audiences, open_audience

TABLES = ("rpt_headline", "rpt_cohorts", "rpt_bands", "rpt_code_use", "rpt_benchmarks")


@pytest.fixture(scope="module")
def network(warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_audience(warehouse, "network") as db:
        yield db


@pytest.fixture(scope="module")
def truth(warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(warehouse), read_only=True) as db:
        yield db


def values(db: duckdb.DuckDBPyConnection, query: str) -> list[tuple]:
    return db.execute(query).fetchall()


def test_audiences_are_the_network_the_analysts_and_every_school(warehouse: Path) -> None:
    found = audiences(warehouse)
    assert found[0] == "network"
    assert found[1] == "analyst"
    assert found[2:] == sorted(found[2:])
    assert "school/elm-academy" in found
    assert len(found) == 10


def test_an_unknown_audience_is_refused(warehouse: Path) -> None:
    with pytest.raises(ValueError, match="no audience school/nowhere"):
        open_audience(warehouse, "school/nowhere")


def test_the_warehouse_is_out_of_reach(network: duckdb.DuckDBPyConnection) -> None:
    assert values(network, "select distinct database_name from duckdb_tables()") == [("memory",)]
    assert values(network, "select distinct schema_name from duckdb_tables()") == [("rollcall",)]


@pytest.mark.parametrize("table", ["rpt_headline", "rpt_cohorts", "rpt_bands", "rpt_code_use"])
def test_no_shown_cell_is_about_few_pupils(network: duckdb.DuckDBPyConnection, table: str) -> None:
    assert values(network, f"select count(*) from rollcall.{table} where pupils between 1 and 5") == [(0,)]
    assert values(network, f"select count(*) > 0 from rollcall.{table} where pupils >= 6") == [(True,)]


@pytest.mark.parametrize(("kind", "column"), [("persistent", "persistently"), ("severe", "severely")])
@pytest.mark.parametrize("table", ["rpt_headline", "rpt_cohorts"])
def test_no_shown_number_of_absent_pupils_is_small(
    network: duckdb.DuckDBPyConnection, table: str, kind: str, column: str
) -> None:
    few = f"{column}_absent_pupils between 1 and 5 or pupils - {column}_absent_pupils between 1 and 5"
    assert values(network, f"select count(*) from rollcall.{table} where {few}") == [(0,)]
    # What depends on a hidden number is hidden with it.
    leftovers = f"""{kind}_is_suppressed and (
        {column}_absent_pupils is not null
        or columns('.*{kind}_absence_(percent|gap|change_previous|change_last_year)') is not null)"""
    assert values(network, f"select count(*) from rollcall.{table} where {leftovers}") == [(0,)]


def test_a_hidden_group_shows_no_figure_at_all(network: duckdb.DuckDBPyConnection) -> None:
    figures = "columns('.*_(sessions|percent|gap|pupils)|pupils') is not null"
    assert values(network, "select count(*) > 0 from rollcall.rpt_cohorts where is_suppressed") == [(True,)]
    assert values(network, f"select count(*) from rollcall.rpt_cohorts where is_suppressed and ({figures})") == [(0,)]


def test_a_change_from_a_hidden_figure_is_hidden(network: duckdb.DuckDBPyConnection) -> None:
    query = """
        select count(*) from rollcall.rpt_headline as now
        inner join rollcall.rpt_headline as before
            using (place_type, place_key, population, period_type)
        where now.previous_period_key = before.period_key and before.severe_is_suppressed
            and now.severe_absence_change_previous is not null
    """
    assert values(network, query) == [(0,)]


def test_others_get_no_forms_and_no_year_groups_codes(network: duckdb.DuckDBPyConnection) -> None:
    assert values(network, "select count(*) from rollcall.rpt_cohorts where cohort_dimension = 'form'") == [(0,)]
    assert values(network, "select count(*) from rollcall.rpt_cohorts where is_rest") == [(0,)]
    assert values(network, "select distinct year_group from rollcall.rpt_code_use") == [("all",)]
    assert values(network, "select distinct year_group from rollcall.rpt_bands") == [("all",)]
    assert values(network, "select distinct population from rollcall.rpt_headline") == [("all",)]


@pytest.mark.parametrize("table", [t for t in TABLES if t != "rpt_benchmarks"])
def test_a_school_sees_itself_in_full_and_others_as_the_network_does(
    warehouse: Path, truth: duckdb.DuckDBPyConnection, network: duckdb.DuckDBPyConnection, table: str
) -> None:
    own, not_own = "slug = 'elm-academy'", "slug is distinct from 'elm-academy'"
    # The phase's own rates beside a school's are not the school's figures.
    columns = "* exclude (phase_percent, difference_percentage_points, ratio_to_phase, stands_out)"
    columns = columns if table == "rpt_code_use" else "*"
    with open_audience(warehouse, "school/elm-academy") as school:
        assert set(values(school, f"select {columns} from rollcall.{table} where {own}")) == set(
            values(truth, f"select {columns} from reports.{table} where {own}")
        )
        assert set(values(school, f"from rollcall.{table} where {not_own}")) == set(
            values(network, f"from rollcall.{table} where {not_own}")
        )


def test_a_school_sees_no_rate_of_a_phase_that_is_hidden(warehouse: Path, network: duckdb.DuckDBPyConnection) -> None:
    hidden = values(
        network, "select period_key, code from rollcall.rpt_code_use where place_key = 'secondary' and is_suppressed"
    )
    assert hidden
    with open_audience(warehouse, "school/elm-academy") as school:
        shown = values(
            school,
            "select period_key, code from rollcall.rpt_code_use "
            "where slug = 'elm-academy' and year_group = 'all' and phase_percent is not null",
        )
    assert shown
    assert not set(hidden) & set(shown)


def test_sessions_of_a_rare_code_cannot_be_had_from_the_half_terms_of_a_term(
    truth: duckdb.DuckDBPyConnection, network: duckdb.DuckDBPyConnection
) -> None:
    rare = values(
        truth,
        "select place_key, code, period_key from reports.rpt_code_use where period_type = 'half_term' "
        "and academic_year = '2025/26' and year_group = 'all' and pupils < 6 and place_type = 'school'",
    )
    assert rare
    for place, code, period in rare:
        hidden = values(
            network,
            "select sum(is_suppressed::int) from rollcall.rpt_code_use where academic_year = '2025/26' "
            f"and place_key = '{place}' and code = '{code}' and period_type in ('half_term', 'term')",
        )[0][0]
        others = values(
            truth,
            "select count(*) from reports.rpt_code_use where academic_year = '2025/26' and year_group = 'all' "
            f"and place_key = '{place}' and code = '{code}' and period_type in ('half_term', 'term')",
        )[0][0]
        assert hidden >= min(2, others), (place, code, period)


def test_a_single_hidden_group_takes_another_with_it() -> None:
    """The rule by hand: 30 pupils, 4 in one group; the next smallest group is hidden too, and the total stays."""
    with duckdb.connect() as db:
        db.execute(small_cells.CELLS)
        db.execute("create table outside_ages (year_group varchar)")
        db.execute("create table bands (absence_band varchar, is_persistent boolean, is_severe boolean)")
        db.execute(
            "create table codes (code varchar, is_possible boolean, is_attended boolean, is_authorised boolean, "
            "is_unauthorised boolean, is_late boolean)"
        )
        for cell, (member, n) in enumerate([("all", 30), ("a", 4), ("b", 9), ("c", 17), ("d", 0)]):
            dimension = "all" if member == "all" else "group"
            db.execute(
                "insert into cells select $cell, 'school', 's', 'p', 'year', '2025/26', '2025/26', null, null, "
                "'pupils', $dimension, $member, $n, null, true, false, false, false",
                {"cell": cell, "dimension": dimension, "member": member, "n": n},
            )
        small_cells.hide(db, minimum=6)
        assert values(db, "select member from cells where hidden order by 1") == [("a",), ("b",)]


def test_a_release_of_an_earlier_version_says_what_to_do(warehouse: Path, tmp_path: Path) -> None:
    old = tmp_path / "warehouse.duckdb"
    old.write_bytes(warehouse.read_bytes())
    with duckdb.connect(str(old)) as db:
        db.execute("drop table reports.rpt_periods")
    with pytest.raises(ValueError, match=r"earlier version of Rollcall .* `rollcall run`"):
        open_audience(old, "network")
