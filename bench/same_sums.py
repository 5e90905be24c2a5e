"""Whether an analyst's script found the same sums as Rollcall: `python -m bench.same_sums OUT WAREHOUSE`.

Compares possible sessions, absence, pupils and persistent absence of every school and academic year. Prints JSON: how
many of the figures there are, how many are equal, and the largest difference as a share of Rollcall's figure.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import duckdb

COMPARED = ("possible_sessions", "absent_sessions", "pupils")
_PERSISTENT = {"is_persistently_absent": "persistently_absent_pupils"}


def same_sums(out: Path, warehouse: Path) -> dict[str, float]:
    """figures, equal, largest_difference (a share). out: the script's folder."""
    mine = [*COMPARED, *_PERSISTENT]
    theirs = [*COMPARED, *_PERSISTENT.values()]
    with duckdb.connect() as connection:
        connection.execute(f"attach '{warehouse}' as release (read_only)")
        rows = connection.execute(
            f"""
            select {", ".join(f"c.{name}" for name in theirs)}, {", ".join(f"s.{name}::bigint" for name in mine)}
            from release.marts.fct_cohorts as c
            inner join release.marts.dim_school as d using (school_urn)
            left join (
                select * from read_parquet('{out}/cohorts.parquet')
                where period_type = 'year' and population = 'all' and cohort_dimension = 'all'
            ) as s on s.slug = d.slug and s.period_key = c.period_key
            where c.period_type = 'year' and c.population = 'all' and c.cohort_dimension = 'all'
            """
        ).fetchall()
    pairs = [(row[place], row[place + len(theirs)] or 0) for row in rows for place in range(len(theirs))]
    differences = [abs(found - given) / max(found, 1) for found, given in pairs]
    return {
        "figures": len(pairs),
        "equal": sum(found == given for found, given in pairs),
        "largest_difference": round(max(differences, default=0.0), 6),
    }


if __name__ == "__main__":
    print(json.dumps(same_sums(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve())))
