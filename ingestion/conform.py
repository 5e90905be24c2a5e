"""From a raw table to the canonical columns, typed: one frame per kind of extract, one row per row of the file.

Belongs here: trimming, reading dates, sessions and codes, unfolding a register grid. Does not belong here: judging.
"""

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from ingestion.feeds.profile import Layout, conventions, fold
from ingestion.feeds.reading import RawTable, UnreadableFile
from quality.contracts.calendar import BOUNDARIES, STATUSES
from quality.contracts.pupils import DATES, allowed_values
from quality.contracts.year6 import OPTIONAL_COUNTS, REQUIRED_COUNTS
from quality.seeds import attendance_codes, seed, values

_DATE_FORMS = {"%Y-%m-%d": r"^\d{4}-\d{2}-\d{2}$", "%d/%m/%Y": r"^\d{1,2}/\d{1,2}/\d{4}$"}
_MIDNIGHT = r"[T ]00:00(:00(\.0+)?)?Z?$"
_TIME = r"[T ](\d{1,2}:\d{2}(?::\d{2})?)(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})?$"
OTHER_ROLE = "other"


class MissingColumn(Exception):
    """No layout of the feed fits the headings; the message names what is missing, in canonical words."""


AS_READ = ("upn", "date", "session", "code")
# What a mark says, but for whose it is.
MARK_TEXTS = ("school", "date", "session", "code", "minutes_late")


@dataclass(frozen=True)
class Conformed:
    """The canonical text columns of one file, or of several that are headed the same.

    frame: file (0-based, in order), row_id (0-based, unique in the file), source_row (line), and each canonical column
    as trimmed text, null when empty. extras: headings that the layout does not know. tables: each file's own cells, for
    the quarantine.
    """

    layout: Layout
    frame: pl.DataFrame
    extras: list[str]
    tables: tuple[RawTable, ...]

    def each(self) -> list["Conformed"]:
        """The same, file by file."""
        frames = by_file(self.frame, len(self.tables))
        parts = zip(frames, self.tables, strict=True)
        return [Conformed(self.layout, frame, self.extras, (table,)) for frame, table in parts]

    def raw_rows(self, wanted: pl.DataFrame) -> pl.DataFrame:
        """For row_id and source_row of `wanted`: the row as it stood in the file, as a JSON text column `row`, and what
        was read as upn, date, session and code (null where the kind has no such column). Of one file only."""
        known = [pl.col(name) for name in AS_READ if name in self.frame.columns]
        read = self.frame.select("row_id", *known).join(wanted.select("row_id"), on="row_id", how="semi")
        return self._whole_rows(wanted).join(read, on="row_id", how="left", maintain_order="left")

    def _whole_rows(self, wanted: pl.DataFrame) -> pl.DataFrame:
        (table,) = self.tables
        if self.layout.shape == "grid":
            texts = self.frame.join(wanted.select("row_id"), on="row_id", how="semi")
            cells = [c for c in texts.columns if c not in ("file", "row_id", "source_row")]
            return texts.select("row_id", "source_row", pl.struct(cells).struct.json_encode().alias("row"))
        picked = table.frame[wanted["row_id"].to_list()]
        rows = [
            json.dumps(dict(zip(table.headings, cells[1:], strict=True)), ensure_ascii=False)
            for cells in picked.iter_rows()
        ]
        return wanted.select("row_id", "source_row").with_columns(pl.Series("row", rows, dtype=pl.String))


def choose_layout(
    table: RawTable, candidates: tuple[Layout, ...], own: dict[str, str]
) -> tuple[Layout, dict[str, list[int]]]:
    """The first layout whose required columns are all there, with the places of its columns.

    Raises MissingColumn with the nearest layout's missing columns, UnreadableFile where two columns that are headed the
    same say different things.
    """
    nearest: tuple[int, list[str]] = (-1, ["every column"])
    for layout in candidates:
        places = layout.match(table.headings, own)
        missing = [name for name in layout.required if name not in places]
        if layout.shape == "grid" and not missing and not _session_columns(table.headings):
            missing = ["a column for each session"]
        if not missing or (layout.shape == "json" and table.frame.is_empty()):
            _see_that_doubles_agree(table, places)
            return layout, places
        if len(places) > nearest[0]:
            nearest = (len(places), missing)
    raise MissingColumn(f"no column was found for {', '.join(nearest[1])}")


def _see_that_doubles_agree(table: RawTable, places: dict[str, list[int]]) -> None:
    headings = [fold(heading) for heading in table.headings]
    counted = Counter(headings)
    for name, chosen in places.items():
        for place in chosen:
            if counted[headings[place]] == 1:
                continue
            for other, heading in enumerate(headings):
                if heading == headings[place] and not table.frame[f"c{place}"].equals(table.frame[f"c{other}"]):
                    raise UnreadableFile(f"two columns are headed as {name} and differ; export it with one of them")


def by_file(frame: pl.DataFrame, files: int) -> list[pl.DataFrame]:
    """The rows of each of the files, without the column `file`; they must lie in the order of the files."""
    rows = dict(frame["file"].value_counts().iter_rows())
    alone, begin, parts = frame.drop("file"), 0, []
    for file in range(files):
        parts.append(alone.slice(begin, rows.get(file, 0)))
        begin += parts[-1].height
    return parts


def conform(tables: Sequence[RawTable], layout: Layout, places: dict[str, list[int]]) -> Conformed:
    """The canonical text columns of `tables`, which are headed the same, under `layout`; columns they lack are null.

    A step of Polars costs as much as some thousand rows, so that small files are taken together.
    """
    headings = tables[0].headings
    texts = [
        pl.coalesce([_text(f"c{place}") for place in places[name]]).alias(name)
        if name in places
        else pl.lit(None, dtype=pl.String).alias(name)
        for name in layout.columns
    ]
    numbered = [
        table.frame.with_columns(
            pl.lit(file, dtype=pl.Int32).alias("file"), pl.int_range(pl.len(), dtype=pl.Int32).alias("row_id")
        )
        for file, table in enumerate(tables)
    ]
    together = pl.concat(numbered, rechunk=len(numbered) > 1)
    if layout.shape == "grid":
        frame = _unfold(together, headings, texts)
    else:
        frame = together.select("file", "row_id", "source_row", *texts)
    used = {place for several in places.values() for place in several}
    sessions = set(_session_columns(headings)) if layout.shape == "grid" else set()
    expected = {extra.casefold() for extra in layout.known_extras}
    read = used | sessions
    extras = [
        heading
        for place, heading in enumerate(headings)
        if place not in read and heading.strip().casefold() not in expected
    ]
    return Conformed(layout, frame, extras, tuple(tables))


def type_marks(texts: pl.DataFrame, layout: Layout) -> pl.DataFrame:
    """Marks, typed: session_date, session, is_blank, code (in capitals), minutes_late, beside date_text, session_text
    and, where `texts` has it, school. One row per row of `texts`, which has columns of MARK_TEXTS."""
    no_mark = [*conventions().no_mark, *layout.no_mark]
    no_mark += attendance_codes().filter(pl.col("is_no_mark"))["code"].to_list()
    code = pl.col("code").str.to_uppercase()
    return texts.select(
        *([pl.col("school")] if "school" in texts.columns else []),
        pl.col("date").alias("date_text"),
        _date("date").alias("session_date"),
        pl.col("session").alias("session_text"),
        _session("session").alias("session"),
        (code.is_null() | code.is_in(no_mark)).alias("is_blank"),
        pl.when(code.is_in(no_mark)).then(None).otherwise(code).alias("code"),
        _minutes(_optional(texts, "minutes_late")),
    )


def type_pupils(texts: pl.DataFrame) -> tuple[pl.DataFrame, dict[int, dict[str, int]]]:
    """Pupils, typed, and per file and characteristic the number of cells that held no allowed value (they become null).

    From the date of birth come birth_cohort (age at 31 August of year Y is Y - birth_cohort) and compulsory_from (the
    start of the term after the fifth birthday, Education Act 1996 section 8), so that the lake needs no date of birth.
    """
    characteristics = allowed_values()
    typed = texts.with_columns(
        pl.col("upn").str.to_uppercase(),
        *(pl.col(name).alias(f"{name}_text") for name in DATES),
        *(_date(name).alias(name) for name in DATES),
        year_group=_year_group("year_group"),
    )
    plain = [name for name in characteristics if name != "year_group"]
    typed = typed.with_columns(
        pl.col(*plain).str.to_uppercase(),
        ethnicity=pl.col("ethnicity").str.to_uppercase(),
        sen_need=pl.col("sen_need").str.to_uppercase(),
    )
    unread = typed.group_by("file").agg(
        (pl.col(name).is_not_null() & ~pl.col(name).is_in(allowed)).sum() for name, allowed in characteristics.items()
    )
    typed = typed.with_columns(
        pl.when(pl.col(name).is_in(allowed)).then(pl.col(name)).alias(name) for name, allowed in characteristics.items()
    )
    born = pl.col("date_of_birth")
    after_august = (born.dt.month() > 8).cast(pl.Int16)
    fifth = pl.date(born.dt.year() + 5, born.dt.month(), 1)
    quarter = (
        pl.when(born.dt.month() <= 3)
        .then(pl.date(fifth.dt.year(), 4, 1))
        .when(born.dt.month() <= 8)
        .then(pl.date(fifth.dt.year(), 9, 1))
        .otherwise(pl.date(fifth.dt.year() + 1, 1, 1))
    )
    typed = typed.with_columns(
        birth_cohort=(born.dt.year().cast(pl.Int16) + after_august).cast(pl.Int16),
        compulsory_from=pl.when(born.is_not_null()).then(quarter),
    )
    counts = {row.pop("file"): {name: count for name, count in row.items() if count} for row in unread.to_dicts()}
    return typed, counts


def type_calendar(texts: pl.DataFrame) -> pl.DataFrame:
    """Calendar rows, typed: calendar_date, session (null = both), year_group (null = all), status, half_term."""
    half_terms = values("half_terms", "half_term")
    status = pl.col("status").str.to_lowercase().str.replace_all(" ", "_")
    note = pl.col("note").str.to_uppercase()
    return texts.select(
        "file",
        "row_id",
        "source_row",
        pl.col("date").alias("date_text"),
        _date("date").alias("calendar_date"),
        pl.col("session").alias("session_text"),
        _session("session").alias("session"),
        pl.col("year_group").alias("year_group_text"),
        _year_group("year_group").alias("year_group"),
        pl.when(status.is_in([*STATUSES, *BOUNDARIES])).then(status).alias("status"),
        pl.when(status.is_in(BOUNDARIES) & note.is_in(half_terms)).then(note).alias("half_term"),
    ).with_columns(
        year_group=pl.when(pl.col("year_group").is_in(values("year_groups", "year_group"))).then(pl.col("year_group"))
    )


def type_year6(texts: pl.DataFrame) -> pl.DataFrame:
    """Year 6 rows, typed: the counts of sessions as whole numbers beside their texts, UPN in capitals."""
    counts = (*REQUIRED_COUNTS, *OPTIONAL_COUNTS)
    return texts.with_columns(
        pl.col("upn").str.to_uppercase(),
        *(pl.col(name).alias(f"{name}_text") for name in counts),
        *(pl.col(name).str.replace(r"\.0+$", "").cast(pl.Int32, strict=False) for name in counts),
    )


def type_amendments(texts: pl.DataFrame) -> pl.DataFrame:
    """Amendments, typed: session_date, session, the code before and after (null and `…_is_blank` where there was no
    mark), amended_at (midnight where only the day is given), and staff_role: the role as the seed staff_roles names it,
    `other` for one it does not list. The texts of who and why stay beside them."""
    no_mark = [*conventions().no_mark, *attendance_codes().filter(pl.col("is_no_mark"))["code"].to_list()]
    roles = dict(seed("staff_roles").select("as_written", "staff_role").iter_rows())
    role = pl.col("amended_by_role").str.to_lowercase().str.replace_all(r"[\s_-]+", " ").str.strip_chars(" .")
    upper = {name: pl.col(name).str.to_uppercase() for name in ("original_code", "amended_code")}
    blank = {name: code.is_null() | code.is_in(no_mark) for name, code in upper.items()}
    return texts.select(
        "file",
        "row_id",
        "source_row",
        pl.col("upn").str.to_uppercase(),
        pl.col("date").alias("date_text"),
        _date("date").alias("session_date"),
        pl.col("session").alias("session_text"),
        _session("session").alias("session"),
        *(blank[name].alias(name.replace("code", "is_blank")) for name in upper),
        *(pl.when(~blank[name]).then(code).alias(name) for name, code in upper.items()),
        pl.col("amended_at").alias("amended_at_text"),
        _moment("amended_at").alias("amended_at"),
        pl.when(pl.col("amended_by_role").is_not_null())
        .then(role.replace_strict(roles, default=OTHER_ROLE, return_dtype=pl.String))
        .alias("staff_role"),
        "reason",
        "amended_by",
        "amended_by_role",
    )


def _moment(column: str) -> pl.Expr:
    """A day, or a day and a time of day; seconds count where given, a time zone does not."""
    text = pl.col(column)
    day = _date_of(text.str.replace(_TIME, ""))
    time = text.str.extract(_TIME, 1).fill_null("0:00")
    hour, minute = (time.str.extract(rf"^{group}", 1).cast(pl.Int8) for group in (r"(\d+)", r"\d+:(\d+)"))
    second = time.str.extract(r"^\d+:\d+:(\d+)", 1).cast(pl.Int8).fill_null(0)
    fits = (hour < 24) & (minute < 60) & (second < 60)
    return pl.when(fits).then(day.cast(pl.Datetime("us")) + pl.duration(hours=hour, minutes=minute, seconds=second))


def _text(column: str) -> pl.Expr:
    stripped = pl.col(column).str.strip_chars()
    return pl.when(stripped != "").then(stripped)


def _optional(frame: pl.DataFrame, column: str) -> pl.Expr:
    return pl.col(column) if column in frame.columns else pl.lit(None, dtype=pl.String).alias(column)


def _minutes(text: pl.Expr) -> pl.Expr:
    minutes = text.cast(pl.Float64, strict=False).round().cast(pl.Int16, strict=False)
    return pl.when(minutes >= 0).then(minutes).alias("minutes_late")


def _date(column: str) -> pl.Expr:
    return _date_of(pl.col(column).str.replace(_MIDNIGHT, ""))


def _date_of(plain: pl.Expr) -> pl.Expr:
    tries = [
        pl.when(plain.str.contains(_DATE_FORMS[form])).then(plain).str.to_date(form, strict=False)
        for form in conventions().date_formats
    ]
    return pl.coalesce(tries)


def _session(column: str) -> pl.Expr:
    words = {word.upper(): session for session, several in conventions().sessions.items() for word in several}
    return pl.col(column).str.to_uppercase().replace_strict(words, default=None, return_dtype=pl.String)


def _year_group(column: str) -> pl.Expr:
    plain = pl.col(column).str.to_uppercase().str.replace(r"^(YEAR|YR|Y)\s*", "").str.replace(r"^0+(\d)", "$1")
    return plain.replace(conventions().year_group_words).alias(column)


def _session_columns(headings: list[str]) -> dict[int, tuple[str, str]]:
    """Position -> (date text, session text) of the headings of a register grid that stand for a session."""
    found = {}
    for place, heading in enumerate(headings):
        parts = re.match(r"^\s*(\S+)\s+(\S+)\s*$", heading)
        if parts and any(re.match(form, parts[1]) for form in _DATE_FORMS.values()):
            found[place] = (parts[1], parts[2])
    return found


def _unfold(rows: pl.DataFrame, headings: list[str], texts: list[pl.Expr]) -> pl.DataFrame:
    """A register grid as one row per pupil and session, in the order of the file."""
    sessions = _session_columns(headings)
    names = [expression.meta.output_name() for expression in texts]
    wide = rows.select("file", "source_row", *texts, *(_text(f"c{place}") for place in sessions))
    keys = pl.DataFrame(
        {
            "column": [f"c{place}" for place in sessions],
            "date": [date for date, _ in sessions.values()],
            "session": [session for _, session in sessions.values()],
        }
    )
    long = wide.unpivot(
        index=["file", "source_row", *names], on=keys["column"].to_list(), variable_name="column", value_name="code"
    )
    return (
        long.join(keys, on="column", how="left", maintain_order="left")
        .drop("column")
        .sort("file", "source_row", maintain_order=True)
        .select(pl.int_range(pl.len(), dtype=pl.Int32).over("file").alias("row_id"), pl.all())
    )
