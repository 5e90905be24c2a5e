"""A change in one academic year that reaches others: what hangs on it is built for all years of its school."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from orchestration.plan.beyond import Reach
from orchestration.plan.execute import build, check
from orchestration.plan.nodes import Check, Node, Plan
from orchestration.plan.slices import Slices, shared, within

SLUGS = {1: "elm", 2: "oak"}
BOTH = ("school_urn", "academic_year")


def node(name: str, sql: str, *parents: str, **meta: object) -> Node:
    relation = f'"memory"."main"."{name}"'
    return Node(f"model.{name}", name, "table", relation, sql, tuple(f"model.{parent}" for parent in parents), (), meta)


# Absences of each year, all absences so far, and what a page says of a year: the second looks back at earlier years.
YEARS = node("years", "select school_urn, academic_year, absences from given", slice=BOTH)
SO_FAR = node(
    "so_far",
    "select school_urn, academic_year, sum(absences) over (partition by school_urn order by academic_year) as absences"
    ' from "memory"."main"."years"',
    "years",
    slice=["school_urn"],
)
PAGE = node("page", 'select * from "memory"."main"."so_far"', "so_far", slice=BOTH)
# What sets schools beside one another is a year's, of whatever school it changed in.
RANKS = node(
    "ranks",
    'select academic_year, max(absences) as most from "memory"."main"."so_far" group by all',
    "so_far",
    slice=["academic_year"],
)
NINES = 'select 1 from "memory"."main"."page" where absences = 9'
NEVER_NINE = Check("test.never_nine", "never_nine", NINES, ("model.page",), "error", BOTH, "model.page")
PLAN = Plan((YEARS, SO_FAR, PAGE, RANKS), (NEVER_NINE,), {})


@pytest.fixture
def db() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("create table given (school_urn integer, academic_year varchar, absences integer)")
        for school in SLUGS:
            connection.execute(f"insert into given values ({school}, '2024/25', 1), ({school}, '2025/26', 2)")
        list(build(connection, PLAN, Path()))
        yield connection


def again(db: duckdb.DuckDBPyConnection, year: str) -> dict[str, Reach]:
    """Build the first school's slice of that year; returns how far each table was built."""
    elm = Slices(frozenset({(1, year)}), SLUGS)
    return {result.unique_id: result.reach for result in build(db, PLAN, Path(), elm)}


def test_what_reaches_later_years_is_built_for_all_years_of_the_school(db: duckdb.DuckDBPyConnection) -> None:
    db.execute("update given set absences = 7 where school_urn = 1 and academic_year = '2024/25'")
    built = again(db, "2024/25")
    assert built["model.page"] is Reach.YEARS
    assert built["model.ranks"] is Reach.ALL, "a year of all schools has no narrower part"
    assert db.execute("from page order by all").fetchall() == [
        (1, "2024/25", 7), (1, "2025/26", 9), (2, "2024/25", 1), (2, "2025/26", 3),
    ]  # fmt: skip
    assert db.execute("from ranks order by all").fetchall() == [("2024/25", 7), ("2025/26", 9)]
    (found,) = check(db, PLAN, Path(), Slices(frozenset({(1, "2024/25")}), SLUGS), built)
    assert found.status == "fail", "what was built beyond the slice is tested, too"


def test_what_reaches_no_other_year_is_built_in_its_slice_alone(db: duckdb.DuckDBPyConnection) -> None:
    db.execute("update given set absences = 7 where school_urn = 1 and academic_year = '2025/26'")
    db.execute("update page set absences = 9 where academic_year = '2024/25'")
    built = again(db, "2025/26")
    assert set(built.values()) == {Reach.SLICES}
    assert db.execute("select absences from page where school_urn = 1 order by all").fetchall() == [(8,), (9,)]
    (found,) = check(db, PLAN, Path(), Slices(frozenset({(1, "2025/26")}), SLUGS), built)
    assert found.status == "pass", "another year's rows are not asked again"


def test_a_row_without_a_year_is_of_the_year_of_its_day() -> None:
    assert shared(BOTH, ["slug", "session_date"]) == ["session_date", "slug"]
    assert shared(BOTH, ["academic_year", "session_date"]) == ["academic_year"]
    elm = Slices(frozenset({(1, "2025/26")}), SLUGS)
    with duckdb.connect() as db:
        db.execute("create table days (school_urn integer, session_date date)")
        for day in ("2025-07-31", "2025-08-01", "2026-07-31", "2026-08-01"):
            db.execute(f"insert into days values (1, '{day}'), (2, '{day}')")
        db.execute("insert into days values (1, null)")
        keys = shared(BOTH, ["school_urn", "session_date"])

        def chosen(rows: str) -> int:
            return db.sql(f"from days where {rows}").shape[0]

        assert chosen(elm.predicate(keys)) == 2
        assert chosen(elm.read(keys)) == 3, "a row of no day may speak for every year"
        assert chosen(elm.beyond(BOTH, ["school_urn", "session_date"])) == 7


@pytest.mark.parametrize(
    ("made", "read", "expected"),
    [
        (BOTH, ["school_urn"], True),
        (BOTH, ["session_date", "slug"], True),
        (["school_urn"], BOTH, False),
        (["academic_year"], BOTH, False),
        (BOTH, ["academic_year", "pupil_id"], True),  # a changed school's pupils are all among those that are built
        (["academic_year", "pupil_id"], BOTH, False),  # a pupil may have another school
        (["pupil_id"], ["pupil_key"], True),
    ],
)
def test_which_slices_lie_within_which(made: list[str], read: list[str], expected: bool) -> None:
    assert within(made, read) is expected
