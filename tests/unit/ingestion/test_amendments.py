"""Amendments extracts: what a row must be for itself, and that who and why stay on the restricted side."""

from pathlib import Path

import polars as pl
import pytest

from ingestion.identity import documents, identities
from ingestion.ledger import entries, write_entry
from tests.unit.ingestion.helpers import OTHER, PERMANENT, lake, land, make_trust, put

HEADER = "upn,date,session,original_code,amended_code,reason,amended_at,amended_by,amended_by_role\n"
NAME, REASON = "Mrs Jane Okafor", "Mother rang about the surgery"


def judged(tmp_path: Path, *rows: str) -> pl.DataFrame:
    trust, folder = make_trust(tmp_path)
    put(folder, "ash", "amendments_20251001.csv", HEADER + "".join(f"{row}\n" for row in rows))
    land(trust, folder)
    return lake(folder, "amendments").with_columns(why=pl.coalesce("row_reason", "code_reason"))


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (f"{PERMANENT},2025-09-04,AM,N,I,,,,", None),
        (f"{PERMANENT},04/09/2025,PM,,C,,,,", None),
        (f"{PERMANENT},2025-09-04,AM,-,-,,,,", "missing_value"),
        (",2025-09-04,AM,N,I,,,,", "missing_value"),
        ("A12,2025-09-04,AM,N,I,,,,", "malformed_upn"),
        (f"{PERMANENT},2025-09-44,AM,N,I,,,,", "malformed_date"),
        (f"{PERMANENT},2025-09-04,AM,N,I,,last week,,", "malformed_date"),
        (f"{PERMANENT},2025-09-04,AM,N,I,,2025-09-05 24:00,,", "malformed_date"),
        (f"{PERMANENT},2025-09-04,noon,N,I,,,,", "malformed_session"),
        (f"{PERMANENT},2025-09-04,AM,N,ZZ,,,,", "unknown_code"),
        (f"{PERMANENT},2025-09-04,AM,N,H,,,,", "code_not_in_force"),
        (f"{PERMANENT},2025-09-04,AM,N,\\,,,,", "wrong_session_for_code"),
        (f"{PERMANENT},2025-09-04,AM,ZZ,I,,,,", None),
    ],
)
def test_a_row_is_refused_for_what_it_lacks(tmp_path: Path, row: str, reason: str | None) -> None:
    assert judged(tmp_path, row)["why"].to_list() == [reason]


def test_an_original_that_is_no_code_is_not_kept_but_known_to_be_unknown(tmp_path: Path) -> None:
    found = judged(tmp_path, f"{PERMANENT},2025-09-04,AM,ZZ,I,,,,", f"{PERMANENT},2025-09-04,AM,H,I,,,,")
    assert found.select("original_code", "is_original_known").rows() == [(None, False), ("H", True)]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2025-09-05", "2025-09-05 00:00:00"),
        ("05/09/2025 9:15", "2025-09-05 09:15:00"),
        ("2025-09-05T16:05:30.123Z", "2025-09-05 16:05:30"),
        ("", None),
    ],
)
def test_the_moment_of_the_change_is_read(tmp_path: Path, written: str, read: str | None) -> None:
    found = judged(tmp_path, f"{PERMANENT},2025-09-04,AM,N,I,,{written},,")
    assert found["amended_at"].dt.to_string("%Y-%m-%d %H:%M:%S").to_list() == [read]


@pytest.mark.parametrize(
    ("written", "role"),
    [("Attendance  Officer", "attendance officer"), ("HEAD", "headteacher"), (NAME, "other"), ("", None)],
)
def test_a_role_is_one_of_the_list_or_other(tmp_path: Path, written: str, role: str | None) -> None:
    found = judged(tmp_path, f"{PERMANENT},2025-09-04,AM,N,I,,,,{written}")
    assert found["staff_role"].to_list() == [role]


def test_a_session_may_be_amended_twice_but_a_row_counts_once(tmp_path: Path) -> None:
    twice = f"{PERMANENT},2025-09-04,AM,N,I,{REASON},,,"
    found = judged(tmp_path, twice, twice, f"{PERMANENT},2025-09-04,AM,I,C,{REASON},,,")
    assert found["duplicate"].to_list() == [None, "identical", None]


def test_who_and_why_are_on_the_restricted_side_alone(tmp_path: Path) -> None:
    trust, folder = make_trust(tmp_path)
    put(folder, "ash", "amendments_20251001.csv", f"{HEADER}{OTHER},2025-09-04,AM,N,I,{REASON},,{NAME},{NAME}\n")
    land(trust, folder)
    (kept,) = documents(folder, "ash").to_dicts()
    assert (kept["amended_by"], kept["reason"], kept["source_row"]) == (NAME, REASON, 2)
    assert identities(folder).collect()["upn"].to_list() == [OTHER]
    (path,) = folder.identity.rglob("amendments/*.parquet")
    assert path.stat().st_mode & 0o777 == 0o600
    for file in folder.lake.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            assert NAME.encode() not in content
            assert REASON.encode() not in content
            assert OTHER.encode() not in content


def test_files_that_were_only_archived_before_are_read_now(tmp_path: Path) -> None:
    trust, folder = make_trust(tmp_path)
    put(folder, "ash", "amendments_20251001.csv", f"{HEADER}{PERMANENT},2025-09-04,AM,N,I,,,,\n")
    land(trust, folder)
    (entry,) = entries(folder)
    for batch in folder.lake.glob(f"*/*/{entry.extract_id}.parquet"):
        batch.unlink()
    share = entry.shares[0].model_copy(update={"rows": 0})
    before = {"layout": "kept as sent", "shares": [share], "fingerprint": "that of an older version"}
    write_entry(folder, entry.model_copy(update=before))
    land(trust, folder)
    assert lake(folder, "amendments").height == 1
    assert [(one.layout, one.rows) for one in entries(folder)] == [("list", 1)]
