"""Extracts that come after a synthetic trust was made: a school's next day, every school's, a half term sent again.

They are cut from the newest extract of the same school, so they have its system's headings, encoding and dialect. A
new day's marks are those of the last day. Belongs here: later extracts. Does not belong here: the trust itself
(ingestion.twin).
"""

from __future__ import annotations

import datetime as dt
import json
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from ingestion.trust import TRUST_INBOX
from ingestion.twin import ANSWER_KEY
from ingestion.twin.calendars import school_year
from ingestion.twin.parameters import as_date, first_academic_year, generator, parameters
from ingestion.twin.schools import TwinSchool, choose_schools, covers_several, feeds
from ingestion.twin.writers import write_csv

_AS_OF = re.compile(r"^as_of = (\S+)$", re.MULTILINE)


@dataclass(frozen=True)
class Twin:
    """A folder that `rollcall synth` made, its extracts still in the inboxes. It is only read."""

    root: Path

    @cached_property
    def as_of(self) -> dt.date:
        """The day that its extracts go up to."""
        found = tomllib.loads((self.root / "trust.toml").read_text(encoding="utf-8"))["trust"]["as_of"]
        return found if isinstance(found, dt.date) else dt.date.fromisoformat(found)

    @cached_property
    def seed(self) -> int:
        """The seed it was made with. Raises FileNotFoundError where the folder is no synthetic trust."""
        return int(json.loads((self.root / ANSWER_KEY).read_text(encoding="utf-8"))["seed"])

    @cached_property
    def schools(self) -> list[TwinSchool]:
        """Its schools. Layouts and dialects follow from their number and the seed; their sizes are in proportion."""
        named = tomllib.loads((self.root / "trust.toml").read_text(encoding="utf-8"))["school"]
        chosen = choose_schools(len(named), 1000 * len(named), self.seed)
        if [school["slug"] for school in named] != [school.slug for school in chosen]:
            raise ValueError(f"{self.root} has other schools than the synthetic trust of its size and seed")
        return chosen

    @cached_property
    def feeds(self) -> list[list[TwinSchool]]:
        """Schools whose marks come in one file."""
        return feeds(self.schools)

    def largest(self) -> list[TwinSchool]:
        """The schools that send a file of their own, the one with the most pupils first."""
        alone = [feed[0] for feed in self.feeds if len(feed) == 1]
        return sorted(alone, key=lambda school: (-school.places * len(school.years), school.index))

    def next_day(self, after: dt.date) -> dt.date:
        """The first day after `after` on which every school is open. Raises ValueError at the end of the year."""
        year = first_academic_year(np.datetime64(after))
        open_days = [set(school_year(school, year, self.seed).days.tolist()) for school in self.schools]
        days = sorted(day for day in set.intersection(*open_days) if day > after)
        if not days:
            raise ValueError(f"no school day is left in the academic year of {after}")
        return as_date(np.datetime64(days[0]))

    def newest(self, feed: Sequence[TwinSchool], half_term: str | None = None) -> Path:
        """The newest marks file of a feed; half_term (as `ht1`): the newest one of that half term this year."""
        inbox = TRUST_INBOX if covers_several(feed[0].layout) else feed[0].slug
        part = f"_{feed[0].la_code}{feed[0].index:02d}" if inbox == TRUST_INBOX else ""
        since = f"marks_{first_academic_year(np.datetime64(self.as_of))}0801"
        found = sorted(
            path
            for path in (self.root / "inbox" / inbox).glob(f"marks_*_{half_term or 'ht?'}{part}.*")
            if path.name >= since
        )
        if not found:
            raise FileNotFoundError(f"{self.root} has no marks of {half_term or 'this year'} for {feed[0].slug}")
        return found[-1]


def move_as_of(trust: Path, day: dt.date) -> None:
    """Let the trust's figures speak for `day`."""
    config = trust / "trust.toml"
    config.write_text(_AS_OF.sub(f"as_of = {day}", config.read_text(encoding="utf-8")), encoding="utf-8")


def write_day(
    twin: Twin, trust: Path, day: dt.date, chosen: Sequence[Sequence[TwinSchool]] | None = None
) -> list[Path]:
    """Write the marks of `day` into the inboxes of `trust`: one file for each feed in `chosen`, else for every feed.

    The whole school's marks of one day, morning and afternoon. Returns the files. Does not move the trust's as_of.
    """
    written = []
    for feed in twin.feeds if chosen is None else chosen:
        source = twin.newest(feed)
        rows = _on(feed[0], _read(source, feed[0]), twin.as_of, day)
        written.append(_write(rows, feed[0], trust, source, f"{day:%Y%m%d}-1630_day"))
    return written


def write_again(twin: Twin, trust: Path, feed: Sequence[TwinSchool], sent: dt.date, changed: int = 20) -> Path:
    """Write the last half term that is over once more, with `changed` marks that were the usual one and no longer are.

    sent: the day of its export. Returns the file.
    """
    half_terms = school_year(feed[0], first_academic_year(np.datetime64(twin.as_of)), twin.seed).half_terms
    over = [name for name, (_, last) in half_terms.items() if as_date(last) < twin.as_of]
    if not over:
        raise ValueError(f"no half term of the academic year of {twin.as_of} is over")
    source = twin.newest(feed, over[-1].lower())
    rows = _changed(_read(source, feed[0]), feed[0], changed, generator(twin.seed, "again", feed[0].index))
    return _write(rows, feed[0], trust, source, f"{sent:%Y%m%d}-1700_again")


def _layout(school: TwinSchool) -> dict[str, Any]:
    layout: dict[str, Any] = parameters("schools")["layouts"][school.layout]
    return layout


def _heading(school: TwinSchool, field: str) -> str:
    return next(heading for heading, of in _layout(school)["columns"].items() if of == field)


def _read(path: Path, school: TwinSchool) -> pl.DataFrame:
    """A marks file as a table of texts, as it was written."""
    if path.suffix == ".json":
        content = json.loads(path.read_bytes())
        rows = content["data"] if isinstance(content, dict) else content
        return pl.DataFrame(rows, infer_schema_length=None)
    dialect = parameters("schools")["dialects"][school.dialect]
    text = path.read_bytes().decode(dialect["encoding"]).encode()
    return pl.read_csv(text, separator=dialect["separator"], infer_schema=False)


def _write(rows: pl.DataFrame, school: TwinSchool, trust: Path, source: Path, stamp: str) -> Path:
    """Write rows as `source` was written, into the same inbox of `trust`."""
    part = "".join(source.stem.split("_")[3:])
    path = trust / "inbox" / source.parent.name / f"marks_{stamp}{part and '_' + part}{source.suffix}"
    if source.suffix == ".json":
        wrapped = source.read_bytes()[:1] == b"{"
        text = rows.write_json()
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.write_text(f'{{"data":{text}}}' if wrapped else text, encoding="utf-8")
    else:
        write_csv(rows, school, path)
    return path


def _on(school: TwinSchool, rows: pl.DataFrame, until: dt.date, day: dt.date) -> pl.DataFrame:
    """The rows of the last day up to `until` that the school was open, dated `day`."""
    form = _layout(school)["date"]
    if _layout(school).get("grid"):
        sessions = {name: dt.datetime.strptime(name[:10], form).date() for name in _sessions(rows)}
        last = max(date for date in sessions.values() if date <= until)
        fixed = [name for name in rows.columns if name not in sessions]
        mine = [name for name, date in sessions.items() if date == last]
        kept = rows.select(*fixed, *(pl.col(name).alias(f"{day:{form}}{name[10:]}") for name in mine))
        return kept.filter(pl.any_horizontal(pl.col(kept.columns[len(fixed) :]).is_not_null()))
    heading = _heading(school, "date")
    date = pl.col(heading).str.to_date(form, strict=False)
    dated = rows.with_columns(date.alias("_date")).filter(pl.col("_date") <= until)
    last_day = dated.filter(pl.col("_date") == pl.col("_date").max())
    return last_day.drop("_date").with_columns(pl.lit(f"{day:{form}}").alias(heading))


def _sessions(rows: pl.DataFrame) -> list[str]:
    """The columns of a grid that are sessions."""
    ends = tuple(f" {session}" for session in parameters("marks")["present"])
    return [name for name in rows.columns if name.endswith(ends)]


def _changed(rows: pl.DataFrame, school: TwinSchool, count: int, rng: np.random.Generator) -> pl.DataFrame:
    """`count` cells of the most usual mark get the next most usual one of the same session."""
    if _layout(school).get("grid"):
        sessions = _sessions(rows)
        for name in rng.choice(sessions, min(count, len(sessions)), replace=False).tolist():
            rows = _replaced(rows, name, pl.lit(True), 1 + count // (len(sessions) + 1), rng)
        return rows
    code, session = _heading(school, "code"), _heading(school, "session")
    most = rows[session].drop_nulls().mode().sort()[0]
    return _replaced(rows, code, pl.col(session) == most, count, rng)


def _replaced(rows: pl.DataFrame, column: str, where: pl.Expr, count: int, rng: np.random.Generator) -> pl.DataFrame:
    among = rows.with_row_index("_row").filter(where & pl.col(column).is_not_null())
    usual = among[column].value_counts().sort("count", column, descending=[True, False])[column].to_list()
    if len(usual) < 2:
        return rows
    candidates = among.filter(pl.col(column) == usual[0])["_row"].to_numpy()
    picked = rng.choice(candidates, min(count, len(candidates)), replace=False)
    chosen = pl.int_range(pl.len()).is_in(picked.tolist())
    return rows.with_columns(pl.when(chosen).then(pl.lit(usual[1])).otherwise(pl.col(column)).alias(column))
