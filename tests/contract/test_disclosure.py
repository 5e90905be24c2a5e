"""Every column that everybody is served is accounted for: about pupils and tied to a cell, or about none.

A column that is neither would pass by the hiding of small cells. Whoever adds one says in dashboards/audience_tables/
which it is: in `hides` (or `changes`, `ranks`, …) of the cell that it says something about, in `left_out_by_model`, or
in `about_no_pupil`.
"""

import fnmatch
from pathlib import Path

import pytest
import yaml

from dashboards.disclosed import tables

MODELS = Path(__file__).resolve().parents[2] / "dbt_project" / "models" / "reports"
SERVED_TO_ALL = {name: config for name, config in tables().items() if config["rows"] in ("all", "network")}

# What names or orders a row, in any table.
NAMES = {
    "place_type", "place_key", "place_name", "slug", "school_urn", "school_name", "phase", "phase_label", "phase_order",
    "place_order", "academic_year", "half_term", "term", "period_type", "period_key", "period_label", "period_order",
    "start_date", "end_date", "previous_period_key", "last_year_period_key", "measure", "measure_label",
    "measure_order",
}  # fmt: skip


def columns(table: str) -> list[str]:
    """The columns of a reports table, as its contract promises them."""
    model = yaml.safe_load((MODELS / f"{table}.yml").read_text("utf-8"))["models"][0]
    return [column["name"] for column in model["columns"]]


def patterns(config: dict) -> tuple[set[str], set[str]]:
    """The patterns of columns that are hidden with a cell, and the flags that say so."""
    hidden = set(config.get("left_out_by_model", []))
    flags: set[str] = set()
    for spec in [*config.get("cells", []), config.get("follows", {})]:
        flags |= {spec["flag"]} if "flag" in spec else set()
        for key in ("hides", "compared_hides", "trust_hides", "ranks", "phase_rate"):
            named = spec.get(key, [])
            hidden |= {named} if isinstance(named, str) else set(named)
        for named in spec.get("changes", {}).values():
            hidden |= {named} if isinstance(named, str) else set(named)
    return hidden, flags


@pytest.mark.parametrize("table", sorted(SERVED_TO_ALL))
def test_every_column_is_accounted_for(table: str) -> None:
    config = SERVED_TO_ALL[table]
    hidden, flags = patterns(config)
    open_columns = config.get("about_no_pupil", [])
    promised = columns(table)
    unaccounted = [
        column
        for column in promised
        if column not in NAMES | flags
        and open_columns != "*"
        and column not in open_columns
        and not any(fnmatch.fnmatch(column, pattern) for pattern in hidden)
    ]
    assert not unaccounted, (
        f"{table}: say of each of {unaccounted} in dashboards/audience_tables/ which cell it is hidden with, "
        "or list it in about_no_pupil."
    )
    # No pattern and no list that has nothing to say any more.
    assert open_columns == "*" or set(open_columns) <= set(promised)
    assert all(fnmatch.filter(promised, pattern) for pattern in hidden)
    assert flags <= set(promised)


@pytest.mark.parametrize("table", sorted(SERVED_TO_ALL))
def test_a_count_of_pupils_is_never_open(table: str) -> None:
    open_columns = SERVED_TO_ALL[table].get("about_no_pupil", [])
    named = columns(table) if open_columns == "*" else open_columns
    of_pupils = [column for column in named if "pupils" in column.split("_")]
    # How old the newest list of pupils is, the limit itself and what a measure is a share of are no counts of pupils.
    assert set(of_pupils) <= {
        "newest_pupils_date", "school_days_since_pupils", "pupils_extract_school_days", "suppression_minimum_pupils",
        "is_of_pupils",
    }  # fmt: skip
