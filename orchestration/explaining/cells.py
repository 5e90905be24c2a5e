"""Finding the cell that was asked for: a mart and values of its keys, and what to say when that is none or several."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

import duckdb

from ingestion.trust import TrustError
from orchestration.commands.common import records, shown
from orchestration.explaining.registry import Mart, marts

# Short names of keys, as people write them.
_SHORT = {"school": "school_urn", "pupil": "pupil_key", "period": "period_key"}
_SHOWN = 12


def mart_called(table: str) -> Mart:
    """The registry's entry of a mart. Raises TrustError with the nearest name when there is none."""
    found = marts().get(table)
    if found is None:
        near = get_close_matches(table, marts(), 1, 0.5)
        hint = f"did you mean {near[0]}?" if near else f"they are {', '.join(marts())}."
        raise TrustError(f"There is no mart {table}; {hint}")
    return found


def column_called(mart: Mart, column: str | None) -> str:
    """The column asked for, or the one that says most: the first percentage, else the first count."""
    if column is None:
        first = [*mart.percent, *mart.counted, *mart.not_opened, *mart.words, *mart.keys]
        return first[0]
    if column not in mart.columns:
        near = get_close_matches(column, mart.columns, 1, 0.5)
        known = [*mart.counted, *mart.not_opened]
        raise TrustError(
            f"{mart.table} has no column {column}; "
            + (f"did you mean {near[0]}?" if near else f"its figures are {', '.join(known)}.")
        )
    return column


def find_cell(warehouse: duckdb.DuckDBPyConnection, mart: Mart, given: dict[str, str]) -> dict[str, Any]:
    """The one row of a mart whose columns have the given values, left in the temporary table `cells`.

    A school may be given by its slug, a pupil by the beginning of the pupil_key, nothing (NULL) by an empty value.
    Raises TrustError with the keys that are missing and their values, or with the value that is not there.
    """
    names = {row[0] for row in warehouse.execute(f"describe marts.{mart.table}").fetchall()}
    conditions: dict[str, tuple[str, list[Any]]] = {}
    for key, value in given.items():
        column = _SHORT.get(key, key)
        if column not in names:
            near = get_close_matches(column, names, 1, 0.5)
            raise TrustError(
                f"{mart.table} has no column {key}; "
                + (f"did you mean {near[0]}?" if near else f"a cell is named by {', '.join(mart.keys)}.")
            )
        conditions[column] = _condition(warehouse, column, value)
    where = " and ".join(sql for sql, _ in conditions.values()) or "true"
    values = [value for _, found in conditions.values() for value in found]
    warehouse.execute(
        f"create or replace temp table cells as select row_number() over () as cell_no, * from marts.{mart.table}"
        f" where {where} limit 10000",
        values,
    )
    (number,) = warehouse.execute("select count(*) from cells").fetchone() or (0,)
    if number == 0:
        raise TrustError(_no_cell(warehouse, mart, conditions, given))
    if number > 1:
        raise TrustError(_several(warehouse, mart, set(conditions), number))
    return records(warehouse, "select * exclude (cell_no) from cells")[0]


def _condition(warehouse: duckdb.DuckDBPyConnection, column: str, value: str) -> tuple[str, list[Any]]:
    if value == "":
        return f"{column} is null", []
    if column == "pupil_key":
        return "starts_with(pupil_key, ?)", [value]
    if column == "school_urn" and not value.isdigit():
        urn = warehouse.execute("select school_urn from marts.dim_school where slug = ?", [value]).fetchone()
        if urn is None:
            slugs = [row[0] for row in warehouse.execute("select slug from marts.dim_school order by 1").fetchall()]
            near = get_close_matches(value, slugs, 1, 0.5)
            raise TrustError(
                f"The release has no school {value}; "
                + (f"did you mean {near[0]}?" if near else f"its schools are {', '.join(slugs)}.")
            )
        return "school_urn = ?", [urn[0]]
    return f"cast({column} as varchar) = ?", [value]


def _values(
    warehouse: duckdb.DuckDBPyConnection, relation: str, column: str, where: str, values: list[Any]
) -> list[str | None]:
    found = warehouse.execute(
        f"select distinct cast({column} as varchar) from {relation} where {where} order by 1", values
    ).fetchall()
    return [row[0] for row in found]


def _no_cell(
    warehouse: duckdb.DuckDBPyConnection,
    mart: Mart,
    conditions: dict[str, tuple[str, list[Any]]],
    given: dict[str, str],
) -> str:
    """Which of the values is the first that leaves no row, and which values there are beside those before it."""
    table = f"marts.{mart.table}"
    before: list[str] = ["true"]
    values: list[Any] = []
    written = {_SHORT.get(key, key): f"{key}={value}" for key, value in given.items()}
    for column, (sql, own) in conditions.items():
        (found,) = warehouse.execute(
            f"select count(*) from {table} where {' and '.join([*before, sql])}", [*values, *own]
        ).fetchone() or (0,)
        if not found:
            there = [shown(value) for value in _values(warehouse, table, column, " and ".join(before), values)]
            asked = written[column].partition("=")[2]
            near = get_close_matches(asked, there, 3, 0.3) or there[:_SHOWN]
            beside = " and ".join(list(written.values())[: len(before) - 1])
            if column == "pupil_key":
                return f"{mart.table} has no cell with {written[column]}{f' beside {beside}' if beside else ''}."
            return (
                f"{mart.table} has no cell with {written[column]}{f' beside {beside}' if beside else ''};"
                f" the nearest are {', '.join(near) or 'none'}."
            )
        before.append(sql)
        values += own
    return f"{mart.table} has no such cell."


def _several(warehouse: duckdb.DuckDBPyConnection, mart: Mart, given: set[str], number: int) -> str:
    missing = []
    for key in mart.keys:
        if key in given and key != "pupil_key":
            continue
        values = _values(warehouse, "cells", key, "true", [])
        if len(values) > 1:
            listed = [shown(value[:12] if key == "pupil_key" and value else value) for value in values[:_SHOWN]]
            missing.append(f"{key} ({', '.join(listed)}{', …' if len(values) > _SHOWN else ''})")
    more = f"{number:,}" if number < 10000 else "10,000 or more"
    return f"{more} cells of {mart.table} fit; say also {'; '.join(missing)}."
