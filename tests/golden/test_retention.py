"""Years that have been kept long enough go, and no figure of those that stay changes."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest

from ingestion.identity import SECRET_VARIABLE
from ingestion.trust import TrustFolder, load_trust
from orchestration.commands.amendments import log
from orchestration.release import point_at
from orchestration.retention import carry_out, plan_purge
from tests.golden import folders
from tests.golden.conftest import SECRET, Built, build

AS_OF = dt.date(2025, 6, 13)
FIRST_DAY_KEPT = dt.date(2018, 8, 1)  # six years before are 13 June 2019, in the year that began then
YEARS = {  # a week of each year
    2016: (dt.date(2017, 6, 12), dt.date(2017, 6, 16)),
    2017: (dt.date(2018, 6, 11), dt.date(2018, 6, 15)),
    2018: (dt.date(2019, 6, 10), dt.date(2019, 6, 14)),
    2024: (dt.date(2025, 6, 9), dt.date(2025, 6, 13)),
}
MARTS = {
    "fct_sessions": "session_date",
    "fct_register_completeness": "session_date",
    "fct_amendments": "session_date",
    "fct_bands": "academic_year",
    "fct_cohorts": "academic_year",
}
STAYS, LEFT_BEFORE, RETURNS, MOVED_ON = (folders.upn(n) for n in range(1, 5))


def _make(root: Path) -> None:
    folders.write_config(root, AS_OF, [("ash", 900001, "primary")])
    inbox = root / "inbox" / "ash"

    def pupils(stamp: str, *rows: tuple[str, str, str, str]) -> None:
        told = [
            (upn, "", "", "F", "2012-05-05", year, "", entry, left, "C", "", "", "") for upn, year, entry, left in rows
        ]
        folders.write_extract(inbox / f"pupils_{stamp}.csv", folders.PUPILS, told)

    left = (LEFT_BEFORE, "6", "2014-09-01", "2017-07-20")
    stays, returns = (STAYS, "1", "2016-09-01", ""), (RETURNS, "2", "2016-09-01", "2017-12-20")
    pupils("20160901", stays, (RETURNS, "2", "2016-09-01", ""), (LEFT_BEFORE, "6", "2014-09-01", ""))
    pupils("20170901", (STAYS, "2", "2016-09-01", ""), returns, left)
    pupils("20180715", (STAYS, "2", "2016-09-01", ""), (MOVED_ON, "5", "2016-09-01", "2019-06-12"))
    pupils("20190701", (STAYS, "3", "2016-09-01", ""), (RETURNS, "4", "2019-06-12", ""))
    for year, (first, last) in YEARS.items():
        calendar = folders.calendar_rows([("HT6", first, last)])
        folders.write_extract(inbox / f"calendar_{year}0701.csv", folders.CALENDAR, calendar)
        for number, day in enumerate((last, last + dt.timedelta(days=20)), start=1):
            # sent again, the second time with other codes; in the last year nobody had registered anybody
            rows = [
                (upn, date, half, "I" if number == 1 else "C", "", "")
                for upn in (STAYS, RETURNS, MOVED_ON, LEFT_BEFORE)
                for date in folders.school_days(first, last)
                for half in ("AM", "PM")
                if year != 2024
            ]
            if rows and day <= AS_OF:
                folders.write_extract(inbox / f"marks_{day:%Y%m%d}-1700.csv", folders.MARKS, rows)
        document = (STAYS, first, "AM", "I", "C", "Wedding", last, "Mrs J Okafor", "head")
        header = ("upn", "date", "session", "original_code", "amended_code", "reason", "amended_at", "amended_by",
                  "amended_by_role")  # fmt: skip
        folders.write_extract(inbox / f"amendments_{last:%Y%m%d}.csv", header, [document])


def _figures(built: Built) -> dict[str, list[tuple[object, ...]]]:
    first = {"session_date": str(FIRST_DAY_KEPT), "academic_year": "2018/19"}
    return {
        table: sorted(
            built.warehouse.execute(f"select * from marts.{table} where {day} >= ?", [first[day]]).fetchall(), key=str
        )
        for table, day in MARTS.items()
    }


def _the_full_log_names_people(root: Path) -> None:
    """What `rollcall amendments` writes: who and why where the school wrote it down, `unknown` elsewhere."""
    first, last = YEARS[2018]
    rows = log(root, "ash", first, last)
    said = ("amended_by", "amended_by_role", "reason")
    told = ("session_date", "session", "upn", "original_code", "amended_code", *said)
    documented = [tuple(row[name] for name in told) for row in rows if row["documented"]]
    assert documented == [(first, "AM", STAYS, "I", "C", "Mrs J Okafor", "head", "Wedding")]
    assert {row["amended_by"] for row in rows if not row["documented"]} == {"unknown"}
    # five days, two sessions: STAYS and RETURNS throughout (RETURNS from the third day), MOVED_ON up to it
    assert len(rows) == 10 + 6 + 6
    (one,) = [row for row in rows if row["documented"]]
    assert (one["amended_file"], one["written_in"]) == ("marks_20190704-1700.csv", "amendments_20190614.csv")
    assert log(root, "ash", first, first) == [row for row in rows if row["session_date"] == first]


@pytest.mark.slow
def test_old_years_go_and_no_figure_of_the_others_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SECRET_VARIABLE, SECRET)
    root = tmp_path / "trust"
    _make(root)
    with build(root, [*MARTS, "dim_school", "fct_documented_amendments"]) as built:
        before = _figures(built)
    assert all(before.values())
    folder = TrustFolder(root)
    release = folder.releases / "20250613-170000-aaaa"
    release.mkdir()
    shutil.copy(root / "warehouse.duckdb", release / "warehouse.duckdb")
    point_at(folder, release.name)
    _the_full_log_names_people(root)

    plan = plan_purge(folder, load_trust(root))
    assert (plan.law, plan.from_date, plan.held_back_by) == (dt.date(2019, 6, 13), FIRST_DAY_KEPT, [])
    gone = {extract.entry.first.file_name for extract in plan.goes}
    assert gone == {
        # the pupils extract of 2017 stays: the pupil who returns in 2019 is of use, and nothing newer says when it left
        "pupils_20160901.csv",
        *(f"calendar_{year}0701.csv" for year in (2016, 2017)),
        "marks_20170616-1700.csv", "marks_20170706-1700.csv", "marks_20180615-1700.csv", "marks_20180705-1700.csv",
        "amendments_20170616.csv", "amendments_20180615.csv",
    }  # fmt: skip
    assert plan.pupils == 0  # who left before is still named by the pupils extract that stays
    carry_out(folder, plan)

    with build(root, list(MARTS)) as built:
        after = _figures(built)
        assert built.warehouse.execute("select min(session_date) from marts.fct_sessions").fetchone() == (
            YEARS[2018][0],
        )
    assert after == before
