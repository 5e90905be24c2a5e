"""`rollcall explain`: a published figure opened down to the marks, codes, rules and lines of extracts."""

from __future__ import annotations

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
)

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

_PER_PUPIL = "fct_bands"
# What a terminal has no room for; --json has it.
_NOT_SHOWN = {
    "rules": {"description", "default_value", "valid_from", "valid_to"},
    "codes": {"source", "first_date", "last_date"},
    "enrolments": {
        "school_urn", "late_before_close_sessions", "late_after_close_sessions", "minutes_known_sessions",
        "truancy_sessions", "quarantined_sessions",
    },
}  # fmt: skip


def explain(
    what: Annotated[
        list[str],
        typer.Argument(
            metavar="MART KEY=VALUE … | SCHOOL PERIOD",
            help="A cell of a mart, as `fct_code_usage school=elm period=2025/26 year_group=7 code=B`; or a school's"
            " slug and a period (as '2025/26 HT1', '2025/26 autumn', 2025-11-10) for a figure of fct_cohorts.",
        ),
    ],
    column: Annotated[
        str | None, typer.Option("--column", "--measure", help="The figure of the cell; default what says most.")
    ] = None,
    dimension: Annotated[str, typer.Option(help="Of SCHOOL PERIOD: the cohort_dimension.")] = "all",
    cohort: Annotated[str, typer.Option(help="Of SCHOOL PERIOD: the value of the dimension.")] = "all",
    population: Annotated[str, typer.Option(help="Of SCHOOL PERIOD: all or compulsory_school_age.")] = "all",
    pupil: Annotated[str | None, typer.Option(help="Of SCHOOL PERIOD: one pupil, by pupil_key (fct_bands).")] = None,
    limit: Annotated[int, typer.Option(min=0, help="How many enrolments and sessions to list; 0 for every one.")] = 40,
    trust: TrustOption = None,
    as_json: JsonOption = False,
) -> int:
    """A published figure opened down to the marks, codes, rules and extract lines that make it.

    It is added up again from the marks on the way. Exits with 1 when that does not give the published figure.
    """
    from orchestration.explaining.opened import open_cell

    table, given = _asked(what, dimension, cohort, population, pupil)
    warehouse, release = open_release(trust)
    with warehouse:
        if table == _PER_PUPIL and column is not None and column.endswith("_percent"):
            column = _numerator(warehouse, column)
        found = {"release": release.name, **open_cell(warehouse, table, given, column, limit or None)}
    if as_json:
        print_json(found)
    else:
        _tell(found, release)
    return 0 if found["agrees"] else 1


def _asked(
    what: list[str], dimension: str, cohort: str, population: str, pupil: str | None
) -> tuple[str, dict[str, str]]:
    """The mart, and values of its columns. Raises CommandError when the words name neither form."""
    first, *rest = what
    is_mart = first.startswith(("fct_", "dim_"))
    if len(what) == 2 and "=" not in rest[0] and not is_mart:
        place = {"school": first, "period": rest[0]}
        if pupil is not None:
            return _PER_PUPIL, {**place, "pupil": pupil}
        return "fct_cohorts", {
            **place, "cohort_dimension": dimension, "cohort": cohort, "population": population,
        }  # fmt: skip
    if not is_mart:
        raise CommandError(
            "Say a mart and its keys, as `rollcall explain fct_cohorts school=… period=… …`, or a school and a period."
        )
    if wrong := [word for word in rest if "=" not in word]:
        raise CommandError(f"{wrong[0]} is not KEY=VALUE; a cell is named as in `school=elm period=2025/26`.")
    return first, {key: value for key, _, value in (word.partition("=") for word in rest)}


def _numerator(warehouse: duckdb.DuckDBPyConnection, column: str) -> str:
    """Of a share of a pupil's sessions, the sum it is a share of: fct_bands has sums only."""
    found = warehouse.execute(
        "select numerator_column from reference.measures where percent_column = ? union all"
        " select 'late_sessions' where ? = 'late_percent'",
        [column, column],
    ).fetchone()
    if found is None or not found[0].endswith("_sessions"):
        raise CommandError(f"{column} is a figure of many pupils; leave --pupil out.")
    return str(found[0])


def _tell(found: dict[str, Any], release: Path) -> None:
    out = console()
    out.print(f"{found['sentence']} (release {release.name})", markup=False)
    out.print(found["how"], markup=False)
    out.print(found["check"], markup=False)
    tables = {"Parts": "parts", "Rules in force": "rules", "Codes": "codes", "Enrolments": "enrolments",
              "Extracts": "files", "Sessions": "sessions"}  # fmt: skip
    for title, key in tables.items():
        hidden = _NOT_SHOWN.get(key, set())
        rows = [{name: value for name, value in row.items() if name not in hidden} for row in found[key]]
        if rows or key in ("parts", "sessions"):
            print_table(title, list(rows[0]) if rows else [], as_rows(rows))
    opened = found.get("sessions_opened", 0)
    if opened:
        out.print(
            f"{opened:,} sessions in all, {found['missing']:,} without a mark, {found['quarantined']:,} with a refused"
            f" one; {len(found['sessions']):,} listed, those that count first."
        )
