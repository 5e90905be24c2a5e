"""Which extracts the schools send, and the rows of a pupils extract and of a marks extract.

Belongs here: what an extract covers and holds. Does not belong here: the form of the file (writers.py).
"""

import datetime as dt
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from ingestion.twin.calendars import SchoolYear
from ingestion.twin.marks import NO_MARK, NOT_EXPORTED, Codes, Marks, code_names
from ingestion.twin.parameters import as_date, generator, parameters, year_groups, year_index
from ingestion.twin.people import People
from ingestion.twin.roll import Ints, Roll
from ingestion.twin.schools import TwinSchool, covers_several

TRUST_INBOX = "_trust"
_PUPILS_PER_FORM = 30


@dataclass(frozen=True)
class MarksExtract:
    """One marks file.

    until: the last day it covers; unresolved: exported while reasons were still asked for; final: none newer covers its
    days.
    """

    schools: tuple[TwinSchool, ...]
    start_year: int
    half_term: str
    until: np.datetime64
    exported: dt.datetime
    unresolved: bool
    final: bool

    @property
    def layout(self) -> str:
        """The form of the file."""
        return self.schools[0].layout

    @property
    def inbox(self) -> str:
        """The inbox that it is dropped into."""
        return TRUST_INBOX if covers_several(self.layout) else self.schools[0].slug

    @property
    def file_name(self) -> str:
        """Its name, with the kind first and then the stamp of the export."""
        extension = parameters("schools")["layouts"][self.layout]["extension"]
        part = f"_{self.schools[0].la_code}{self.schools[0].index:02d}" if self.inbox == TRUST_INBOX else ""
        return f"marks_{self.exported:%Y%m%d-%H%M}_{self.half_term.lower()}{part}.{extension}"


def plan_marks(
    schools: list[TwinSchool], calendars: dict[int, list[SchoolYear]], as_of: np.datetime64, seed: int
) -> list[MarksExtract]:
    """One feed's files: each half term some days after its end, some again later, and the running one weekly."""
    rng = generator(seed, "exports", schools[0].index)
    several = tuple(schools)
    planned = []
    for start_year, years in sorted(calendars.items()):
        for name in years[schools[0].index].half_terms:
            first = min(years[school.index].half_terms[name][0] for school in schools)
            last = max(years[school.index].half_terms[name][1] for school in schools)
            resent = rng.random() < parameters("marks")["registers"]["resent_share"]
            minute, wait, again = int(rng.integers(0, 60)), int(rng.integers(2, 6)), int(rng.integers(18, 27))
            if first > as_of:
                continue
            if last >= as_of:
                # weekly exports of a running half term each cover all of it so far; the last two are kept
                weeks = [as_of]
                before = np.busday_offset(as_of - np.timedelta64(1, "D"), 0, roll="backward", weekmask="Fri")
                weeks = [before, as_of] if before >= first else weeks
                for day in weeks:
                    stamp = dt.datetime.combine(as_date(day), dt.time(16, minute))
                    planned.append(MarksExtract(several, start_year, name, day, stamp, True, day == as_of))
                continue
            sent = last + np.timedelta64(wait, "D")
            sent_again = last + np.timedelta64(again, "D")
            resent = resent and bool(sent_again <= as_of)
            stamp = dt.datetime.combine(as_date(min(sent, as_of)), dt.time(7, minute))
            planned.append(MarksExtract(several, start_year, name, last, stamp, resent, not resent))
            if resent:
                stamp = dt.datetime.combine(as_date(sent_again), dt.time(7, minute))
                planned.append(MarksExtract(several, start_year, name, last, stamp, False, True))
    return planned


def forms_of(roll: Roll, school: TwinSchool, enrolments: Ints, years: npt.NDArray[np.int16]) -> npt.NDArray[np.str_]:
    """Registration groups such as 7B: as many a year group as its places need."""
    groups = max(1, round(school.places / _PUPILS_PER_FORM))
    labels = np.array(year_groups())[years]
    letters = np.array([chr(ord("A") + place) for place in range(26)])
    return np.char.add(labels, letters[roll.person[enrolments] % min(groups, 26)])


def marks_rows(
    marks: Marks, codes: Codes, columns: slice, school: TwinSchool, roll: Roll, people: People
) -> pl.DataFrame:
    """One row per mark, as text in the layout of the school, with every field that some layout may use.

    Also enrolment (index), day and, for faults, usable (true where a national code was recorded on an open session).
    """
    facts, layout = parameters("marks"), parameters("schools")["layouts"][school.layout]
    by_pupil = layout["order"] == "pupil"
    exported = codes != NOT_EXPORTED
    if by_pupil:
        row, column = np.nonzero(exported)
    else:
        column, row = np.nonzero(exported.T)
    code = codes[row, column]
    minutes = marks.minutes_late[:, columns][row, column]
    minutes = np.where(code == code_names().index(facts["late"]), minutes, 0)
    days = np.repeat(marks.days, 2)[columns]
    pupils = _pupil_texts(marks, school, roll, people)
    written = pl.Series(np.where(np.array(code_names()) == "", layout["blank"], np.array(code_names())))
    closed = code_names().index(facts["planned_closure"])
    return pl.DataFrame(
        {
            **{name: texts.gather(row) for name, texts in pupils.items()},
            "date": pl.Series(days).dt.to_string(layout["date"]).gather(column),
            "session": pl.Series(list(facts["present"])).gather(column % 2),
            "code": written.gather(code),
            "minutes_late": pl.Series(["", *map(str, range(1, 256))]).gather(minutes),
            "enrolment": marks.enrolments[row],
            "day": days[column],
            "usable": (code != NO_MARK) & (code != closed),
        }
    )


def grid_rows(
    marks: Marks, codes: Codes, columns: slice, school: TwinSchool, roll: Roll, people: People
) -> pl.DataFrame:
    """One row per pupil and one column per session, named as `04/09/2023 AM`; days without a row are empty."""
    layout = parameters("schools")["layouts"][school.layout]
    written = pl.Series(np.where(np.array(code_names()) == "", layout["blank"], np.array(code_names())))
    written = written.append(pl.Series([""]))
    days = pl.Series(marks.days).dt.to_string(layout["date"])
    sessions = [f"{day} {session}" for day in days for session in parameters("marks")["present"]][columns]
    shown = np.flatnonzero((codes != NOT_EXPORTED).any(axis=1))
    texts = {name: series.gather(shown) for name, series in _pupil_texts(marks, school, roll, people).items()}
    cells = np.where(codes == NOT_EXPORTED, len(code_names()), codes)[shown]
    taught = np.flatnonzero((codes != NOT_EXPORTED).any(axis=0))
    return pl.DataFrame(
        {**texts, "enrolment": marks.enrolments[shown]} | {sessions[c]: written.gather(cells[:, c]) for c in taught}
    )


def pupils_rows(
    school: TwinSchool, roll: Roll, people: People, day: np.datetime64, since: np.datetime64, start_year: int
) -> pl.DataFrame:
    """A pupils extract of `day`: who is on roll, and who left since `since`, with the characteristics of that day."""
    enrolments = roll.at(school.index, since, day)
    person = roll.person[enrolments]
    # dates after the export are not known to the school yet
    leave = roll.leave[enrolments]
    left = ~np.isnat(leave) & (leave < day)
    start_years = np.where(left & (leave < np.datetime64(f"{start_year}-08-01")), start_year - 1, start_year)
    years = (start_years - roll.cohort[person] + year_index("R")).astype(np.int16)
    dual = (roll.dual[enrolments] > 0) & (roll.dual_from[enrolments] <= day)
    role = np.where(dual, np.where(roll.dual[enrolments] == 1, "M", "S"), "C")
    fsm, sen = people.fsm_on(day)[person], people.sen_on(day)[person]
    texts = {name: values[person] for name, values in people.texts.items()}
    facts = parameters("schools")["dialects"][school.dialect]
    dates = {
        "date_of_birth": people.born[person],
        "entry_date": roll.entry[enrolments],
        "leaving_date": np.where(left, leave, np.datetime64("NaT")),
    }
    premium = people.fsm_from[person] <= day
    for flag in ("looked_after", "previously_looked_after", "service_child"):
        premium = premium | (texts[flag] == "Y")
    known = {
        **texts,
        "upn": people.upn[person],
        "year_group": np.array(year_groups())[years],
        "form": forms_of(roll, school, enrolments, years),
        **{name: pl.Series(days).dt.to_string(facts["date"]).fill_null("") for name, days in dates.items()},
        "enrolment_status": role,
        "fsm": np.where(fsm, "Y", "N"),
        "pupil_premium": np.where(premium, "Y", "N"),
        "sen_status": sen,
        "sen_need": np.where(sen == "N", "", texts["sen_need"]),
    }
    return pl.DataFrame(known).sort("year_group", "form", "surname", "forename", "upn")


def _pupil_texts(marks: Marks, school: TwinSchool, roll: Roll, people: People) -> dict[str, pl.Series]:
    """The fields of a mark's row that depend on the pupil alone, by name of the field."""
    person = roll.person[marks.enrolments]
    forename, surname = people.texts["forename"][person], people.texts["surname"][person]
    labels = np.array(year_groups())[marks.years]
    names = {
        "upn": people.upn[person],
        "forename": forename,
        "surname": surname,
        "full_name": np.char.add(np.char.add(surname, ", "), forename),
        "student": np.char.add(np.char.add(forename, " "), surname),
        "student_id": (100_000 + marks.enrolments).astype(str),
        "year_group": labels,
        "year_label": np.char.add("Year ", labels),
        "form": forms_of(roll, school, marks.enrolments, marks.years),
        "school": np.full(len(person), school.name),
    }
    return {name: pl.Series(values) for name, values in names.items()}
