"""The contract of a mark: what a row must be for itself, before roll, calendar and other extracts are asked.

Grain: one row per mark (pupil, date, session). Expected columns: upn, date_text, session_date, session_text, session,
is_blank, code, and `school_known` (false where the row names a school that is not the trust's or not this inbox's).
"""

import pandera.polars as pa
import polars as pl

from quality.contracts.judging import judge, rule
from quality.contracts.upn import readable
from quality.seeds import attendance_codes


def _form_schema() -> pa.DataFrameSchema:
    date_given, session_given = pl.col("date_text").is_not_null(), pl.col("session_text").is_not_null()
    return pa.DataFrameSchema(
        {
            "school_known": pa.Column(bool, checks=rule("unknown_school", pl.col("school_known"))),
            "upn": pa.Column(
                str,
                nullable=True,
                checks=[rule("malformed_upn", readable("upn")), rule("missing_value", pl.col("upn").is_not_null())],
            ),
            "date_text": pa.Column(
                str,
                nullable=True,
                checks=[
                    rule("malformed_date", ~date_given | pl.col("session_date").is_not_null()),
                    rule("missing_value", date_given),
                ],
            ),
            "session_text": pa.Column(
                str,
                nullable=True,
                checks=[
                    rule("malformed_session", ~session_given | pl.col("session").is_not_null()),
                    rule("missing_value", session_given),
                ],
            ),
        }
    )


def _code_schema() -> pa.DataFrameSchema:
    return pa.DataFrameSchema(
        {
            "code": pa.Column(
                str,
                nullable=True,
                checks=[
                    rule("unknown_code", pl.col("code_known")),
                    rule("code_not_in_force", pl.col("code_in_force")),
                    rule("wrong_session_for_code", pl.col("code_fits_session")),
                ],
            )
        }
    )


def judge_form(marks: pl.DataFrame) -> pl.Series:
    """Per row: unknown_school, malformed_upn, malformed_date, malformed_session, missing_value; null when in order."""
    return judge(marks, _form_schema())


def judge_codes(marks: pl.DataFrame) -> pl.Series:
    """Per row: unknown_code, code_not_in_force or wrong_session_for_code; null when in order, blank, or without a date.

    Source of the dates and sessions: the attendance_codes seed (SI 2024/208 regulation 10; before it SI 2006/1751).
    """
    combinations = marks.select("code", "session_date", "session").unique()
    codes = attendance_codes().rename({"code": "known_code"})
    known = pl.col("code").is_in(codes["known_code"].unique().to_list())
    dated = combinations.join(codes, left_on="code", right_on="known_code", how="left").with_columns(
        in_force=(pl.col("session_date") >= pl.col("valid_from"))
        & (pl.col("valid_to").is_null() | (pl.col("session_date") <= pl.col("valid_to"))),
        fits=pl.col("sessions_allowed").str.split(";").list.contains(pl.col("session")),
    )
    facts = dated.group_by("code", "session_date", "session").agg(
        code_in_force=pl.col("in_force").fill_null(False).any(),
        code_fits_session=(pl.col("in_force") & pl.col("fits")).fill_null(False).any(),
    )
    blank, undated = pl.col("is_blank"), pl.col("session_date").is_null()
    judged = marks.join(
        facts, on=["code", "session_date", "session"], how="left", nulls_equal=True, maintain_order="left"
    ).with_columns(
        code_known=blank | known.fill_null(False),
        code_in_force=blank | undated | pl.col("code_in_force"),
        code_fits_session=blank | undated | pl.col("session").is_null() | pl.col("code_fits_session"),
    )
    return judge(judged, _code_schema())
