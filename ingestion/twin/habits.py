"""What registers get wrong by habit: marks never taken, reasons not found out yet, codes used against their meaning.

Belongs here: changes to simulated marks. Does not belong here: rows that a file should not hold (faults.py).
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from ingestion.twin.marks import NO_MARK, NOT_EXPORTED, Codes, Marks, code_names
from ingestion.twin.parameters import generator, parameters, year_groups, year_index
from ingestion.twin.schools import TwinSchool


@dataclass
class Misuse:
    """A pattern that code monitoring should notice at one school.

    enrolments: those that show it (all where empty); lines: where each is first seen in the newest file.
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


def misuse_codes(marks: Marks, school: TwinSchool, patterns: list[Misuse], seed: int) -> None:
    """Writes the patterns of this school into its marks."""
    names, facts = code_names(), parameters("marks")
    days = np.repeat(marks.days, 2)
    for misuse in patterns:
        if misuse.school.index != school.index or misuse.since > marks.days[-1]:
            continue
        rng = generator(seed, misuse.pattern, school.index, int(marks.days[0].astype(int)))
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
            afternoon = np.arange(len(days)) % 2 == list(facts["present"]).index(figures["session"])
            mine = np.isin(marks.enrolments, list(misuse.enrolments))
            marks.codes[present & mine[:, None] & afternoon] = place
        else:
            replaced = (marks.codes == names.index(figures["instead_of"])) & late_enough
            marks.codes[replaced & (rng.random(marks.codes.shape) < figures["share"])] = place


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
