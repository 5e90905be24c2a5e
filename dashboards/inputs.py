"""What a file of an audience's table is made from, as one short key: equal keys, equal bytes.

A key covers the query, the rows that it reads of the warehouse (of a school's own rows these alone), the names of the
pupils among them, the hidden cells, and the code that writes the file. So a file of the release before whose key is the
same can be linked, without making the rows. Does not belong here: queries, files.
"""

from __future__ import annotations

import hashlib
import json
import re
from functools import cache, cached_property
from pathlib import Path

import duckdb
import pyarrow as pa

from dashboards.audiences import Served
from dashboards.disclosed import tables
from dashboards.viewers import Viewer, rows_of

_HERE = Path(__file__).parent
_READ = re.compile(r"warehouse\.reports\.(\w+)")
# Of which type of place the hidden cells are that a query joins (viewers.py): a word, or a column.
_HIDDEN_AT = re.compile(r"\bhidden_\d+\.place_type = (\S+)")
# Rows in any order: how many, and two sums of their hashes (one of which sees rows that are there twice).
_ROWS = "count(*), bit_xor(hash({row})), sum(hash({row}))"


def digest(*parts: object) -> str:
    """A short name for values that JSON or `str` can say; the same values, the same name."""
    return hashlib.sha256(json.dumps(parts, default=str).encode()).hexdigest()[:32]


@cache
def of_code(*names: str) -> str:
    """What names the code in files and folders beside this module, and the versions of what it writes with."""
    files = [path for name in names for path in ([_HERE / name] if (_HERE / name).is_file() else _below(_HERE / name))]
    said = [(str(path.relative_to(_HERE)), hashlib.sha256(path.read_bytes()).hexdigest()) for path in files]
    return digest(duckdb.__version__, pa.__version__, said)


def _below(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)


class Inputs:
    """The keys of one release. served: it, opened; its tables are read once each, when first asked about."""

    def __init__(self, served: Served) -> None:
        self._served = served
        self._of_tables: dict[str, dict[str, str]] = {}
        self._keys: dict[tuple[str, Viewer], str] = {}

    def key(self, table: str, viewer: Viewer, query: str) -> str:
        """The key of a part of a table (Served.parts): its query, and whose view it is."""
        if (table, viewer) not in self._keys:
            self._keys[table, viewer] = self._key(table, viewer, query)
        return self._keys[table, viewer]

    def _key(self, table: str, viewer: Viewer, query: str) -> str:
        said: list[object] = [query, self._shapes[table]]
        said.append(self._of(table, rows_of(tables()[table], self._served.columns[table], viewer)))
        said += [self._of(other, "*") for other in sorted(set(_READ.findall(query)) - {table})]
        said += self._of_hidden(query)
        if viewer.group:
            said.append(sorted(self._served.groups[viewer.group]))
        return digest(of_code("audiences.py", "site_export.py"), said)

    def _of(self, table: str, rows: str | None) -> str:
        """The digest of a school's rows of a table, of all rows (`*`), or of none (None)."""
        if rows is None:
            return ""
        if table not in self._of_tables:
            self._of_tables[table] = self._read(table)
        found = self._of_tables[table]
        return digest(sorted(found.items())) if rows == "*" else found.get(rows, "")

    def _read(self, table: str) -> dict[str, str]:
        """The digest of each school's rows, by slug; where rows have none, of all of them."""
        columns, row = self._served.columns[table], "published"
        source = f"warehouse.reports.{table} as published"
        if tables().get(table, {}).get("rows") == "pupils":
            source += " left join people using (pupil_key)"
            row = "row(published, people.pupil_name, people.sort_name)"
        slug = "published.slug" if "slug" in columns else "null"
        query = f"select coalesce({slug}, ''), {_ROWS.format(row=row)} from {source} group by 1"
        return {str(slug): digest(*values) for slug, *values in self._served.db.execute(query).fetchall()}

    @cached_property
    def _shapes(self) -> dict[str, list[tuple[str, str]]]:
        found: dict[str, list[tuple[str, str]]] = {}
        for table, name, kind in self._served.db.execute(
            "select table_name, column_name, data_type from duckdb_columns() "
            "where database_name = 'warehouse' and schema_name = 'reports' order by table_name, column_index"
        ).fetchall():
            found.setdefault(table, []).append((name, kind))
        return found

    def _of_hidden(self, query: str) -> list[tuple[str, str]]:
        """The digests of the hidden cells that a query asks about: of none, of phases alone (as do a school's own
        rows), or of every type of place."""
        asked = set(_HIDDEN_AT.findall(query))
        if not asked:
            return []
        of_phases = asked == {"'phase'"}
        return sorted(found for found in self._hidden.items() if not of_phases or found[0] == "phase")

    @cached_property
    def _hidden(self) -> dict[str, str]:
        query = f"select place_type, {_ROWS.format(row='hidden')} from hidden group by all"
        return {place_type: digest(*values) for place_type, *values in self._served.db.execute(query).fetchall()}
