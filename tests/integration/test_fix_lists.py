"""A school's fix list: what it says, and that nobody else is served it."""

import csv
import io
import json
import re
import zipfile
from pathlib import Path

import duckdb
import openpyxl
import polars as pl
import pytest

from dashboards.audiences import audiences
from dashboards.site_export import export_site
from ingestion.trust import TrustFolder
from orchestration import cli
from orchestration.fix_lists import write_fix_lists
from orchestration.release import WAREHOUSE, current_or_mend
from quality.seeds import seed
from tests.contract.test_no_personal_data import UPN
from tests.integration.tiny import TinyRun, upn

REFUSED = [
    ("elm", "marks_20250919.csv", 7, "unknown_code", "marks", False, upn("elm", 3), "2025-09-04", "AM", "=1+1"),
    ("elm", "marks_20250912.csv", 5, "malformed_date", "marks", True, upn("elm", 4), "someday", "PM", "/"),
    ("oak", "marks_20250919.csv", 9, "not_on_roll", "marks", False, upn("oak", 5), "2025-09-04", "AM", "/"),
    ("_trust", "marks_20250919.csv", 2, "unknown_school", "marks", False, upn("oak", 6), "2025-09-04", "AM", "/"),
]
COLUMNS = ["school", "file", "line", "reason", "kind", "settled", "upn", "date", "session", "code"]


@pytest.fixture
def trust(tiny_run: TinyRun, tmp_path: Path) -> Path:
    """The tiny trust with a few refused rows, and an extract of Elm's that is held."""
    root = tiny_run.copy(tmp_path / "trust")
    received = pl.lit("2025-09-19 17:00").str.to_datetime(time_unit="us").alias("received")
    rows = pl.DataFrame(REFUSED, schema=COLUMNS, orient="row").with_columns(
        received, pl.lit("{}").alias("row"), pl.col("line").cast(pl.Int32)
    )
    rows.write_parquet(root / "quarantine" / "current.parquet")
    held = {"school": "elm", "extract_id": "0123456789abcdef", "file": "marks_20250920.csv", "marks": 9}
    frame = pl.DataFrame([{**held, "marks_in_force": 24}]).with_columns(
        received, *(pl.lit("2025-09-04").str.to_date().alias(f"{end}_date") for end in ("first", "last"))
    )
    frame.write_parquet(root / "quarantine" / "held.parquet")
    return root


def listed(root: Path, *arguments: str, capfdbinary: pytest.CaptureFixture[bytes]) -> list[dict[str, str]]:
    capfdbinary.readouterr()
    assert cli.invoke(["quarantine", "--trust", str(root), "--format", "csv", *arguments]) == 0
    return list(csv.DictReader(io.StringIO(capfdbinary.readouterr().out.decode("utf-8-sig"))))


def test_a_schools_own_copy_says_what_to_do_and_names_its_pupils(
    trust: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    held, mend, settled = listed(trust, "--school", "elm", capfdbinary=capfdbinary)
    assert (held["State"], held["File"], held["UPN"]) == ("held for review", "marks_20250920.csv", "")
    assert "9 marks from 04/09/2025 to 04/09/2025, where 24 are in force" in held["What is wrong"]
    texts = seed("quarantine_reasons").rows_by_key("reason", named=True, unique=True)["unknown_code"]
    assert mend["What is wrong"] == texts["what_is_wrong"]
    assert mend["What to do"] == texts["what_to_do"]
    assert [mend[name] for name in ("File", "Line", "UPN", "Date", "Session", "Code", "State", "Received")] == [
        "marks_20250919.csv", "7", upn("elm", 3), "2025-09-04", "AM", "'=1+1", "to mend", "2025-09-19 17:00",
    ]  # fmt: skip
    assert settled["State"] == "settled by a newer file"


def test_a_list_of_all_schools_has_no_upn_and_no_cell(trust: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    rows = listed(trust, capfdbinary=capfdbinary)
    assert {row["School"] for row in rows} == {"elm", "oak", "_trust"}
    assert not {"UPN", "Date", "Session", "Code"} & set(rows[0])
    assert not UPN.search(json.dumps(rows).encode())


def test_a_workbook_has_the_rows_and_a_summary(trust: Path, tmp_path: Path) -> None:
    out = tmp_path / "elm.xlsx"
    assert cli.invoke(["quarantine", "--trust", str(trust), "--school", "elm", "--out", str(out)]) == 0
    assert list(tmp_path.glob("*.xlsx*")) == [out], "no scratch file is left"
    assert out.stat().st_mode & 0o777 == 0o600
    book = openpyxl.load_workbook(out)
    assert book.sheetnames == ["To mend", "Summary"]
    rows = list(book["To mend"].values)
    assert rows[2][rows[0].index("Code")] == "=1+1"
    assert book["To mend"].cell(3, rows[0].index("Code") + 1).data_type == "s"
    heads, *counts = list(book["Summary"].values)
    summed = [dict(zip(heads, row, strict=True)) for row in counts]
    assert [(row["File"], row["Rows to mend"]) for row in summed if row["Rows to mend"]] == [("marks_20250919.csv", 1)]


def test_a_workbook_may_go_to_a_pipe(trust: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    capfdbinary.readouterr()
    assert cli.invoke(["quarantine", "--trust", str(trust), "--school", "oak", "--format", "xlsx"]) == 0
    book = openpyxl.load_workbook(io.BytesIO(capfdbinary.readouterr().out))
    assert book["To mend"].max_row == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ["--format", "pdf"],
        ["--format", "xlsx", "--json"],
        ["--out", "{trust}/lake/list.csv"],
        ["--out", "{trust}/inbox/elm/list.csv"],
        ["--out", "{trust}/releases/../runs/list.csv"],
        ["--out", "/nowhere/at/all/list.csv"],
        ["--format", "csv", "--school", "birch"],
    ],
)
def test_a_wrong_place_or_format_is_2(trust: Path, arguments: list[str]) -> None:
    filled = [argument.format(trust=trust) for argument in arguments]
    assert cli.invoke(["quarantine", "--trust", str(trust), *filled]) == 2


def test_only_a_schools_own_site_holds_its_list(trust: Path, tmp_path: Path) -> None:
    folder, shell, site = TrustFolder(trust), tmp_path / "shell", tmp_path / "site"
    shell.mkdir()
    (shell / "index.html").write_text("<html></html>")
    warehouse = current_or_mend(folder) / WAREHOUSE
    names = [*audiences(warehouse), "school/elm/7a"]
    export_site(warehouse, shell, site, names[:-1])
    assert write_fix_lists(folder, site, names) == 4
    found = {
        path.relative_to(site).as_posix(): set(re.findall(UPN, content))
        for path in site.rglob("*")
        if path.is_file()
        for content in [text_of(path)]
    }
    assert {path: upns for path, upns in found.items() if upns} == {
        f"school/{slug}/fix-list.{form}": {upn(slug, number).encode() for number in numbers}
        for slug, numbers in (("elm", (3, 4)), ("oak", (5,)))
        for form in ("csv", "xlsx")
    }
    assert {(site / path).stat().st_mode & 0o777 for path in found if "fix-list" in path} == {0o600}


def text_of(path: Path) -> bytes:
    """A file's content, unpacked where packing would hide text."""
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as book:
            return b"\n".join(book.read(name) for name in book.namelist())
    if path.suffix == ".parquet" and path.read_bytes()[:4] == b"PAR1":
        return "\n".join(map(str, duckdb.execute("from read_parquet(?)", [str(path)]).fetchall())).encode()
    return path.read_bytes()
