"""Whose name counts: the newest extract's, whatever the files are called and whichever school sent it."""

import datetime as dt
from pathlib import Path

import polars as pl
import pytest

from ingestion.identity import store_identities
from ingestion.ledger import Delivery, Entry, write_entry
from ingestion.trust import TrustFolder, init_trust
from orchestration.people import people
from tests.unit.orchestration.test_groups import SCHOOL


@pytest.fixture
def trust(tmp_path: Path) -> TrustFolder:
    return init_trust(tmp_path / "trust", SCHOOL)


def named(trust: TrustFolder, extract_id: str, exported: str, inbox: str = "ash", **names: str | None) -> None:
    """An extract in the ledger and what it says of one pupil."""
    delivery = Delivery(
        file_name=f"x_{exported}.csv",
        exported_at=dt.datetime.fromisoformat(exported),
        received_at=dt.datetime(2026, 1, 1),
    )
    write_entry(trust, entry(extract_id, inbox, delivery))
    row = {"pupil_key": "k", "upn": "A1", "forename": None, "surname": None, "full_name": None} | names
    store_identities(trust, inbox, extract_id, pl.DataFrame([row], schema=dict.fromkeys(row, pl.String)))


def entry(extract_id: str, inbox: str, delivery: Delivery) -> Entry:
    return Entry(
        extract_id=extract_id, inbox=inbox, kind="pupils", extension="csv", sha256="0" * 64, size=1, layout=None,
        problem=None, deliveries=[delivery], fingerprint="",
    )  # fmt: skip


def the_name(trust: TrustFolder) -> str:
    (row,) = people(trust).to_pylist()
    return f"{row['pupil_name']} | {row['sort_name']}"


def test_the_newest_export_counts_not_the_highest_identifier(trust: TrustFolder) -> None:
    named(trust, "ffff", "2025-09-01", forename="Ann", surname="Old")
    named(trust, "0000", "2025-10-01", forename="Ann", surname="New")
    assert the_name(trust) == "Ann New | New, Ann"


def test_the_newest_export_counts_across_schools(trust: TrustFolder) -> None:
    named(trust, "aaaa", "2025-10-01", inbox="zed", forename="Ann", surname="Old")
    named(trust, "bbbb", "2025-11-01", inbox="ash", forename="Ann", surname="New")
    named(trust, "cccc", "2025-09-01", inbox="_trust", forename="Ann", surname="Older")
    assert the_name(trust) == "Ann New | New, Ann"


def test_a_full_name_of_a_register_counts_only_where_nobody_gave_a_surname(trust: TrustFolder) -> None:
    named(trust, "aaaa", "2025-12-01", full_name="LATE Register")
    assert the_name(trust) == "LATE Register | LATE Register"
    named(trust, "bbbb", "2025-09-01", forename="Ann", surname="Old")
    assert the_name(trust) == "Ann Old | Old, Ann"


def test_an_identity_without_its_extract_in_the_ledger_comes_last(trust: TrustFolder) -> None:
    named(trust, "aaaa", "2025-09-01", forename="Ann", surname="Known")
    row = {"pupil_key": "k", "upn": "A1", "forename": "Ann", "surname": "Lost"}
    store_identities(trust, "ash", "zzzz", pl.DataFrame([row]))
    assert the_name(trust) == "Ann Known | Known, Ann"


def test_nobody_named_is_nobody(trust: TrustFolder) -> None:
    assert people(trust).num_rows == 0
