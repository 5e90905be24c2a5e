"""Runs a Pandera schema over rows and turns what fails into the quarantine's words, never into raw values."""

from collections.abc import Callable

import pandera.polars as pa
import polars as pl
from pandera.errors import SchemaErrors

from quality.seeds import reasons

RowTest = Callable[[pa.PolarsData], pl.LazyFrame]


def rule(reason: str, good: pl.Expr) -> pa.Check:
    """A check that a row passes where `good` is true; `reason` is the word a failing row gets.

    Raises ValueError when the word is not among the quarantine reasons.
    """
    if reason not in reasons():
        raise ValueError(f"{reason} is not a quarantine reason")

    def test(data: pa.PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(good.fill_null(False))

    return pa.Check(test, error=reason, ignore_na=False)


def judge(frame: pl.DataFrame, schema: pa.DataFrameSchema) -> pl.Series:
    """The first reason, in the contract's order, that each row of `frame` fails `schema` for; null for a good row.

    Raises ValueError when a whole column is not of the schema's type: then the reader is wrong, not the row.
    """
    order = reasons()
    nothing = pl.Series("reason", [None] * frame.height, dtype=pl.String)
    if frame.is_empty():
        return nothing
    try:
        schema.validate(frame, lazy=True)
        return nothing
    except SchemaErrors as errors:
        failed = errors.failure_cases.select("index", pl.col("check").alias("reason"))
    structural = failed.filter(~pl.col("reason").is_in(list(order)) | pl.col("index").is_null())
    if not structural.is_empty():
        raise ValueError(f"The reader produced columns that do not fit the contract: {structural['reason'].to_list()}")
    ranks = pl.DataFrame({"reason": list(order), "rank": list(order.values())})
    first = (
        failed.join(ranks, on="reason", how="left")
        .sort("rank")
        .unique("index", keep="first")
        .select(pl.col("index").cast(pl.UInt32), "reason")
    )
    rows = pl.DataFrame({"index": pl.int_range(frame.height, dtype=pl.UInt32, eager=True)})
    return rows.join(first, on="index", how="left", maintain_order="left")["reason"]
