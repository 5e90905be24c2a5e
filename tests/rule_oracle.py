"""The rules about pupils, counted again in plain Python, session by session, to hold marts.fct_rule_triggers against.

Belongs here: the rules as sentences turned into loops, with code meanings and thresholds from the seeds. Does not
belong here: anything of dbt's SQL.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cache

from quality.seeds import seed


@dataclass(frozen=True, order=True)
class Session:
    """One expected session of an enrolment. code is None when there is no usable mark."""

    day: date
    half: str
    code: str | None
    term: str
    year_group: str


@dataclass(frozen=True)
class Row:
    """What a row of fct_rule_triggers says, as far as it is compared."""

    pupil: str
    school: int
    rule: str
    triggered_on: date
    value: Fraction
    threshold: Fraction
    sessions: int
    is_open: bool
    evidence_sessions: str


def academic_year(day: date) -> int:
    """The calendar year in which the day's academic year starts."""
    return day.year if day.month >= 8 else day.year - 1


def monday(day: date) -> date:
    """The Monday of the day's week."""
    return day - timedelta(days=day.weekday())


def labels(sessions: Iterable[Session]) -> str:
    """The sessions as evidence lists them."""
    return "; ".join(f"{session.day} {session.half}" for session in sessions)


@dataclass
class Counts:
    """An enrolment's year to date."""

    possible: int = 0
    absent: int = 0
    authorised: int = 0
    unauthorised: int = 0

    def share(self, part: int) -> Fraction:
        """A part as a percentage of the possible sessions."""
        return Fraction(100 * part, self.possible)


@dataclass
class Episode:
    """A spell of weeks in which the rolling window holds enough."""

    school: int
    window: list[Session]
    threshold: Fraction
    last: Session


# Rule, triggered on, value, threshold, sessions that count, whether it is open, the sessions that made it so.
Trigger = tuple[str, date, Fraction, Fraction, int, bool, list[Session]]
Test = Callable[[Session], bool]


class Oracle:
    """Holds a trust's registers and counts every rule anew.

    enrolments: (pupil, school) -> its expected sessions. cohorts: pupil -> the year such that a pupil's age on 31
    August of year Y is Y minus it, or None where it is not known. term_ends: (school, calendar year in which the
    academic year starts, term) -> its last day. overrides: thresholds that the trust sets itself.
    """

    def __init__(
        self,
        enrolments: dict[tuple[str, int], list[Session]],
        cohorts: dict[str, int | None],
        as_of: date,
        term_ends: dict[tuple[int, int, str], date],
        overrides: dict[str, float] | None = None,
    ) -> None:
        self.enrolments = {key: sorted(sessions) for key, sessions in enrolments.items() if sessions}
        self.cohorts = cohorts
        self.as_of = as_of
        self.term_ends = term_ends
        self.overrides = overrides or {}
        self._rules = [
            (r["rule_name"], r["value"], r["valid_from"], r["valid_to"]) for r in seed("rules").iter_rows(named=True)
        ]
        self._codes: dict[str, list[dict[str, str | None]]] = defaultdict(list)
        for row in seed("attendance_codes").iter_rows(named=True):
            self._codes[row["code"]].append(row)
        self._meant: dict[tuple[str, date], dict[str, str | None]] = {}
        self.days, self.weeks = self._school_days()

    @cache  # noqa: B019 - an oracle lives as long as its test
    def rule(self, name: str, day: date) -> Fraction:
        """The threshold in force on a day."""
        if name in self.overrides:
            return Fraction(str(self.overrides[name]))
        (value,) = (
            value
            for rule, value, start, end in self._rules
            if rule == name and start <= str(day) and (end is None or str(day) <= end)
        )
        return Fraction(value)

    def says(self, session: Session, flag: str) -> bool:
        """Whether the session's code carries a flag on its day."""
        if session.code is None:
            return False
        key = (session.code, session.day)
        if key not in self._meant:
            (self._meant[key],) = (
                row
                for row in self._codes[session.code]
                if str(row["valid_from"]) <= str(session.day) <= (row["valid_to"] or "9999-12-31")
            )
        return self._meant[key][flag] == "true"

    def _school_days(self) -> tuple[dict[tuple[int, str], list[date]], dict[int, list[date]]]:
        opened: dict[tuple[int, str], set[date]] = defaultdict(set)
        weeks: dict[int, set[date]] = defaultdict(set)
        for (_, school), sessions in self.enrolments.items():
            for session in sessions:
                if not self.says(session, "is_planned_closure"):
                    opened[school, session.year_group].add(session.day)
                    weeks[school].add(monday(session.day))
        return {key: sorted(days) for key, days in opened.items()}, {key: sorted(w) for key, w in weeks.items()}

    def in_age(self, pupil: str, day: date) -> bool:
        """Not known to be outside compulsory school age."""
        cohort = self.cohorts.get(pupil)
        if cohort is None:
            return True
        september = date(academic_year(day), 9, 1)
        age = academic_year(day) - cohort
        return self.rule("compulsory_age_min", september) <= age <= self.rule("compulsory_age_max", september)

    def rows(self) -> set[Row]:
        """Every row that fct_rule_triggers must have."""
        found = set(self._windows())
        for (pupil, school), sessions in self.enrolments.items():
            for family in (self._runs, self._totals, self._shares, self._declines, self._overdue):
                for rule, day, value, threshold, counted, is_open, listed in family(pupil, school, sessions):
                    found.add(Row(pupil, school, rule, day, value, threshold, counted, is_open, labels(listed)))
        return found

    def _run(self, sessions: list[Session], counts: Test, skip: Test) -> Iterator[tuple[list[Session], bool]]:
        run: list[Session] = []
        for session in sessions:
            if session.code is None or skip(session):
                continue
            if counts(session):
                run.append(session)
            elif run:
                yield run, False
                run = []
        if run:
            yield run, True

    def _flag(self, flag: str) -> Test:
        return lambda session: self.says(session, flag)

    def _impossible(self, session: Session) -> bool:
        return not self.says(session, "is_possible")

    def _runs(self, pupil: str, school: int, sessions: list[Session]) -> Iterator[Trigger]:
        def must_return(session: Session) -> bool:
            return self.says(session, "counts_for_attendance_return") and self.in_age(pupil, session.day)

        suspended, absent, ground_i = map(self._flag, ("counts_for_suspension", "is_absent", "counts_for_ground_i"))
        closed = self._flag("is_planned_closure")
        for rule, limit, counts, skip, is_more in (
            ("attendance_return", "attendance_return_days", must_return, self._impossible, False),
            ("ground_i_review", "ground_i_days", ground_i, closed, False),
            ("suspension_over_five_days", "suspension_days", suspended, self._impossible, True),
            ("absent_over_three_days_running", "absent_running_days", absent, self._impossible, True),
        ):
            for run, is_open in self._run(sessions, counts, skip):
                for position, session in enumerate(run, 1):
                    days = self.rule(limit, session.day)
                    if position > 2 * days if is_more else position >= 2 * days:
                        yield rule, session.day, Fraction(position, 2), days, len(run), is_open, run[:position]
                        break

    def _totals(self, pupil: str, school: int, sessions: list[Session]) -> Iterator[Trigger]:
        for rule, limit, flag, in_days, is_more in (
            ("sickness_return", "sickness_return_days", "counts_for_sickness_return", True, False),
            ("sickness_return_warning", "sickness_return_warning_days", "counts_for_sickness_return", True, False),
            ("absent_over_ten_days_in_term", "absent_in_term_days", "is_absent", False, True),
            ("unauthorised_ten_days_in_term", "unauthorised_in_term_days", "is_unauthorised_absence", False, False),
        ):
            spans: dict[tuple[int, str], list[Session]] = defaultdict(list)
            for session in sessions:
                if self.says(session, flag) and (not in_days or self.in_age(pupil, session.day)):
                    spans[academic_year(session.day), "" if in_days else session.term].append(session)
            for (year, term), counted in spans.items():
                last = date(year + 1, 7, 31) if in_days else self.term_ends[school, year, term]
                for position, session in enumerate(counted, 1):
                    threshold = self.rule(limit, session.day)
                    days = Fraction(len({s.day for s in counted[:position]})) if in_days else Fraction(position, 2)
                    if days > threshold if is_more else days >= threshold:
                        is_open = self.as_of <= last
                        yield rule, session.day, days, threshold, len(counted), is_open, counted[:position]
                        break

    def _years(self, sessions: list[Session]) -> dict[int, list[Session]]:
        years: dict[int, list[Session]] = defaultdict(list)
        for session in sessions:
            if self.says(session, "is_possible"):
                years[academic_year(session.day)].append(session)
        return years

    def _share_tests(self, start: date) -> Iterator[tuple[str, str, str, Callable[[Counts], tuple[Fraction, bool]]]]:
        """Rule, flag of the absences that count, threshold, and a test of the year to date with its measure."""

        def meeting(c: Counts) -> tuple[Fraction, bool]:
            value = c.share(c.possible - c.absent)
            return value, enough(c) and value < self.rule("formal_meeting_attendance_percent", start)

        def at_risk(c: Counts) -> tuple[Fraction, bool]:
            low, high = self.rule("at_risk_low_percent", start), self.rule("at_risk_high_percent", start)
            return c.share(c.absent), enough(c) and low <= c.share(c.absent) < high

        def unauthorised(c: Counts) -> tuple[Fraction, bool]:
            return Fraction(c.unauthorised), c.unauthorised > self.rule("leave_unauthorised_sessions", start)

        def authorised(c: Counts) -> tuple[Fraction, bool]:
            return c.share(c.authorised), c.share(c.authorised) > self.rule("leave_authorised_percent", start)

        def performance(c: Counts) -> tuple[Fraction, bool]:
            value = 100 * (c.possible - c.absent) / (c.possible + 2 * self.rule("performance_leave_days", start))
            return value, value < self.rule("performance_minimum_percent", start)

        def enough(c: Counts) -> bool:
            return c.possible >= self.rule("minimum_possible_sessions", start)

        yield "formal_meeting", "is_absent", "formal_meeting_attendance_percent", meeting
        yield "at_risk", "is_absent", "at_risk_low_percent", at_risk
        yield "leave_refusal", "is_unauthorised_absence", "leave_unauthorised_sessions", unauthorised
        yield "leave_refusal", "is_authorised_absence", "leave_authorised_percent", authorised
        yield "performance_leave_floor", "is_absent", "performance_minimum_percent", performance

    def _shares(self, pupil: str, school: int, sessions: list[Session]) -> Iterator[Trigger]:
        for year, possible in self._years(sessions).items():
            start, told = date(year, 9, 1), set()
            for rule, flag, limit, test in self._share_tests(start):
                began: tuple[Session, Fraction] | None = None
                to_date = Counts()
                for session in possible:
                    to_date.possible += 1
                    to_date.absent += self.says(session, "is_absent")
                    to_date.authorised += self.says(session, "is_authorised_absence")
                    to_date.unauthorised += self.says(session, "is_unauthorised_absence")
                    value, holds = test(to_date)
                    began = (began or (session, value)) if holds else None
                if began is None or rule in told:
                    continue
                told.add(rule)
                first, value = began
                counted = [s for s in possible if self.says(s, flag)]
                listed = [s for s in counted if (s.day, s.half) <= (first.day, first.half)]
                is_open = year == academic_year(self.as_of)
                yield rule, first.day, value, self.rule(limit, start), len(counted), is_open, listed

    def _declines(self, pupil: str, school: int, sessions: list[Session]) -> Iterator[Trigger]:
        numbers = {week: number for number, week in enumerate(self.weeks[school])}
        for year, possible in self._years(sessions).items():
            start = date(year, 9, 1)
            points = self.rule("declining_percentage_points", start)
            began: tuple[date, Fraction, list[Session]] | None = None
            for week in sorted({monday(s.day) for s in possible}):
                so_far = [s for s in possible if monday(s.day) <= week]
                first = numbers[week] - self.rule("declining_weeks", start) + 1
                recent = [s for s in so_far if numbers[monday(s.day)] >= first]
                missed = [s for s in recent if self.says(s, "is_absent")]
                share = Fraction(sum(self.says(s, "is_absent") for s in so_far), len(so_far))
                rise = 100 * (Fraction(len(missed), len(recent)) - share)
                if len(so_far) >= self.rule("minimum_possible_sessions", start) and rise >= points:
                    began = began or (so_far[-1].day, rise, missed)
                else:
                    began = None
            if began:
                absent = sum(self.says(s, "is_absent") for s in possible)
                yield "declining", began[0], began[1], points, absent, year == academic_year(self.as_of), began[2]

    def _overdue(self, pupil: str, school: int, sessions: list[Session]) -> Iterator[Trigger]:
        def gone_by(session: Session) -> int:
            return 1 + sum(session.day < day < self.as_of for day in self.days[school, session.year_group])

        def overdue(session: Session) -> bool:
            is_outstanding = self.says(session, "is_reason_outstanding")
            return is_outstanding and gone_by(session) > self.rule("n_overdue_days", session.day)

        for run, _ in self._run(sessions, overdue, self._impossible):
            day = run[0].day
            yield "n_overdue", day, Fraction(gone_by(run[0])), self.rule("n_overdue_days", day), len(run), True, run

    def _windows(self) -> Iterator[Row]:
        missed: dict[str, dict[tuple[date, str], tuple[int, Session]]] = defaultdict(dict)
        last_day: dict[str, date] = {}
        for (pupil, school), sessions in sorted(self.enrolments.items()):
            last_day[pupil] = max(last_day.get(pupil, date.min), sessions[-1].day)
            for session in sessions:
                if self.says(session, "counts_for_penalty_notice") and self.in_age(pupil, session.day):
                    missed[pupil].setdefault((session.day, session.half), (school, session))
        length = int(self.rule("penalty_notice_weeks", self.as_of))
        for pupil, found in missed.items():
            ordered = [session for _, (_, session) in sorted(found.items())]
            episodes = self._episodes([(school, session) for _, (school, session) in sorted(found.items())])
            for episode in episodes:
                newest = [week for week in self.weeks[episode.school] if week <= monday(last_day[pupil])][-1]
                since = self._opens(episode.school, newest, length - 1)
                is_full = sum(session.day >= since for session in ordered) >= episode.threshold
                window = episode.window
                yield Row(
                    pupil=pupil,
                    school=episode.school,
                    rule="penalty_notice_window",
                    triggered_on=window[-1].day,
                    value=Fraction(len(window)),
                    threshold=episode.threshold,
                    sessions=ordered.index(episode.last) - ordered.index(window[0]) + 1,
                    is_open=is_full and episode is episodes[-1],
                    evidence_sessions=labels(window),
                )

    def _opens(self, school: int, week: date, weeks_back: int) -> date:
        number = self.weeks[school].index(week) - weeks_back
        return self.weeks[school][number] if number >= 0 else date.min

    def _episodes(self, missed: list[tuple[int, Session]]) -> list[Episode]:
        episodes: list[Episode] = []
        begun: set[date] = set()
        for number, (school, session) in enumerate(missed):
            limit = self.rule("penalty_notice_sessions", session.day)
            length, week = int(self.rule("penalty_notice_weeks", session.day)), monday(session.day)
            opens, opened = self._opens(school, week, length - 1), self._opens(school, week, length)
            window = [s for _, s in missed[: number + 1] if s.day >= opens]
            before = sum(opened <= s.day < week for _, s in missed)
            by_friday = sum(opens <= s.day and monday(s.day) <= week for _, s in missed)
            if len(window) >= limit and before < limit and week not in begun:
                begun.add(week)
                episodes.append(Episode(school, window, limit, session))
            elif episodes and by_friday >= limit and (len(window) >= limit or before >= limit):
                episodes[-1].last = session
        return episodes
