"""School years: term dates, INSET days, bank holidays, staggered starts, early leaving, snow.

Belongs here: which sessions a school holds, and the calendar extract that says so.
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl

from ingestion.feeds.profile import CANONICAL_PROFILE, layouts
from ingestion.twin.parameters import generator, parameters, year_groups, year_index
from ingestion.twin.schools import TwinSchool

Days = npt.NDArray[np.datetime64]
_ONE = np.timedelta64(1, "D")
_INSETS = 5


@dataclass(frozen=True)
class SchoolYear:
    """One academic year of one school.

    days: the days on which the school is open. closed: year group (by place) -> open days that it has off.
    no_afternoon: days that end at noon. snow: a day on which all sessions were called off at short notice.
    """

    start_year: int
    half_terms: dict[str, tuple[np.datetime64, np.datetime64]]
    insets: Days
    holidays: Days
    days: Days
    closed: dict[int, Days]
    no_afternoon: Days
    snow: Days
    leaving_day: np.datetime64 = field(default=np.datetime64("NaT"))

    @property
    def first(self) -> np.datetime64:
        """The first day of the first half term."""
        return next(iter(self.half_terms.values()))[0]

    @property
    def last(self) -> np.datetime64:
        """The last day of the last half term."""
        return list(self.half_terms.values())[-1][1]

    @property
    def term_starts(self) -> list[np.datetime64]:
        """The first days of the three terms: of every other half term."""
        return [start for start, _ in list(self.half_terms.values())[::2]]

    def sessions_held(self, years: npt.NDArray[np.int16]) -> npt.NDArray[np.bool_]:
        """Per year group in `years` and session (AM and PM of each open day): whether it is held for that group."""
        held = np.ones((len(years), 2 * len(self.days)), dtype=bool)
        held[:, 1::2] &= ~np.isin(self.days, self.no_afternoon)
        for year, days in self.closed.items():
            held[years == year] &= ~np.repeat(np.isin(self.days, days), 2)
        return held


def school_year(school: TwinSchool, start_year: int, seed: int) -> SchoolYear:
    """The school's year that starts in September of `start_year`. Raises ValueError where there are no term dates."""
    facts = parameters("calendars")
    dates = facts["authorities"][school.la_code].get(start_year)
    if dates is None:
        known = sorted(facts["authorities"][school.la_code])
        raise ValueError(
            f"the synthetic trust has term dates for the academic years that start in {known[0]} to {known[-1]}"
        )
    half_terms = {name: (np.datetime64(start), np.datetime64(end)) for name, (start, end) in dates.items()}
    bank = np.array(facts["bank_holidays"], dtype="datetime64[D]")
    within = np.concatenate([np.arange(start, end + _ONE) for start, end in half_terms.values()])
    weekdays = within[np.is_busday(within)]
    holidays = weekdays[np.isin(weekdays, bank)]
    weekdays = weekdays[~np.isin(weekdays, bank)]
    insets = _insets(school, weekdays, half_terms, start_year, seed)
    days = weekdays[~np.isin(weekdays, insets)]
    leaving_day = _last_friday_of_june(start_year + 1)
    habit = generator(seed, "habits", school.index)
    staggered, early_finish, part_closed = habit.random(3) < (0.5, 0.35, 0.7)
    none = np.array([], dtype="datetime64[D]")
    second = list(half_terms.values())[1][1]
    return SchoolYear(
        start_year=start_year,
        half_terms=half_terms,
        insets=insets,
        holidays=holidays,
        days=days,
        closed=_closed(school, days, leaving_day, bool(staggered)),
        no_afternoon=days[days == second] if early_finish else none,
        snow=_snow(school, days, list(half_terms.values())[2], start_year, seed) if part_closed else none,
        leaving_day=leaving_day,
    )


def calendar_rows(year: SchoolYear) -> pl.DataFrame:
    """The calendar extract in generic form: half terms, INSET days, bank holidays and closures of year groups."""
    rows: list[tuple[str, str, str, str, str]] = []
    for name, (start, end) in year.half_terms.items():
        rows.append((str(start), "", "", "half_term_start", name))
        rows.append((str(end), "", "", "half_term_end", name))
    rows += [(str(day), "", "", "inset", "INSET day") for day in year.insets]
    rows += [(str(day), "", "", "holiday", "Bank holiday") for day in year.holidays]
    rows += [(str(day), "PM", "", "closed", "Early finish") for day in year.no_afternoon]
    labels = year_groups()
    for place, days in year.closed.items():
        rows += [(str(day), "", labels[place], "closed", "Not in school") for day in days]
    names = list(layouts(CANONICAL_PROFILE, "calendar")[0].columns)
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row").sort("date", maintain_order=True)


def _insets(
    school: TwinSchool,
    weekdays: Days,
    half_terms: dict[str, tuple[np.datetime64, np.datetime64]],
    start_year: int,
    seed: int,
) -> Days:
    """Five staff training days: the first of the year and four at other edges of half terms, by school."""
    edges = {weekdays[1], weekdays[-1]}
    for start, end in half_terms.values():
        inside = weekdays[(weekdays >= start) & (weekdays <= end)]
        edges |= {inside[0], inside[-1]}
    rest = np.array(sorted(edges - {weekdays[0]}))
    chosen = generator(seed, "inset", school.index, start_year).choice(rest, _INSETS - 1, replace=False)
    return np.sort(np.append(chosen, weekdays[0]))


def _closed(school: TwinSchool, days: Days, leaving_day: np.datetime64, staggered: bool) -> dict[int, Days]:
    closed: dict[int, Days] = {}
    reception = year_index("R")
    if staggered and school.lowest <= reception:
        closed[reception] = days[:3]
    if staggered and school.lowest == year_index("7"):
        closed |= {year: days[:1] for year in school.years if year > school.lowest}
    for label in ("11", "13"):
        place = year_index(label)
        if place in school.years:
            closed[place] = np.concatenate([closed.get(place, days[:0]), days[days > leaving_day]])
    return closed


def _snow(
    school: TwinSchool, days: Days, third: tuple[np.datetime64, np.datetime64], start_year: int, seed: int
) -> Days:
    """Snow falls on an authority, in about every other winter, on one day of the third half term."""
    rng = generator(seed, "snow", int(school.la_code), start_year)
    fell, when = rng.random(), rng.random()
    candidates = days[(days >= third[0]) & (days <= third[1])]
    return candidates[[int(when * len(candidates))]] if fell < 0.5 else candidates[:0]


def _last_friday_of_june(year: int) -> np.datetime64:
    return np.datetime64(np.busday_offset(f"{year}-07-01", -1, roll="forward", weekmask="Fri"))
