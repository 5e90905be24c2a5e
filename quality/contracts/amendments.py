"""The contract of a row of an amendments extract: who changed a mark, from what to what, when and why.

Grain: one row per change that the school wrote down (School Attendance (Pupil Registration) (England) Regulations
2024, SI 2024/208, regulation 6). Expected columns: upn, date_text, session_date, session_text, session,
original_is_blank, amended_is_blank, amended_code, amended_at_text, amended_at. The original code is not judged: that it
was wrong may be why it was changed.
"""

from functools import cache

import polars as pl

from quality.contracts.judging import Contract, Rule
from quality.contracts.marks import judge_codes, session_rules
from quality.contracts.upn import upn_rules


@cache
def _amendment() -> Contract:
    said_when = pl.col("amended_at_text").is_null() | pl.col("amended_at").is_not_null()
    two_codes = ~pl.col("amended_is_blank") | ~pl.col("original_is_blank")
    texts = dict.fromkeys(("upn", "date_text", "session_text"), str)
    return Contract(
        {**texts, "amended_is_blank": bool},
        [*upn_rules(), *session_rules(), Rule("malformed_date", said_when), Rule("missing_value", two_codes)],
    )


def judge_amendments(rows: pl.DataFrame) -> pl.Series:
    """Per row: malformed_upn, malformed_date (of the session or of the change), malformed_session, missing_value (UPN,
    date or session, or no code before and after); null when in order."""
    return _amendment().judge(rows)


def judge_amended_codes(rows: pl.DataFrame) -> pl.Series:
    """Per row: unknown_code, code_not_in_force or wrong_session_for_code, of the amended code on the session's date."""
    return judge_codes(
        rows.select("session_date", "session", code=pl.col("amended_code"), is_blank=pl.col("amended_is_blank"))
    )
