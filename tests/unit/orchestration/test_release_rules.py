"""Rollcall's own release rules over a warehouse of a few rows, on both sides of each edge."""

from pathlib import Path

import duckdb
import pytest

from ingestion.trust import Trust, init_trust, load_trust
from orchestration.checks.release_rules import check_release_rules
from quality.outcomes import Outcome
from tests.integration.tiny import TRUST_TOML

ELM, OAK = 900101, 900102
COLUMNS = (
    "extract_id", "school_urn", "kind", "file_name", "exported_at", "rows",
    "applied", "superseded", "identical_duplicate", "no_mark", "quarantined", "held", "problem", "review_status",
)  # fmt: skip


@pytest.fixture
def trust(tmp_path: Path) -> Trust:
    return load_trust(init_trust(tmp_path / "trust", TRUST_TOML).root)


def check(tmp_path: Path, trust: Trust, extracts: list[tuple[object, ...]], schools: int = 2) -> dict[str, Outcome]:
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as warehouse:
        warehouse.execute("create schema marts")
        warehouse.execute(
            "create table marts.dim_rule as select 'quarantined_percent_max' as rule_name, 20.0 as value,"
            " null::date as valid_to"
        )
        warehouse.execute("create table marts.dim_school (school_urn integer, slug varchar, school_name varchar)")
        for school in [(ELM, "elm", "Elm"), (OAK, "oak", "Oak")][:schools]:
            warehouse.execute("insert into marts.dim_school values (?, ?, ?)", school)
        warehouse.execute(
            "create table marts.fct_extracts (extract_id varchar, school_urn integer, kind varchar, file_name varchar,"
            " exported_at timestamp, rows integer, applied integer, superseded integer, identical_duplicate integer,"
            " no_mark integer, quarantined integer, held integer, problem varchar, review_status varchar)"
        )
        for number, row in enumerate(extracts):
            warehouse.execute(f"insert into marts.fct_extracts values ('{number}', {', '.join('?' * 13)})", row)
    return {outcome.check: outcome for outcome in check_release_rules(path, trust)}


def extract(
    school: int, day: int, rows: int, quarantined: int = 0, held: int = 0, applied: int | None = None,
    kind: str = "marks", problem: str | None = None, review: str | None = None,
) -> tuple[object, ...]:  # fmt: skip
    left = rows - quarantined - held if applied is None else applied
    name = f"{kind}_202509{day:02d}.csv"
    return (school, kind, name, f"2025-09-{day:02d}", rows, left, 0, 0, 0, quarantined, held, problem, review)


def test_all_is_well(tmp_path: Path, trust: Trust) -> None:
    found = check(tmp_path, trust, [extract(ELM, 1, 100), extract(OAK, 1, 100)])
    assert [outcome.check for outcome in found.values() if not outcome.passed] == []


@pytest.mark.parametrize(("applied", "passed"), [(100, True), (99, False), (101, False)])
def test_every_row_is_in_one_place(tmp_path: Path, trust: Trust, applied: int, passed: bool) -> None:
    found = check(tmp_path, trust, [extract(ELM, 1, 100, applied=applied)])["rows_accounted_for"]
    assert found.passed is passed
    assert found.refuses is not passed


@pytest.mark.parametrize(("quarantined", "passed"), [(20, True), (21, False)])
def test_more_than_the_share_refuses(tmp_path: Path, trust: Trust, quarantined: int, passed: bool) -> None:
    found = check(tmp_path, trust, [extract(ELM, 1, 100, quarantined)])["quarantined_percent_max"]
    assert found.refuses is not passed
    assert passed or "21 of 100 rows of Elm's newest marks extract (marks_20250901.csv)" in found.message


def test_only_the_newest_marks_extract_of_a_school_counts(tmp_path: Path, trust: Trust) -> None:
    rows = [extract(ELM, 1, 100, 90), extract(ELM, 2, 100), extract(ELM, 3, 10, 10, kind="pupils"), extract(OAK, 1, 5)]
    assert check(tmp_path, trust, rows)["quarantined_percent_max"].passed


def test_a_file_that_was_no_use_as_a_whole_is_passed_over(tmp_path: Path, trust: Trust) -> None:
    rows = [extract(ELM, 1, 100, 90), extract(ELM, 2, 1, 1, problem="the file cannot be read")]
    found = check(tmp_path, trust, rows)["quarantined_percent_max"]
    assert not found.passed
    assert "marks_20250901.csv" in found.message


def test_one_that_was_refused_is_passed_over(tmp_path: Path, trust: Trust) -> None:
    rows = [extract(ELM, 1, 100), extract(ELM, 2, 100, 90, held=10, review="refused")]
    assert check(tmp_path, trust, rows)["quarantined_percent_max"].passed


@pytest.mark.parametrize(("review", "held"), [("accepted", 0), ("refused", 100), (None, 0)])
def test_an_extract_that_awaits_nobody_does_not_warn(
    tmp_path: Path, trust: Trust, review: str | None, held: int
) -> None:
    assert check(tmp_path, trust, [extract(ELM, 1, 100, held=held, review=review)])["extracts_held"].passed


def test_a_held_extract_warns(tmp_path: Path, trust: Trust) -> None:
    found = check(tmp_path, trust, [extract(ELM, 1, 100, held=100, review="awaiting")])["extracts_held"]
    assert not found.passed
    assert not found.refuses
    assert found.failed_rows == 1


def test_a_school_that_is_not_in_the_warehouse_refuses(tmp_path: Path, trust: Trust) -> None:
    found = check(tmp_path, trust, [], schools=1)["schools_present"]
    assert found.refuses
    assert "Oak Secondary School" in found.message
