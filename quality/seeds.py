"""Reads the reference data (dbt seeds) that Python and SQL share, so that each fact has one home.

Belongs here: loading a seed as a typed Polars frame. Does not belong here: what the facts mean.
"""

from functools import cache
from pathlib import Path

import polars as pl

SEEDS = Path(__file__).resolve().parents[1] / "dbt_project" / "seeds"

_BOOLEANS = {"true": True, "false": False}


@cache
def seed(name: str) -> pl.DataFrame:
    """The seed `name` as text columns, one row per line of its CSV file; empty cells are null.

    Raises FileNotFoundError when there is no such seed.
    """
    found = sorted(SEEDS.rglob(f"{name}.csv"))
    if not found:
        raise FileNotFoundError(f"There is no seed called {name} in the dbt project")
    return pl.read_csv(found[0], infer_schema=False)


@cache
def attendance_codes() -> pl.DataFrame:
    """One row per attendance code and period in force.

    Columns: code, valid_from (date), valid_to (date, null = still in force), sessions_allowed (text, as `AM;PM`),
    is_no_mark (boolean: a management system's way of writing that nothing was recorded).
    """
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
    rows = seed("quarantine_reasons").select("reason", "reason_order").rows()
    return {reason: int(order) for reason, order in rows}


@cache
def values(name: str, column: str) -> tuple[str, ...]:
    """The distinct values of one column of a seed, in the seed's order."""
    return tuple(dict.fromkeys(v for v in seed(name)[column].to_list() if v is not None))


@cache
def legal_limits() -> dict[str, tuple[float, str]]:
    """Rule -> the least value that the law in force allows, and that law in a few words."""
    in_force = dict(seed("rules").filter(pl.col("valid_to").is_null()).select("rule_name", "value").iter_rows())
    return {name: (float(in_force[name]), law) for name, law in seed("rule_limits").select("rule_name", "law").rows()}
