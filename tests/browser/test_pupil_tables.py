"""The tables of pupils, asked of the export itself: whose pupils an audience gets, and that each has one next step."""

import duckdb
import pyarrow as pa
import pytest

from dashboards.audiences import open_audience

SCHOOL, OTHER = "northgate-academy", "ashfield-primary"
BY_NAME = [
    "rpt_pupils",
    "rpt_pupil_rules",
    "rpt_pupil_weeks",
    "rpt_pupil_periods",
    "rpt_pupil_codes",
    "rpt_absent_pupils",
]
OF_THE_SCHOOL = ["rpt_week_groups", "rpt_codes_tool", "rpt_punctuality", "rpt_register_compliance", "rpt_missing_forms"]


@pytest.fixture(scope="module")
def people(mock_warehouse):
    with duckdb.connect(str(mock_warehouse), read_only=True) as db:
        keys = [key for (key,) in db.execute("select distinct pupil_key from reports.rpt_pupils order by 1").fetchall()]
    names = [f"Pupil {place}" for place in range(len(keys))]
    return pa.table({"pupil_key": keys, "pupil_name": names, "sort_name": names})


def test_a_school_has_its_own_pupils_by_name_each_with_one_next_step(mock_warehouse, people):
    with open_audience(mock_warehouse, f"school/{SCHOOL}", people) as db:
        for table in BY_NAME:
            assert db.execute(f"select distinct slug from rollcall.{table}").fetchall() == [(SCHOOL,)], table
        ((pupils, named),) = db.execute(
            "select count(distinct pupil_id), count(distinct pupil_name) from rollcall.rpt_pupils"
        ).fetchall()
        assert pupils == named > 0
        steps = db.execute(
            """
            select pupil_id, count(*) filter (is_next_step), min(priority) = min(priority) filter (is_next_step),
                any_value(rule_id) filter (is_next_step)
            from rollcall.rpt_pupil_rules where is_open group by pupil_id order by pupil_id
            """
        ).fetchall()
        assert {(number, is_first) for _, number, is_first, _ in steps} == {(1, True)}
        shown = db.execute(
            "select pupil_id, rule_id from rollcall.rpt_pupils where rule_id is not null order by pupil_id"
        ).fetchall()
        assert shown == [(pupil, rule) for pupil, _, _, rule in steps]


def test_a_tutor_has_the_pupils_of_the_group_and_nothing_of_the_school(mock_warehouse, people):
    with open_audience(mock_warehouse, f"school/{SCHOOL}", people) as db:
        some = db.execute("select pupil_name from rollcall.rpt_pupils order by pupil_id limit 3").fetchall()
    names = {name for (name,) in some}
    members = [
        key
        for key, name in zip(*(people[c].to_pylist() for c in ("pupil_key", "pupil_name")), strict=True)
        if name in names
    ]
    with open_audience(mock_warehouse, f"school/{SCHOOL}/tutor", people, members) as db:
        for table in BY_NAME:
            seen = {name for (name,) in db.execute(f"select distinct pupil_name from rollcall.{table}").fetchall()}
            assert seen <= names, table
        assert db.execute("select count(*) from rollcall.rpt_pupils").fetchall() == [(3,)]
        for table in ["rpt_pupil_groups", *OF_THE_SCHOOL]:
            assert db.execute(f"select count(*) from rollcall.{table}").fetchall() == [(0,)], table


@pytest.mark.parametrize("audience", ["network", "analyst", f"school/{OTHER}"])
def test_nobody_else_has_a_pupil_of_the_school(mock_warehouse, people, audience):
    with open_audience(mock_warehouse, audience, people) as db:
        for table in [*BY_NAME, "rpt_pupil_groups", "rpt_pupil_transition", *OF_THE_SCHOOL]:
            found = db.execute(f"select count(*) from rollcall.{table} where slug = '{SCHOOL}'").fetchall()
            assert found == [(0,)], table
