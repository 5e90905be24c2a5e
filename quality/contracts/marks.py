"""The contract of a mark: what a row must be for itself, before roll, calendar and other extracts are asked.

Grain: one row per distinct mark: what a row is for itself depends on its words alone, and a file of 100,000 rows has
few thousand. Expected columns of marks: date_text, session_date, session_text, session, is_blank, code, and
`school_known` (false where the row names a school that is not the trust's or not this inbox's); of pupils: upn.
"""

from functools import cache

import polars as pl

from quality.contracts.judging import Contract, Rule
from quality.contracts.upn import upn_rules
from quality.seeds import attendance_codes


def session_rules() -> list[Rule]:
    """What every row that is about a session must have: a date and a session that can be read."""
    date_given, session_given = pl.col("date_text").is_not_null(), pl.col("session_text").is_not_null()
    return [
        Rule("malformed_date", ~date_given | pl.col("session_date").is_not_null()),
        Rule("missing_value", date_given),
        Rule("malformed_session", ~session_given | pl.col("session").is_not_null()),
        Rule("missing_value", session_given),
    ]


@cache
def _pupil() -> Contract:
    return Contract({"upn": str}, upn_rules())


@cache
def _form() -> Contract:
    texts = dict.fromkeys(("date_text", "session_text"), str)
    known = Rule("unknown_school", pl.col("school_known"))
    return Contract({"school_known": bool, **texts}, [known, *session_rules()])


@cache
def _code() -> Contract:
    return Contract(
        {"code": str},
        [
            Rule("unknown_code", pl.col("code_known")),
            Rule("code_not_in_force", pl.col("code_in_force")),
            Rule("wrong_session_for_code", pl.col("code_fits_session")),
        ],
    )


def judge_upns(pupils: pl.DataFrame) -> pl.Series:
    """Per pupil: malformed_upn or missing_value; null when in order."""
    return _pupil().judge(pupils)


def judge_form(marks: pl.DataFrame) -> pl.Series:
    """Per mark, but for its pupil: unknown_school, malformed_date, malformed_session, missing_value; null when in
    order."""
    return _form().judge(marks)


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
    return _code().judge(judged)
