"""Cells added up again, set-based: the entry of a mart in the registry as one query."""

from __future__ import annotations

from typing import Any

import duckdb

from orchestration.explaining.registry import Mart

_CLOSE = 1e-9


def recount_query(mart: Mart, cells: str) -> str:
    """The query that makes cells again: `cell_no` and every column that the registry makes.

    cells: a relation with the cells, their columns and a number, cell_no.
    """
    steps = [f"cells as (select * from {cells})"]
    found, joins = ["cells.cell_no"], []
    for number, opening in enumerate(mart.openings):
        sums = {**opening.count, **opening.take}
        on = [f"part.{column} = cell.{column}" for column in opening.same]
        steps.append(
            f"opening_{number} as (select cell.cell_no, "
            + ", ".join(f"{sql} as {name}" for name, sql in sums.items())
            + f" from cells as cell inner join {opening.of} as part on {' and '.join([*on, f'({opening.where})'])}"
            + " group by cell.cell_no)"
        )
        joins.append(f"left join opening_{number} on cells.cell_no = opening_{number}.cell_no")
        found += [f"coalesce(opening_{number}.{name}, 0) as {name}" for name in opening.count]
        found += [f"opening_{number}.{name}" for name in opening.take]
    steps.append(f"again_0 as (select {', '.join(found)} from cells {' '.join(joins)})")
    last = 0
    rest = {name: f"(cast(100 * again.{a} as double) / nullif(again.{b}, 0))" for name, (a, b) in mart.percent.items()}
    for name, sql in {**rest, **mart.derive}.items():
        steps.append(
            f"again_{last + 1} as (select again.*, {sql} as {name} from again_{last} as again"
            " inner join cells as cell on again.cell_no = cell.cell_no"
            + (" left join year_rules as rules on cell.academic_year = rules.academic_year" if "rules." in sql else "")
            + ")"
        )
        last += 1
    return f"with {', '.join(steps)} select * from again_{last}"


def differences(warehouse: duckdb.DuckDBPyConnection, mart: Mart, cells: str) -> dict[str, int]:
    """How many cells differ from what their parts come to, by column; columns that agree are left out.

    Whole numbers, words and flags must be the same; what was divided may differ in the last places of a double.
    """
    tests = _tests(warehouse, mart, cells)
    if not tests:
        return {}
    sums = ", ".join(f"count(*) filter (where not {same})" for same in tests.values())
    counts = warehouse.execute(f"select {sums} from {_BESIDE.format(cells=cells)}").fetchone()
    assert counts is not None
    return {name: number for name, number in zip(tests, counts, strict=True) if number}


def agreement(warehouse: duckdb.DuckDBPyConnection, mart: Mart, cells: str) -> list[dict[str, Any]]:
    """Of one cell, each column that is made again: what the mart has, what its parts come to, whether they agree."""
    tests = _tests(warehouse, mart, cells)
    rows = []
    for name, same in tests.items():
        found = warehouse.execute(
            f"select cells.{name}, again.{name}, {same} from {_BESIDE.format(cells=cells)}"
        ).fetchone()
        assert found is not None
        rows.append({"column": name, "value": found[0], "counted_again": found[1], "agrees": found[2]})
    return rows


def left_out(warehouse: duckdb.DuckDBPyConnection, mart: Mart, cells: str) -> int:
    """How many parts are in no cell though the registry says that each must be in one."""
    if mart.whole is None or mart.parts is None:
        return 0
    on = [f"part.{column} = cell.{column}" for column in mart.parts.same]
    found = warehouse.execute(
        f"select count(*) from {mart.parts.of} as part where ({mart.whole}) and not exists"
        f" (select 1 from {cells} as cell where {' and '.join([*on, f'({mart.parts.where})'])})"
    ).fetchone()
    assert found is not None
    return int(found[0])


_BESIDE = "{cells} as cells left join made_again as again using (cell_no)"


def _tests(warehouse: duckdb.DuckDBPyConnection, mart: Mart, cells: str) -> dict[str, str]:
    """The cells made again in the temporary table made_again, and by column when a cell agrees with that."""
    if not mart.counted:
        return {}
    warehouse.execute(f"create or replace temp table made_again as {recount_query(mart, cells)}")
    types = {name: kind for name, kind, *_ in warehouse.execute("describe made_again").fetchall()}
    tests = {}
    for name in mart.counted:
        same = f"cells.{name} is not distinct from again.{name}"
        if types[name] == "DOUBLE":
            same += (
                f" or abs(cells.{name} - again.{name}) <= {_CLOSE} * greatest(1, abs(cells.{name}), abs(again.{name}))"
            )
        tests[name] = f"coalesce({same}, false)"
    return tests
