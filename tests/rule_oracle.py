"""The rules about pupils, counted again in plain Python, session by session: what marts.fct_rule_triggers is held against.

Belongs here: the rules as sentences turned into loops, with code meanings and thresholds from the seeds. Does not belong
here: anything of dbt's SQL.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
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


def label(session: Session) -> str:
    """The session as evidence lists it."""
    return f"{session.day} {session.half}"


class Oracle:
    """Holds a trust's registers and counts every rule anew.

    enrolments: (pupil, school) -> its expected sessions. cohorts: pupil -> year with which age at 31 August is counted, or
    None. term_ends: (school, calendar year in which the academic year starts, term) -> its last day. overrides: thresholds that the trust sets itself.
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
                if str(row["valid_from"]) <= str(session.day) and (not row["valid_to"] or str(session.day) <= row["valid_to"])
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
        found: set[Row] = set()
        for (pupil, school), sessions in self.enrolments.items():
            for row in (
                *self._runs(pupil, school, sessions),
                *self._totals(pupil, school, sessions),
                *self._shares(pupil, school, sessions),
                *self._declines(pupil, school, sessions),
                *self._overdue(pupil, school, sessions),
            ):
                found.add(row)
        found.update(self._windows())
        return found

    def _run(self, sessions: list[Session], counts: Callable[[Session], bool], skip: Callable[[Session], bool]) -> Iterator[tuple[list[Session], bool]]:
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

    def _runs(self, pupil: str, school: int, sessions: list[Session]) -> Iterator[Row]:
        def impossible(session: Session) -> bool:
            return not self.says(session, "is_possible")

        def closed(session: Session) -> bool:
            return self.says(session, "is_planned_closure")

        def must_return(session: Session) -> bool:
            return self.says(session, "counts_for_attendance_return") and self.in_age(pupil, session.day)

        for name, threshold, counts, skip, more in (
            ("attendance_return", "attendance_return_days", must_return, impossible, 0),
            ("ground_i_review", "ground_i_days", lambda s: self.says(s, "counts_for_ground_i"), closed, 0),
            ("suspension_over_five_days", "suspension_days", lambda s: self.says(s, "counts_for_suspension"), impossible, 1),
            ("absent_over_three_days_running", "absent_running_days", lambda s: self.says(s, "is_absent"), impossible, 1),
        ):
            for run, is_open in self._run(sessions, counts, skip):
                for position, session in enumerate(run, 1):
                    days = self.rule(threshold, session.day)
                    if position > 2 * days if more else position >= 2 * days:
                        listed = "; ".join(map(label, run[:position]))
                        yield Row(pupil, school, name, session.day, Fraction(position, 2), days, len(run), is_open, listed)
                        break

    def _totals(self, pupil: str, school: int, sessions: list[Session]) -> Iterator[Row]:
        for name, threshold, flag, span, unit, more in (
            ("sickness_return", "sickness_return_days", "counts_for_sickness_return", "year", "day", 0),
            ("sickness_return_warning", "sickness_return_warning_days", "counts_for_sickness_return", "year", "day", 0),
            ("absent_over_ten_days_in_term", "absent_in_term_days", "is_absent", "term", "session", 1),
            ("unauthorised_ten_days_in_term", "unauthorised_in_term_days", "is_unauthorised_absence", "term", "session", 0),
        ):
            spans: dict[object, list[Session]] = defaultdict(list)
            for session in sessions:
                key = (academic_year(session.day), session.term if span == "term" else "")
                if self.says(session, flag) and (unit != "day" or self.in_age(pupil, session.day)):
                    spans[key].append(session)
            for counted in spans.values():
                for position, session in enumerate(counted, 1):
                    limit = self.rule(threshold, session.day)
                    days = len({s.day for s in counted[:position]}) if unit == "day" else Fraction(position, 2)
                    if days >= limit if not more else days > limit:
                        listed = "; ".join(map(label, counted[:position]))
                        yield Row(pupil, school, name, session.day, Fraction(days), limit, len(counted), self._goes_on(school, session, span), listed)
                        break

    def _goes_on(self, school: int, session: Session, span: str) -> bool:
        year = academic_year(session.day)
        if span == "year":
            return year == academic_year(self.as_of)
        return self.as_of <= self.term_ends[school, year, session.term]

    def _shares(self, pupil: str, school: int, sessions: list[Session]) -> Iterator[Row]:
        years: dict[int, list[Session]] = defaultdict(list)
        for session in sessions:
            if self.says(session, "is_possible"):
                years[academic_year(session.day)].append(session)
        for year, possible in years.items():
            september = date(year, 9, 1)

            def now(name: str, day: date = september) -> Fraction:
                return self.rule(name, day)

            least = now("minimum_possible_sessions")
            tests: dict[str, tuple[str, str, Callable[[int, int, int, int], tuple[Fraction, bool]], Fraction]] = {
                "formal_meeting": ("formal_meeting", "is_absent", lambda p, a, u, o: (
                    Fraction(100 * (p - a), p), p >= least and Fraction(100 * (p - a), p) < now("formal_meeting_attendance_percent")
                ), now("formal_meeting_attendance_percent")),
                "at_risk": ("at_risk", "is_absent", lambda p, a, u, o: (
                    Fraction(100 * a, p),
                    p >= least and now("at_risk_low_percent") <= Fraction(100 * a, p) < now("at_risk_high_percent"),
                ), now("at_risk_low_percent")),
                "unauthorised": ("leave_refusal", "is_unauthorised_absence", lambda p, a, u, o: (
                    Fraction(u), u > now("leave_unauthorised_sessions")
                ), now("leave_unauthorised_sessions")),
                "authorised": ("leave_refusal", "is_authorised_absence", lambda p, a, u, o: (
                    Fraction(100 * o, p), Fraction(100 * o, p) > now("leave_authorised_percent")
                ), now("leave_authorised_percent")),
                "performance": ("performance_leave_floor", "is_absent", lambda p, a, u, o: (
                    100 * (p - a) / (p + 2 * now("performance_leave_days")),
                    100 * (p - a) / (p + 2 * now("performance_leave_days")) < now("performance_minimum_percent"),
                ), now("performance_minimum_percent")),
            }
            told: set[str] = set()
            for rule, flag, judge, threshold in tests.values():
                began: tuple[Session, Fraction] | None = None
                p = a = u = o = 0
                for session in possible:
                    p += 1
                    a += self.says(session, "is_absent")
                    u += self.says(session, "is_unauthorised_absence")
                    o += self.says(session, "is_authorised_absence")
                    value, holds = judge(p, a, u, o)
                    began = (began or (session, value)) if holds else None
                if began is None or rule in told:
                    continue
                told.add(rule)
                counted = [s for s in possible if self.says(s, flag)]
                listed = "; ".join(label(s) for s in counted if (s.day, s.half) <= (began[0].day, began[0].half))
                yield Row(pupil, school, rule, began[0].day, began[1], threshold, len(counted), year == academic_year(self.as_of), listed)

    def _declines(self, pupil: str, school: int, sessions: list[Session]) -> Iterator[Row]:
        numbers = {week: number for number, week in enumerate(self.weeks[school])}
        years: dict[int, list[Session]] = defaultdict(list)
        for session in sessions:
            if self.says(session, "is_possible"):
                years[academic_year(session.day)].append(session)
        for year, possible in years.items():
            september = date(year, 9, 1)
            began: tuple[date, Fraction, list[Session]] | None = None
            for week in sorted({monday(s.day) for s in possible}):
                so_far = [s for s in possible if monday(s.day) <= week]
                first = numbers[week] - self.rule("declining_weeks", september) + 1
                recent = [s for s in so_far if numbers[monday(s.day)] >= first]
                missed = [s for s in recent if self.says(s, "is_absent")]
                share = Fraction(sum(self.says(s, "is_absent") for s in so_far), len(so_far))
                rise = 100 * (Fraction(len(missed), len(recent)) - share)
                enough = len(so_far) >= self.rule("minimum_possible_sessions", september)
                if enough and rise >= self.rule("declining_percentage_points", september):
                    began = began or (so_far[-1].day, rise, missed)
                else:
                    began = None
            if began:
                absent = sum(self.says(s, "is_absent") for s in possible)
                yield Row(
                    pupil, school, "declining", began[0], began[1], self.rule("declining_percentage_points", september),
                    absent, year == academic_year(self.as_of), "; ".join(map(label, began[2])),
                )

    def _overdue(self, pupil: str, school: int, sessions: list[Session]) -> Iterator[Row]:
        def gone_by(session: Session) -> int:
            days = self.days[school, session.year_group]
            return 1 + sum(session.day < day < self.as_of for day in days)

        def overdue(session: Session) -> bool:
            limit = self.rule("n_overdue_days", session.day)
            return self.says(session, "is_reason_outstanding") and gone_by(session) > limit

        for run, _ in self._run(sessions, overdue, lambda s: not self.says(s, "is_possible")):
            first = run[0]
            yield Row(
                pupil, school, "n_overdue", first.day, Fraction(gone_by(first)), self.rule("n_overdue_days", first.day),
                len(run), True, "; ".join(map(label, run)),
            )

    def _windows(self) -> Iterator[Row]:
        pupils: dict[str, dict[tuple[date, str], tuple[int, Session]]] = defaultdict(dict)
        last_day: dict[str, date] = {}
        for (pupil, school), sessions in sorted(self.enrolments.items()):
            last_day[pupil] = max(last_day.get(pupil, date.min), sessions[-1].day)
            for session in sessions:
                if self.says(session, "counts_for_penalty_notice") and self.in_age(pupil, session.day):
                    pupils[pupil].setdefault((session.day, session.half), (school, session))
        for pupil, found in pupils.items():
            yield from self._pupil_windows(pupil, sorted(found.items()), last_day[pupil])

    def _opens(self, school: int, week: date, weeks_back: int) -> date:
        number = self.weeks[school].index(week) - weeks_back
        return self.weeks[school][number] if number >= 0 else date.min

    def _pupil_windows(self, pupil: str, missed: list[tuple[tuple[date, str], tuple[int, Session]]], last_day: date) -> Iterator[Row]:
        episodes: list[dict[str, object]] = []
        triggered_weeks: set[date] = set()
        for (day, half), (school, session) in missed:
            limit, weeks = self.rule("penalty_notice_sessions", day), int(self.rule("penalty_notice_weeks", day))
            week = monday(day)
            opens, opened = self._opens(school, week, weeks - 1), self._opens(school, week, weeks)
            window = [s for key, (_, s) in missed if opens <= key[0] and key <= (day, half)]
            before = [s for key, (_, s) in missed if opened <= key[0] < week]
            whole_week = [s for key, (_, s) in missed if opens <= key[0] and monday(key[0]) <= week]
            if len(window) >= limit and len(before) < limit and week not in triggered_weeks:
                triggered_weeks.add(week)
                episodes.append({"school": school, "window": window, "limit": limit, "day": day, "last": session})
            elif episodes and len(whole_week) >= limit and (len(window) >= limit or len(before) >= limit):
                episodes[-1]["last"] = session
        for number, episode in enumerate(episodes):
            school, window, limit, day, last = (episode[k] for k in ("school", "window", "limit", "day", "last"))
            ordered = [s for _, (_, s) in missed]
            sessions = ordered.index(last) - ordered.index(window[0]) + 1  # type: ignore[index]
            newest = [w for w in self.weeks[school] if w <= monday(last_day)][-1]  # type: ignore[index]
            since = self._opens(school, newest, int(self.rule("penalty_notice_weeks", self.as_of)) - 1)  # type: ignore[arg-type]
            is_open = number == len(episodes) - 1 and sum(s.day >= since for s in ordered) >= limit  # type: ignore[operator]
            yield Row(
                pupil, school, "penalty_notice_window", day, Fraction(len(window)), limit, sessions, is_open,  # type: ignore[arg-type]
                "; ".join(map(label, window)),  # type: ignore[arg-type]
            )
