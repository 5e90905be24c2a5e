"""Reads the reference data (dbt seeds) that Python and SQL share, so that each fact has one home.

Belongs here: loading a seed as a typed Polars frame, and what every command needs of one, without Polars: to import it
takes a third of the time in which a run finds that nothing is new. Does not belong here: what the facts mean.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

SEEDS = Path(__file__).resolve().parents[1] / "dbt_project" / "seeds"

_BOOLEANS = {"true": True, "false": False}


@cache
def seed(name: str) -> pl.DataFrame:
    """The seed `name` as text columns, one row per line of its CSV file; empty cells are null.

    Raises FileNotFoundError when there is no such seed.
    """
    import polars as pl

    return pl.read_csv(_file(name), infer_schema=False)


@cache
def attendance_codes() -> pl.DataFrame:
    """One row per attendance code and period in force.

    Columns: code, valid_from (date), valid_to (date, null = still in force), sessions_allowed (text, as `AM;PM`),
    is_no_mark (boolean: a management system's way of writing that nothing was recorded).
    """
    import polars as pl

    return seed("attendance_codes").select(
        "code",
        pl.col("valid_from").str.to_date(),
        pl.col("valid_to").str.to_date(),
        "sessions_allowed",
        pl.col("is_no_mark").str.to_lowercase().replace_strict(_BOOLEANS, return_dtype=pl.Boolean).alias("is_no_mark"),
    )


@cache
def reasons() -> dict[str, int]:
    """Quarantine reason -> its place in the order in which reasons are given (1 first)."""
    return {row["reason"]: int(row["reason_order"]) for row in _rows("quarantine_reasons")}


@cache
def values(name: str, column: str) -> tuple[str, ...]:
    """The distinct values of one column of a seed, in the seed's order."""
    return tuple(dict.fromkeys(row[column] for row in _rows(name) if row[column]))


@cache
def legal_limits() -> dict[str, tuple[float, str]]:
    """Rule -> the least value that the law in force allows, and that law in a few words."""
    in_force = {row["rule_name"]: row["value"] for row in _rows("rules") if not row["valid_to"]}
    return {row["rule_name"]: (float(in_force[row["rule_name"]]), row["law"]) for row in _rows("rule_limits")}


@cache
def _rows(name: str) -> list[dict[str, str]]:
    """The lines of a seed by column name; empty cells are empty text."""
    with _file(name).open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def _file(name: str) -> Path:
    found = sorted(SEEDS.rglob(f"{name}.csv"))
    if not found:
        raise FileNotFoundError(f"There is no seed called {name} in the dbt project")
    return found[0]
