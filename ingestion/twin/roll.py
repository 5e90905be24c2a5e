"""Who is enrolled where and when: intake, transfer from primary to secondary, moves, leavers, dual registration.

Belongs here: enrolments. Does not belong here: what pupils are like (people.py).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ingestion.twin.calendars import SchoolYear
from ingestion.twin.parameters import generator, parameters, year_index
from ingestion.twin.schools import TwinSchool

Ints = npt.NDArray[np.int64]
Dates = npt.NDArray[np.datetime64]
NEVER = np.datetime64("NaT")
# days of the year between which pupils move: before year 11 leaves
_EARLIEST_MOVE, _LATEST_MOVE = 8, -25
_MAIN_DAYS = 3


@dataclass
class Roll:
    """cohort and first_school: per person (cohort = the calendar year in which its reception year starts).

    person, school, entry, leave (NaT while enrolled) and dual: per enrolment. dual is 0, or, while a second enrolment
    runs from dual_from to dual_to, 1 for the main school (Monday to Wednesday) and 2 for the other.
    """

    cohort: Ints
    first_school: Ints
    person: Ints
    school: Ints
    entry: Dates
    leave: Dates
    dual: Ints
    dual_from: Dates
    dual_to: Dates

    def at(self, school: int, first: np.datetime64, last: np.datetime64) -> Ints:
        """The enrolments at a school that touch the days from first to last."""
        stays = np.isnat(self.leave) | (self.leave >= first)
        return np.flatnonzero((self.school == school) & (self.entry <= last) & stays)

    def year_of(self, enrolments: Ints, start_year: int) -> npt.NDArray[np.int16]:
        """The year group (by place) of each enrolment in an academic year."""
        reception = year_index("R")
        return (start_year - self.cohort[self.person[enrolments]] + reception).astype(np.int16)


class _Builder:
    """Enrolments as they come about, one academic year after the other."""

    def __init__(self, schools: list[TwinSchool], seed: int) -> None:
        self.schools = schools
        self.facts = parameters("pupils")
        self.rng = generator(seed, "roll")
        self.cohort: list[int] = []
        self.first_school: list[int] = []
        self.person: list[int] = []
        self.school: list[int] = []
        self.entry: list[np.datetime64] = []
        self.leave: list[np.datetime64] = []
        self.current: list[int] = []

    def enrol(self, person: int, school: int, entry: np.datetime64) -> None:
        self.current.append(len(self.person))
        self.person.append(person)
        self.school.append(school)
        self.entry.append(entry)
        self.leave.append(NEVER)

    def newcomers(self, number: int, school: int, year: int, start_year: int, entries: Dates) -> None:
        for entry in entries[:number]:
            self.cohort.append(start_year - year + year_index("R"))
            self.first_school.append(school)
            self.enrol(len(self.cohort) - 1, school, entry)

    def taken(self, school: TwinSchool, year: int) -> int:
        """How many places of a year group are taken this time."""
        share = self.facts["sixth_form_share"] if year > year_index("11") else 1.0
        share = self.facts["nursery_share"] if year < year_index("R") else share
        taken: float = school.places * share * self.rng.uniform(*self.facts["fill"])
        return max(1, round(taken))

    def year_of(self, enrolment: int, start_year: int) -> int:
        cohort: int = self.cohort[self.person[enrolment]]
        return start_year - cohort + year_index("R")

    def begin(self, start_year: int, calendars: list[SchoolYear]) -> None:
        """Everybody on roll when the first year starts; most have been there since the school's lowest year."""
        for school in self.schools:
            for year in school.years:
                number = self.taken(school, year)
                since = np.full(number, start_year - (year - school.lowest))
                late = self.rng.random(number) < self.facts["joined_late_share"]
                since = np.where(late, self.rng.integers(since, start_year + 1), since)
                first = (since - 1970).astype("datetime64[Y]").astype("datetime64[D]")
                days = np.where(late & (since < start_year), self.rng.integers(246, 500, number), 245 + 3)
                entries = first + days.astype("timedelta64[D]")
                entries = np.where(since == start_year, calendars[school.index].first, entries)
                entries = np.busday_offset(entries, 0, roll="forward")
                self.newcomers(
                    number, school.index, year, start_year, np.minimum(entries, calendars[school.index].first)
                )

    def intake(self, start_year: int, calendars: list[SchoolYear], leavers: list[int]) -> None:
        """The new pupils of a later year: first the trust's own year 6 leavers, then others."""
        pool = [self.person[enrolment] for enrolment in leavers]
        homes = {self.person[enrolment]: self.schools[self.school[enrolment]].la_code for enrolment in leavers}
        order = self.rng.permutation(len(pool))
        pool = [pool[i] for i in order[: round(len(pool) * self.facts["feeder_share"])]]
        for school in self.schools:
            day = calendars[school.index].first
            number = self.taken(school, school.lowest)
            if school.lowest == year_index("7"):
                near = [person for person in pool if homes[person] == school.la_code]
                chosen = (near + [person for person in pool if homes[person] != school.la_code])[:number]
                taken = set(chosen)
                pool = [person for person in pool if person not in taken]
                for person in chosen:
                    self.enrol(person, school.index, day)
                number -= len(chosen)
            self.newcomers(number, school.index, school.lowest, start_year, np.full(number, day))
            if school.has_nursery:
                reception = year_index("R")
                number = self.taken(school, reception) - sum(
                    self.school[e] == school.index and self.year_of(e, start_year) == reception for e in self.current
                )
                self.newcomers(max(0, number), school.index, reception, start_year, np.full(max(0, number), day))

    def moves(self, start_year: int, calendars: list[SchoolYear], as_of: np.datetime64) -> None:
        """Who leaves and who joins in the middle of the year; some leavers go to another school of the trust."""
        share = self.facts["leave_in_year"]
        current = np.array(self.current)
        gone: set[int] = set()
        for enrolment in current[self.rng.random(len(current)) < share]:
            school = self.schools[self.school[enrolment]]
            day = self.rng.choice(calendars[school.index].days[_EARLIEST_MOVE:_LATEST_MOVE])
            stays, pick = self.rng.random() >= self.facts["move_within_trust"], self.rng.random()
            if day > as_of:
                continue
            self.leave[enrolment] = day
            gone.add(int(enrolment))
            year = self.year_of(int(enrolment), start_year)
            fits = [s for s in self.schools if s.index != school.index and year in s.years and s.phase != "special"]
            if stays or not fits or school.phase == "special":
                continue
            target = fits[int(pick * len(fits))]
            later = calendars[target.index].days
            later = later[(later > day + np.timedelta64(2, "D")) & (later <= as_of)]
            if later.size:
                self.enrol(self.person[enrolment], target.index, later[0])
        self.current = [enrolment for enrolment in self.current if enrolment not in gone]
        for school in self.schools:
            number = self.rng.binomial(school.places * len(school.years), share * 0.8)
            years = self.rng.integers(school.lowest, school.highest + 1, number)
            days = self.rng.choice(calendars[school.index].days[_EARLIEST_MOVE:_LATEST_MOVE], number)
            for year, day in zip(years.tolist(), days, strict=True):
                if day <= as_of:
                    self.newcomers(1, school.index, year, start_year, np.array([day]))

    def finish(self, start_year: int, calendars: list[SchoolYear]) -> list[int]:
        """The summer's leavers; returns the enrolments of those who finished year 6 at a school of the trust."""
        moving_up, staying = [], []
        goes_on = self.rng.random(len(self.current)) < self.facts["sixth_form_share"]
        for enrolment, into_sixth_form in zip(self.current, goes_on.tolist(), strict=True):
            school, year = self.schools[self.school[enrolment]], self.year_of(enrolment, start_year)
            calendar = calendars[school.index]
            ends_at_16 = year == year_index("11") and not into_sixth_form
            if year < school.highest and not ends_at_16:
                staying.append(enrolment)
                continue
            early = year in (year_index("11"), year_index("13"))
            self.leave[enrolment] = calendar.leaving_day if early else calendar.last
            if school.highest == year_index("6"):
                moving_up.append(enrolment)
        self.current = staying
        return moving_up


def build_roll(
    schools: list[TwinSchool], calendars: dict[int, list[SchoolYear]], seed: int, as_of: np.datetime64
) -> Roll:
    """The trust's enrolments over the academic years of `calendars` (start year -> one calendar a school)."""
    builder = _Builder(schools, seed)
    leavers: list[int] = []
    for number, (start_year, years) in enumerate(sorted(calendars.items())):
        if number == 0:
            builder.begin(start_year, years)
        else:
            builder.intake(start_year, years, leavers)
        builder.moves(start_year, years, as_of)
        if max(calendar.last for calendar in years) <= as_of:
            leavers = builder.finish(start_year, years)
    roll = Roll(
        cohort=np.array(builder.cohort),
        first_school=np.array(builder.first_school),
        person=np.array(builder.person),
        school=np.array(builder.school),
        entry=np.array(builder.entry, dtype="datetime64[D]"),
        leave=np.array(builder.leave, dtype="datetime64[D]"),
        dual=np.zeros(len(builder.person), dtype=np.int64),
        dual_from=np.full(len(builder.person), NEVER, dtype="datetime64[D]"),
        dual_to=np.full(len(builder.person), NEVER, dtype="datetime64[D]"),
    )
    _register_twice(roll, schools, calendars, seed)
    return roll


def attends_main(days: Dates) -> npt.NDArray[np.bool_]:
    """The days on which a dual-registered pupil is at the main school: the first three of the week."""
    monday_first = (days.astype("datetime64[D]").astype(np.int64) + 3) % 7
    return np.asarray(monday_first < _MAIN_DAYS)


def _register_twice(roll: Roll, schools: list[TwinSchool], calendars: dict[int, list[SchoolYear]], seed: int) -> None:
    """Gives a few pupils of mainstream schools a second enrolment at a special school from some Monday on."""
    specials = [school for school in schools if school.phase == "special"]
    if not specials:
        return
    rng = generator(seed, "dual")
    special = specials[0]
    start_year = sorted(calendars)[min(1, len(calendars) - 1)]
    monday = calendars[start_year][special.index].half_terms
    start = np.busday_offset(list(monday.values())[1][0], 0, roll="forward", weekmask="Mon")
    mainstream = np.array([school.phase != "special" for school in schools])
    years = roll.year_of(np.arange(len(roll.person)), start_year)
    fits = mainstream[roll.school] & (roll.entry < start) & np.isnat(roll.leave)
    fits &= (years > year_index("R")) & (years < year_index("11"))
    number = max(2, len(roll.cohort) // parameters("pupils")["dual_per_pupils"])
    main = rng.choice(np.flatnonzero(fits), min(number, int(fits.sum())), replace=False)
    roll.dual[main], roll.dual_from[main] = 1, start
    for name, value in {
        "person": roll.person[main],
        "school": np.full(len(main), special.index),
        "entry": np.full(len(main), start),
        "leave": roll.leave[main],
        "dual": np.full(len(main), 2),
        "dual_from": np.full(len(main), start),
        "dual_to": roll.dual_to[main],
    }.items():
        setattr(roll, name, np.concatenate([getattr(roll, name), value]))
