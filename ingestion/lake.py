"""The lake as it is laid out: the columns of a batch of each kind, and where a batch lies.

Belongs here: the columns of lake/marks, lake/pupils, lake/calendar, lake/year6, lake/amendments, lake/benchmarks and
lake/refused. One row per row of the extract (of benchmarks: per figure). Imports nothing that takes time.
"""

from pathlib import Path

import polars as pl

from ingestion.trust import TRUST_INBOX, TrustFolder

UNKNOWN_SCHOOL = "_unknown"
_IDS = {"extract_id": pl.String, "slug": pl.String, "row_id": pl.Int32, "source_row": pl.Int32}
_FLAGS = [
    "fsm",
    "pupil_premium",
    "sen_status",
    "sen_need",
    "english_additional_language",
    "ethnicity",
    "looked_after",
    "previously_looked_after",
    "child_in_need",
    "child_protection_plan",
    "young_carer",
    "service_child",
    "travel_mode",
    "previous_school_laestab",
]
SCHEMAS: dict[str, dict[str, pl.DataType | type[pl.DataType]]] = {
    "marks": {
        **_IDS,
        "pupil_key": pl.String,
        "session_date": pl.Date,
        "session": pl.String,
        "code": pl.String,
        "is_blank": pl.Boolean,
        "minutes_late": pl.Int16,
        "row_reason": pl.String,
        "code_reason": pl.String,
        "duplicate": pl.String,
    },
    "pupils": {
        **_IDS,
        "pupil_key": pl.String,
        "year_group": pl.String,
        "form": pl.String,
        "sex": pl.String,
        "birth_cohort": pl.Int16,
        "compulsory_from": pl.Date,
        "entry_date": pl.Date,
        "leaving_date": pl.Date,
        "enrolment_status": pl.String,
        **dict.fromkeys(_FLAGS, pl.String),
        "row_reason": pl.String,
        "duplicate": pl.String,
    },
    "calendar": {
        **_IDS,
        "calendar_date": pl.Date,
        "session": pl.String,
        "year_group": pl.String,
        "status": pl.String,
        "half_term": pl.String,
        "row_reason": pl.String,
        "duplicate": pl.String,
    },
    "year6": {
        **_IDS,
        "pupil_key": pl.String,
        "possible_sessions": pl.Int32,
        "attended_sessions": pl.Int32,
        "authorised_sessions": pl.Int32,
        "unauthorised_sessions": pl.Int32,
        "primary_laestab": pl.String,
        "row_reason": pl.String,
        "duplicate": pl.String,
    },
    "amendments": {
        **_IDS,
        "pupil_key": pl.String,
        "session_date": pl.Date,
        "session": pl.String,
        "original_code": pl.String,
        "amended_code": pl.String,
        "is_original_known": pl.Boolean,
        "amended_at": pl.Datetime("us"),
        "staff_role": pl.String,
        "has_reason": pl.Boolean,
        "has_name": pl.Boolean,
        "row_reason": pl.String,
        "code_reason": pl.String,
        "duplicate": pl.String,
    },
    # A file that DfE publishes: one row per figure, and one without a figure per row that has none of use.
    "benchmarks": {
        **_IDS,
        "dataset": pl.String,
        "academic_year": pl.String,
        "time_window": pl.String,
        "geography_level": pl.String,
        "geography_code": pl.String,
        "geography_name": pl.String,
        "school_phase": pl.String,
        "figure": pl.String,
        "value": pl.Float64,
        "as_published_to": pl.Date,
        "row_reason": pl.String,
        "duplicate": pl.String,
    },
    "refused": {**_IDS, "kind": pl.String, "row_reason": pl.String},
}
# The column of the days that a kind's rows name; other kinds may speak for any day.
DAYS = {"marks": "session_date", "calendar": "calendar_date", "amendments": "session_date"}
_OF_THE_TRUST = "benchmarks"


def batch_file(folder: TrustFolder, kind: str, school: str | None, extract_id: str) -> Path:
    """Where the rows of an extract for one school lie (school null: rows of no school, or the whole trust's)."""
    place = TRUST_INBOX if kind == _OF_THE_TRUST else school or UNKNOWN_SCHOOL
    return folder.lake / kind / place / f"{extract_id}.parquet"
