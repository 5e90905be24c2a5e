"""The contract of a row of a year6 extract: a pupil's attendance in Year 6, for the secondary school it goes on to.

Grain: one row per pupil. Expected columns: upn, and for each count a `<name>_text` column (as in the file) beside the
typed one. A count that is no whole number counts as a missing value: without it the row says nothing.
"""

from functools import cache

import polars as pl

from quality.contracts.judging import Contract, Rule
from quality.contracts.upn import upn_rules

REQUIRED_COUNTS = ("possible_sessions", "attended_sessions")
OPTIONAL_COUNTS = ("authorised_sessions", "unauthorised_sessions")


@cache
def _row() -> Contract:
    counts = (*REQUIRED_COUNTS, *OPTIONAL_COUNTS)
    return Contract(
        dict.fromkeys(("upn", *(f"{name}_text" for name in counts)), str),
        [*upn_rules(), *(Rule("missing_value", _readable_count(name)) for name in counts)],
    )


def judge_year6(rows: pl.DataFrame) -> pl.Series:
    """Per row: malformed_upn or missing_value (UPN or a count); null when in order."""
    return _row().judge(rows)


def _readable_count(name: str) -> pl.Expr:
    read = pl.col(name).is_not_null() & (pl.col(name) >= 0)
    return read if name in REQUIRED_COUNTS else pl.col(f"{name}_text").is_null() | read
