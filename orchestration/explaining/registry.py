"""How every mart is made again from the marks: the files of marts/, one entry per mart.

An entry names the cell's keys, the parts that belong to it, and for each column what the parts come to. It is data:
`recount` turns it into SQL, for one cell or for all.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_HERE = Path(__file__).parent
_OPENING = {"of", "same", "where", "count", "take"}
_ENTRY = {
    "is", "made_of", "because", "reach", "keys", "words", "openings", "parts", "whole", "percent", "derive",
    "not_opened", "partly", "rules", "where", "dimension",
}  # fmt: skip


@dataclass(frozen=True)
class Opening:
    """Parts of a cell: rows of `of` that share the columns `same` with it and fit `where`; what they come to.

    count: columns that are 0 where a cell has no parts. take: columns that are NULL there. A name that starts with `_`
    is no column of the mart: it helps to work out others.
    """

    of: str
    same: tuple[str, ...] = ()
    where: str = "true"
    count: dict[str, str] = field(default_factory=dict)
    take: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Mart:
    """How a mart is opened.

    table: its name in the schema marts. is_: what a cell is. made_of: the relation whose rows are a cell's parts, None
    where no mark is in it; because says why. reach: how far from a cell its marks lie (day, period, year, pupil,
    trust). keys: what names a cell. words: columns that follow from the keys. percent: numerator and denominator of
    each percentage. derive: SQL over `again` (what was counted), `cell` and `rules`. not_opened: a sentence for each
    column that is not made again; partly: for what of a column is taken as it is. rules: which rules of dim_rule the
    figures rest on. where: which cells can be made again. dimension: the dimension of cohorts the cells are of, where
    they do not say. own_parts: a cell's parts where no opening has them. whole: which parts must be in a cell (as
    `part`), so that a cell that is not there is noticed.
    """

    table: str
    is_: str
    made_of: str | None
    reach: str
    keys: tuple[str, ...]
    words: tuple[str, ...]
    openings: tuple[Opening, ...]
    percent: dict[str, tuple[str, str]]
    derive: dict[str, str]
    not_opened: dict[str, str]
    partly: dict[str, str]
    rules: tuple[str, ...]
    because: str | None
    where: str
    dimension: str | None
    own_parts: Opening | None
    whole: str | None

    @property
    def parts(self) -> Opening | None:
        """Which rows of made_of are the parts of a cell; None where no mark is in it."""
        if self.own_parts is not None or self.made_of is None:
            return self.own_parts
        return next(opening for opening in self.openings if opening.of == self.made_of)

    @property
    def counted(self) -> list[str]:
        """The columns that are made again."""
        found = [name for opening in self.openings for name in (*opening.count, *opening.take)]
        return [name for name in (*found, *self.percent, *self.derive) if not name.startswith("_")]

    @property
    def columns(self) -> list[str]:
        """Every column the entry speaks of."""
        return [*self.keys, *self.words, *self.counted, *self.not_opened]


def _opening(table: str, given: dict[str, Any]) -> Opening:
    if unknown := set(given) - _OPENING:
        raise ValueError(f"{table}: an opening has no {sorted(unknown)}")
    return Opening(
        given["of"], tuple(given.get("same", ())), given.get("where", "true"), given.get("count", {}),
        given.get("take", {}),
    )  # fmt: skip


def _mart(table: str, entry: dict[str, Any]) -> Mart:
    if unknown := set(entry) - _ENTRY:
        raise ValueError(f"{table}: an entry has no {sorted(unknown)}")
    return Mart(
        table=table,
        is_=entry["is"],
        made_of=entry.get("made_of"),
        reach=entry.get("reach", "trust"),
        keys=tuple(entry["keys"]),
        words=tuple(entry.get("words", ())),
        openings=tuple(_opening(table, given) for given in entry.get("openings", [])),
        percent={name: (parts[0], parts[1]) for name, parts in entry.get("percent", {}).items()},
        derive=entry.get("derive", {}),
        not_opened=entry.get("not_opened", {}),
        partly=entry.get("partly", {}),
        rules=tuple(entry.get("rules", ())),
        because=entry.get("because"),
        where=entry.get("where", "true"),
        dimension=entry.get("dimension"),
        own_parts=_opening(table, entry["parts"]) if "parts" in entry else None,
        whole=entry.get("whole"),
    )


@cache
def marts() -> dict[str, Mart]:
    """Every mart of the registry, by its table."""
    found: dict[str, Mart] = {}
    for path in sorted((_HERE / "marts").glob("*.yml")):
        for table, entry in yaml.safe_load(path.read_text(encoding="utf-8")).items():
            if table in found:
                raise ValueError(f"{table} is opened twice")
            found[table] = _mart(table, entry)
    return found


@cache
def relations() -> list[dict[str, str]]:
    """What cells are made of, in the order in which one rests on another: name, says, sql."""
    found: list[dict[str, str]] = yaml.safe_load((_HERE / "relations.yml").read_text(encoding="utf-8"))
    return found


@cache
def session_counts() -> dict[str, str]:
    """Which sessions each sum counts, as conditions on `session`."""
    found: dict[str, str] = yaml.safe_load((_HERE / "session_counts.yml").read_text(encoding="utf-8"))
    return found
