"""Every feed profile gives the same canonical marks."""

import json
from pathlib import Path

import pytest

from tests.unit.ingestion.helpers import OTHER, PERMANENT, lake, land, make_trust, marks, put, school

EXPECTED = [
    ("2025-09-04", "AM", "/"),
    ("2025-09-04", "PM", "\\"),
    ("2025-09-05", "AM", "C1"),
    ("2025-09-05", "PM", None),
]
LONG = [("04/09/2025", "AM", "/"), ("04/09/2025", "PM", "\\"), ("05/09/2025", "AM", "c1"), ("05/09/2025", "PM", "")]
ISO = {"04/09/2025": "2025-09-04", "05/09/2025": "2025-09-05"}


def long_file(header: str, form: str) -> str:
    return "\n".join([header, *(form.format(upn=PERMANENT, date=d, session=s, code=c) for d, s, c in LONG)]) + "\n"


FILES = {
    "generic": long_file("upn,date,session,code,minutes_late,comment", "{upn},{date},{session},{code},,"),
    "sims": long_file("Date,ID,Mark,Session Name,Student ID,UPN", "{date},1,{code},{session},7,{upn}"),
    "arbor": long_file(
        "UPN,Student,Year Group,Date,Register,Mark,Minutes Late,Comment", "{upn},A B,4,{date},{session},{code},,"
    ),
    "bromcom": long_file(
        "UPN,Surname,Forename,Year,Tutor Group,Date,Session,Mark", "{upn},A,B,4,4A,{date},{session},{code}"
    ),
    "mysa": long_file(
        "Full Name,UPN,School Name,Session date,Attendance code,Period", "A B,{upn},Ash,{date},{code},{session}"
    ),
}
RECORDS = [{"upn": PERMANENT, "date": ISO[d], "session": s, "attendance_code": c} for d, s, c in LONG]
GRIDS = {
    "day first": "UPN,Name,Year,Reg,04/09/2025 AM,04/09/2025 PM,05/09/2025 AM,05/09/2025 PM",
    "ISO": "UPN,Name,Year,Reg,2025-09-04 AM,2025-09-04 PM,2025-09-05 AM,2025-09-05 PM",
}


@pytest.mark.parametrize("mis", sorted(FILES))
def test_a_long_table(tmp_path: Path, mis: str) -> None:
    trust, folder = make_trust(tmp_path, school("ash", 900001, mis))
    put(folder, "ash", "marks_20251001.csv", FILES[mis])
    assert [one.problem for one in land(trust, folder)] == [None]
    assert marks(folder) == [(line, *row, None) for line, row in enumerate(EXPECTED, start=2)]


@pytest.mark.parametrize("heading", sorted(GRIDS))
def test_the_register_grid_unfolds_to_a_mark_a_session(tmp_path: Path, heading: str) -> None:
    trust, folder = make_trust(tmp_path, school("ash", 900001, "sims"))
    put(
        folder,
        "ash",
        "marks_20251001.csv",
        f"{GRIDS[heading]}\n{PERMANENT},Zoë,4,4A,/,\\,C1,-\n{OTHER},B,4,4A,/,\\,,\n",
    )
    assert [(one.rows, one.refused) for one in land(trust, folder)] == [(8, 0)]
    assert marks(folder)[:4] == [(2, *row, None) for row in EXPECTED]
    assert [row[0] for row in marks(folder)] == [2, 2, 2, 2, 3, 3, 3, 3]


@pytest.mark.parametrize("document", [RECORDS, {"data": RECORDS}])
def test_wonde_json(tmp_path: Path, document: object) -> None:
    trust, folder = make_trust(tmp_path, school("ash", 900001, "wonde"))
    put(folder, "ash", "marks_20251001.json", json.dumps(document))
    land(trust, folder)
    assert marks(folder) == [(line, *row, None) for line, row in enumerate(EXPECTED, start=1)]


def test_one_mysa_file_speaks_for_many_schools(tmp_path: Path) -> None:
    trust, folder = make_trust(tmp_path, school("ash", 900001, "mysa"), school("birch", 900002, "sims"))
    rows = [f"A,{PERMANENT},{name},04/09/2025,/,AM" for name in ("Ash", "BIRCH ", "Cedar")]
    put(folder, "_trust", "marks_20251001.csv", "\n".join([FILES["mysa"].split("\n")[0], *rows]))
    landed = land(trust, folder)
    assert (landed[0].rows, landed[0].refused, landed[0].reasons) == (3, 1, {"unknown_school": 1})
    table = lake(folder, "marks")
    assert sorted(zip(table["slug"], table["row_reason"], strict=True), key=str) == [
        ("ash", None),
        ("birch", None),
        (None, "unknown_school"),
    ]


def test_a_school_does_not_speak_for_another(tmp_path: Path) -> None:
    trust, folder = make_trust(tmp_path, school("ash", 900001, "mysa"), school("birch", 900002, "sims"))
    put(folder, "ash", "marks_20251001.csv", FILES["mysa"].replace("Ash", "Birch"))
    assert land(trust, folder)[0].reasons == {"unknown_school": 4}


def test_a_school_may_name_its_own_headings(tmp_path: Path) -> None:
    own = '[school.columns]\n"Pupil number" = "upn"\ncode = "Register code"\n'
    trust, folder = make_trust(tmp_path, school("ash", 900001, "arbor", own))
    text = FILES["arbor"].replace("UPN,", "Pupil number,", 1).replace(",Mark,", ",Register code,")
    put(folder, "ash", "marks_20251001.csv", text)
    assert [(one.rows, one.refused, one.problem) for one in land(trust, folder)] == [(4, 0, None)]
