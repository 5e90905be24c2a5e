"""The contract of a row of a calendar extract.

Grain: one row per date, session and year group that the school lists, or per start or end of a half term.
Expected columns: date_text, calendar_date, session_text, session, status_text, status, year_group_text, year_group,
half_term. A status, year group or half term that cannot be read counts as a missing value: without it the row says
nothing.
"""

from functools import cache

import polars as pl

from quality.contracts.judging import Contract, Rule

STATUSES = ("open", "closed", "inset", "holiday")
BOUNDARIES = ("half_term_start", "half_term_end")


@cache
def _calendar() -> Contract:
    given = pl.col("date_text").is_not_null()
    session_read = pl.col("session_text").is_null() | pl.col("session").is_not_null()
    year_group_read = pl.col("year_group_text").is_null() | pl.col("year_group").is_not_null()
    half_term_read = ~pl.col("status").is_in(BOUNDARIES) | pl.col("half_term").is_not_null()
    return Contract(
        dict.fromkeys(("date_text", "session_text", "status"), str),
        [
            Rule("malformed_date", ~given | pl.col("calendar_date").is_not_null()),
            Rule("missing_value", given),
            Rule("malformed_session", session_read),
            Rule("missing_value", pl.col("status").is_not_null() & year_group_read & half_term_read),
        ],
    )


def judge_calendar(calendar: pl.DataFrame) -> pl.Series:
    """Per row: malformed_date, malformed_session or missing_value; null when in order."""
    return _calendar().judge(calendar)
