"""Who the pupils are, from the identity store, for the audiences that may see them by name."""

from __future__ import annotations

import polars as pl
import pyarrow as pa

from ingestion.identity import identities
from ingestion.ledger import entries
from ingestion.trust import TrustFolder


def people(folder: TrustFolder) -> pa.Table:
    """One row per pupil whom an extract named: pupil_key, pupil_name (forename and surname), sort_name (surname first).

    The name of the newest extract counts, by its export, whichever school sent it: the newest that gave a surname, else
    the newest full name as a marks extract wrote it.
    """
    newest_last = [entry.extract_id for entry in entries(folder)]
    order = pl.LazyFrame(
        {"extract_id": newest_last, "place": range(len(newest_last))}, {"extract_id": pl.String, "place": pl.Int64}
    )
    named = (
        identities(folder)
        .with_columns(
            pupil_name=pl.coalesce(
                pl.concat_str("forename", "surname", separator=" "), pl.col("full_name"), pl.col("surname")
            ),
            sort_name=pl.coalesce(
                pl.concat_str("surname", "forename", separator=", "), pl.col("full_name"), pl.col("surname")
            ),
            is_whole=pl.col("surname").is_not_null(),
        )
        .filter(pl.col("pupil_name").is_not_null())
        .join(order, on="extract_id", how="left")
        # One extract may name a pupil for several schools; the order within it only has to be the same every time.
        .sort(["is_whole", "place", "sort_name"], descending=[True, True, False], nulls_last=True)
        .unique("pupil_key", keep="first", maintain_order=True)
        .select("pupil_key", "pupil_name", "sort_name")
        .sort("pupil_key")
    )
    return named.collect().to_arrow()
