"""Year6 extracts: what primary schools outside the trust tell a secondary about its new Year 7.

Belongs here: the rows of a year6 extract. Does not belong here: pupils of the trust's own primaries, whose registers
the warehouse has.
"""

import numpy as np
import polars as pl

from ingestion.feeds.profile import CANONICAL_PROFILE, layouts
from ingestion.twin.calendars import SchoolYear
from ingestion.twin.parameters import generator, parameters, year_index
from ingestion.twin.people import People
from ingestion.twin.roll import Roll
from ingestion.twin.schools import TwinSchool


def year6_rows(school: TwinSchool, year: SchoolYear, roll: Roll, people: People, seed: int) -> pl.DataFrame:
    """One row per pupil who starts Year 7 at `school` on the first day of `year` from outside the trust, in canonical
    columns as text; none for a school that takes no Year 7 in."""
    facts = parameters("pupils")["year6"]
    enrolments = roll.at(school.index, year.first, year.first)
    new = roll.entry[enrolments] == year.first
    new &= roll.year_of(enrolments, year.start_year) == year_index("7")
    person = roll.person[enrolments[new]]
    person = person[roll.first_school[person] == school.index]
    rng = generator(seed, "year6", school.index, year.start_year)
    person = np.sort(person[rng.random(len(person)) < facts["told_share"]])
    possible = rng.integers(facts["possible"][0], facts["possible"][1] + 1, len(person))
    spread = parameters("marks")["spread"]["primary"]
    rate = parameters("marks")["year_groups"]["primary"]["rates"]["6"] / 100
    meals = parameters("marks")["groups"]["fsm"]["primary"]
    fsm = people.fsm_on(year.first)[person]
    rate = rate * np.where(fsm, meals["ratio"], 1) / (1 + meals["share"] * (meals["ratio"] - 1))
    rate = rate * np.exp(spread * people.inclination[person] - spread**2 / 2)
    absent = np.minimum(rng.poisson(rate * possible), possible)
    authorised = rng.binomial(absent, facts["authorised_share"])
    columns = {
        "upn": people.upn[person],
        "possible_sessions": possible.astype(str),
        "attended_sessions": (possible - absent).astype(str),
        "authorised_sessions": authorised.astype(str),
        "unauthorised_sessions": (absent - authorised).astype(str),
        "primary_laestab": people.texts["previous_school_laestab"][person],
    }
    names = layouts(CANONICAL_PROFILE, "year6")[0].columns
    return pl.DataFrame({name: columns[name] for name in names})
