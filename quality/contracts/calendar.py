"""The contract of a row of a calendar extract.

Grain: one row per date, session and year group that the school lists, or per start or end of a half term.
Expected columns: date_text, calendar_date, session_text, session, status_text, status, year_group_text, year_group,
half_term. A status, year group or half term that cannot be read counts as a missing value: without it the row says
nothing.
"""

import pandera.polars as pa
import polars as pl

from quality.contracts.judging import judge, rule

STATUSES = ("open", "closed", "inset", "holiday")
BOUNDARIES = ("half_term_start", "half_term_end")


def judge_calendar(calendar: pl.DataFrame) -> pl.Series:
    """Per row: malformed_date, malformed_session or missing_value; null when in order."""
    given = pl.col("date_text").is_not_null()
    year_group_read = pl.col("year_group_text").is_null() | pl.col("year_group").is_not_null()
    half_term_read = ~pl.col("status").is_in(BOUNDARIES) | pl.col("half_term").is_not_null()
    schema = pa.DataFrameSchema(
        {
            "date_text": pa.Column(
                str,
                nullable=True,
                checks=[
                    rule("malformed_date", ~given | pl.col("calendar_date").is_not_null()),
                    rule("missing_value", given),
                ],
            ),
            "session_text": pa.Column(
                str,
                nullable=True,
                checks=rule("malformed_session", pl.col("session_text").is_null() | pl.col("session").is_not_null()),
            ),
            "status": pa.Column(
                str,
                nullable=True,
                checks=rule("missing_value", pl.col("status").is_not_null() & year_group_read & half_term_read),
            ),
        }
    )
    return judge(calendar, schema)
