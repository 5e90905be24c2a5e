"""What every command shares: its options, and how it says what it found."""

from __future__ import annotations

import datetime as dt
import decimal
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    import duckdb
    from rich.console import Console

TRUST_VARIABLE = "ROLLCALL_TRUST"

TrustOption = Annotated[
    Path | None,
    typer.Option("--trust", metavar="DIR", envvar=TRUST_VARIABLE, help="The trust folder.", show_default=False),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else, on standard output.")]


class CommandError(Exception):
    """A command cannot go on; `.args[0]` is the sentence to show."""

    def __init__(self, sentence: str, exit_code: int = 2) -> None:
        super().__init__(sentence)
        self.exit_code = exit_code


def trust_dir(trust: Path | None) -> Path:
    """The trust folder the command is for. Raises CommandError when none was named."""
    if trust is None:
        raise CommandError(f"Say which trust: --trust DIR, or set {TRUST_VARIABLE}.")
    return trust


def console(error: bool = False) -> Console:
    """A rich console on standard output, or on standard error for progress."""
    from rich.console import Console

    terminal = (sys.stderr if error else sys.stdout).isatty()
    # Into a file or a pipe, a table is as wide as it needs to be.
    return Console(stderr=error, highlight=False, width=None if terminal else 200)


@contextmanager
def progress_bar() -> Iterator[Callable[[str, int, int], None]]:
    """Progress on standard error: call it with what is being done, its number, and how many there are.

    A bar on a terminal; a line each where standard error is a file or a pipe.
    """
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    out = console(error=True)
    if not out.is_terminal:
        yield lambda what, number, of: out.print(f"[{number}/{of}] {what}", markup=False)
        return
    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=out) as bar:
        task = bar.add_task("starting", total=None)
        yield lambda what, number, of: bar.update(task, description=what, completed=number, total=of)


def print_json(value: Any) -> None:
    """The one JSON document of a --json command."""
    json.dump(value, sys.stdout, indent=2, default=plain, ensure_ascii=False)
    sys.stdout.write("\n")


def plain(value: Any) -> Any:
    """A value of the warehouse as JSON knows it: dates in ISO form, decimals as numbers."""
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, decimal.Decimal):
        return float(value)
    return str(value)


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """A table for people; nothing when there are no rows but the title's word that there are none."""
    from rich.table import Table

    if not rows:
        console().print(f"{title}: none.")
        return
    table = Table(title=title, title_justify="left")
    for number, column in enumerate(columns):
        numeric = all(isinstance(row[number], int | float | decimal.Decimal | None) for row in rows)
        table.add_column(column, justify="right" if numeric else "left")
    for row in rows:
        table.add_row(*(shown(value) for value in row))
    console().print(table)


def shown(value: Any) -> str:
    """A value as a person reads it."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    return str(value)


def open_release(trust: Path | None) -> tuple[duckdb.DuckDBPyConnection, Path]:
    """The warehouse of the current release, read-only, and the release's folder.

    Raises TrustError when the folder is no trust or nothing has been published yet.
    """
    import duckdb

    from ingestion.trust import TrustFolder, load_trust
    from orchestration.release import WAREHOUSE, current_or_mend

    root = trust_dir(trust)
    load_trust(root)
    release = current_or_mend(TrustFolder(root))
    return duckdb.connect(str(release / WAREHOUSE), read_only=True), release


def records(
    connection: duckdb.DuckDBPyConnection, query: str, values: Sequence[Any] | Mapping[str, Any] = ()
) -> list[dict[str, Any]]:
    """The rows of a query as dicts by column name. values: by place, or by name."""
    found = connection.execute(query, dict(values) if isinstance(values, Mapping) else list(values))
    names = [column[0] for column in found.description or []]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def as_rows(found: Sequence[Mapping[str, Any]]) -> list[list[Any]]:
    """Dicts as the rows of a table, in their own order of columns."""
    return [list(row.values()) for row in found]
