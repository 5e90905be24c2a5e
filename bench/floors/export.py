"""The floor of serving: every reports table of a warehouse copied to Parquet once, by DuckDB alone.

`python -m bench.floors.export WAREHOUSE TARGET` prints seconds and tables as JSON. No audience, no small cell hidden.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import duckdb


def export(warehouse: Path, target: Path) -> dict[str, float]:
    """Copy the tables of the schema `reports` into `target`; returns seconds and how many tables."""
    target.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        names = connection.execute("select table_name from duckdb_tables() where schema_name = 'reports'").fetchall()
        for (name,) in names:
            connection.execute(f"copy reports.{name} to '{target / name}.parquet' (format parquet, compression zstd)")
    return {"seconds": round(time.monotonic() - started, 2), "tables": len(names)}


if __name__ == "__main__":
    print(json.dumps(export(Path(sys.argv[1]).resolve(), Path(sys.argv[2]))))
