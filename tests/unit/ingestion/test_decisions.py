"""Decisions about extracts: which extract is meant, for which schools, and what is kept."""

import json
from pathlib import Path

import polars as pl
import pytest

from ingestion.decisions import decide, decisions, find_extract, held_extracts, schools_of, store_held
from ingestion.ledger import entries
from ingestion.trust import Trust, TrustError, TrustFolder
from orchestration.fingerprint import state_of
from tests.unit.ingestion.helpers import HEADER, PERMANENT, land, make_trust, put, school

MARKS = HEADER + f"{PERMANENT},2025-09-08,AM,/\n"
MYSA = "Full Name,UPN,School Name,Session date,Attendance code,Period\n" + "".join(
    f"Given Family,{PERMANENT},{name},08/09/2025,/,AM\n" for name in ("Ash", "Elm")
)


@pytest.fixture
def trust_and_folder(tmp_path: Path) -> tuple[Trust, TrustFolder]:
    trust, folder = make_trust(tmp_path, school("ash", 900001, "generic"), school("elm", 900002, "generic"))
    for slug in ("ash", "elm"):
        put(folder, slug, "marks_20250909.csv", MARKS)
    put(folder, "ash", "marks_20250910_broken.csv", "no,heading\n1,2\n")
    put(folder, "ash", "pupils_20250901.csv", f"upn,forename,surname,entry_date\n{PERMANENT},Given,Family,2025-09-01\n")
    put(folder, "_trust", "marks_20250911.csv", MYSA)
    land(trust, folder)
    return trust, folder


@pytest.fixture
def folder(trust_and_folder: tuple[Trust, TrustFolder]) -> TrustFolder:
    return trust_and_folder[1]


def hold(folder: TrustFolder, extract_id: str, *slugs: str) -> None:
    store_held(folder, pl.DataFrame({"school": slugs, "extract_id": [extract_id] * len(slugs)}))


def test_an_extract_is_meant_by_its_name_its_identifier_or_the_beginning_of_it(folder: TrustFolder) -> None:
    entry = find_extract(folder, "marks_20250911.csv")
    assert find_extract(folder, entry.extract_id) == entry
    assert find_extract(folder, entry.extract_id[:10]) == entry
    assert find_extract(folder, "marks_20250909.csv", "elm").inbox == "elm"


@pytest.mark.parametrize(
    ("name", "slug", "said"),
    [
        ("marks_20250909.csv", None, "means 2 extracts"),
        ("marks_20250909.csv", "nowhere", "No marks extract with rows of nowhere"),
        ("pupils_20250901.csv", None, "No marks extract"),
        ("marks_20250910_broken.csv", None, "changes no figure"),
        ("", None, "No marks extract"),
    ],
)
def test_what_cannot_be_meant_is_said(folder: TrustFolder, name: str, slug: str | None, said: str) -> None:
    with pytest.raises(TrustError, match=said):
        find_extract(folder, name, slug)


def test_a_file_of_several_schools_is_decided_where_it_is_held_or_where_one_says(folder: TrustFolder) -> None:
    entry = find_extract(folder, "marks_20250911.csv")
    with pytest.raises(TrustError, match="held at none"):
        schools_of(folder, entry, None)
    hold(folder, entry.extract_id, "elm")
    assert schools_of(folder, entry, None) == ["elm"]
    assert schools_of(folder, entry, "ash") == ["ash"]
    assert schools_of(folder, find_extract(folder, "marks_20250909.csv", "ash"), None) == ["ash"]
    with pytest.raises(TrustError, match="has no rows of oak"):
        schools_of(folder, entry, "oak")


def test_the_newest_decision_counts_and_keeps_those_before(trust_and_folder: tuple[Trust, TrustFolder]) -> None:
    trust, folder = trust_and_folder
    entry = find_extract(folder, "marks_20250909.csv", "ash")
    states = [state_of(folder, trust)]
    for verdict, reason in (("accepted", "checked"), ("accepted", "checked"), ("refused", "the wrong\nfile")):
        decide(folder, verdict, entry, ["ash"], reason)  # type: ignore[arg-type]
        states.append(state_of(folder, trust))
    (kept,) = decisions(folder)
    assert (kept.decision, kept.reason) == ("refused", "the wrong file")
    assert [(one.decision, one.reason) for one in kept.earlier] == [("accepted", "checked")]
    assert kept.decided_by
    assert states[0] != states[1] == states[2] != states[3], "a release speaks for the decisions that it knew"
    decide(folder, "refused", entry, ["ash"], "another reason")
    assert state_of(folder, trust) == states[3], "why does not matter to figures"
    assert len(entries(folder)) == 5, "a decision is no extract"


def test_a_decision_is_for_its_owner_and_its_reason_stays_out_of_the_lake(
    trust_and_folder: tuple[Trust, TrustFolder],
) -> None:
    trust, folder = trust_and_folder
    decide(folder, "refused", find_extract(folder, "marks_20250911.csv"), ["ash", "elm"], "half a file")
    land(trust, folder)
    paths = sorted((folder.ledger / "decisions").iterdir())
    assert [path.stat().st_mode & 0o777 for path in paths] == [0o600, 0o600]
    assert {json.loads(path.read_text())["slug"] for path in paths} == {"ash", "elm"}
    table = pl.read_parquet(folder.reference / "decisions.parquet")
    assert table.columns == ["extract_id", "slug", "decision"]
    assert table.height == 2


@pytest.mark.parametrize("reason", ["", " \n", "wrong for Given Family", "family, given left", f"see {PERMANENT}"])
def test_a_reason_is_needed_and_names_no_pupil(folder: TrustFolder, reason: str) -> None:
    with pytest.raises(TrustError, match="reason"):
        decide(folder, "accepted", find_extract(folder, "marks_20250911.csv"), ["ash"], reason)
    assert decisions(folder) == []


def test_what_is_held_says_what_was_decided_since(folder: TrustFolder) -> None:
    assert held_extracts(folder) == []
    entry = find_extract(folder, "marks_20250911.csv")
    hold(folder, entry.extract_id, "ash", "elm")
    decide(folder, "accepted", entry, ["elm"], "a whole year group is on a visit")
    assert [(row["school"], row["decision"]) for row in held_extracts(folder)] == [("ash", None), ("elm", "accepted")]
