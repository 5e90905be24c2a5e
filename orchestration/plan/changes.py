"""Which slices of an earlier build a change of extracts touches, or that all has to be built again.

Belongs here: how far each kind of extract reaches. Does not belong here: how slices are built again (make.py).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence

import duckdb

from ingestion.changes import Change
from orchestration.plan.slices import Slices

# Extracts that speak for days; any other of a school's may change all of its years.
_OF_DAYS = {"marks", "amendments"}
# Of these anything may hang: figures of other schools, or rows that were taken away.
_OF_ALL = {"benchmarks"}
_GONE = "removed"

_SCHOOLS = "select school_urn from marts.dim_school"
_PAIRS = "select distinct school_urn, academic_year from marts.dim_school_day"
# A pupil that another school's extract makes known is refused for another reason from then on.
_UNKNOWN_PUPILS = """
    select distinct school_urn, academic_year from work.intermediate.int_marks_judged
    where reason = 'unknown_pupil' and school_urn is not null and academic_year is not null
"""


def academic_year(day: dt.date) -> str:
    """The academic year of a day, as 2025/26; it runs from 1 August to 31 July (as the macro of the same name)."""
    first = day.year - (day.month < 8)
    return f"{first}/{(first + 1) % 100:02d}"


def years_between(first: dt.date, last: dt.date) -> Iterator[str]:
    """The academic years from one day to another, both included."""
    for year in range(first.year - 1, last.year + 1):
        named = academic_year(dt.date(year, 8, 1))
        if academic_year(first) <= named <= academic_year(last):
            yield named


def changed_slices(
    earlier: duckdb.DuckDBPyConnection,
    changes: Sequence[Change],
    schools: Mapping[str, int],
    as_of: tuple[dt.date, dt.date],
) -> Slices | None:
    """The slices that follow from changes since an earlier build; None where all has to be built again.

    earlier: the earlier build's warehouse, its working tables attached as `work`. schools: URN of each of the trust's
    schools by slug. as_of: the day the figures spoke for then, and now: the days between have new expected sessions.
    """
    known = {(int(school), str(year)) for school, year in earlier.execute(_PAIRS).fetchall()}
    years = {year for _, year in known}
    if {int(school) for (school,) in earlier.execute(_SCHOOLS).fetchall()} != set(schools.values()):
        return None
    pairs: set[tuple[int, str]] = set()
    if as_of[0] != as_of[1]:
        first, last = sorted(as_of)
        pairs |= {(school, year) for school in schools.values() for year in years_between(first, last)}
    for change in changes:
        if change.school is None or change.kind in _OF_ALL or change.why == _GONE:
            return None
        of_change = _years(change, years)
        pairs |= {(schools[change.school], year) for year in of_change}
    if any(change.kind not in _OF_DAYS for change in changes):
        pairs |= {(int(school), str(year)) for school, year in earlier.execute(_UNKNOWN_PUPILS).fetchall()}
    if not {year for _, year in pairs} <= years:
        return None
    same_roll = all(change.kind in _OF_DAYS for change in changes) and as_of[0] == as_of[1]
    return Slices(frozenset(pairs), {urn: slug for slug, urn in schools.items()}, same_roll)


def _years(change: Change, all_years: Iterable[str]) -> set[str]:
    if change.kind in _OF_DAYS and change.first_date and change.last_date:
        return set(years_between(change.first_date, change.last_date))
    return set(all_years)
