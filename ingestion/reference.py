"""What dbt needs besides the batches: the schools, the trust's own rules, the as-of day and the ledger, as Parquet.

Written anew at each run from trust.toml and the ledger; small, and free of personal data.
"""

import polars as pl

from ingestion.decisions import decisions
from ingestion.files import write_parquet_atomically
from ingestion.lake import SCHEMAS
from ingestion.ledger import entries
from ingestion.previous import write_without_previous
from ingestion.task_ledger import end_of_day, write_task_tables
from ingestion.trust import Trust, TrustFolder

_EXTRACTS: dict[str, pl.DataType | type[pl.DataType]] = {
    "extract_id": pl.String,
    "inbox": pl.String,
    "slug": pl.String,
    "kind": pl.String,
    "file_name": pl.String,
    "sha256": pl.String,
    "exported_at": pl.Datetime("us"),
    "received_at": pl.Datetime("us"),
    "layout": pl.String,
    "rows": pl.Int64,
    "refused_rows": pl.Int64,
    "unread_values": pl.Int64,
    "unfit_upns": pl.Int64,
    "extra_headings": pl.Int64,
    "problem": pl.String,
    "version": pl.String,
    "first_date": pl.Date,
    "last_date": pl.Date,
}


def write_reference(trust: Trust, folder: TrustFolder) -> None:
    """Writes lake/reference/{trust,schools,rules,extracts,decisions}.parquet and an empty batch of every kind.

    schools: one row per school of trust.toml. rules: one per override (rule_name, value). extracts: one per extract and
    school that it holds rows of (slug null for rows of no school of the trust), with what ingestion/changes.py goes by.
    decisions: one per decision in force (extract_id, slug, decision), without its reason. trust: one row (trust_name,
    as_of). task_*: see task_ledger.py.
    """
    for kind, schema in SCHEMAS.items():
        empty, path = pl.DataFrame(schema=schema), folder.lake / kind / "_schema" / "empty.parquet"
        if not (path.is_file() and pl.read_parquet_schema(path) == empty.schema):
            write_parquet_atomically(empty, path)
    tables = {
        "trust": pl.DataFrame({"trust_name": [trust.name], "as_of": [trust.as_of]}),
        "schools": pl.DataFrame(
            [(s.urn, s.slug, s.name, s.laestab, s.phase, s.la_code, s.mis) for s in trust.schools],
            schema={
                "school_urn": pl.Int32,
                "slug": pl.String,
                "school_name": pl.String,
                "laestab": pl.String,
                "phase": pl.String,
                "la_code": pl.String,
                "mis": pl.String,
            },
            orient="row",
        ),
        "rules": pl.DataFrame(
            list(trust.rules.items()), schema={"rule_name": pl.String, "value": pl.Float64}, orient="row"
        ),
        "extracts": pl.DataFrame(
            [
                (
                    entry.extract_id,
                    entry.inbox,
                    share.slug,
                    entry.kind,
                    entry.first.file_name,
                    entry.sha256,
                    entry.first.exported_at,
                    entry.first.received_at,
                    entry.layout,
                    share.rows,
                    share.refused,
                    sum(entry.unread_values.values()),
                    entry.unfit_upns,
                    entry.extra_headings,
                    entry.problem,
                    entry.version,
                    share.first_date,
                    share.last_date,
                )
                for entry in entries(folder)
                for share in entry.shares or ()
            ],
            schema=_EXTRACTS,
            orient="row",
        ),
        "decisions": pl.DataFrame(
            [(one.extract_id, one.slug, one.decision) for one in decisions(folder)],
            schema={"extract_id": pl.String, "slug": pl.String, "decision": pl.String},
            orient="row",
        ),
    }
    for name, table in tables.items():
        write_parquet_atomically(table, folder.reference / f"{name}.parquet")
    # For a build that is compared with no release; a run lays out its own.
    write_without_previous(folder.reference / "previous")
    write_task_tables(folder, end_of_day(trust.as_of))
