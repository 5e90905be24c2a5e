"""Files that the Department for Education publishes: recognised by their headings, read into one form.

Belongs here: reading what feeds/published.yaml describes. Does not belong here: which of several publications counts
(the newest: dbt). One row of the result per figure of a row of the file; no personal data is in these files.
"""

import contextlib
import csv
import datetime as dt
import re
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import yaml
from pydantic import BaseModel, ConfigDict

from ingestion.batches import Batch
from ingestion.conform import Conformed
from ingestion.feeds.profile import Layout, fold
from ingestion.feeds.reading import RawTable, UnreadableFile, decode
from ingestion.lake import SCHEMAS

KIND = "benchmarks"
_HEAD = 20_000
_FILE = Path(__file__).parent / "feeds" / "published.yaml"
_YEAR = r"^(\d{4})[/-]?(?:\d{2})?(\d{2})$"
_PLACE = ("academic_year", "time_window", "geography_level", "geography_code", "school_phase")


class Level(BaseModel):
    """A level of geography: our word and the headings with its code and name."""

    model_config = ConfigDict(extra="forbid")

    level: str
    code: list[str]
    name: list[str]


class Publication(BaseModel):
    """One layout of a file of DfE. Layouts of one dataset stand for one another. Each list of headings is best first;
    figures maps our names to DfE's headings."""

    model_config = ConfigDict(extra="forbid")

    layout: str
    dataset: str
    title: str
    keeps: list[str]
    required: list[str]
    one_of: list[str] = []
    years: list[str] = []
    window: list[str] = []
    level: list[str] = []
    phase: list[str] = []
    phase_is: str | None = None
    figures: dict[str, list[str]]
    figures_starting_with: str | None = None
    figure_in: str | None = None
    value_in: str | None = None
    only_for_phase: dict[str, list[str]] = {}

    def fits(self, headings: list[str]) -> bool:
        """True when a file with these headings is of this layout."""
        found = {fold(heading) for heading in headings}
        return all(fold(name) in found for name in self.required) and (
            not self.one_of or any(fold(name) in found for name in self.one_of)
        )


class Published(BaseModel):
    """What all layouts have in common, and the layouts."""

    model_config = ConfigDict(extra="forbid")

    suppressed: list[str]
    windows: dict[str, str]
    window_ends: dict[str, tuple[int, int, int]]
    published_to: str
    levels: dict[str, Level]
    layouts: list[Publication]


@cache
def published() -> Published:
    """The content of feeds/published.yaml."""
    content: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return Published.model_validate(content)


def recognise(headings: list[str]) -> Publication | None:
    """The layout that a file's headings fit, or None where it is none of DfE's."""
    return next((layout for layout in published().layouts if layout.fits(headings)), None)


def is_published(content: bytes, extension: str) -> bool:
    """True when a file's headings are those of one of DfE's files."""
    if extension != "csv":
        return False
    try:
        headings = next(csv.reader([decode(content[:_HEAD]).splitlines()[0]]), [])
    except (UnreadableFile, IndexError):
        return False
    return recognise(headings) is not None


def read_published(table: RawTable, layout: Publication, file_name: str, exported: dt.date) -> tuple[Conformed, Batch]:
    """The figures of a file, one row each, and the file's rows that could not be used, with reasons.

    A suppressed cell is a figure without a value; a cell that is neither a number nor a sign of suppression is one too,
    and is counted in the batch's unread_values. A row of a level that nothing is compared with is kept without figures.
    `exported` bounds what the figures can cover where the file's name does not say to which day they go.
    """
    places = {fold(heading): f"c{place}" for place, heading in reversed(list(enumerate(table.headings)))}
    frame = table.frame.select(
        pl.int_range(pl.len(), dtype=pl.Int32).alias("row_id"),
        "source_row",
        *(pl.col(column).str.strip_chars() for column in table.frame.columns if column != "source_row"),
    )
    rows = _placed(frame, layout, places).with_columns(
        as_published_to=_published_to(file_name, exported),
    )
    rows = _with_duplicates(rows, [f"c{place}" for place in range(len(table.headings))], layout)
    figures, unread = _figures(rows, layout, places, table.headings)
    usable = rows.filter(pl.col("row_reason").is_null())
    alone = rows.join(figures.select("row_id").unique(), on="row_id", how="anti")
    empty = alone.with_columns(figure=pl.lit(None, dtype=pl.String), value=pl.lit(None, dtype=pl.Float64))
    columns = [name for name in SCHEMAS[KIND] if name not in ("extract_id", "figure", "value")]
    filled = usable.select(columns).join(figures, on="row_id", how="inner", maintain_order="left_right")
    every = pl.concat([filled, empty.select(filled.columns)]).sort("row_id", maintain_order=True)
    shaped = every.select(pl.col(name).cast(dtype) for name, dtype in SCHEMAS[KIND].items() if name != "extract_id")
    used = {fold(name) for names in layout.figures.values() for name in names} | {
        fold(name) for name in [*layout.years, *layout.window, *layout.level, *layout.phase, *layout.required]
    }
    extras = [heading for heading in table.headings if fold(heading) not in used]
    shape = Layout(layout=layout.layout, shape="table", required=[], columns={})
    return Conformed(shape, frame, extras, (table,)), Batch(shaped, pl.DataFrame(), every["row_reason"], unread)


def _first(names: list[str], places: dict[str, str]) -> pl.Expr:
    """The first of some headings that a file has; null where it has none."""
    found = [pl.col(places[fold(name)]) for name in names if fold(name) in places]
    return pl.coalesce(found) if found else pl.lit(None, dtype=pl.String)


def _placed(frame: pl.DataFrame, layout: Publication, places: dict[str, str]) -> pl.DataFrame:
    """Adds what each row is about: slug, dataset, year, window, place and phase, and why it cannot be used."""
    facts = published()
    year = _first(layout.years, places)
    level = _first(layout.level, places).str.to_lowercase() if layout.level else pl.lit(layout.keeps[0])
    known = {word: found.level for word, found in facts.levels.items()} | {name: name for name in layout.keeps}
    window = _first(layout.window, places).str.to_lowercase() if layout.window else pl.lit("academic year")
    rows = frame.with_columns(
        slug=pl.lit(None, dtype=pl.String),
        dataset=pl.lit(layout.dataset),
        year_text=year,
        academic_year=pl.when(year.str.contains(_YEAR)).then(year.str.replace(_YEAR, "$1/$2")),
        time_window=window.replace_strict(facts.windows, default=None, return_dtype=pl.String),
        geography_level=level.replace_strict(known, default=None, return_dtype=pl.String),
        level_text=level,
        school_phase=(_first(layout.phase, places) if layout.phase_is is None else pl.lit(layout.phase_is))
        .str.to_lowercase()
        .str.replace_all(" ", "_"),
    )
    by_level = {found.level: found for found in facts.levels.values() if found.level in layout.keeps}
    here = [pl.when(pl.col("geography_level") == level) for level in by_level]
    rows = rows.with_columns(
        geography_code=pl.coalesce(
            [when.then(_first(found.code, places)) for when, found in zip(here, by_level.values(), strict=True)]
        ),
        geography_name=pl.coalesce(
            [when.then(_first(found.name, places)) for when, found in zip(here, by_level.values(), strict=True)]
        ),
    )
    kept = pl.col("geography_level").is_in(layout.keeps)
    unreadable_year = pl.col("academic_year").is_null() & pl.col("year_text").is_not_null()
    lacking = pl.col("level_text").is_null() | (kept & pl.col("geography_code").is_null())
    if layout.years:
        lacking |= pl.col("year_text").is_null()
    if layout.window:
        lacking |= _first(layout.window, places).is_null()
    if layout.phase and layout.level:
        lacking |= pl.col("school_phase").is_null()
    return rows.with_columns(
        row_reason=pl.when(unreadable_year).then(pl.lit("malformed_date")).when(lacking).then(pl.lit("missing_value")),
        is_kept=kept & pl.col("time_window").is_not_null(),
    )


def _published_to(file_name: str, exported: dt.date) -> pl.Expr:
    """The last day that the figures cover, where that is before the window's end."""
    facts = published()
    named = re.search(facts.published_to, file_name)
    if named:
        with contextlib.suppress(ValueError):
            return pl.lit(dt.date.fromisoformat(named.group(1)))
    start = pl.col("academic_year").str.slice(0, 4).cast(pl.Int32, strict=False)
    ends = [
        pl.when(pl.col("time_window") == window).then(pl.date(start + offset, month, day))
        for window, (offset, month, day) in facts.window_ends.items()
    ]
    return pl.when(pl.coalesce(ends) > exported).then(pl.lit(exported))


def _with_duplicates(rows: pl.DataFrame, cells: list[str], layout: Publication) -> pl.DataFrame:
    """Adds `duplicate`, as batches have it: rows about the same window, place and phase in one file."""
    if layout.figure_in:
        return rows.with_columns(duplicate=pl.lit(None, dtype=pl.String))
    key = list(_PLACE)
    usable = pl.col("row_reason").is_null() & pl.col("is_kept")
    repeated = pl.struct(key).is_duplicated() & usable
    differ = pl.struct(cells).n_unique().over(key) > 1
    later = pl.col("row_id") > pl.col("row_id").min().over(key)
    return rows.with_columns(
        duplicate=pl.when(repeated & differ)
        .then(pl.lit("conflicting"))
        .when(repeated & later)
        .then(pl.lit("identical"))
    )


def _figures(
    rows: pl.DataFrame, layout: Publication, places: dict[str, str], headings: list[str]
) -> tuple[pl.DataFrame, dict[str, int]]:
    """row_id, figure and value of every figure of the usable rows, and per figure the cells that could not be read."""
    usable = rows.filter(pl.col("row_reason").is_null() & pl.col("is_kept") & pl.col("duplicate").is_null())
    if layout.figure_in and layout.value_in:
        words = {name.lower(): figure for figure, names in layout.figures.items() for name in names}
        texts = usable.select(
            "row_id",
            "school_phase",
            figure=pl.col(places[fold(layout.figure_in)])
            .str.to_lowercase()
            .replace_strict(words, default=None, return_dtype=pl.String),
            text=pl.col(places[fold(layout.value_in)]),
        ).drop_nulls("figure")
    else:
        wanted = {figure: _first(names, places) for figure, names in layout.figures.items()}
        prefix = layout.figures_starting_with
        if prefix:
            wanted |= {heading: pl.col(places[fold(heading)]) for heading in headings if heading.startswith(prefix)}
        texts = usable.select("row_id", "school_phase", **wanted).unpivot(
            index=["row_id", "school_phase"], variable_name="figure", value_name="text"
        )
    for phase, names in layout.only_for_phase.items():
        texts = texts.filter(~pl.col("figure").is_in(names) | (pl.col("school_phase") == phase))
    texts = texts.with_columns(value=pl.col("text").cast(pl.Float64, strict=False))
    hidden = pl.col("text").str.to_lowercase().is_in(published().suppressed) | pl.col("text").is_null()
    unread = texts.filter(pl.col("value").is_null() & ~hidden)["figure"].value_counts()
    return texts.select("row_id", "figure", "value"), dict(unread.sort("figure").iter_rows())
