"""Ten queries that people run most, on the published warehouse: `python -m bench.analysts WAREHOUSE`.

Each is run five times, over a fresh connection each time as `rollcall sql` would make, and all its rows are read; the
middle one counts, opening the file included. Prints JSON. The largest school, the newest year that is whole where
there is one, and the pupil with most marks in that school are asked about.
"""

from __future__ import annotations

import json
import re
import statistics
import sys
import time
from pathlib import Path
from typing import Any

import duckdb

QUERIES = Path(__file__).with_name("queries")
TIMES = 5
_PARAMETER = re.compile(r"\$(\w+)")


def measured(warehouse: Path, times: int = TIMES) -> dict[str, dict[str, Any]]:
    """Seconds (the middle of `times`) and rows of every query, and of opening the file alone (`open`)."""
    asked = _asked_about(warehouse)
    found = {}
    for name, query in {"open": "select 1", **queries()}.items():
        parameters = {key: asked[key] for key in set(_PARAMETER.findall(query))}
        spent, rows = [], 0
        for _ in range(times):
            started = time.monotonic()
            with duckdb.connect(str(warehouse), read_only=True) as connection:
                rows = len(connection.execute(query, parameters).fetchall())
            spent.append(time.monotonic() - started)
        found[name] = {"seconds": round(statistics.median(spent), 3), "slowest_s": round(max(spent), 3), "rows": rows}
    return found


def queries() -> dict[str, str]:
    """The queries by the names of their files."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(QUERIES.glob("*.sql"))}


def _asked_about(warehouse: Path) -> dict[str, Any]:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        year, school = _row(
            connection,
            "select academic_year, school_urn from marts.fct_cohorts "
            "where period_type = 'year' and population = 'all' and cohort_dimension = 'all' "
            "order by sum(possible_sessions) over (partition by academic_year) desc, possible_sessions desc limit 1",
        )
        (pupil,) = _row(
            connection,
            "select pupil_key from marts.fct_bands where school_urn = ? and period_type = 'year' "
            "group by pupil_key order by sum(possible_sessions) desc, pupil_key limit 1",
            [school],
        )
    return {"year": year, "school": school, "pupil": pupil}


def _row(connection: duckdb.DuckDBPyConnection, query: str, parameters: list[Any] | None = None) -> tuple[Any, ...]:
    found = connection.execute(query, parameters).fetchone()
    if found is None:
        raise SystemExit("The warehouse has no figures to ask about.")
    return tuple(found)


if __name__ == "__main__":
    print(json.dumps(measured(Path(sys.argv[1]).resolve())))
