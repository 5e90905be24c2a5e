"""Amendments extracts: what a school writes down of the reasons that it finds after a first export.

Belongs here: the rows of an amendments extract and the gaps planted in it. Does not belong here: the changes
themselves.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from ingestion.feeds.profile import CANONICAL_PROFILE, layouts
from ingestion.twin.marks import Codes, Marks, code_names
from ingestion.twin.parameters import parameters
from ingestion.twin.people import People
from ingestion.twin.roll import Roll
from ingestion.twin.schools import TwinSchool


@dataclass(frozen=True)
class Written:
    """The rows of an amendments extract in canonical columns as text, how many changes they leave out, and the rows
    (0-based) whose amended code is not the register's."""

    rows: pl.DataFrame
    left_out: int
    wrong: list[int]


def sends_amendments(school: TwinSchool) -> bool:
    """Whether the school sends amendments extracts."""
    return bool(school.index % parameters("amendments")["silent_every"] != 1)


def written_amendments(
    before: Codes,
    marks: Marks,
    columns: slice,
    roll: Roll,
    people: People,
    exported: dt.datetime,
    rng: np.random.Generator,
) -> Written:
    """What is written down of the marks in `columns` that were `before` at the first export."""
    facts, names = parameters("amendments"), code_names()
    after = marks.codes[:, columns]
    row, column = np.nonzero(before != after)
    written = rng.random(len(row)) < facts["written_share"]
    left_out = int((~written).sum())
    row, column = row[written], column[written]
    number = len(row)
    codes = np.array(names)[after[row, column]]
    wrong = (rng.random(number) < facts["wrong_share"]) & (codes != facts["other_code"])
    first, last = facts["days_before"]
    made = [exported - dt.timedelta(days=int(days)) for days in rng.integers(first, last + 1, number)]
    who = rng.integers(0, len(facts["staff"]), number)
    said = rng.random(number) >= facts["unsaid_share"]
    texts: dict[str, Any] = {
        "upn": people.upn[roll.person[marks.enrolments]][row],
        "date": [str(day) for day in np.repeat(marks.days, 2)[columns][column]],
        "session": np.array(list(parameters("marks")["present"]))[column % 2],
        "original_code": np.array(names)[before[row, column]],
        "amended_code": np.where(wrong, facts["other_code"], codes),
        "reason": np.where(said, rng.choice(facts["reasons"], number), ""),
        "amended_at": [f"{moment:%Y-%m-%d %H:%M}" for moment in made],
        "amended_by": _said(said, who, [name for name, _ in facts["staff"]]),
        "amended_by_role": _said(said, who, [role for _, role in facts["staff"]]),
    }
    order = layouts(CANONICAL_PROFILE, "amendments")[0].columns
    frame = pl.DataFrame({name: pl.Series(name, list(texts[name]), dtype=pl.String) for name in order})
    return Written(frame, left_out, np.flatnonzero(wrong).tolist())


def _said(said: npt.NDArray[np.bool_], who: npt.NDArray[np.int64], texts: list[str]) -> npt.NDArray[np.str_]:
    return np.where(said, np.array(texts)[who], "")
