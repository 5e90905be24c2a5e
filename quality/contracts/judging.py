"""Runs a Pandera schema over rows and turns what fails into the quarantine's words, never into raw values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandera.polars as pa
import polars as pl
from pandera.errors import SchemaErrors

from quality.seeds import reasons

_IN_ORDER = "every rule holds"


@dataclass(frozen=True)
class Rule:
    """What must be true of a row, and the word that a row gets of which it is not. Null counts as not true."""

    reason: str
    good: pl.Expr


class Contract:
    """The columns and rules of one kind of row, as a Pandera schema that is made once.

    Pandera says whether all is well with columns and rows. Its checks each cost as much as thousands of rows, so that
    the rules are one check of it together, and which rule a row breaks is asked only where one does.
    """

    def __init__(self, columns: Mapping[str, pa.Column], rules: Sequence[Rule]) -> None:
        """columns: name to type. Raises ValueError when a rule's word is not among the quarantine reasons."""
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
        self._schema = pa.DataFrameSchema(
            dict(columns),
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
            except SchemaErrors as errors:
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
