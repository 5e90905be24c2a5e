"""The rules a release must pass that need the whole run: every row accounted for, no school mostly refused.

Each check reads the built warehouse and says counts, schools and file names, never a cell.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb

from ingestion.trust import Trust
from quality.outcomes import Outcome

Check = Callable[[duckdb.DuckDBPyConnection, Trust], Outcome]

_PLACES = ("applied", "superseded", "identical_duplicate", "no_mark", "quarantined", "held")


def check_release_rules(warehouse: Path, trust: Trust) -> list[Outcome]:
    """Run every check of CHECKS over the built warehouse, in their order."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return [check(connection, trust) for check in CHECKS.values()]


def rows_accounted_for(connection: duckdb.DuckDBPyConnection, trust: Trust) -> Outcome:
    """Every row of every extract is in exactly one place; failed_rows is the extracts whose sum is off."""
    places = " + ".join(f"coalesce({place}, 0)" for place in _PLACES)
    off = _number(connection, f"select count(*) from marts.fct_extracts where {places} is distinct from rows")
    return _outcome("rows_accounted_for", "error", off, f"{off} extracts have rows that ended in no place, or in two.")


def quarantined_percent_max(connection: duckdb.DuckDBPyConnection, trust: Trust) -> Outcome:
    """No school's newest readable marks extract has more than the rule's share of its rows quarantined.

    A file that could not be used as a whole (not readable, a column missing) says nothing about the school's marks,
    and those before it stay in force: it is passed over, and so is one that somebody refused. Counted on integers:
    100 × quarantined > rule × rows.
    failed_rows is the schools.
    """
    found = connection.execute(
        """
        with newest as (
            select * from marts.fct_extracts
            where kind = 'marks' and rows > 0 and problem is null and school_urn is not null
                and review_status is distinct from 'refused'
            qualify row_number() over (partition by school_urn order by exported_at desc, file_name desc) = 1
        )
        select school.school_name, newest.file_name, newest.quarantined, newest.rows, rule.value
        from newest
        left join marts.dim_rule as rule on rule.rule_name = 'quarantined_percent_max' and rule.valid_to is null
        left join marts.dim_school as school using (school_urn)
        where 100 * newest.quarantined > rule.value * newest.rows
        order by school.school_name
        """
    ).fetchall()
    said = "; ".join(
        f"{refused} of {rows} rows of {school}'s newest marks extract ({file}) are quarantined, more than {limit:g} %"
        for school, file, refused, rows, limit in found
    )
    return _outcome("quarantined_percent_max", "error", len(found), f"{said}; see `rollcall quarantine`.")


def extracts_held(connection: duckdb.DuckDBPyConnection, trust: Trust) -> Outcome:
    """No marks extract awaits review. Never refuses: the release goes out without it."""
    found = connection.execute(
        """
        select school.school_name, extract.file_name from marts.fct_extracts as extract
        left join marts.dim_school as school using (school_urn)
        where extract.review_status = 'awaiting' order by extract.exported_at
        """
    ).fetchall()
    said = "; ".join(f"{school}'s {file} is held" for school, file in found)
    said += ": it has far fewer marks than those in force; see `rollcall accept --list`."
    return _outcome("extracts_held", "warn", len(found), said)


def schools_present(connection: duckdb.DuckDBPyConnection, trust: Trust) -> Outcome:
    """Every school of trust.toml is in dim_school; failed_rows is those that are not."""
    there = {row[0] for row in connection.execute("select slug from marts.dim_school").fetchall()}
    missing = [school.name for school in trust.schools if school.slug not in there]
    return _outcome("schools_present", "error", len(missing), f"dim_school lacks {', '.join(missing)}.")


CHECKS: dict[str, Check] = {
    check.__name__: check for check in (rows_accounted_for, quarantined_percent_max, extracts_held, schools_present)
}


def _number(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    found = connection.execute(query).fetchone()
    return int(found[0]) if found else 0


def _outcome(check: str, severity: str, failed: int, fault: str) -> Outcome:
    message = f"The check {check} passed." if failed == 0 else fault
    return Outcome(check, "rollcall", "error" if severity == "error" else "warn", failed == 0, failed, message)
