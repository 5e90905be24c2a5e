"""Comparisons and movers: the interval and what stands out, both sides of the edge; what is hidden, and from whom."""

import math
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
import tiny_trust

from dashboards.audiences import open_audience

COMPARED = {"pupils": "is_suppressed", "persistent_absence": "persistent_is_suppressed",
            "severe_absence": "severe_is_suppressed"}  # fmt: skip


@pytest.fixture(scope="module")
def network(warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_audience(warehouse, "network") as db:
        db.execute("set search_path = 'rollcall'")
        yield db


def calculated(expression: str) -> object:
    sql = tiny_trust._environment({}).from_string(f"select {{{{ {expression} }}}}").render()
    return duckdb.sql(sql).fetchall()[0][0]


def test_the_interval_is_wilson_s_over_sessions_that_go_together() -> None:
    # 30 of 400 events at 1.96 standard errors, worked by hand after Wilson (1927): centre 0.079043, half width 0.026006
    low = calculated('rate_limit("300", "4000", "10", "1.96", "-")')
    high = calculated('rate_limit("300", "4000", "10", "1.96", "+")')
    assert math.isclose(low, 5.3037, abs_tol=2e-4)
    assert math.isclose(high, 10.5048, abs_tol=2e-4)
    assert abs(calculated('rate_limit("0", "40", "1", "1.96", "-")')) < 1e-9
    assert abs(calculated('rate_limit("40", "40", "1", "1.96", "+")') - 100) < 1e-9


@pytest.mark.parametrize(
    ("low", "high", "better", "expected"),
    [
        (90.0, 94.0, "higher", "level"),  # the phase's rate is the interval's lower end
        (90.1, 94.0, "higher", "better"),
        (90.1, 94.0, "lower", "worse"),
        (86.0, 90.0, "higher", "level"),
        (86.0, 89.9, "higher", "worse"),
        (86.0, 89.9, "lower", "better"),
    ],
)
def test_a_school_stands_out_when_all_of_its_interval_lies_on_one_side(
    low: float, high: float, better: str, expected: str
) -> None:
    assert calculated(f"""standing("{low}", "{high}", "90.0", "'{better}'")""") == expected


def test_without_anything_to_compare_with_nothing_is_said() -> None:
    assert calculated("""standing("90", "94", "null", "'higher'")""") is None


def test_schools_and_groups_see_none_of_it(warehouse: Path) -> None:
    with open_audience(warehouse, "school/elm-academy") as db:
        for table in ("rpt_comparison", "rpt_movers"):
            assert db.execute(f"select count(*) from rollcall.{table}").fetchall() == [(0,)]


@pytest.mark.parametrize("measure", ["attendance", "persistent_absence", "severe_absence"])
def test_a_figure_is_hidden_here_exactly_where_it_is_hidden_as_a_headline_or_group(
    network: duckdb.DuckDBPyConnection, measure: str
) -> None:
    flags = " or ".join({COMPARED["pupils"], COMPARED.get(measure, COMPARED["pupils"])})
    differing, compared = network.execute(
        f"""
        with published as (
            select place_type, place_key, period_key, 'all' as cohort_dimension, 'all' as cohort,
                case when not ({flags}) then {measure}_percent end as shown
            from rpt_headline
            where population = 'all' and place_type <> 'trust'
            union all
            select place_type, place_key, period_key, cohort_dimension, cohort,
                case when not ({flags}) then {measure}_percent end
            from rpt_cohorts
        )
        select count(*) filter (where own_percent is distinct from shown), count(*)
        from rpt_comparison
        left join published using (place_type, place_key, period_key, cohort_dimension, cohort)
        where measure = '{measure}'
        """
    ).fetchall()[0]
    assert (differing, compared > 100) == (0, True)


def test_a_hidden_figure_leaves_no_trace_in_its_row(network: duckdb.DuckDBPyConnection) -> None:
    traces = (
        "numerator, denominator, own_percent, low_percent, high_percent, gap_percentage_points, standing, school_rank"
    )
    hidden, traced = network.execute(
        f"select count(*), count(coalesce({', '.join(f'{c}::varchar' for c in traces.split(', '))})) "
        "from rpt_comparison where is_suppressed"
    ).fetchall()[0]
    assert hidden > 0
    assert traced == 0
    (shown,) = network.execute(
        "select count(*) from rpt_movers where change_percentage_points is not null "
        "and (now_percent is null or then_percent is null)"
    ).fetchall()[0]
    assert shown == 0


def test_schools_stand_beside_their_own_phase_alone(network: duckdb.DuckDBPyConnection) -> None:
    beside = network.execute(
        """
        select count(*) filter (where s.phase_percent is distinct from p.own_percent), count(*)
        from rpt_comparison s
        join rpt_comparison p on p.place_type = 'phase' and p.place_key = s.phase and p.period_key = s.period_key
            and p.cohort_dimension = s.cohort_dimension and p.cohort = s.cohort and p.measure = s.measure
        where s.place_type = 'school' and s.phase_percent is not null
        """
    ).fetchall()[0]
    assert (beside[0], beside[1] > 100) == (0, True)


@pytest.mark.parametrize(("pupils", "told"), [(9, None), (10, 10)])
def test_code_checks_count_pupils_only_where_they_are_not_few(
    warehouse: Path, tmp_path: Path, pupils: int, told: int | None
) -> None:
    with duckdb.connect(str(tmp_path / "checks.duckdb")) as db:
        db.execute(f"attach '{warehouse}' as tiny (read_only)")
        db.execute(
            f"""
            create table found as
            select 900001 as school_urn, 'never_resolved' as code_check, academic_year, 'key' || n as pupil_key,
                2 as sessions
            from tiny.reports.rpt_release cross join generate_series(1, {pupils}) as s (n)
            """
        )
        tables = {
            "fct_code_checks": "found",
            "code_checks": "tiny.reference.code_checks",
            "dim_rule": "tiny.marts.dim_rule",
            "rpt_release": "tiny.reports.rpt_release",
            "int_place_schools": "tiny.intermediate.int_place_schools",
        }
        model = tiny_trust.PROJECT / "models" / "reports" / "rpt_code_checks.sql"
        query = tiny_trust._environment(tables).from_string(model.read_text()).render()
        assert db.execute(f"select pupils, is_about_few from ({query})").fetchall() == [(told, told is None)]


def test_a_code_is_hidden_here_exactly_where_its_use_is_hidden(network: duckdb.DuckDBPyConnection) -> None:
    differing, compared, hidden = network.execute(
        """
        select
            count(*) filter (where (m.sessions is null) <> (u.sessions is null)), count(*),
            count(*) filter (where m.is_suppressed and coalesce(m.other_percent, m.outer_high_percent) is null)
        from rpt_code_monitoring m
        join rpt_code_use u using (place_type, place_key, period_key, code)
        where u.year_group = 'all'
        """
    ).fetchall()[0]
    assert differing == 0
    assert compared > hidden > 0
