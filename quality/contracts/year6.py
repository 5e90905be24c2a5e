"""The contract of a row of a year6 extract: a pupil's attendance in Year 6, for the secondary school it goes on to.

Grain: one row per pupil. Expected columns: upn, and for each count a `<name>_text` column (as in the file) beside the
typed one. A count that is no whole number counts as a missing value: without it the row says nothing.
"""

import pandera.polars as pa
import polars as pl

from quality.contracts.judging import judge, rule
from quality.contracts.upn import readable

REQUIRED_COUNTS = ("possible_sessions", "attended_sessions")
OPTIONAL_COUNTS = ("authorised_sessions", "unauthorised_sessions")


def judge_year6(rows: pl.DataFrame) -> pl.Series:
    """Per row: malformed_upn or missing_value (UPN or a count); null when in order."""
    counts = {
        f"{name}_text": pa.Column(str, nullable=True, checks=rule("missing_value", _readable_count(name)))
        for name in (*REQUIRED_COUNTS, *OPTIONAL_COUNTS)
    }
    upn = pa.Column(
        str,
        nullable=True,
        checks=[rule("malformed_upn", readable("upn")), rule("missing_value", pl.col("upn").is_not_null())],
    )
    return judge(rows, pa.DataFrameSchema({"upn": upn, **counts}))


def _readable_count(name: str) -> pl.Expr:
    read = pl.col(name).is_not_null() & (pl.col(name) >= 0)
    return read if name in REQUIRED_COUNTS else pl.col(f"{name}_text").is_null() | read
