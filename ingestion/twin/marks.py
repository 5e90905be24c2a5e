"""The marks of one school in one academic year: spells of absence and other codes, drawn for all pupils at once.

Belongs here: which code stands in which session. Does not belong here: files.
"""

from dataclasses import dataclass
from functools import cache
from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt

from ingestion.twin.calendars import Days, SchoolYear
from ingestion.twin.parameters import generator, parameters, year_index
from ingestion.twin.people import People
from ingestion.twin.roll import Ints, Roll, attends_main
from ingestion.twin.schools import TwinSchool

NOT_EXPORTED, NO_MARK = -1, 0
_PART_TIME_DAYS = 10
Codes = npt.NDArray[np.int8]
Floats = npt.NDArray[np.float64]


@dataclass
class Marks:
    """codes: enrolment × session (AM and PM of each day), as places in `code_names`; -1 = no row in any extract.

    years: year group, by place, per enrolment. minutes_late is 0 where nobody was late.
    """

    enrolments: Ints
    years: npt.NDArray[np.int16]
    days: Days
    codes: Codes
    minutes_late: npt.NDArray[np.uint8]

    def sessions(self, first: np.datetime64, last: np.datetime64) -> slice:
        """The columns of the days from first to last."""
        start, end = np.searchsorted(self.days, [first, last + np.timedelta64(1, "D")])
        return slice(2 * int(start), 2 * int(end))


@cache
def code_names() -> list[str]:
    """Every code that the twin writes, by place; place 0 is the mark that nobody took."""
    facts = parameters("marks")
    named = ("planned_closure", "unexpected_closure", "dual_registered", "not_required", "study_leave")
    names = ["", *facts["present"].values(), *facts["codes"], *(facts[name] for name in named)]
    return list(dict.fromkeys([*names, *facts["before_2024"]["codes"].values()]))


def simulate(
    school: TwinSchool, year: SchoolYear, roll: Roll, people: People, seed: int, as_of: np.datetime64
) -> Marks | None:
    """A year's marks up to as_of, without misuse and gaps (see habits.py). None when the year has not begun."""
    days = year.days[year.days <= as_of]
    if not days.size:
        return None
    rng = generator(seed, "marks", school.index, year.start_year)
    enrolments = roll.at(school.index, year.first, min(year.last, as_of))
    years = roll.year_of(enrolments, year.start_year)
    codes = np.empty((len(enrolments), 2 * len(year.days)), dtype=np.int8)
    present = parameters("marks")["present"]
    codes[:, ::2] = code_names().index(present["AM"])
    codes[:, 1::2] = code_names().index(present["PM"])
    stages = _stages(school, years)
    pull = _pull(school, people, roll.person[enrolments], years, stages, year, seed)
    for code, shape in parameters("marks")["codes"].items():
        _draw_spells(codes, code, shape, stages, years, pull, year, rng)
    minutes = _minutes_late(codes == code_names().index(parameters("marks")["late"]), rng)
    marks = Marks(enrolments, years, days, codes[:, : 2 * len(days)], minutes[:, : 2 * len(days)])
    _apply_roll(marks, school, year, roll, seed)
    return marks


def _stages(school: TwinSchool, years: npt.NDArray[np.int16]) -> npt.NDArray[np.str_]:
    if school.phase == "special":
        return np.full(len(years), "special")
    return np.where(years <= year_index("6"), "primary", "secondary")


def _pull(
    school: TwinSchool,
    people: People,
    person: Ints,
    years: npt.NDArray[np.int16],
    stages: npt.NDArray[np.str_],
    year: SchoolYear,
    seed: int,
) -> dict[str, Floats]:
    """What draws each enrolment towards absence: `effect` (year group, free school meals, SEN; 1 is the national mean),
    `spread`, `inclination` and `overlap`."""
    facts = parameters("marks")
    fsm, sen = people.fsm_on(year.first)[person], people.sen_on(year.first)[person]
    effect = np.full(len(person), school.absence_factor)
    spread = np.zeros(len(person))
    overlap = np.ones(len(person))
    for stage in np.unique(stages).tolist():
        mine = stages == stage
        spread[mine], overlap[mine] = facts["spread"][stage], facts["overlap"][stage]
        gradient = facts["year_groups"][stage]
        for label, rate in gradient["rates"].items():
            effect[mine & (years == year_index(label))] *= rate / gradient["mean"]
        for group, has in {"fsm": fsm, "sen_support": sen == "K", "ehc_plan": sen == "E"}.items():
            figures = facts["groups"][group][stage]
            rest = 1 / (1 + figures["share"] * (figures["ratio"] - 1))
            effect[mine] *= np.where(has[mine], figures["ratio"] * rest, rest)
    # a pupil's inclination lasts, but not wholly: part of it is drawn anew each year
    anew = generator(seed, "inclination", school.index, year.start_year).standard_normal(len(person))
    inclination = 0.9 * people.inclination[person] + np.sqrt(1 - 0.9**2) * anew
    severe = facts["severe"]
    for stage in np.unique(stages).tolist():
        most = NormalDist().inv_cdf(1 - severe[stage]["share"])
        effect[(stages == stage) & (inclination > most)] *= severe[stage]["times"]
    return {"effect": effect, "spread": spread, "overlap": overlap, "inclination": inclination}


def _draw_spells(
    codes: Codes,
    code: str,
    shape: dict[str, Any],
    stages: npt.NDArray[np.str_],
    years: npt.NDArray[np.int16],
    pull: dict[str, Floats],
    year: SchoolYear,
    rng: np.random.Generator,
) -> None:
    """Writes the spells of one code into `codes`; expected sessions = rate × the pupil's factor × sessions."""
    lengths = np.array(list(shape["lengths"]))
    shares = np.array(list(shape["lengths"].values()), dtype=float)
    shares /= shares.sum()
    step = 2 if shape["unit"] == "day" else 1
    rates = np.array([shape["rates"][stage] for stage in stages.tolist()], dtype=float) / 100
    strength = shape.get("sensitivity", 0.0)
    scaled = strength * pull["spread"]
    factor = np.exp(scaled * pull["inclination"] - scaled**2 / 2)
    if strength:
        factor *= pull["effect"] * pull["overlap"]
    if "years" in shape:
        inside = np.isin(years, [year_index(label) for label in shape["years"]])
        rates = np.where(inside, rates * len(years) / max(1, int(inside.sum())), 0)
    sessions = codes.shape[1]
    each = float(shares @ lengths) * (step if "only" not in shape else 1)
    expected = rates * factor * sessions / each
    if shape.get("whole_year_group"):
        groups, rows_of = np.unique(years, return_inverse=True)
        expected = np.bincount(rows_of, weights=expected) / np.bincount(rows_of)
    spells = rng.poisson(expected)
    rows = np.repeat(np.arange(len(spells)), spells)
    starts = _start_days(len(rows), shape, year.days, rng) * 2
    if step == 1:
        starts += rng.random(len(rows)) >= shape.get("am_share", 0.5)
    length = rng.choice(lengths, len(rows), p=shares) * step
    rows, columns = _cells(rows, starts, length, sessions)
    if "only" in shape:
        keep = columns % 2 == list(parameters("marks")["present"]).index(shape["only"])
        rows, columns = rows[keep], columns[keep]
    place = code_names().index(code)
    if shape.get("whole_year_group"):
        away = np.zeros((len(groups), sessions), dtype=bool)
        away[rows, columns] = True
        codes[away[rows_of]] = place
    else:
        codes[rows, columns] = place


def _start_days(number: int, shape: dict[str, Any], days: Days, rng: np.random.Generator) -> Ints:
    """The places of `number` days on which spells begin, drawn from the code's profile over the year and the week."""
    facts = parameters("marks")
    weights = np.ones(len(days))
    if "season" in shape:
        months = days.astype("datetime64[M]").astype(int) % 12 + 1
        factors = facts["seasons"][shape["season"]]
        weights *= np.array([factors.get(month, 0) for month in months.tolist()])
    if shape.get("weekday"):
        weekday = (days.astype(np.int64) + 3) % 7
        weights *= np.array(facts["weekdays"])[weekday]
    cumulative = np.cumsum(weights) / weights.sum()
    return np.minimum(np.searchsorted(cumulative, rng.random(number)), len(days) - 1).astype(np.int64)


def _cells(rows: Ints, starts: Ints, lengths: Ints, sessions: int) -> tuple[Ints, Ints]:
    """Every (row, session) that the spells cover; what runs beyond the year is cut off."""
    ends = np.cumsum(lengths)
    offsets = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - lengths, lengths)
    columns = np.repeat(starts, lengths) + offsets
    keep = columns < sessions
    return np.repeat(rows, lengths)[keep], columns[keep]


def _minutes_late(late: npt.NDArray[np.bool_], rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    figures = parameters("marks")["registers"]["minutes_late"]
    minutes = np.zeros(late.shape, dtype=np.uint8)
    drawn = rng.gamma(2.0, figures["mean"] / 2, int(late.sum()))
    minutes[late] = np.clip(np.ceil(drawn), 1, figures["most"]).astype(np.uint8)
    return minutes


def _apply_roll(marks: Marks, school: TwinSchool, year: SchoolYear, roll: Roll, seed: int) -> None:
    """What roll and calendar say: enrolment, dual registration, part-time starts, study leave, snow, closures."""
    facts, names = parameters("marks"), code_names()
    days = np.repeat(marks.days, 2)
    habit = generator(seed, "registers", school.index).random(3)
    codes = marks.codes
    afternoon = np.arange(len(days)) % 2 == 1
    codes[np.ix_(marks.years < year_index("R"), afternoon)] = names.index(facts["not_required"])
    if habit[0] < 0.5:
        early = afternoon & (days <= marks.days[:_PART_TIME_DAYS][-1])
        codes[np.ix_(marks.years == year_index("R"), early)] = names.index(facts["not_required"])
    if habit[1] < 0.25:
        last_half_term = list(year.half_terms.values())[-1][0]
        rng = generator(seed, "leave", school.index, year.start_year)
        at_home = rng.random((len(codes), len(marks.days))) < facts["registers"]["study_leave_share"]
        cells = np.repeat(at_home, 2, axis=1) & (days >= last_half_term) & (marks.years == year_index("11"))[:, None]
        codes[cells] = names.index(facts["study_leave"])
    dual, since = roll.dual[marks.enrolments], roll.dual_from[marks.enrolments]
    here = attends_main(days)
    elsewhere = ((dual == 1)[:, None] & ~here) | ((dual == 2)[:, None] & here)
    codes[elsewhere & (days >= since[:, None])] = names.index(facts["dual_registered"])
    codes[:, np.isin(days, year.snow)] = names.index(facts["unexpected_closure"])
    until = np.datetime64(facts["before_2024"]["until"])
    for new, old in facts["before_2024"]["codes"].items():
        codes[(codes == names.index(new)) & (days <= until)] = names.index(old)
    held = year.sessions_held(marks.years)[:, : len(days)]
    codes[~held] = names.index(facts["planned_closure"]) if habit[2] < 0.3 else NOT_EXPORTED
    entry, leave = roll.entry[marks.enrolments, None], roll.leave[marks.enrolments, None]
    codes[(days < entry) | (~np.isnat(leave) & (days > leave))] = NOT_EXPORTED
    marks.minutes_late[codes != names.index(facts["late"])] = 0
