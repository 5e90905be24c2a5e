"""`rollcall amendments`: the full log of a school's changed marks, with who and why, for those who may see it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Any

import typer

from orchestration.commands.common import (
    CommandError,
    JsonOption,
    TrustOption,
    console,
    open_release,
    print_json,
    records,
    trust_dir,
)

# Changes with what was written down about them, then what was written down that no two extracts show.
_LOG = """
with changes as (
    select
        change.pupil_key, change.session_date, change.session, kinds.display_name as change,
        change.original_status, change.original_code, change.original_minutes_late, change.amended_status,
        change.amended_code, change.amended_minutes_late, change.seen_at, change.days_after, change.needs_document,
        before.file_name as original_file, change.original_source_row as original_line,
        after.file_name as amended_file, change.amended_source_row as amended_line,
        document.extract_id, document.source_row, change.amended_at, document.is_in_force
    from marts.fct_amendments as change
    inner join marts.dim_school as school using (school_urn)
    left join reference.change_kinds as kinds using (change_kind)
    left join marts.fct_extracts as before
        on change.original_extract_id = before.extract_id and change.school_urn = before.school_urn
    left join marts.fct_extracts as after
        on change.amended_extract_id = after.extract_id and change.school_urn = after.school_urn
    left join marts.fct_documented_amendments as document
        using (pupil_key, school_urn, session_date, session, document_no)
    where school.slug = $slug
),
written as (
    select
        document.pupil_key, document.session_date, document.session, statuses.display_name as change,
        document.original_code, document.amended_code, document.extract_id, document.source_row, document.amended_at,
        document.is_in_force
    from marts.fct_documented_amendments as document
    inner join marts.dim_school as school using (school_urn)
    left join reference.match_statuses as statuses using (match_status)
    where school.slug = $slug and document.change_no is null
)
select log.*, book.file_name as written_in, log.source_row as written_line
from (from changes union all by name from written) as log
left join marts.fct_extracts as book using (extract_id)
where log.session_date between $first and $last
order by log.session_date, log.session, log.pupil_key, log.seen_at nulls last, log.amended_at
"""
_COLUMNS = (
    "session_date", "session", "upn", "surname", "forename", "change", "original_status", "original_code",
    "original_minutes_late", "amended_status", "amended_code", "amended_minutes_late", "seen_at", "days_after",
    "needs_document", "documented", "amended_at", "amended_by", "amended_by_role", "reason", "is_in_force",
    "original_file", "original_line", "amended_file", "amended_line", "written_in", "written_line",
)  # fmt: skip
_YES_OR_NO = ("needs_document", "documented", "is_in_force")
_NOT_SAID = "unknown"


def amendments(
    school: Annotated[str, typer.Option("--school", metavar="SLUG", help="The school.")],
    trust: TrustOption = None,
    first: Annotated[str | None, typer.Option("--from", metavar="DATE", help="From this day of the register.")] = None,
    last: Annotated[str | None, typer.Option("--to", metavar="DATE", help="To this day of the register.")] = None,
    form: Annotated[str, typer.Option("--format", help="csv or xlsx.")] = "csv",
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Where to; default: this folder.")] = None,
    as_json: JsonOption = False,
) -> int:
    """Every change of a mark at a school, with who made it and why. The file names pupils and staff."""
    from ingestion.fix_list import FORMATS, check_place
    from ingestion.trust import TrustFolder, load_trust

    root = trust_dir(trust)
    named = load_trust(root).school(school)
    if form not in FORMATS:
        raise CommandError(f"--format {form} is not known; use one of {', '.join(FORMATS)}.")
    since, until = _day(first, "--from", dt.date.min), _day(last, "--to", dt.date.max)
    rows = log(root, school, since, until)
    target = check_place(TrustFolder(root), (out or Path(f"amendments_{school}")).with_suffix(f".{form}"))
    _write(target, rows)
    told = {
        "file": str(target),
        "rows": len(rows),
        "documented": sum(row["documented"] for row in rows),
    }
    if as_json:
        print_json(told)
    else:
        out_to = console()
        out_to.print(f"{told['file']}: {told['rows']:,} changes of marks at {named.name},", markup=False)
        out_to.print(f"{told['documented']:,} of them written down. The file names pupils and staff: keep it safe.")
    return 0


def _write(target: Path, rows: list[dict[str, Any]]) -> None:
    """The rows as CSV or XLSX, by the file's ending: for the owner alone, whole or not at all."""
    import polars as pl

    from ingestion.files import PRIVATE_FILE, write_atomically, write_private_atomically
    from quality.safe_cells import csv_bytes, write_xlsx

    answers = {True: "yes", False: "no"}
    columns = {name: [answers.get(row[name]) if name in _YES_OR_NO else row[name] for row in rows] for name in _COLUMNS}
    frame = pl.DataFrame(columns, strict=False, infer_schema_length=None)
    if target.suffix == ".csv":
        write_private_atomically(target, csv_bytes(frame))
    else:
        sheets = {"Amendments": frame}
        write_atomically(target, lambda path: write_xlsx(path, sheets, wrapped=("reason",)), mode=PRIVATE_FILE)


def log(root: Path, slug: str, first: dt.date, last: dt.date) -> list[dict[str, Any]]:
    """The log of a school as rows of the export, by the current release and the identity store."""
    import polars as pl

    from ingestion.identity import documents, identities
    from ingestion.trust import TrustFolder

    folder = TrustFolder(root)
    connection, _ = open_release(root)
    with connection:
        found = records(connection, _LOG, {"slug": slug, "first": first, "last": last})
    known = identities(folder).select("pupil_key", "upn", "forename", "surname").collect()
    people = {
        row["pupil_key"]: row
        for row in known.group_by("pupil_key").agg(pl.exclude("pupil_key").drop_nulls().last()).to_dicts()
    }
    written = {(row["extract_id"], row["source_row"]): row for row in documents(folder, slug).to_dicts()}
    nobody = {"upn": None, "forename": None, "surname": None}
    for row in found:
        said = written.get((row.pop("extract_id"), row.pop("source_row")))
        row |= {name: people.get(row["pupil_key"], nobody)[name] for name in nobody}
        row |= {name: (said or {}).get(name) or _NOT_SAID for name in ("amended_by", "amended_by_role", "reason")}
        row["documented"] = said is not None
    # people look for a name; within a pupil's session the order of the changes stays
    return sorted(found, key=lambda r: (r["session_date"], r["session"], r["surname"] or "", r["upn"] or ""))


def _day(text: str | None, option: str, default: dt.date) -> dt.date:
    try:
        return dt.date.fromisoformat(text) if text else default
    except ValueError:
        raise CommandError(f"{option} {text} is no day; write it as YYYY-MM-DD.") from None
