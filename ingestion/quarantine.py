"""The quarantine: rows that could not be used, where they stood, and why.

quarantine/<inbox>/<extract_id>.parquet holds the rows refused for themselves when they were read; current.parquet, made
after each build, lists every refused row with its one reason. Both are on the restricted side.
"""

from pathlib import Path

import duckdb
import polars as pl

from ingestion.files import write_parquet_atomically
from ingestion.identity import identities
from ingestion.ledger import entries
from ingestion.trust import TrustFolder

_ROWS = {"extract_id": pl.String, "row_id": pl.Int32, "source_row": pl.Int32, "row": pl.String}
_CURRENT = "current.parquet"
_LISTED = ("school", "file", "line", "reason", "kind", "received")

# The row as it was read stands beside the reason; a row refused among others is made again from what was read of it.
_REFUSALS = """
with keys as (select pupil_key, any_value(upn) as upn from identities group by pupil_key),
again as (
    select
        marks.extract_id,
        marks.row_id,
        cast(
            to_json(
                struct_pack(
                    upn := keys.upn, date := marks.session_date, session := marks.session, code := marks.code
                )
            ) as varchar
        ) as row
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
    coalesce(kept.row, again.row) as row
from work.intermediate.int_refused_rows as refused
left join extracts on refused.extract_id = extracts.extract_id
left join kept on refused.extract_id = kept.extract_id and refused.row_id = kept.row_id
left join again
    on refused.extract_id = again.extract_id and refused.row_id = again.row_id
    and refused.kind in ('marks', 'amendments')
order by school, received, file, line, refused.row_id
"""


def store_refused(folder: TrustFolder, inbox: str, extract_id: str, rows: pl.DataFrame) -> None:
    """Keeps the rows of one extract that were refused for themselves: row_id, source_row, and the row as JSON text."""
    path = folder.quarantine / inbox / f"{extract_id}.parquet"
    if rows.is_empty():
        path.unlink(missing_ok=True)
        return
    write_parquet_atomically(rows.with_columns(extract_id=pl.lit(extract_id)).select(list(_ROWS)), path, private=True)


def publish_refusals(folder: TrustFolder, work_db: Path) -> int:
    """Writes quarantine/current.parquet from a finished build: one row per refused row of any extract, with its one
    reason. Returns how many. `work_db` is the build's scratch database (int_refused_rows, int_refused_marks)."""
    listed = pl.DataFrame(
        [(entry.extract_id, entry.inbox, entry.first.file_name, entry.first.received_at) for entry in entries(folder)],
        schema={"extract_id": pl.String, "inbox": pl.String, "file_name": pl.String, "received_at": pl.Datetime},
        orient="row",
    )
    files = sorted(folder.quarantine.glob("*/*.parquet"))
    kept = pl.read_parquet(files) if files else pl.DataFrame(schema=_ROWS)
    known = identities(folder).select("pupil_key", "upn").unique().collect()
    with duckdb.connect() as connection:
        connection.execute(f"attach '{work_db}' as work (read_only)")
        connection.register("extracts", listed.to_arrow())
        connection.register("kept", kept.to_arrow())
        connection.register("identities", known.to_arrow())
        current = connection.execute(_REFUSALS).pl()
    write_parquet_atomically(current, folder.quarantine / _CURRENT, private=True)
    return current.height


def refusals(folder: TrustFolder, school: str | None = None) -> list[dict[str, object]]:
    """What was refused as of the last build, for one school or all: school, file, line, reason, kind, received."""
    path = folder.quarantine / _CURRENT
    if not path.is_file():
        return []
    rows = pl.read_parquet(path, columns=list(_LISTED))
    if school is not None:
        rows = rows.filter(pl.col("school") == school)
    return rows.with_columns(pl.col("received").dt.to_string("iso:strict")).to_dicts()
