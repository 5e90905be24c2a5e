"""DfE's published figures come out of the warehouse to their last digit when DfE's sessions go in as registers."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pytest

from tests.golden.conftest import Built, build
from tests.golden.published_figures import REASONS, Published, published, write_trust

SUMS = {
    "possible_sessions": "possible_sessions",
    "overall_attendance": "attended_sessions",
    "overall_absence": "absent_sessions",
    "authorised_absence": "authorised_sessions",
    "unauthorised_absence": "unauthorised_sessions",
    "late_sessions": "late_sessions",
}
PERCENTS = {
    "attendance_perc": ("attended_sessions", "possible_sessions"),
    "overall_absence_perc": ("absent_sessions", "possible_sessions"),
    "authorised_absence_perc": ("authorised_sessions", "possible_sessions"),
    "unauthorised_absence_perc": ("unauthorised_sessions", "possible_sessions"),
    "pa_perc": ("persistently_absent_pupils", "pupils"),
}


def same(percent: float, published: str) -> bool:
    """Equal to the published cell, but for a unit in its fifteenth digit, where the file's own division was rounded."""
    return math.isclose(percent, float(published), rel_tol=1e-14, abs_tol=0.0)


@pytest.fixture(scope="module", params=["", pytest.param("slow", marks=pytest.mark.slow)], ids=["quick", "slow"])
def rebuilt(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[list[Published], Built]]:
    rows = published(request.param)
    root = write_trust(tmp_path_factory.mktemp("published") / "trust", rows)
    with build(root, ["fct_cohorts", "fct_code_usage", "fct_definitions"]) as built:
        yield rows, built


def test_the_published_rows_are_whole() -> None:
    for row in published("") + published("slow"):
        reasons = sum(sessions for code, sessions in row.codes.items() if code != "D")
        assert reasons == row.count("possible_sessions"), row.case["case"]


@pytest.mark.parametrize("population", ["all", "compulsory_school_age"])
def test_sessions_and_percentages_are_those_published(rebuilt: tuple[list[Published], Built], population: str) -> None:
    rows, built = rebuilt
    columns = [*SUMS.values(), "pupils", "persistently_absent_pupils"]
    for row in rows:
        totals = built.warehouse.execute(
            f"select {', '.join(f'sum({column})' for column in columns)} from marts.fct_cohorts where period_key = ?"
            " and cohort_dimension = 'all' and population = ? and school_urn between ? and ?",
            [row.case["period_key"], population, row.urns[0], row.urns[-1]],
        ).fetchone()
        found = dict(zip(columns, totals or (), strict=True))
        assert {name: found[column] for name, column in SUMS.items()} == {name: row.count(name) for name in SUMS}
        assert found["pupils"] == int(row.case["pupils"])
        percents = {name: 100 * found[top] / found[bottom] for name, (top, bottom) in PERCENTS.items()}
        off = {name: percent for name, percent in percents.items() if not same(percent, row.cells[name])}
        assert off == {}, row.case["case"]


def test_every_reason_has_its_published_share(rebuilt: tuple[list[Published], Built]) -> None:
    rows, built = rebuilt
    for row in rows:
        used = dict(
            built.warehouse.execute(
                "select code, sum(sessions) from marts.fct_code_usage"
                " where period_key = ? and school_urn between ? and ? group by code",
                [row.case["period_key"], row.urns[0], row.urns[-1]],
            ).fetchall()
        )
        for reason in REASONS:
            if reason["code"] in row.codes and reason["column"] in row.cells:
                assert used[reason["code"]] == row.codes[reason["code"]], f"{row.case['case']}: {reason['column']}"
            if reason["percent_column"] in row.cells:
                percent = 100 * used.get(reason["code"], 0) / row.count("possible_sessions")
                assert same(percent, row.cells[reason["percent_column"]]), f"{row.case['case']}: {reason['column']}"


def test_a_school_of_its_own_has_the_published_percentages_in_its_rows(
    rebuilt: tuple[list[Published], Built],
) -> None:
    rows, built = rebuilt
    for row in rows:
        if len(row.urns) > 1:
            continue
        found = built.warehouse.execute(
            "select attendance_percent, overall_absence_percent, persistent_absence_percent from marts.fct_definitions"
            " where period_key = ? and definition = 'daily' and school_urn = ?",
            [row.case["period_key"], row.first_urn],
        ).fetchone()
        names = ("attendance_perc", "overall_absence_perc", "pa_perc")
        assert all(same(percent, row.cells[name]) for percent, name in zip(found or (), names, strict=True))
