"""What registers get wrong by habit: marks never taken, reasons not found out yet, codes used against their meaning.

Belongs here: changes to simulated marks. Does not belong here: rows that a file should not hold (faults.py).
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from ingestion.twin.calendars import Days
from ingestion.twin.marks import NO_MARK, NOT_EXPORTED, Codes, Marks, code_names
from ingestion.twin.parameters import generator, parameters, year_groups, year_index
from ingestion.twin.schools import TwinSchool


@dataclass
class Misuse:
    """A pattern that code monitoring should notice at one school.

    since: the first day. enrolments: those that show it (all where empty). lines: where each is first seen in the
    newest file.
    """

    pattern: str
    school: TwinSchool
    code: str
    since: np.datetime64
    year_group: str = ""
    enrolments: set[int] = field(default_factory=set)
    lines: list[dict[str, Any]] = field(default_factory=list)

    def entry(self) -> dict[str, Any]:
        """Its line in the answer key."""
        return {
            "pattern": self.pattern,
            "school": self.school.slug,
            "code": self.code,
            "since": str(self.since),
            "year_group": self.year_group or None,
            "pupils": len(self.enrolments) or None,
            "rows": self.lines,
        }


def choose_misuse(schools: list[TwinSchool], since: np.datetime64) -> list[Misuse]:
    """One school for each pattern, the last of its phase that the trust has; `since` is the day on which it starts."""
    found: list[Misuse] = []
    for pattern, facts in parameters("marks")["misuse"].items():
        fitting = [school for school in schools if school.phase == facts["school_phase"]]
        used = {misuse.school.index for misuse in found}
        fresh = [school for school in fitting if school.index not in used] or fitting
        if fresh:
            found.append(Misuse(pattern, fresh[-1], facts["code"], since))
    return found


def misuse_codes(marks: Marks, school: TwinSchool, patterns: list[Misuse], seed: int, *, is_newest: bool) -> None:
    """Writes the patterns of this school into its marks. `is_newest`: these are the marks of the last academic year."""
    taken: set[int] = set()
    for misuse in patterns:
        if misuse.school.index != school.index:
            continue
        rng = generator(seed, misuse.pattern, school.index, int(marks.days[0].astype(int)))
        if "days" in parameters("marks")["misuse"][misuse.pattern]:
            if is_newest:
                _write_episode(marks, misuse, taken, rng)
        elif misuse.since <= marks.days[-1]:
            _write_habit(marks, misuse, rng)
        taken |= misuse.enrolments


def _write_habit(marks: Marks, misuse: Misuse, rng: np.random.Generator) -> None:
    """What goes on from the pattern's first day."""
    names, facts = code_names(), parameters("marks")
    days = np.repeat(marks.days, 2)
    figures, place = facts["misuse"][misuse.pattern], names.index(misuse.code)
    late_enough = days >= misuse.since
    present = np.isin(marks.codes, [names.index(code) for code in facts["present"].values()]) & late_enough
    if misuse.pattern == "overused":
        oldest = min(year_index("11"), int(marks.years.max()))
        misuse.year_group = year_groups()[oldest]
        drawn = rng.random(marks.codes.shape) < figures["share"]
        marks.codes[present & drawn & (marks.years == oldest)[:, None]] = place
    elif misuse.pattern == "without_end":
        if not misuse.enrolments:
            regular = np.flatnonzero(present[:, -1] | present[:, -2])
            chosen = rng.choice(regular, min(figures["pupils"], len(regular)), replace=False)
            misuse.enrolments = set(marks.enrolments[chosen].tolist())
        mine = np.isin(marks.enrolments, list(misuse.enrolments))
        marks.codes[present & mine[:, None] & _in_session(days, figures)] = place
    else:
        replaced = (marks.codes == names.index(figures["instead_of"])) & late_enough
        marks.codes[replaced & (rng.random(marks.codes.shape) < figures["share"])] = place


def _write_episode(marks: Marks, misuse: Misuse, taken: set[int], rng: np.random.Generator) -> None:
    """The last days of school: every session of some pupils, or of a part of one year group."""
    figures, names = parameters("marks")["misuse"][misuse.pattern], code_names()
    days = np.repeat(marks.days, 2)
    misuse.since = marks.days[-min(figures["days"], len(marks.days))]
    there = marks.codes[:, days >= misuse.since] > NO_MARK
    there &= marks.codes[:, days >= misuse.since] != names.index(parameters("marks")["dual_registered"])
    years = [year_index(label) for label in figures["years"]]
    fitting = there.all(axis=1) & np.isin(marks.years, years) & ~np.isin(marks.enrolments, list(taken))
    if "share" in figures:
        chosen = np.flatnonzero(fitting & (marks.years == (marks.years[fitting].min() if fitting.any() else -1)))
        number = round(figures["share"] * len(chosen))
    else:
        chosen = np.flatnonzero(fitting)
        number = figures["pupils"]
    chosen = rng.choice(chosen, min(number, len(chosen)), replace=False)
    misuse.enrolments = set(marks.enrolments[chosen].tolist())
    if "share" in figures and len(chosen):
        misuse.year_group = year_groups()[int(marks.years[chosen[0]])]
    cells = np.isin(marks.enrolments, list(misuse.enrolments))[:, None] & (days >= misuse.since)
    marks.codes[cells & _in_session(days, figures)] = names.index(misuse.code)


def _in_session(days: Days, figures: dict[str, Any]) -> npt.NDArray[np.bool_]:
    """Of the sessions of `days`, those that the pattern is confined to."""
    if "session" not in figures:
        return np.ones(len(days), dtype=bool)
    return np.asarray(np.arange(len(days)) % 2 == list(parameters("marks")["present"]).index(figures["session"]))


def leave_gaps(marks: Marks, school: TwinSchool, forms: npt.NDArray[np.str_], seed: int) -> None:
    """Marks that nobody took: single ones, and registers of whole forms; some have no row at all in the extract."""
    facts = parameters("marks")["registers"]
    rng = generator(seed, "gaps", school.index, int(marks.days[0].astype(int)))
    shape = marks.codes.shape
    gaps = rng.random(shape) < facts["blank_share"]
    groups, form_of = np.unique(forms, return_inverse=True)
    gaps |= (rng.random((len(groups), shape[1])) < facts["class_missed_share"])[form_of]
    gaps &= marks.codes != NOT_EXPORTED
    marks.codes[gaps] = np.where(rng.random(int(gaps.sum())) < facts["row_left_out_share"], NOT_EXPORTED, NO_MARK)
    marks.minutes_late[gaps] = 0


def as_first_exported(marks: Marks, columns: slice, rng: np.random.Generator) -> Codes:
    """The codes of some sessions at a first export: of recent absences, some reasons are still being asked for."""
    facts, names = parameters("marks"), code_names()
    codes = marks.codes[:, columns].copy()
    recent = 2 * facts["registers"]["unresolved_days"]
    asked = np.isin(codes[:, -recent:], [names.index(code) for code in facts["asked_for"]])
    asked &= rng.random(asked.shape) < facts["registers"]["unresolved_share"]
    codes[:, -recent:][asked] = names.index(facts["reason_outstanding"])
    return codes
