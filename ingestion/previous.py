"""What a run reads of the release before it: the tables, their columns, and empty ones for a run without.

Here is what the files look like; which release they come from is decided by the run (orchestration/previous.py).
"""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import polars as pl

from ingestion.files import write_parquet_atomically

Schema = dict[str, pl.DataType | type[pl.DataType]]

# The name that figures have in a build that is not going to be a release (a test, a look around).
UNRELEASED = "unreleased"
FIRST, COMPARED, NOT_COMPARABLE = "first", "compared", "not_comparable"

_CELL: Schema = {
    "school_urn": pl.Int32,
    "academic_year": pl.String,
    "period_type": pl.String,
    "period_key": pl.String,
    "population": pl.String,
    "cohort_dimension": pl.String,
    "cohort": pl.String,
}
_SUMS: Schema = {
    f"{name}_sessions": pl.Int32
    for name in ("possible", "attended", "absent", "authorised", "unauthorised", "late", "missing", "quarantined")
}
_PARTS: Schema = {
    "pupils": pl.Int32,
    "persistently_absent_pupils": pl.Int32,
    "severely_absent_pupils": pl.Int32,
    **_SUMS,
}
_COMPARATOR: Schema = {**_CELL, "measure": pl.String, "comparator_type": pl.String, "series": pl.String}

# Each table by its name here: the file within a release (or a folder of that name, without its suffix, where the table
# is sliced), and the columns that are read of it.
TABLES: dict[str, tuple[str, Schema]] = {
    "releases": (
        "parquet/dim_release.parquet",
        {
            "release_id": pl.String,
            "published_at": pl.Datetime("us"),
            "as_of": pl.Date,
            "previous_release_id": pl.String,
            "comparison_status": pl.String,
        },
    ),
    "sessions": (
        "parquet/fct_sessions.parquet",
        {
            "pupil_key": pl.String,
            "school_urn": pl.Int32,
            "session_date": pl.Date,
            "session": pl.String,
            "academic_year": pl.String,
            "half_term": pl.String,
            "term": pl.String,
            "week_start": pl.Date,
            "code": pl.String,
            "mark_status": pl.String,
            "is_possible": pl.Boolean,
            "is_attended": pl.Boolean,
            "is_absent": pl.Boolean,
            "is_authorised_absence": pl.Boolean,
            "is_unauthorised_absence": pl.Boolean,
            "is_late": pl.Boolean,
        },
    ),
    "rules": (
        "parquet/dim_rule.parquet",
        {"rule_name": pl.String, "value": pl.Float64, "valid_from": pl.Date, "valid_to": pl.Date},
    ),
    "figures": (
        "parquet/fct_published_figures.parquet",
        {
            **_CELL,
            "release_id": pl.String,
            "published_at": pl.Datetime("us"),
            "as_of": pl.Date,
            "is_period_over": pl.Boolean,
            "is_published": pl.Boolean,
            **_PARTS,
            "replaced_in": pl.String,
        },
    ),
    "changes": (
        "parquet/fct_figure_changes.parquet",
        {**_CELL, "release_id": pl.String, "cause": pl.String, **_PARTS},
    ),
    "benchmarks": (
        "parquet/fct_benchmarks.parquet",
        {
            **_COMPARATOR,
            "comparator": pl.String,
            "source": pl.String,
            "numerator": pl.Int32,
            "denominator": pl.Int32,
            "comparator_percent": pl.Float64,
            "comparator_numerator": pl.Int64,
            "comparator_denominator": pl.Int64,
        },
    ),
    "benchmark_restatements": (
        "parquet/fct_benchmark_restatements.parquet",
        {
            **_COMPARATOR,
            "published_in": pl.String,
            "revised_in": pl.String,
            "cause": pl.String,
            "published_comparator": pl.String,
            "published_source": pl.String,
            "published_numerator": pl.Int64,
            "published_denominator": pl.Int64,
            "published_percent": pl.Float64,
            "revised_comparator": pl.String,
            "revised_source": pl.String,
            "revised_numerator": pl.Int64,
            "revised_denominator": pl.Int64,
            "revised_percent": pl.Float64,
        },
    ),
    "session_checksums": (
        "ledger/session_checksums.parquet",
        {
            "school_urn": pl.Int32,
            "academic_year": pl.String,
            "half_term": pl.String,
            "sessions": pl.Int64,
            "checksum": pl.UInt64,
        },
    ),
    "enrolments": (
        "ledger/enrolments.parquet",
        {
            "pupil_key": pl.String,
            "school_urn": pl.Int32,
            "academic_year": pl.String,
            "period_type": pl.String,
            "period_key": pl.String,
            "characteristics_key": pl.UInt64,
            "is_compulsory_school_age": pl.Boolean,
            "is_persistently_absent": pl.Boolean,
            "is_severely_absent": pl.Boolean,
            **_SUMS,
        },
    ),
    "memberships": (
        "ledger/memberships.parquet",
        {"characteristics_key": pl.UInt64, "cohort_dimension": pl.String, "cohort": pl.String},
    ),
}
# What of the working tables is kept with a release, for the next one to compare itself with.
LEDGER = {
    "session_checksums": "int_session_checksums",
    "enrolments": "int_enrolment_figures",
    "memberships": "int_cohort_memberships",
}
FROZEN = "ledger"
# Of these the file for a school and year in which nothing changed is that of the release before.
SLICED = {"enrolments": ("school_urn", "academic_year")}
PUPIL_KEYS: Schema = {"old_key": pl.String, "new_key": pl.String}
_RUN: Schema = {
    "release_id": pl.String,
    "published_at": pl.Datetime("us"),
    "previous_release_id": pl.String,
    "comparison_status": pl.String,
}


def write_without_previous(
    folder: Path, release_id: str = UNRELEASED, at: dt.datetime | None = None, status: str = FIRST
) -> None:
    """Writes every table of `folder` empty, and the run as one that has no release to be compared with."""
    for name, (_, schema) in TABLES.items():
        write_parquet_atomically(pl.DataFrame(schema=schema), laid_out(folder, name))
    write_parquet_atomically(pl.DataFrame(schema=PUPIL_KEYS), laid_out(folder, "pupil_keys"))
    write_run(folder, release_id, at or dt.datetime(1970, 1, 1), None, status)


def write_run(
    folder: Path, release_id: str, published_at: dt.datetime, previous_release_id: str | None, status: str
) -> None:
    """Writes the one row about the release that a run makes."""
    row = [(release_id, published_at.replace(tzinfo=None), previous_release_id, status)]
    write_parquet_atomically(pl.DataFrame(row, schema=_RUN, orient="row"), laid_out(folder, "run"))


def link_previous(release: Path, folder: Path, pupil_keys: Path | None = None) -> bool:
    """Lays a release's tables out in `folder` as links; False, and nothing laid out, where one is missing or older.

    pupil_keys: a Parquet file of the keys that were replaced since (old_key, new_key).
    """
    found = {name: _files(release / relative) for name, (relative, _) in TABLES.items()}
    for name, (_, schema) in TABLES.items():
        if not found[name] or not set(schema) <= set(pl.read_parquet_schema(found[name][0])):
            return False
    for name, files in found.items():
        shutil.rmtree(folder / name, ignore_errors=True)
        for number, path in enumerate(files):
            _link(laid_out(folder, name, number), path)
    if pupil_keys is not None and pupil_keys.is_file():
        _link(laid_out(folder, "pupil_keys"), pupil_keys)
    else:
        write_parquet_atomically(pl.DataFrame(schema=PUPIL_KEYS), laid_out(folder, "pupil_keys"))
    return True


def laid_out(folder: Path, name: str, number: int = 0) -> Path:
    """Where a table's file lies for dbt, which reads all that are in the folder of its name; number: of several."""
    return folder / name / f"{number}.parquet"


def _files(path: Path) -> list[Path]:
    """A table of a release: one file, or a folder of that name with one for each slice, all of the same columns."""
    return [path] if path.is_file() else sorted(path.with_suffix("").rglob("*.parquet"))


def _link(link: Path, target: Path) -> None:
    link.parent.mkdir(parents=True, exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(target.resolve())
