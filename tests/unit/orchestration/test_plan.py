"""A plan of a few tables: built whole, slice by slice, in batches, and with faults."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from ingestion.changes import Change
from orchestration.plan.beyond import Reach
from orchestration.plan.changes import changed_slices
from orchestration.plan.execute import build, check
from orchestration.plan.nodes import Check, Node, Plan, read_plan, write_plan
from orchestration.plan.slices import OfNoSchool, Slices, shared

SLUGS = {1: "elm", 2: "oak"}
BOTH = ("school_urn", "academic_year")


def node(name: str, sql: str, parents: tuple[str, ...] = (), kind: str = "table", **meta: object) -> Node:
    return Node(f"model.{name}", name, kind, f'"memory"."main"."{name}"', sql, parents, (), meta)


MARKS = node("marks", "select * from read_parquet('/rollcall/lake/marks/*/*.parquet')", kind="view")
OF_YEARS = node(
    "of_years",
    "select s.urn as school_urn, m.academic_year, m.session_date, m.code"
    ' from "memory"."main"."marks" as m join schools as s on m.slug = s.slug',
    ("model.marks",),
    slice=BOTH,
)
OF_SCHOOLS = node(
    "of_schools",
    'select s.urn as school_urn, m.session_date from "memory"."main"."marks" as m join schools as s using (slug)',
    ("model.marks",),
    slice=["school_urn"],
)
SUMS = node("sums", 'select count(*) as marks from "memory"."main"."of_years"', ("model.of_years",))
NO_B = Check(
    "test.no_b", "no_b", 'select 1 from "memory"."main"."of_years" where code = \'B\'', ("model.of_years",), "error",
    BOTH, "model.of_years",
)  # fmt: skip
PLAN = Plan((MARKS, OF_YEARS, OF_SCHOOLS, SUMS), (NO_B,), {})


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    return tmp_path / "lake"


@pytest.fixture
def db() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("create table schools as select * from (values (1, 'elm'), (2, 'oak')) as s (urn, slug)")
        yield connection


def write_batch(lake: Path, slug: str, name: str, *rows: tuple[str, str, str]) -> None:
    """A batch of marks: day, academic year, code."""
    folder = lake / "marks" / slug
    folder.mkdir(parents=True, exist_ok=True)
    values = ", ".join(f"('{slug}', date '{day}', '{year}', '{code}')" for day, year, code in rows)
    duckdb.execute(
        f"copy (select * from (values {values}) as v (slug, session_date, academic_year, code))"
        f" to '{folder / name}.parquet' (format parquet)"
    )


def contents(db: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[object, ...]]]:
    return {name: db.execute(f"from {name} order by all").fetchall() for name in ("of_years", "of_schools", "sums")}


def test_changed_slices_give_what_building_everything_gives(db: duckdb.DuckDBPyConnection, lake: Path) -> None:
    plan = PLAN.placed({"ROLLCALL_LAKE": str(lake)})
    for slug in SLUGS.values():
        write_batch(lake, slug, "a", ("2024-10-01", "2024/25", "/"), ("2025-10-01", "2025/26", "/"))
    assert {result.status for result in build(db, plan, lake)} == {"success"}
    write_batch(lake, "elm", "b", ("2025-10-02", "2025/26", "I"))
    list(build(db, plan, lake, Slices(frozenset({(1, "2025/26")}), SLUGS)))
    gone_on = contents(db)
    assert gone_on["sums"] == [(5,)]
    assert len(gone_on["of_schools"]) == 5  # the school's other year is still there
    list(build(db, plan, lake))
    assert contents(db) == gone_on


def test_only_changed_slices_are_built_and_tested(db: duckdb.DuckDBPyConnection, lake: Path) -> None:
    plan = PLAN.placed({"ROLLCALL_LAKE": str(lake)})
    for slug in SLUGS.values():
        write_batch(lake, slug, "a", ("2025-10-01", "2025/26", "/"))
    list(build(db, plan, lake))
    write_batch(lake, "oak", "b", ("2025-10-02", "2025/26", "B"))
    elm, oak = (Slices(frozenset({(school, "2025/26")}), SLUGS) for school in SLUGS)
    list(build(db, plan, lake, elm))
    assert contents(db)["sums"] == [(2,)]
    list(build(db, plan, lake, oak))
    assert contents(db)["sums"] == [(3,)]
    (seen,), (passed_over,) = list(check(db, plan, lake, oak)), list(check(db, plan, lake, elm))
    assert (seen.status, seen.failures, passed_over.status) == ("fail", 1, "pass")


def test_a_view_is_read_in_the_slices_of_its_tables(db: duckdb.DuckDBPyConnection, lake: Path) -> None:
    first_of_day = node(
        "first_of_day",
        'select m.* from "memory"."main"."of_years" as m where not exists ('
        ' select 1 from "memory"."main"."of_years" as o'
        " where o.school_urn = m.school_urn and o.session_date = m.session_date and o.code < m.code)",
        ("model.of_years",),
        "view",
        slice=BOTH,
    )
    listed = node("listed", 'select * from "memory"."main"."first_of_day"', ("model.first_of_day",), slice=BOTH)
    plan = Plan((MARKS, OF_YEARS, first_of_day, listed), (), {}).placed({"ROLLCALL_LAKE": str(lake)})
    for slug in SLUGS.values():
        write_batch(lake, slug, "a", ("2024-10-01", "2024/25", "L"), ("2025-10-01", "2025/26", "L"))
    list(build(db, plan, lake))
    write_batch(lake, "elm", "b", ("2025-10-01", "2025/26", "/"))
    list(build(db, plan, lake, Slices(frozenset({(1, "2025/26")}), SLUGS)))
    gone_on = db.execute("from listed order by all").fetchall()
    assert [row[3] for row in gone_on] == ["L", "/", "L", "L"]
    list(build(db, plan, lake))
    assert db.execute("from listed order by all").fetchall() == gone_on


def test_what_adds_up_over_schools_is_built_for_the_pupils_of_the_changed_ones(
    db: duckdb.DuckDBPyConnection, lake: Path
) -> None:
    roll = node("int_roll", "select * from (values (1, 1), (2, 1), (2, 2)) as r (school_urn, pupil_id)")
    pupils = node("int_pupils", "select * from (values (1, 'ann'), (2, 'ben')) as p (pupil_id, pupil_key)")
    # at every school a mark of each pupil on its roll
    kept = node(
        "kept",
        "select m.school_urn, m.academic_year, r.pupil_id, m.code"
        ' from "memory"."main"."of_years" as m join "memory"."main"."int_roll" as r using (school_urn)',
        ("model.of_years", "model.int_roll"),
        slice=BOTH,
    )
    pupil_sums = node(
        "pupil_sums",
        "select p.pupil_key, k.academic_year, count(*) as marks"
        ' from "memory"."main"."kept" as k join "memory"."main"."int_pupils" as p using (pupil_id) group by all',
        ("model.kept", "model.int_pupils"),
        slice=["academic_year", "pupil_id"],
    )
    plan = Plan((MARKS, roll, pupils, OF_YEARS, kept, pupil_sums), (), {}).placed({"ROLLCALL_LAKE": str(lake)})
    for slug in SLUGS.values():
        write_batch(lake, slug, "a", ("2024-10-01", "2024/25", "/"), ("2025-10-01", "2025/26", "/"))
    list(build(db, plan, lake))
    write_batch(lake, "elm", "b", ("2025-10-02", "2025/26", "I"))
    db.execute("update pupil_sums set marks = 99 where pupil_key = 'ben'")  # stays, who is not of elm
    list(build(db, plan, lake, Slices(frozenset({(1, "2025/26")}), SLUGS, same_roll=True)))
    this_year = "from pupil_sums where academic_year = '2025/26' order by all"
    assert db.execute(this_year).fetchall() == [("ann", "2025/26", 3), ("ben", "2025/26", 99)]
    list(build(db, plan, lake, Slices(frozenset({(1, "2025/26")}), SLUGS)))
    assert db.execute(this_year).fetchall() == [("ann", "2025/26", 3), ("ben", "2025/26", 1)]


def test_a_year_beside_the_one_before_is_built_from_the_first_changed_year_on(
    db: duckdb.DuckDBPyConnection, lake: Path
) -> None:
    compared = node(
        "compared",
        'with sums as (select academic_year, count(*) as marks from "memory"."main"."of_years" group by all)'
        " select academic_year, marks, lag(marks) over (order by academic_year) as before from sums",
        ("model.of_years",),
        slice=["academic_year"],
        looks_back=True,
    )
    plan = Plan((MARKS, OF_YEARS, compared), (), {}).placed({"ROLLCALL_LAKE": str(lake)})
    years = {"2023/24": "2023-10-01", "2024/25": "2024-10-01", "2025/26": "2025-10-01"}
    write_batch(lake, "elm", "a", *((day, year, "/") for year, day in years.items()))
    list(build(db, plan, lake))
    write_batch(lake, "elm", "b", ("2024-10-02", "2024/25", "/"))
    db.execute("update compared set before = 99 where academic_year = '2023/24'")  # stays
    list(build(db, plan, lake, Slices(frozenset({(1, "2024/25")}), SLUGS)))
    gone_on = db.execute("from compared order by all").fetchall()
    assert gone_on == [("2023/24", 1, 99), ("2024/25", 2, 1), ("2025/26", 1, 2)]


def test_what_a_run_changed_holds_nothing_of_other_runs_and_goes_into_a_log(
    db: duckdb.DuckDBPyConnection, lake: Path
) -> None:
    """`told` is of each run, and so is `run`, a parent of the log that differs every time."""
    told = node(
        "told",
        'select school_urn, academic_year, session_date from "memory"."main"."of_years"'
        " where session_date not in (select session_date from known)",
        ("model.of_years",),
        slice=BOTH,
        of_run=True,
    )
    run = node("run", "select max(number) as number from runs")
    log = node(
        "log",
        'select t.school_urn, t.academic_year, r.number from "memory"."main"."told" as t'
        ' cross join "memory"."main"."run" as r',
        ("model.told", "model.run"),
        slice=BOTH,
        steady=["run"],
    )
    plan = Plan((MARKS, OF_YEARS, told, run, log), (), {}).placed({"ROLLCALL_LAKE": str(lake)})
    db.execute("create table known (session_date date)")
    db.execute("create table runs as select 1 as number")
    for slug in SLUGS.values():
        write_batch(lake, slug, "a", ("2025-10-01", "2025/26", "/"))
    list(build(db, plan, lake))
    db.execute("insert into runs values (2)")
    ended = list(build(db, plan, lake, Slices(frozenset({(1, "2025/26")}), SLUGS)))
    assert {result.reach for result in ended} == {Reach.SLICES}
    assert db.execute("select school_urn from told").fetchall() == [(1,)]
    assert db.execute("from log order by all").fetchall() == [(1, "2025/26", 2), (2, "2025/26", 1)]


PERIODS = node("periods", "select academic_year, day from days")
LISTED = node(
    "listed",
    'select s.slug, p.academic_year, p.day from "memory"."main"."periods" as p cross join schools as s',
    ("model.periods",),
    slice=["slug"],
)
COUNTED = node(
    "counted",
    'select slug, count(*) as days from "memory"."main"."listed" group by slug',
    ("model.listed",),
    slice=["slug"],
)
NO_SUNDAY = replace(
    NO_B, sql='select 1 from "memory"."main"."listed" where day = \'Sun\'', parents=("model.listed",),
    slice=("slug",), about="model.listed",
)  # fmt: skip


@pytest.mark.parametrize("reached", [True, False])
def test_what_hangs_on_more_than_its_slices_is_built_whole_when_that_changed(
    db: duckdb.DuckDBPyConnection, reached: bool
) -> None:
    """The periods are of all schools: when they change, the pages of schools that sent nothing change, too."""
    plan, elm = Plan((PERIODS, LISTED, COUNTED), (NO_SUNDAY,), {}), Slices(frozenset({(1, "2025/26")}), SLUGS)
    db.execute("create table days as select '2025/26' as academic_year, 'Mon' as day")
    list(build(db, plan, Path()))
    if reached:
        db.execute("insert into days values ('2025/26', 'Sun')")
    built = {result.unique_id: result.reach for result in build(db, plan, Path(), elm)}
    whole = [unique_id for unique_id, reach in built.items() if reach is Reach.ALL]
    assert whole == (["model.listed", "model.counted"] if reached else [])
    gone_on = db.execute("from counted order by all").fetchall()
    assert gone_on == [("elm", 1 + reached), ("oak", 1 + reached)]
    db.execute("update memory.main.listed set day = 'Sun' where slug = 'oak'")
    (found,) = check(db, plan, Path(), elm, built)
    assert found.status == ("fail" if reached else "pass")


def test_which_rows_other_slices_are_made_from() -> None:
    of_elm = Slices(frozenset({(1, "2025/26")}), SLUGS)
    of_all = Slices(frozenset({(1, "2025/26"), (2, "2025/26")}), SLUGS)
    assert of_elm.beyond(["slug"], ["school_urn", "code"]) == "(school_urn in (1)) is not true"
    assert (of_elm.beyond(["slug"], ["code"]), of_all.beyond(["slug"], ["code"])) == ("true", "false")
    both = ("slug", "academic_year")
    assert (of_elm.beyond(both, ["academic_year"]), of_elm.beyond(both, ["slug"])) == ("true", "true")
    assert of_all.beyond(both, ["academic_year"]) == "(academic_year in ('2025/26')) is not true"


def test_what_hangs_on_a_broken_node_is_skipped_and_the_rest_is_built(db: duckdb.DuckDBPyConnection) -> None:
    broken = node("broken", "select x from nowhere")
    plan = Plan((broken, node("after", "from broken", ("model.broken",)), node("other", "select 1 as x")), (), {})
    found = {result.unique_id: (result.status, result.error) for result in build(db, plan, Path())}
    assert found == {
        "model.broken": ("error", "CatalogException"),
        "model.after": ("skipped", None),
        "model.other": ("success", None),
    }


def test_small_nodes_run_side_by_side_and_each_after_its_parents(db: duckdb.DuckDBPyConnection, lake: Path) -> None:
    """Six chains of ten tables, each the sum of the two chains beside it one step before."""
    first = [node(f"n0_{chain}", f"select {chain} as n") for chain in range(6)]
    later = [
        node(
            f"n{step}_{chain}",
            " union all ".join(f'select sum(n) as n from "memory"."main"."{name}"' for name in names),
            tuple(f"model.{name}" for name in names),
        )
        for step in range(1, 10)
        for chain in range(6)
        for names in [[f"n{step - 1}_{(chain + side) % 6}" for side in (1, 5)]]
    ]
    plan = Plan((*first, *later), (), {})
    list(build(db, plan, lake))
    db.execute("update n9_0 set n = null")
    results = list(build(db, plan, lake, Slices(frozenset({(1, "2025/26")}), SLUGS)))
    assert {result.status for result in results} == {"success"}
    ended = [result.unique_id for result in results]
    assert sorted(ended) == sorted(plan.by_id)
    assert all(ended.index(parent) < ended.index(one.unique_id) for one in plan.nodes for parent in one.parents)
    # Every number is passed on twice at each step.
    last = [db.execute(f"select sum(n) from n9_{chain}").fetchall()[0][0] for chain in range(6)]
    assert sum(last) == sum(range(6)) * 2**9


def test_a_test_that_cannot_run_is_an_error(db: duckdb.DuckDBPyConnection) -> None:
    plan = Plan((), (replace(NO_B, sql="from nowhere", parents=(), about=None),), {})
    (result,) = check(db, plan, Path())
    assert (result.status, result.failures) == ("error", None)


def test_a_plan_is_read_as_it_was_written(tmp_path: Path) -> None:
    write_plan(tmp_path / "plan.json", PLAN)
    kept = read_plan(tmp_path / "plan.json")
    assert [one.unique_id for one in kept.nodes] == [one.unique_id for one in PLAN.nodes]
    assert kept.checks == PLAN.checks
    assert [one.name for one in kept.with_parents(["sums"]).nodes] == ["marks", "of_years", "sums"]


def test_predicates_are_literal() -> None:
    slices = Slices(frozenset({(2, "2025/26"), (1, "2025/26"), (1, "2024/25")}), SLUGS)
    assert slices.predicate(["academic_year"]) == "academic_year in ('2024/25', '2025/26')"
    assert slices.predicate(["slug"]) == "slug in ('elm', 'oak')"
    of_each_year = (
        "(academic_year in ('2024/25') and school_urn in (1))",
        "(academic_year in ('2025/26') and school_urn in (1, 2))",
    )
    assert slices.predicate(BOTH) == f"({' or '.join(of_each_year)})"
    for columns in (BOTH, ["school_urn"], ["slug"], ["academic_year"]):
        assert Slices(frozenset(), {}).predicate(columns) == "false"
    assert (OfNoSchool().predicate(BOTH), OfNoSchool().predicate(["academic_year"])) == ("school_urn is null", "true")


def test_a_school_is_known_by_its_urn_or_its_slug() -> None:
    assert shared(BOTH, ["slug", "code"]) == ["slug"]
    assert shared(["academic_year"], ["school_urn", "code"]) == []


def test_a_pupil_is_known_by_either_name_and_chosen_where_the_roll_is_as_it_was() -> None:
    of_pupils = ["academic_year", "pupil_id"]
    assert shared(of_pupils, ["pupil_key", "school_urn"]) == ["pupil_key"]
    some, same_roll = (Slices(frozenset({(1, "2025/26")}), SLUGS, same_roll=same) for same in (False, True))
    assert some.predicate(of_pupils) == "academic_year in ('2025/26')"
    assert some.predicate(["pupil_key"]) == "true"
    assert same_roll.predicate(of_pupils) == (
        "academic_year in ('2025/26') and pupil_id in (select pupil_id from changed_pupils)"
    )
    everybody = Slices(frozenset({(1, "2025/26"), (2, "2025/26")}), SLUGS, same_roll=True)
    assert not everybody.of_few_pupils


TODAY = dt.date(2025, 10, 2)


def change(kind: str = "marks", school: str | None = "elm", why: str = "new", days: bool = True) -> Change:
    return Change(kind, school, TODAY if days else None, TODAY if days else None, "e", why)  # type: ignore[arg-type]


ALL_OF_ELM = {(1, "2024/25"), (1, "2025/26")}


@pytest.mark.parametrize(
    ("changes", "as_of", "expected"),
    [
        ([], TODAY, set()),
        ([change()], TODAY, {(1, "2025/26")}),
        ([change("amendments")], TODAY, {(1, "2025/26")}),
        ([change(days=False)], TODAY, ALL_OF_ELM),
        ([change("pupils", days=False)], TODAY, {*ALL_OF_ELM, (2, "2024/25")}),
        ([change("calendar")], TODAY, {*ALL_OF_ELM, (2, "2024/25")}),
        ([], TODAY + dt.timedelta(1), {(1, "2025/26"), (2, "2025/26")}),
        ([], dt.date(2026, 8, 1), None),
        ([change(school=None)], TODAY, None),
        ([change("benchmarks")], TODAY, None),
        ([change(why="removed")], TODAY, None),
    ],
)
def test_how_far_a_change_reaches(changes: list[Change], as_of: dt.date, expected: set[tuple[int, str]] | None) -> None:
    """Oak has refused an unknown pupil in 2024/25, who may be known by now."""
    with duckdb.connect() as earlier:
        earlier.execute("create schema marts; attach ':memory:' as work; create schema work.intermediate")
        earlier.execute("create table marts.dim_school as select unnest([1, 2]) as school_urn")
        earlier.execute(
            "create table marts.dim_school_day as select * from (values (1, '2024/25'), (1, '2025/26'), (2, '2024/25'))"
            " as d (school_urn, academic_year)"
        )
        earlier.execute(
            "create table work.intermediate.int_marks_judged as select 2 as school_urn, '2024/25' as academic_year,"
            " 'unknown_pupil' as reason"
        )
        found = changed_slices(earlier, changes, {"elm": 1, "oak": 2}, (TODAY, as_of))
    assert (None if found is None else found.pairs) == expected
    if found is not None:
        assert found.same_roll == ({one.kind for one in changes} <= {"marks", "amendments"} and as_of == TODAY)


def test_a_school_that_came_or_went_builds_everything() -> None:
    with duckdb.connect() as earlier:
        earlier.execute("create schema marts")
        earlier.execute("create table marts.dim_school as select 1 as school_urn")
        earlier.execute("create table marts.dim_school_day as select 1 as school_urn, '2025/26' as academic_year")
        assert changed_slices(earlier, [], {"elm": 1, "oak": 2}, (TODAY, TODAY)) is None
