"""rpt_rules_reached: a number about few pupils, or about all but few, is not in the table at all."""

from collections.abc import Iterator

import duckdb
import pytest

from tests.unit.dashboards.tiny_trust import PROJECT, _environment, load_seeds

ON_ROLL = 100


@pytest.fixture(scope="module")
def db() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as made:
        load_seeds(made)
        made.execute(
            f"""
            create table stg_trust as select date '2026-01-10' as as_of;
            create table dim_rule as select *, 'default' as origin from reference.rules;
            create table dim_half_term as select * from (values
                (1, '2025/26', 'HT1', date '2025-09-01', date '2025-10-24'),
                (1, '2025/26', 'HT2', date '2025-11-03', date '2025-12-19'),
                (1, '2025/26', 'HT3', date '2026-01-05', date '2026-02-13')
            ) as t (school_urn, academic_year, half_term, start_date, end_date);
            create table int_place_schools as select 'school' as place_type, 'elm' as place_key, 'Elm' as place_name,
                'elm' as slug, 'primary' as phase, 1 as phase_order, 2 as place_order, 1 as school_urn;
            create table fct_cohorts as select 1 as school_urn, '2025/26 ' || term as period_key, 'term' as period_type,
                'all' as population, 'all' as cohort_dimension, {ON_ROLL} as pupils
            from (values ('autumn'), ('spring')) as terms (term);
            """
        )
        yield made


@pytest.mark.parametrize(
    ("reached", "shown"), [(0, 0), (1, None), (5, None), (6, 6), (94, 94), (95, None), (99, None), (100, 100)]
)
def test_small_numbers_and_their_mirror_are_left_out(
    db: duckdb.DuckDBPyConnection, reached: int, shown: int | None
) -> None:
    db.execute(
        f"""
        create or replace table fct_rule_triggers as
        select 'pupil ' || n as pupil_key, 1 as school_urn, 'attendance_return' as rule_id, day as triggered_on
        from range({reached}) as pupils (n),
            (values (date '2025-09-10'), (date '2025-12-01'), (date '2026-01-07')) as days (day)
        """
    )
    own = ("stg_trust", "dim_rule", "dim_half_term", "fct_rule_triggers", "int_place_schools", "fct_cohorts")
    seeds = {path.stem: f"reference.{path.stem}" for path in (PROJECT / "seeds").rglob("*.csv")}
    model = (PROJECT / "models/reports/rpt_rules_reached.sql").read_text("utf-8")
    query = _environment({**seeds, **{name: name for name in own}}).from_string(model).render()
    rows = db.execute(
        f"select period_key, pupils, is_suppressed from ({query}) where rule_id = 'attendance_return'"
    ).fetchall()
    # Each pupil once, though it was reached twice in the term; the term that is still running is not told.
    assert rows == [("2025/26 autumn", shown, shown is None)]
