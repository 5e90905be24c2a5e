"""The benchmark's comparisons and its page, out of figures that are made up."""

from pathlib import Path
from typing import Any

import pytest

from bench.kept import Results
from bench.table import report
from bench.targets import Line, judge, rebuild_seconds

ABOUT: dict[str, Any] = {
    "date": "2026-01-02",
    "version": "abc",
    "machine": {
        "cores": 2, "memory_gb": 16.0, "system": "Linux x86_64",
        "python": "3.11", "duckdb": "1.5.5", "polars": "2.1", "pandas": "3.1",
    },
    "sizes": {"schools": 3, "pupils": 300, "seed": 7, "faults": 6, "as_of": "2026-11-13"},
}  # fmt: skip
QUERIES = {"open": {"seconds": 0.01, "rows": 1}, "01_first": {"seconds": 0.3, "rows": 4}}


@pytest.fixture
def results(tmp_path: Path) -> Results:
    """Every step of 1 and 6 years, each target met to the figure."""
    found = Results(tmp_path / "results.json", ABOUT)
    for years in (1, 6):
        cost = {"wall_s": 20.0, "cpu_s": 20.0, "peak_mb": 3000, "disk_mb": 5, "load_before": 0.1}
        stages = {"ingestion__extracts": 50.0, "warehouse": 126.0, "dashboards__sites": 3.0, "dashboards__reports": 4.0}
        steps: dict[str, dict[str, Any]] = {
            "a.take_in": {"seconds": 30.0},
            "a.floor": {"seconds": 10.0},
            "b.floor": {"seconds": 100.0},
            "c.plain": {"wall_s": 400.0, "seconds": stages},
            "c.dashboards": {"wall_s": 450.0, "seconds": stages, "landed": {"rows": 9, "rows_refused": 1}},
            "c.pandas": {"wall_s": 400.0},
            "c.polars": {"wall_s": 80.0},
            "c.polars_sums": {"figures": 24, "equal": 23, "largest_difference": 0.01},
            "d.one_day": {"wall_s": 20.0},
            "d.late_day": {"wall_s": 20.01 if years == 6 else 15.0},
            "d.all_day": {"wall_s": 80.0},
            "e.again": {"wall_s": 21.0},
            "f.again": {"wall_s": 4.0},
            "f.once_more": {"wall_s": 5.0},
            "f.floor": {"wall_s": 0.02},
            "g.floor": {"seconds": 2.0},
            "i.queries": {"queries": QUERIES},
        }
        for step, figures in steps.items():
            found.keep(step, years, {**cost, **figures})
    return found


def line(lines: list[Line], what: str, target: str, years: int = 6) -> Line:
    (found,) = [row for row in lines if row.years == years and what in row.what and target in row.target]
    return found


def test_a_full_rebuild_is_the_first_run_without_taking_in(results: Results) -> None:
    assert rebuild_seconds(results, 6) == 400


@pytest.mark.parametrize(
    ("what", "target", "ratio"),
    [
        ("taking extracts in", "3 times", 3.0),
        ("building", "1.2 times", 1.26),
        ("without dashboards", "pandas", 1.0),
        ("without dashboards", "polars", 5.0),
        ("first of all", "6%", 0.05),
        ("first of all", "20 s", None),
        ("first of all", "1.2 times", 1.0),
        ("all schools' new day", "20%", 0.2),
        ("nothing new", "5 s", 250.0),
        ("peak memory", "3,000", None),
        ("queries", "0.3 s", 30.0),
    ],
)
def test_a_figure_at_its_target_meets_it(results: Results, what: str, target: str, ratio: float | None) -> None:
    found = line(judge(results, [6, 1]), what, target)
    assert found.met is True
    assert found.ratio == (None if ratio is None else pytest.approx(ratio))


@pytest.mark.parametrize("target", ["20 s", "1.2 times"])
def test_a_figure_beyond_its_target_does_not(results: Results, target: str) -> None:
    assert line(judge(results, [1, 6]), "when the others have sent theirs", target).met is False


def test_targets_over_history_are_for_the_longest(results: Results) -> None:
    assert line(judge(results, [1, 6]), "first of all", "share of a full rebuild", years=1).met is None


def test_what_failed_or_was_not_measured_is_said_and_not_met(results: Results) -> None:
    results.keep("a.floor", 6, {}, "exit code 1: no such file")
    results.forget("c.pandas", 1)
    lines = judge(results, [1, 6])
    failed = line(lines, "taking extracts in", "3 times")
    assert (failed.met, failed.missing) == (None, "a.floor failed: exit code 1: no such file")
    page = report(results, [1, 6])
    assert "- a.floor failed: exit code 1: no such file" in page
    assert "- c.pandas was not measured" in page
    assert "## What failed\n\n- a.floor/6: exit code 1" in page
    assert page.count("not measured |") == 3


def test_the_page_has_every_comparison_and_says_what_it_was_measured_on(results: Results) -> None:
    page = report(results, [1, 6])
    lines = judge(results, [1, 6])
    table = page.partition("## Targets")[2].partition("##")[0]
    assert table.count("\n| (") == len(lines)
    judged = [row for row in lines if row.allowed is not None]
    # beyond: the run with dashboards beside both scripts, on both sizes, and the late day, by seconds and by history
    assert f"{len(judged) - 6} of {len(judged)} targets" in page
    assert "2 cores, 16 GB of memory" in page
    assert "| polars | 6 | 23 of 24 | 1.00 % |" in page


def test_what_failed_is_tried_again_where_it_is_asked_for(results: Results) -> None:
    for step, years in (("a.floor", 1), ("a.floor", 6), ("d.one_day", 6), ("c.dashboards", 6)):
        results.keep(step, years, {}, "broken")
    results.forget_failed(["a"], [6])
    assert [results.get(step, 6) for step in ("a.floor", "c.dashboards")] == [None, None]
    assert [results.good(step, years) for step, years in (("a.floor", 1), ("d.one_day", 6))] == [None, None]
    assert results.get("d.one_day", 6) is not None
    assert results.get("a.floor", 1) is not None


def test_the_stages_of_the_largest_size_add_up_to_the_run(results: Results) -> None:
    stages = {"ingestion__extracts": 2.5, "warehouse": 10.0}
    results.keep("d.one_day", 6, {"wall_s": 20.0, "seconds": stages})
    table = report(results, [1, 6]).partition("## Where the time goes")[2].partition("##")[0]
    assert "| `warehouse` | 126 | 10.0 |" in table
    assert "| beside the stages | 267 | 7.50 |" in table


def test_results_go_on_where_they_were_but_not_for_other_sizes(results: Results) -> None:
    again = Results(results.path, {**ABOUT, "version": "def"})
    assert again.good("a.floor", 6) == results.good("a.floor", 6)
    assert again.content["about"]["version"] == "def"
    with pytest.raises(ValueError, match="other sizes"):
        Results(results.path, {**ABOUT, "sizes": {"schools": 4}})
