"""Who the pupils are, from the identity store, for the audiences that may see them by name."""

from __future__ import annotations

import polars as pl
import pyarrow as pa

from ingestion.identity import identities
from ingestion.trust import TrustFolder


def people(folder: TrustFolder) -> pa.Table:
    """One row per pupil whom an extract named: pupil_key, pupil_name (forename and surname), sort_name (surname first).

    The newest of the names counts: that of the identity file with the highest extract id among those with a surname,
    else a full name as a marks extract wrote it.
    """
    named = (
        identities(folder)
        .select("pupil_key", "forename", "surname", "full_name")
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
        .sort("is_whole", descending=True, maintain_order=True)
        .unique("pupil_key", keep="first", maintain_order=True)
        .select("pupil_key", "pupil_name", "sort_name")
        .sort("pupil_key")
    )
    return named.collect().to_arrow()
