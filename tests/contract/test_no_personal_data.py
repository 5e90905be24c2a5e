"""Personal data stays on the restricted side: not in a release, the lake, the runs or dbt's logs.

Of Dagster's home tests/integration/test_definitions.py shows the same.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.integration.tiny import PUPILS, SCHOOLS, TinyRun, upn

RESTRICTED = {"inbox", "archive", "quarantine", "identity"}
UPN = re.compile(rb"(?<![0-9A-Za-z])[A-HJ-NP-RT-Z][0-9]{11}[0-9A-HJ-NP-RT-Z](?![0-9A-Za-z])")


def needles() -> list[bytes]:
    numbers = range(1, PUPILS + 1)
    return [upn(slug, n).encode() for slug in SCHOOLS for n in numbers] + [b"Forename", b"Surname"]


def files(*roots: Path) -> Iterator[Path]:
    for root in roots:
        yield from (path for path in root.rglob("*") if path.is_file() and not path.is_symlink())


def open_side(tiny_run: TinyRun) -> list[Path]:
    return [path for path in tiny_run.root.iterdir() if path.is_dir() and path.name not in RESTRICTED]


def test_no_upn_or_name_in_any_file_of_the_open_side(tiny_run: TinyRun) -> None:
    looked_at = 0
    for path in files(*open_side(tiny_run)):
        content, looked_at = path.read_bytes(), looked_at + 1
        assert [needle for needle in needles() if needle in content] == [], path
    assert looked_at > 50


def test_the_test_can_fail(tiny_run: TinyRun) -> None:
    archived = b"".join(path.read_bytes() for path in files(tiny_run.root / "archive"))
    assert all(needle in archived for needle in needles())


def test_no_upn_in_a_column_of_the_release(tiny_run: TinyRun) -> None:
    # Compressed pages hide text from a search of bytes: every text column is read.
    for parquet in files(tiny_run.root / "published" / "current" / "parquet", tiny_run.root / "lake"):
        if parquet.suffix != ".parquet":
            continue
        frame = duckdb.execute("select * from read_parquet(?)", [str(parquet)])
        for row in frame.fetchall():
            text = "\t".join(cell for cell in row if isinstance(cell, str)).encode()
            assert not UPN.search(text), parquet
            assert b"Forename" not in text, parquet
            assert b"Surname" not in text, parquet


@pytest.mark.parametrize("name", sorted(RESTRICTED))
def test_the_restricted_side_is_for_the_owner_alone(tiny_run: TinyRun, name: str) -> None:
    folder = tiny_run.root / name
    assert folder.stat().st_mode & 0o077 == 0
    assert [path for path in folder.rglob("*") if path.stat().st_mode & 0o077] == []
