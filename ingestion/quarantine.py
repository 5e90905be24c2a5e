"""The quarantine: rows that could not be used, where they stood, and why.

quarantine/<inbox>/<extract_id>.parquet holds the rows refused for themselves when they were read; current.parquet, made
after each build, lists every refused row with its one reason. Both are on the restricted side.
"""

from pathlib import Path

import duckdb
import polars as pl

from ingestion.conform import AS_READ
from ingestion.decisions import store_held
from ingestion.files import write_parquet_atomically
from ingestion.identity import identities
from ingestion.ledger import entries
from ingestion.trust import TrustFolder

_ROWS = {
    **{"extract_id": pl.String, "row_id": pl.Int32, "source_row": pl.Int32, "row": pl.String},
    **dict.fromkeys(AS_READ, pl.String),
}
_CURRENT = "current.parquet"
_CURRENT_COLUMNS: dict[str, pl.DataType | type[pl.DataType]] = {
    **dict.fromkeys(("school", "file", "reason", "kind", "row", *AS_READ), pl.String),
    "line": pl.Int32,
    "received": pl.Datetime("us"),
    "settled": pl.Boolean,
}
_LISTED = ("school", "file", "line", "reason", "kind", "received")

# The row as it was read stands beside the reason; a row refused among others is made again from what was read of it.
_REFUSALS = """
with keys as (select pupil_key, any_value(upn) as upn from identities group by pupil_key),
again as (
    select
        marks.extract_id,
        marks.row_id,
        keys.upn,
        cast(marks.session_date as varchar) as date,
        marks.session,
        marks.code
    from work.intermediate.int_refused_marks as marks
    left join keys on marks.pupil_key = keys.pupil_key
)
select
    coalesce(refused.slug, extracts.inbox) as school,
    extracts.file_name as file,
    refused.source_row as line,
    refused.reason,
    refused.kind,
    extracts.received_at as received,
    refused.is_settled as settled,
    coalesce(
        kept.row,
        case
            when again.row_id is not null then cast(
                to_json(struct_pack(upn := again.upn, date := again.date, session := again.session, code := again.code))
                as varchar
            )
        end
    ) as row,
    coalesce(kept.upn, again.upn) as upn,
    coalesce(kept.date, again.date) as date,
    coalesce(kept.session, again.session) as session,
    coalesce(kept.code, again.code) as code
from work.intermediate.int_refused_states as refused
left join extracts on refused.extract_id = extracts.extract_id
left join kept on refused.extract_id = kept.extract_id and refused.row_id = kept.row_id
left join again
    on refused.extract_id = again.extract_id and refused.row_id = again.row_id
    and refused.kind in ('marks', 'amendments')
order by school, received, file, line, refused.row_id
"""

# As of the newest build: which extracts await review, and what they would bring.
_HELD = """
select
    extracts.slug as school,
    extracts.extract_id,
    extracts.file_name as file,
    min(days.session_date) as first_date,
    max(days.session_date) as last_date,
    any_value(review.marks) as marks,
    any_value(review.marks_in_force) as marks_in_force,
    extracts.exported_at,
    extracts.received_at as received
from work.intermediate.int_extract_holds as review
inner join work.staging.stg_extracts as extracts on review.extract_no = extracts.extract_no
inner join work.intermediate.int_extract_days as days on review.extract_no = days.extract_no
where review.review_status = 'awaiting'
group by all
order by school, extracts.exported_at, file
"""


def store_refused(
    folder: TrustFolder, inbox: str, extract_id: str, rows: pl.DataFrame, renamed: set[Path] | None = None
) -> None:
    """Keeps the rows of one extract that were refused for themselves: row_id, source_row, the row as JSON text, and
    what was read of it (Conformed.raw_rows); a column that `rows` lacks is null."""
    path = folder.quarantine / inbox / f"{extract_id}.parquet"
    if rows.is_empty():
        path.unlink(missing_ok=True)
        return
    named = pl.concat([pl.DataFrame(schema=_ROWS), rows.with_columns(extract_id=pl.lit(extract_id))], how="diagonal")
    write_parquet_atomically(named, path, private=True, renamed=renamed)


def publish_refusals(folder: TrustFolder, work_db: Path) -> int:
    """Writes quarantine/current.parquet from a finished build: one row per refused row of any extract, with its one
    reason; and held.parquet, the extracts that await review. Returns how many rows were refused. `work_db` is the
    build's scratch database (int_refused_states, int_refused_marks, int_extract_holds)."""
    listed = pl.DataFrame(
        [(entry.extract_id, entry.inbox, entry.first.file_name, entry.first.received_at) for entry in entries(folder)],
        schema={"extract_id": pl.String, "inbox": pl.String, "file_name": pl.String, "received_at": pl.Datetime},
        orient="row",
    )
    files = sorted(folder.quarantine.glob("*/*.parquet"))
    kept = pl.DataFrame(schema=_ROWS)
    if files:
        kept = pl.scan_parquet(files, schema=_ROWS, missing_columns="insert").collect()
    with duckdb.connect() as connection:
        quoted = str(work_db).replace("'", "''")
        connection.execute(f"attach '{quoted}' as work (read_only)")
        named = connection.execute("select distinct extract_id from work.intermediate.int_refused_marks").fetchall()
        # An extract's own identities name whoever its rows are about; those of all the others are not read.
        known = identities(folder, {name for (name,) in named}).select("pupil_key", "upn").unique().collect()
        connection.register("extracts", listed.to_arrow())
        connection.register("kept", kept.to_arrow())
        connection.register("identities", known.to_arrow())
        current = connection.execute(_REFUSALS).pl()
        store_held(folder, connection.execute(_HELD).pl())
    write_parquet_atomically(current, folder.quarantine / _CURRENT, private=True)
    return current.height


def refusals(folder: TrustFolder, school: str | None = None) -> list[dict[str, object]]:
    """What was refused as of the last build, for one school or all: school, file, line, reason, kind, received."""
    rows = current_refusals(folder).select(_LISTED)
    if school is not None:
        rows = rows.filter(pl.col("school") == school)
    return rows.with_columns(pl.col("received").dt.to_string("iso:strict")).to_dicts()


def current_refusals(folder: TrustFolder) -> pl.DataFrame:
    """Every refused row as of the last build, with what was read of it; columns of _CURRENT_COLUMNS."""
    path = folder.quarantine / _CURRENT
    if not path.is_file():
        return pl.DataFrame(schema=_CURRENT_COLUMNS)
    found = pl.read_parquet(path)
    # a list of an older version, until the next run
    return pl.concat([pl.DataFrame(schema=_CURRENT_COLUMNS), found], how="diagonal").with_columns(
        pl.col("settled").fill_null(False)
    )
