"""Every cell of every mart added up again from the marks, by the registry that `rollcall explain` reads."""

from __future__ import annotations

import duckdb

from orchestration.explaining.recount import differences, left_out
from orchestration.explaining.registry import Mart, marts, relations
from orchestration.explaining.relations import make_relations

# What a cell that has been tampered with has in place of its value.
_OTHER = {
    "BOOLEAN": "not coalesce({0}, false)",
    "VARCHAR": "coalesce({0}, '') || '!'",
    "DATE": "coalesce({0}, date '2000-01-01') + 1",
    "TIMESTAMP": "coalesce({0}, timestamp '2000-01-01') + interval 1 day",
}


def every_cell_is_made_again(warehouse: duckdb.DuckDBPyConnection) -> None:
    """Every column that the registry opens is what its parts come to, and no part is without its cell."""
    make_relations(warehouse, {relation["name"] for relation in relations()})
    off = {}
    for table, mart in marts().items():
        warehouse.execute(
            f"create or replace temp table cells as select row_number() over () as cell_no, * from marts.{table}"
            f" where {mart.where}"
        )
        found: dict[str, int] = differences(warehouse, mart, "cells")
        if outside := left_out(warehouse, mart, "cells"):
            found["parts without a cell"] = outside
        if found:
            off[table] = found
    assert off == {}


def tampering_is_seen(warehouse: duckdb.DuckDBPyConnection) -> None:
    """Were every cell another, every column that is made again would say so."""
    make_relations(warehouse, {relation["name"] for relation in relations()})
    unseen = {}
    for table, mart in marts().items():
        rows = warehouse.execute(f"select count(*) from marts.{table} where {mart.where}").fetchone()
        if not mart.counted or rows == (0,):
            continue
        warehouse.execute(
            "create or replace temp table tampered as select row_number() over () as cell_no,"
            f" * replace ({_others(warehouse, mart)}) from marts.{table} where {mart.where}"
        )
        seen = differences(warehouse, mart, "tampered")
        if missed := [name for name in mart.counted if name not in seen and name not in mart.partly]:
            unseen[table] = missed
    assert unseen == {}


def _others(warehouse: duckdb.DuckDBPyConnection, mart: Mart) -> str:
    types = {row[0]: row[1] for row in warehouse.execute(f"describe marts.{mart.table}").fetchall()}
    return ", ".join(
        f"{_OTHER.get(types[name], 'coalesce({0}, 0) + 1').format(name)} as {name}" for name in mart.counted
    )
