"""`rollcall sql` and `report`: what is published, as tables and as pages."""

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


def report(
    name: Annotated[str | None, typer.Argument(help="The report; --list names them.")] = None,
    period: Annotated[str | None, typer.Option(help="A half term, as '2025/26 HT1'; default the newest.")] = None,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where the PDF goes.")] = Path(),
    list_them: Annotated[bool, typer.Option("--list", help="Name the reports and their periods.")] = False,
    trust: TrustOption = None,
    as_json: JsonOption = False,
) -> int:
    """A named report for a school or the network and a period."""
    from orchestration.release import WAREHOUSE

    warehouse, release = open_release(trust)
    with warehouse:
        found = records(
            warehouse,
            "select distinct academic_year, half_term, period_key as period"
            " from marts.fct_bands inner join marts.dim_half_term using (school_urn, academic_year)"
            " where period_type = 'half_term' and period_key = academic_year || ' ' || half_term order by period",
        )
    periods = {row["period"]: (row["academic_year"], row["half_term"]) for row in found}
    if list_them or name is None:
        listed = [{"report": "network", "audience": "network", "cadence": "half-termly", "periods": list(periods)}]
        if as_json:
            print_json(listed)
        else:
            print_table("Reports", ["report", "audience", "cadence", "periods"],
                        [[*list(r.values())[:3], ", ".join(periods)] for r in listed])  # fmt: skip
        return 0
    if name != "network":
        raise CommandError(f"There is no report called {name}; `rollcall report --list` names them.")
    if period is not None and period not in periods:
        raise CommandError(f"There is no half term {period}; the release has {', '.join(periods) or 'none'}.")
    from dashboards.reports import write_network_report

    year, half_term = periods[period] if period else (None, None)
    try:
        made = write_network_report(release / WAREHOUSE, out, year, half_term)
    except ValueError as error:
        raise CommandError(str(error)) from None
    if as_json:
        print_json({"report": name, "period": period, "file": str(made)})
    else:
        console().print(f"Wrote {made}.", markup=False)
    return 0
