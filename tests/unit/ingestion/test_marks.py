"""A mark for itself: every reason of the row contract, on both sides of its edge."""

from pathlib import Path

import pytest

from tests.unit.ingestion.helpers import HEADER, PERMANENT, TEMPORARY, lake, land, make_trust, marks, put

GOOD_DAY = "2025-09-04"


def reason_of(tmp_path: Path, row: str) -> object:
    trust, folder = make_trust(tmp_path)
    put(folder, "ash", "marks_20251001.csv", HEADER + row + "\n")
    land(trust, folder)
    return marks(folder)[0][4]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (f"{PERMANENT},{GOOD_DAY},AM,/", None),
        (f" {PERMANENT.lower()} , 04/09/2025 , am , / ", None),
        (f"{TEMPORARY},{GOOD_DAY},AM,/", None),
        (f"{PERMANENT},4/9/2025,AM,c1", None),
        (f"A95000017830,{GOOD_DAY},AM,/", "malformed_upn"),
        (f"I950000178301,{GOOD_DAY},AM,/", "malformed_upn"),
        (f"{PERMANENT},2025-02-29,AM,/", "malformed_date"),
        (f"{PERMANENT},2024-02-29,AM,/", None),
        (f"{PERMANENT},31/09/2025,AM,/", "malformed_date"),
        (f"{PERMANENT},04/09/25,AM,/", "malformed_date"),
        (f"{PERMANENT},{GOOD_DAY},EVE,/", "malformed_session"),
        (f",{GOOD_DAY},AM,/", "missing_value"),
        (f"{PERMANENT},,AM,/", "missing_value"),
        (f"{PERMANENT},{GOOD_DAY},,/", "missing_value"),
        (f"{PERMANENT},{GOOD_DAY},AM,ZZ", "unknown_code"),
        (f"{PERMANENT},{GOOD_DAY},AM,H", "code_not_in_force"),
        (f"{PERMANENT},2024-08-18,AM,H", None),
        (f"{PERMANENT},2024-08-19,AM,H", "code_not_in_force"),
        (f"{PERMANENT},2024-08-18,AM,C1", "code_not_in_force"),
        (f"{PERMANENT},2024-08-19,AM,C1", None),
        (f"{PERMANENT},{GOOD_DAY},PM,/", "wrong_session_for_code"),
        (f"{PERMANENT},{GOOD_DAY},PM,\\", None),
        (f"{PERMANENT},{GOOD_DAY},AM,\\", "wrong_session_for_code"),
        # of several faults the first in the contract's order
        ("BAD,31/09/2025,EVE,ZZ", "malformed_upn"),
        (",31/09/2025,AM,ZZ", "malformed_date"),
        # a blank mark is no fault, a blank mark of nobody is
        (f"{PERMANENT},{GOOD_DAY},AM,", None),
        (f"{PERMANENT},{GOOD_DAY},AM,-", None),
        (f"BAD,{GOOD_DAY},AM,", "malformed_upn"),
    ],
)
def test_a_row_gets_its_first_reason(tmp_path: Path, row: str, reason: str | None) -> None:
    assert reason_of(tmp_path, row) == reason


def test_repeated_rows_are_identical_or_conflicting(tmp_path: Path) -> None:
    trust, folder = make_trust(tmp_path)
    rows = [f"{PERMANENT},{GOOD_DAY},AM,/", f"{PERMANENT},{GOOD_DAY},PM,I", f"{PERMANENT},{GOOD_DAY},AM,/"]
    rows += [f"{PERMANENT},{GOOD_DAY},PM,O", f"{PERMANENT},2025-09-05,AM,/", f"{PERMANENT},2025-09-05,AM,"]
    put(folder, "ash", "marks_20251001.csv", HEADER + "\n".join(rows))
    land(trust, folder)
    expected = [None, "conflicting", "identical", "conflicting", None, None]
    assert lake(folder, "marks")["duplicate"].to_list() == expected


def test_a_code_that_nobody_knows_is_kept_out_of_the_lake(tmp_path: Path) -> None:
    trust, folder = make_trust(tmp_path)
    put(folder, "ash", "marks_20251001.csv", HEADER + f"{PERMANENT},{GOOD_DAY},AM,SMITH\n")
    land(trust, folder)
    assert marks(folder) == [(2, GOOD_DAY, "AM", None, "unknown_code")]
