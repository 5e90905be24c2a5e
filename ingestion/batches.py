"""From conformed rows to lake batches: judged, keyed by pupil_key, stripped of everything personal.

One row per row of the extract. The columns are those of ingestion/lake.py. What came in several files that
are headed the same is judged together, and for each file as if it had come alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from ingestion.conform import (
    MARK_TEXTS,
    Conformed,
    by_file,
    type_amendments,
    type_calendar,
    type_marks,
    type_pupils,
    type_year6,
)
from ingestion.identity import IDENTITY_COLUMNS, pupil_keys
from ingestion.lake import SCHEMAS
from quality.contracts.amendments import judge_amended_codes, judge_amendments
from quality.contracts.calendar import judge_calendar
from quality.contracts.judging import first_of
from quality.contracts.marks import judge_codes, judge_form, judge_upns
from quality.contracts.pupils import judge_pupils
from quality.contracts.upn import check_letter_fits
from quality.contracts.year6 import judge_year6
from quality.seeds import attendance_codes

DOCUMENT_COLUMNS = ("original_code", "reason", "amended_by", "amended_by_role")


@dataclass(frozen=True)
class Batch:
    """Rows of one extract for the lake, who they are about, and what the reader noticed.

    rows has the kind's SCHEMAS columns but extract_id; people has identity columns; reason: first reason of each row
    for itself alone (form before code), aligned with rows. documents: what the rows say of who and why, for the
    restricted side only; no columns where the kind says nothing of the sort.
    """

    rows: pl.DataFrame
    people: pl.DataFrame
    reason: pl.Series
    unread_values: dict[str, int] = field(default_factory=dict)
    unfit_upns: int = 0
    documents: pl.DataFrame = field(default_factory=pl.DataFrame)


def marks_batches(conformed: Conformed, slugs: dict[str, str], own_slug: str | None, secret: bytes) -> list[Batch]:
    """Judges marks for themselves. `slugs` maps a school's name (small letters) to its slug for rows that name one;
    `own_slug` is the inbox's school, null for the trust's inbox.

    Each distinct mark and each pupil is typed and judged once, and every row gets what its words got.
    """
    texts = conformed.frame
    said = [name for name in MARK_TEXTS if name in texts.columns]
    distinct = texts.select(said).unique().with_row_index("place")
    marks = _judged_marks(type_marks(distinct, conformed.layout), slugs, own_slug)
    mark_of = texts.join(distinct, on=said, how="left", nulls_equal=True, maintain_order="left")["place"]
    in_form = marks["form_reason"].is_null()
    pupils = _keyed_pupils(texts, None if in_form.all() else in_form.gather(mark_of), secret)
    pupil_of = texts.join(pupils, on=["file", "upn"], how="left", nulls_equal=True, maintain_order="left")["place"]
    numbers = texts.select("file", "row_id", "source_row")
    rows = pl.concat(
        [numbers, marks[mark_of], pupils.drop("file", "upn", "place")[pupil_of]], how="horizontal"
    ).with_columns(row_reason=first_of("form_reason", "upn_reason"))
    rows = _with_duplicates(
        rows,
        comparable=pl.col("row_reason").is_null() & ~pl.col("is_blank"),
        key=["pupil_no", "register_no"],
        content=["code", "minutes_late"],
    )
    unknown = pl.col("code_reason") == "unknown_code"
    stored = rows.with_columns(
        code=pl.when(~unknown.fill_null(False)).then(pl.col("code")),
        code_reason=pl.when(pl.col("row_reason").is_null()).then(pl.col("code_reason")),
        reason=pl.coalesce("row_reason", "code_reason"),
    )
    return _batches(conformed, stored, "marks", _people(texts, pupils))


def _judged_marks(marks: pl.DataFrame, slugs: dict[str, str], own_slug: str | None) -> pl.DataFrame:
    """Typed marks with slug, form_reason, code_reason, and register_no: the same for a school, day and session."""
    if "school" in marks.columns:
        named = pl.col("school").str.to_lowercase().replace_strict(slugs, default=None, return_dtype=pl.String)
        known = named.is_not_null() if own_slug is None else named == own_slug
        marks = marks.with_columns(slug=pl.when(known).then(named), school_known=known.fill_null(False))
    else:
        marks = marks.with_columns(slug=pl.lit(own_slug, dtype=pl.String), school_known=pl.lit(own_slug is not None))
    return marks.with_columns(
        form_reason=judge_form(marks),
        code_reason=judge_codes(marks),
        register_no=pl.struct("slug", "session_date", "session").rank("dense"),
    ).drop("school", "school_known", "date_text", "session_text", strict=False)


def _keyed_pupils(texts: pl.DataFrame, in_form: pl.Series | None, secret: bytes) -> pl.DataFrame:
    """Each UPN as a file writes it, in the order of its first row: file, upn, place, readable_upn (in capitals),
    upn_reason, pupil_key (null where no row is in order) and pupil_no, which is the same for two ways in which a file
    writes one UPN.

    in_form: whether the rest of each row is in order; null where all of them are.
    """
    pupils = texts.select("file", "upn").unique(maintain_order=True).with_row_index("place")
    pupils = pupils.with_columns(readable_upn=pl.col("upn").str.to_uppercase())
    pupils = pupils.with_columns(
        upn_reason=judge_upns(pupils.select(upn="readable_upn")),
        pupil_no=pl.struct("file", "readable_upn").rank("dense"),
    )
    usable = pupils.filter(pl.col("upn_reason").is_null())
    if in_form is not None:
        usable = usable.join(texts.filter(in_form), on=["file", "upn"], how="semi")
    return _with_keys(pupils, usable, "readable_upn", secret)


def _with_keys(rows: pl.DataFrame, usable: pl.DataFrame, upn: str, secret: bytes) -> pl.DataFrame:
    """`rows` with the pupil_key of every UPN that is among the usable rows of the same file."""
    named = usable.select("file", upn).unique()
    keys = pupil_keys(named[upn], secret).rename({"upn": upn})
    return rows.join(named.join(keys, on=upn), on=["file", upn], how="left", maintain_order="left")


def _people(texts: pl.DataFrame, pupils: pl.DataFrame) -> pl.DataFrame:
    """Who the pupils with a key are: the first row of each, in the order of the file, says the name."""
    names = [name for name in IDENTITY_COLUMNS if name in texts.columns and name != "upn"]
    keyed = pupils.filter(pl.col("pupil_key").is_not_null()).select("file", "upn", "pupil_key", "readable_upn")
    if names:
        firsts = texts.select("file", "upn", *names).unique(["file", "upn"], keep="first", maintain_order=True)
        keyed = keyed.join(firsts, on=["file", "upn"], how="left", maintain_order="left")
    return keyed.select("file", "pupil_key", pl.col("readable_upn").alias("upn"), *names)


def pupils_batches(conformed: Conformed, own_slug: str | None, secret: bytes) -> list[Batch]:
    """Judges the rows of a pupils extract for themselves."""
    pupils, unread = type_pupils(conformed.frame)
    pupils = pupils.with_columns(slug=pl.lit(own_slug, dtype=pl.String), row_reason=judge_pupils(pupils))
    content = [name for name in conformed.layout.columns if name not in ("upn", "entry_date")]
    pupils = _with_duplicates(
        pupils, comparable=pl.col("row_reason").is_null(), key=["slug", "upn", "entry_date"], content=content
    )
    pupils = _with_keys(pupils, pupils.filter(pl.col("row_reason").is_null()), "upn", secret)
    people = pupils.filter(pl.col("pupil_key").is_not_null()).select(
        "file", "pupil_key", "upn", "forename", "surname", pl.col("date_of_birth").cast(pl.String), "postcode"
    )
    rows = pupils.with_columns(reason="row_reason")
    return _batches(conformed, rows, "pupils", people, unread, _unfit_upns(people))


def calendar_batches(conformed: Conformed, own_slug: str | None) -> list[Batch]:
    """Judges the rows of a calendar extract for themselves."""
    calendar = type_calendar(conformed.frame)
    calendar = calendar.with_columns(slug=pl.lit(own_slug, dtype=pl.String), row_reason=judge_calendar(calendar))
    calendar = _with_duplicates(
        calendar,
        comparable=pl.col("row_reason").is_null(),
        key=["slug", "calendar_date", "session", "year_group", "half_term"],
        content=["status"],
    )
    return _batches(conformed, calendar.with_columns(reason="row_reason"), "calendar")


def year6_batches(conformed: Conformed, own_slug: str | None, secret: bytes) -> list[Batch]:
    """Judges the rows of a year6 extract for themselves."""
    rows = type_year6(conformed.frame)
    rows = rows.with_columns(slug=pl.lit(own_slug, dtype=pl.String), row_reason=judge_year6(rows))
    content = [name for name in conformed.layout.columns if name != "upn"]
    rows = _with_duplicates(rows, comparable=pl.col("row_reason").is_null(), key=["slug", "upn"], content=content)
    rows = _with_keys(rows, rows.filter(pl.col("row_reason").is_null()), "upn", secret)
    people = rows.filter(pl.col("pupil_key").is_not_null()).select("file", "pupil_key", "upn")
    return _batches(conformed, rows.with_columns(reason="row_reason"), "year6", people, unfit_upns=_unfit_upns(people))


def amendments_batches(conformed: Conformed, own_slug: str | None, secret: bytes) -> list[Batch]:
    """Judges the rows of an amendments extract for themselves. Who and why go to the documents, not to the rows."""
    typed = type_amendments(conformed.frame)
    known_codes = attendance_codes()["code"].unique().to_list()
    typed = typed.with_columns(
        slug=pl.lit(own_slug, dtype=pl.String),
        is_original_known=pl.col("original_is_blank") | pl.col("original_code").is_in(known_codes),
        has_reason=pl.col("reason").is_not_null(),
        has_name=pl.col("amended_by").is_not_null(),
        row_reason=judge_amendments(typed),
        code_reason=judge_amended_codes(typed),
    )
    said = ["original_code", "amended_code", "amended_at", "reason", "amended_by", "amended_by_role"]
    typed = _with_duplicates(
        typed,
        comparable=pl.col("row_reason").is_null(),
        key=["slug", "upn", "session_date", "session", *said],
        content=["row_reason"],  # null in all of them: a session may well be amended twice, to different codes
    )
    typed = _with_keys(typed, typed.filter(pl.col("row_reason").is_null()), "upn", secret)
    readable = typed.filter(pl.col("pupil_key").is_not_null())
    documents = readable.select("file", "row_id", "source_row", *DOCUMENT_COLUMNS)
    unknown = pl.col("code_reason") == "unknown_code"
    rows = typed.drop("reason").with_columns(
        original_code=pl.when(pl.col("is_original_known")).then(pl.col("original_code")),
        amended_code=pl.when(~unknown.fill_null(False)).then(pl.col("amended_code")),
        code_reason=pl.when(pl.col("row_reason").is_null()).then(pl.col("code_reason")),
        reason=pl.coalesce("row_reason", "code_reason"),
    )
    people = readable.select("file", "pupil_key", "upn")
    return _batches(conformed, rows, "amendments", people, documents=documents)


def _unfit_upns(people: pl.DataFrame) -> dict[int, int]:
    """Per file the number of UPNs whose check letter does not agree with their digits."""
    pairs = people.select("file", "upn").unique()
    unfit = [upn for upn in pairs["upn"].unique() if not check_letter_fits(upn)]
    return dict(pairs.filter(pl.col("upn").is_in(unfit)).group_by("file").len().iter_rows())


def _batches(
    conformed: Conformed,
    rows: pl.DataFrame,
    kind: str,
    people: pl.DataFrame | None = None,
    unread_values: Mapping[int, dict[str, int]] | None = None,
    unfit_upns: Mapping[int, int] | None = None,
    documents: pl.DataFrame | None = None,
) -> list[Batch]:
    """What was judged together, file by file. rows: with `reason`, the first of each row for itself alone."""
    files = len(conformed.tables)
    none = [pl.DataFrame()] * files
    lake = by_file(pl.concat([rows.select("file"), _shaped(rows, kind)], how="horizontal"), files)
    reasons = by_file(rows.select("file", "reason"), files)
    named = none if people is None else by_file(people, files)
    documented = none if documents is None else by_file(documents, files)
    return [
        Batch(
            lake[file],
            named[file],
            reasons[file]["reason"],
            (unread_values or {}).get(file, {}),
            (unfit_upns or {}).get(file, 0),
            documented[file],
        )
        for file in range(files)
    ]


def refused_rows(slug: str | None, kind: str, reason: str, lines: list[int]) -> pl.DataFrame:
    """Rows of lake/refused for a file that could not be used as a whole, one per line of it (without extract_id)."""
    frame = pl.DataFrame({"source_row": pl.Series(lines, dtype=pl.Int32)})
    return _shaped(
        frame.with_columns(
            slug=pl.lit(slug, dtype=pl.String),
            row_id=pl.int_range(pl.len(), dtype=pl.Int32),
            kind=pl.lit(kind),
            row_reason=pl.lit(reason),
        ),
        "refused",
    )


def _with_duplicates(frame: pl.DataFrame, *, comparable: pl.Expr, key: list[str], content: list[str]) -> pl.DataFrame:
    """Adds `duplicate`: 'conflicting' for every row of a key of one file whose rows differ, 'identical' for all rows of
    an equal key but the first; null otherwise, and for rows that are not comparable."""
    key = ["file", *key]
    candidates = frame.filter(comparable).select("row_id", *key, *content)
    repeated = candidates.filter(pl.struct(key).is_duplicated())
    if repeated.is_empty():
        return frame.with_columns(duplicate=pl.lit(None, dtype=pl.String))
    judged = repeated.with_columns(
        differ=pl.struct(content).n_unique().over(key) > 1,
        later=pl.col("row_id") > pl.col("row_id").min().over(key),
    ).select(
        "file",
        "row_id",
        duplicate=pl.when("differ").then(pl.lit("conflicting")).when("later").then(pl.lit("identical")),
    )
    return frame.join(judged, on=["file", "row_id"], how="left", maintain_order="left")


def _shaped(frame: pl.DataFrame, kind: str) -> pl.DataFrame:
    return frame.select(pl.col(name).cast(dtype) for name, dtype in SCHEMAS[kind].items() if name != "extract_id")
