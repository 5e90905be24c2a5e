"""Runs a Pandera schema over rows and turns what fails into the quarantine's words, never into raw values."""

import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import ModuleType

import polars as pl

from quality.seeds import reasons

_IN_ORDER = "every rule holds"


@dataclass(frozen=True)
class Rule:
    """What must be true of a row, and the word that a row gets of which it is not. Null counts as not true."""

    reason: str
    good: pl.Expr


class _WithoutPandas:
    """Says to the thread that made it that there is no pandas, as where none is installed."""

    def __init__(self) -> None:
        self._thread = threading.get_ident()

    def find_spec(self, name: str, *_: object) -> None:
        if name == "pandas" and threading.get_ident() == self._thread:
            raise ModuleNotFoundError("No module named 'pandas'", name=name)


@cache
def _pandera() -> ModuleType:
    """Pandera for Polars, when the first row is judged: where nothing came, a run does without it.

    Without pandas, which it imports where it finds it, it takes a third of the time, and Polars' frames do not need it.
    """
    without = _WithoutPandas()
    sys.meta_path.insert(0, without)
    try:
        import pandera.polars
    finally:
        sys.meta_path.remove(without)
    return pandera.polars


class Contract:
    """The columns and rules of one kind of row, as a Pandera schema that is made once.

    Pandera says whether all is well with columns and rows. Its checks each cost as much as thousands of rows, so that
    the rules are one check of it together, and which rule a row breaks is asked only where one does.
    """

    def __init__(self, columns: Mapping[str, type], rules: Sequence[Rule]) -> None:
        """columns: name to type; text may be missing.

        Raises ValueError when a rule's word is not among the quarantine reasons.
        """
        order = reasons()
        for rule in rules:
            if rule.reason not in order:
                raise ValueError(f"{rule.reason} is not a quarantine reason")
        in_turn = sorted(rules, key=lambda rule: order[rule.reason])
        good = pl.all_horizontal(rule.good.fill_null(False) for rule in rules)
        self._first = pl.coalesce(
            *(pl.when(~rule.good.fill_null(False)).then(pl.lit(rule.reason)) for rule in in_turn),
            pl.lit(None, dtype=pl.String),
        )
        pa = _pandera()
        self._schema = pa.DataFrameSchema(
            {name: pa.Column(dtype, nullable=dtype is str) for name, dtype in columns.items()},
            checks=pa.Check(
                lambda data: data.lazyframe.select(good), error=_IN_ORDER, ignore_na=False, n_failure_cases=1
            ),
        )

    def judge(self, frame: pl.DataFrame) -> pl.Series:
        """The first reason, in the contract's order, why each row of `frame` is refused; null for a good row.

        Raises ValueError when a whole column is not of the schema's type: then the reader is wrong, not the row.
        """
        if not frame.is_empty():
            try:
                self._schema.validate(frame, lazy=True)
            except _pandera().errors.SchemaErrors as errors:
                found = errors.failure_cases["check"].unique().to_list()
                structural = sorted(str(check) for check in found if check != _IN_ORDER)
                if structural:
                    said = f"The reader produced columns that do not fit the contract: {structural}"
                    raise ValueError(said) from None
                return frame.select(self._first.alias("reason")).to_series()
        return pl.Series("reason", [None] * frame.height, dtype=pl.String)


def first_of(*columns: str) -> pl.Expr:
    """Of several columns of reasons the one that comes first in the contract's order; null where all are null."""
    order = list(reasons())
    ranks = pl.min_horizontal(pl.col(name).cast(pl.Enum(order)).to_physical() for name in columns)
    return ranks.replace_strict(dict(enumerate(order)), default=None, return_dtype=pl.String)
