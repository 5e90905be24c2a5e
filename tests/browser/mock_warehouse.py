"""A small made-up warehouse for the browser tests: only the reports schema, with figures that add up.

make(path) writes the same figures every time: a made-up pupil's week is decided by a hash (mock/base.sql), and every
table is summed from those weeks, as the real models sum theirs. Each table has exactly the columns that the real
model's contract promises, so a page that runs on the mock runs on a release. Schools, pupils and DfE figures are
invented.
"""

from pathlib import Path

import duckdb
import yaml

REPO = Path(__file__).resolve().parents[2]
MOCK = Path(__file__).parent / "mock"
MODELS = REPO / "dbt_project" / "models" / "reports"
SEEDS = REPO / "dbt_project" / "seeds"
AS_OF = "2026-11-13"
# in an order in which each may read those before it; the others that mock/ holds come after them, by name
TABLES = [
    "rpt_release", "rpt_places", "rpt_periods", "rpt_headline", "rpt_guide_measures", "rpt_guide_codes",
    "rpt_guide_bands", "rpt_guide_rules", "rpt_guide_reasons", "rpt_benchmarks", "rpt_bands", "rpt_cohorts",
    "rpt_code_use", "rpt_registers", "rpt_missing_registers", "rpt_school_data", "rpt_extracts", "rpt_refused_rows",
    "rpt_findings", "rpt_guide_definitions", "rpt_rule_counts", "rpt_persistent_movement", "rpt_vulnerable_groups",
    "rpt_year_group_ranks", "rpt_transition_curve", "rpt_transition_matrix", "rpt_definition_bridge", "rpt_freshness",
    "rpt_restatements", "rpt_revised_figures", "rpt_fix_list", "rpt_mark_changes", "rpt_figure_codes",
    "rpt_figure_files",
]  # fmt: skip
PLACE = ["place_type", "place_key", "place_name", "slug", "phase", "phase_order", "place_order"]
OF_SESSIONS = {  # measure: the mock's own column
    "attendance": "attended",
    "overall_absence": "absent",
    "authorised_absence": "authorised",
    "unauthorised_absence": "unauthorised",
    "late": "late",
}
OF_PUPILS = {"persistent_absence": "persistent", "severe_absence": "severe"}
MEASURES = [*OF_SESSIONS, *OF_PUPILS]
COHORTS = ["year_group", "sex", "fsm", "sen_status", "english_additional_language", "looked_after"]


def make(path: Path) -> Path:
    """Writes the mock warehouse to path (which must not exist) and returns it."""
    snippets = _snippets()
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema reports; create schema reference; create schema base; set schema = 'base'")
        for seed in SEEDS.glob("*.csv"):
            connection.execute(f"create table reference.{seed.stem} as from read_csv('{seed}', all_varchar = true)")
        connection.execute((MOCK / "base.sql").read_text("utf-8").format(**snippets))
        connection.execute("set search_path = 'reports,base'")
        further = sorted({path.stem for path in MOCK.glob("rpt_*.sql")} - set(TABLES))
        for table in [*TABLES, *further]:
            query = (MOCK / f"{table}.sql").read_text("utf-8").format(**snippets)
            columns = ", ".join(f"{name}::{kind} as {name}" for name, kind in contract(table).items())
            connection.execute(f"create table reports.{table} as select {columns} from ({query})")
        connection.execute("drop schema base cascade; checkpoint")
    return path


def contract(table: str) -> dict[str, str]:
    """The columns and types that the real model promises."""
    model = yaml.safe_load((MODELS / f"{table}.yml").read_text("utf-8"))["models"][0]
    return {column["name"]: column["data_type"] for column in model["columns"]}


def _snippets() -> dict[str, str]:
    """The repeating parts of the tables' queries, by the name in braces."""
    compared = [name for name in MEASURES if name != "late"]
    changing = [*MEASURES, "missing_marks"]
    sums = ["possible", *OF_SESSIONS.values(), "missing"]
    return {
        "seeds": str(SEEDS),
        "as_of": AS_OF,
        "place": ", ".join(PLACE),
        "e_place": ", ".join(f"e.{name}" for name in PLACE),
        "sums": ", ".join(f"sum({name})::bigint as {name}_sessions" for name in sums),
        "percents": ", ".join(
            f"100.0 * sum({column}) / sum(possible) as {name}_percent" for name, column in OF_SESSIONS.items()
        ),
        "shares": ", ".join(
            f"case when max(period_type) <> 'week' then 100.0 * count(*) filter ({flag}) / count(*) end "
            f"as {name}_percent"
            for name, flag in OF_PUPILS.items()
        ),
        "changes": ", ".join(
            f"c.{name}_percent - v.{name}_percent as {name}_change_previous, "
            f"c.{name}_percent - y.{name}_percent as {name}_change_last_year"
            for name in changing
        ),
        "gaps": ", ".join(
            f"a.{name}_percent, o.{name}_percent as peers_{name}_percent, "
            f"a.{name}_percent - o.{name}_percent as {name}_gap"
            for name in MEASURES
        ),
        "measure_columns": ", ".join(f"{name}_percent as {name}" for name in compared),
        "measure_names": ", ".join(compared),
        "measure_percents": ", ".join(f"{name}_percent" for name in MEASURES),
        "long": " union all ".join(
            f"select *, '{name}' as cohort_dimension, {name} as cohort from pupil_period where period_type <> 'week'"
            for name in COHORTS
        ),
        "flags": "false as is_suppressed, false as persistent_is_suppressed, false as severe_is_suppressed",
        "behind": "case when slug = 'the-harbour-school' then 2 else 0 end",
    }


if __name__ == "__main__":
    import sys

    make(Path(sys.argv[1]))
