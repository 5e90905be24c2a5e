"""The simulated trust: calendars, roll, and absence near what DfE publishes."""

from functools import cache

import numpy as np
import pytest

from ingestion.twin.calendars import SchoolYear, calendar_rows, school_year
from ingestion.twin.marks import code_names, simulate
from ingestion.twin.parameters import parameters
from ingestion.twin.people import build_people
from ingestion.twin.roll import Roll, build_roll
from ingestion.twin.schools import TwinSchool, choose_schools
from ingestion.twin.upn import make_upns
from quality.contracts.upn import check_letter_fits
from quality.seeds import attendance_codes, seed

AS_OF = np.datetime64("2026-07-31")
YEARS = (2024, 2025)


@cache
def _imagined(number: int) -> tuple[list[TwinSchool], dict[int, list[SchoolYear]], Roll]:
    schools = choose_schools(12, 1500, number)
    calendars = {year: [school_year(school, year, number) for school in schools] for year in YEARS}
    return schools, calendars, build_roll(schools, calendars, number, AS_OF)


def _sums(number: int, phase: str) -> tuple[np.ndarray, np.ndarray, dict[str, int]]:
    """Possible and absent sessions of each enrolment of compulsory school age, and sessions by code."""
    schools, calendars, roll = _imagined(number)
    people = build_people(roll, schools, calendars[YEARS[0]][0].first, number)
    facts = seed("attendance_codes").filter(seed("attendance_codes")["valid_to"].is_null())
    possible = set(facts.filter(facts["is_possible"] == "true")["code"])
    absent = set(facts.filter(facts["is_absent"] == "true")["code"])
    names = code_names()
    all_possible, all_absent, by_code = [], [], dict.fromkeys(names, 0)
    for year in YEARS:
        for school in schools:
            marks = simulate(school, calendars[year][school.index], roll, people, number, AS_OF)
            assert marks is not None
            if school.phase != phase:
                continue
            # as DfE's series does: without year 11 in the last half term
            last = marks.sessions(list(calendars[year][school.index].half_terms.values())[-1][0], AS_OF)
            year_11 = parameters("pupils")["year_groups"].index("11")
            codes = marks.codes.copy()
            codes[marks.years == year_11, last] = -1
            codes = codes[(marks.years >= year_11 - 10) & (marks.years <= year_11)]
            known = np.array([name in possible for name in names] + [False])
            away = np.array([name in absent for name in names] + [False])
            all_possible.append(known[codes].sum(axis=1))
            all_absent.append(away[codes].sum(axis=1))
            for place, name in enumerate(names):
                by_code[name] += int((codes == place).sum())
    return np.concatenate(all_possible), np.concatenate(all_absent), by_code


@pytest.mark.parametrize(
    ("phase", "tolerance", "persistent", "severe"),
    [("primary", 0.6, (9, 16), (0.1, 1.5)), ("secondary", 1.2, (18, 28), (1, 5))],
)
def test_absence_comes_out_near_the_published_rates(
    phase: str, tolerance: float, persistent: tuple[float, float], severe: tuple[float, float]
) -> None:
    possible, absent = (np.concatenate(both) for both in zip(*(_sums(n, phase)[:2] for n in (1, 2)), strict=True))
    possible, absent = possible[possible > 0], absent[possible > 0]
    absence_codes = set(seed("attendance_codes").filter(seed("attendance_codes")["is_absent"] == "true")["code"])
    rates = parameters("marks")["codes"]
    published = sum(rates[code]["rates"][phase] for code in rates if code in absence_codes)
    assert 100 * absent.sum() / possible.sum() == pytest.approx(published, abs=tolerance)
    assert persistent[0] < 100 * (10 * absent >= possible).mean() < persistent[1]
    assert severe[0] < 100 * (2 * absent >= possible).mean() < severe[1]


def test_the_code_mix_follows_the_published_reasons() -> None:
    possible, _, by_code = _sums(1, "primary")
    total = possible.sum()
    for code in ("I", "O", "G", "L", "M"):
        expected = parameters("marks")["codes"][code]["rates"]["primary"]
        assert 100 * by_code[code] / total == pytest.approx(expected, rel=0.25), code


@pytest.mark.parametrize("number", [1, 9])
def test_every_school_is_open_about_190_days(number: int) -> None:
    schools = choose_schools(12, 1500, number)
    years = parameters("calendars")["authorities"][schools[0].la_code]
    for start_year in years:
        for school in schools:
            year = school_year(school, start_year, number)
            assert 187 <= len(year.days) <= 195
            assert len(year.insets) == 5
            assert np.is_busday(year.days).all()
            assert not np.isin(year.days, np.concatenate([year.insets, year.holidays])).any()


def test_a_calendar_extract_has_six_half_terms_in_order() -> None:
    schools, calendars, _ = _imagined(1)
    rows = calendar_rows(calendars[2025][schools[0].index])
    starts = rows.filter(rows["status"] == "half_term_start")
    ends = rows.filter(rows["status"] == "half_term_end")
    assert starts["note"].to_list() == ends["note"].to_list() == list(seed("half_terms")["half_term"])
    assert (starts["date"] < ends["date"]).all()


def test_every_code_written_was_in_force() -> None:
    facts = attendance_codes()
    now = set(facts.filter(facts["valid_to"].is_null())["code"])
    before = parameters("marks")["before_2024"]["codes"]
    assert set(code_names()) - set(before.values()) | set(before) <= now | {""}
    old = set(facts.filter(facts["valid_to"].is_not_null())["code"])
    assert set(before.values()) <= old


def test_pupils_move_up_within_the_trust_and_some_are_registered_twice() -> None:
    schools, _, roll = _imagined(1)
    phases = np.array([school.phase for school in schools])[roll.school]
    primary, secondary = set(roll.person[phases == "primary"]), set(roll.person[phases == "secondary"])
    assert len(primary & secondary) > 30
    assert (roll.dual == 1).sum() == (roll.dual == 2).sum() >= 2
    left = ~np.isnat(roll.leave)
    assert (roll.leave[left] >= roll.entry[left]).all()


def test_check_letters_agree_with_the_guide() -> None:
    upns = make_upns(np.array([950000178301, 243278544154]), np.array([False, False]))
    assert upns.tolist() == ["A950000178301", "H243278544154"]
    assert all(check_letter_fits(upn) for upn in upns.tolist())
    temporary = make_upns(np.array([877200125013]), np.array([True]))[0]
    assert temporary[-1] == "D"
