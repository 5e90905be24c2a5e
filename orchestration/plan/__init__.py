"""The plan: what dbt compiled, run without dbt.

dbt is what models and tests are written, documented and compiled with. Its work of a moment for each node (templates,
connections, events, files) costs far more than the SQL of a small table, and a run has about 900 nodes. So the project
is compiled once for each version of it, and a run executes the compiled SQL in one connection to DuckDB, in dbt's
order. `dbt build` on the same project gives the same tables.
"""
