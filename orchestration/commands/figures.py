"""`rollcall sql`: what is published, as tables."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orchestration.commands.common import (
    CommandError,
    JsonOption,
    TrustOption,
    as_rows,
    console,
    open_release,
    print_json,
    print_table,
    records,
)

if TYPE_CHECKING:
    import duckdb

_SHOWN_ROWS = 200


def sql(
    query: Annotated[str | None, typer.Argument(metavar="[QUERY]", help="A query; a shell without it.")] = None,
    trust: TrustOption = None,
    as_json: JsonOption = False,
) -> int:
    """Read-only SQL over the current release (schemas marts, reports, reference); a shell without QUERY."""
    warehouse, release = open_release(trust)
    with warehouse:
        # The restricted side of the trust lies next to the warehouse: queries see the warehouse and nothing else.
        warehouse.execute("set search_path = 'marts,reports,reference'")
        warehouse.execute("set enable_external_access = false")
        warehouse.execute("set lock_configuration = true")
        if query is None:
            return _shell(warehouse, release)
        found = _query(warehouse, query)
        if as_json:
            print_json(found)
        else:
            _print_found(found)
    return 0


def _query(warehouse: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    import duckdb

    try:
        return records(warehouse, query)
    except duckdb.Error as error:
        # The first line says what is wrong; the rest draws the query again.
        raise CommandError(str(error).splitlines()[0]) from None


def _print_found(found: list[dict[str, Any]]) -> None:
    print_table(f"{len(found):,} rows", list(found[0]) if found else [], as_rows(found[:_SHOWN_ROWS]))
    if len(found) > _SHOWN_ROWS:
        console().print(f"The first {_SHOWN_ROWS} of {len(found):,} rows; --json prints them all.")


def _shell(warehouse: duckdb.DuckDBPyConnection, release: Path) -> int:
    import contextlib

    with contextlib.suppress(ImportError):
        import readline  # noqa: F401  (gives input() its line editing)
    prompts = sys.stdin.isatty()
    if prompts:
        console(error=True).print(f"{release.name}: end a query with ; and the shell with Ctrl-D.", markup=False)
    query = ""
    while True:
        try:
            query += input(("rollcall> " if not query else "     ...> ") if prompts else "") + "\n"
        except EOFError:
            break
        if query.strip().endswith(";"):
            _tell(warehouse, query)
            query = ""
    if query.strip():
        _tell(warehouse, query)
    return 0


def _tell(warehouse: duckdb.DuckDBPyConnection, query: str) -> None:
    try:
        _print_found(_query(warehouse, query))
    except CommandError as error:
        print(error, file=sys.stderr)
