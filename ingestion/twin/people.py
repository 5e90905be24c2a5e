"""What the twin's pupils are like: names, dates of birth, UPNs and characteristics, some of which change over time.

Belongs here: persons. Does not belong here: enrolments (roll.py) and the columns of an extract (extracts.py).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ingestion.twin.parameters import generator, parameters
from ingestion.twin.roll import Dates, Roll
from ingestion.twin.schools import TwinSchool
from ingestion.twin.upn import make_upns

Strings = npt.NDArray[np.str_]
_FAR_BACK, _FAR_OFF = np.datetime64("1990-09-01"), np.datetime64("2190-09-01")


@dataclass
class People:
    """One entry per person.

    fsm_from and fsm_to bound eligibility for free school meals; sen holds from the start and sen_later from sen_changes
    on; inclination is the standard normal that absence follows; texts has the other columns of an extract.
    """

    upn: Strings
    born: Dates
    fsm_from: Dates
    fsm_to: Dates
    sen: Strings
    sen_later: Strings
    sen_changes: Dates
    inclination: npt.NDArray[np.float64]
    texts: dict[str, Strings]

    def fsm_on(self, day: np.datetime64) -> npt.NDArray[np.bool_]:
        """Per person: eligible for free school meals on a day."""
        return np.asarray((self.fsm_from <= day) & (day < self.fsm_to))

    def sen_on(self, day: np.datetime64) -> Strings:
        """Per person: provision for special educational needs on a day."""
        return np.where(self.sen_changes <= day, self.sen_later, self.sen)


def build_people(roll: Roll, schools: list[TwinSchool], first: np.datetime64, seed: int) -> People:
    """The persons of a roll. `first` is the day on which the first of the twin's years starts."""
    rng = generator(seed, "people")
    facts = parameters("pupils")
    number = len(roll.cohort)
    fsm_from, fsm_to = _fsm(roll, schools, first, rng)
    sen, sen_later, sen_changes = _sen(roll, schools, first, rng)
    texts = _names(number, rng)
    for flag, share in facts["flags"].items():
        texts[flag] = _flags(rng.random(number) < share, rng)
    needs = _draw(facts["sen_needs"], number, rng)
    texts["sen_need"] = np.where((sen == "N") & (sen_later == "N"), "", needs)
    texts["travel_mode"] = _draw(facts["travel_modes"], number, rng)
    texts["postcode"] = _postcodes(roll, schools, rng)
    outside = rng.integers(2000, 3000, number).astype("U4")
    la_codes = np.array([school.la_code for school in schools])[roll.first_school]
    texts["previous_school_laestab"] = np.where(rng.random(number) < 0.35, np.char.add(la_codes, outside), "")
    born = (roll.cohort - 5 - 1970).astype("datetime64[Y]").astype("datetime64[D]") + np.timedelta64(244, "D")
    return People(
        upn=_upns(roll, schools, rng),
        born=born + rng.integers(0, 364, number).astype("timedelta64[D]"),
        fsm_from=fsm_from,
        fsm_to=fsm_to,
        sen=sen,
        sen_later=sen_later,
        sen_changes=sen_changes,
        inclination=rng.standard_normal(number),
        texts=texts,
    )


def _fsm(roll: Roll, schools: list[TwinSchool], first: np.datetime64, rng: np.random.Generator) -> tuple[Dates, Dates]:
    number = len(roll.cohort)
    shares = np.array([school.fsm_share for school in schools])[roll.first_school]
    eligible = rng.random(number) < shares
    changes = rng.random(number) < parameters("pupils")["fsm_changes_share"] * np.where(eligible, 0.5, 0.12)
    when = first + rng.integers(30, 1000, number).astype("timedelta64[D]")
    starts = np.where(eligible, _FAR_BACK, np.where(changes, when, _FAR_OFF))
    return starts, np.where(eligible & changes, when, _FAR_OFF)


def _sen(
    roll: Roll, schools: list[TwinSchool], first: np.datetime64, rng: np.random.Generator
) -> tuple[Strings, Strings, Dates]:
    shares = parameters("pupils")["sen"]
    number = len(roll.cohort)
    by_school = [shares.get(school.phase, shares["primary"]) for school in schools]
    support = np.array([share["K"] for share in by_school])[roll.first_school]
    plan = np.array([share["E"] for share in by_school])[roll.first_school]
    drawn = rng.random(number)
    sen = np.where(drawn < plan, "E", np.where(drawn < plan + support, "K", "N"))
    changes = (rng.random(number) < parameters("pupils")["sen_changes_share"]) & (sen != "E")
    later = np.where(changes, np.where(sen == "N", "K", "E"), sen)
    when = first + rng.integers(30, 1000, number).astype("timedelta64[D]")
    return sen, later, np.where(changes, when, _FAR_OFF)


def _names(number: int, rng: np.random.Generator) -> dict[str, Strings]:
    """Sex, ethnicity, first language and a name that goes with them."""
    ethnicities: dict[str, list[Any]] = parameters("pupils")["ethnicities"]
    lists = parameters("names")
    ethnicity = _draw({code: row[0] for code, row in ethnicities.items()}, number, rng)
    sex = np.where(rng.random(number) < 0.49, "F", "M")
    forename = np.full(number, "", dtype="U20")
    surname = np.full(number, "", dtype="U20")
    other_language = np.zeros(number)
    group = np.array([ethnicities[code][1] for code in ethnicity.tolist()])
    for code, row in ethnicities.items():
        other_language[ethnicity == code] = row[2]
    for name, several in lists.items():
        surname[group == name] = rng.choice(several["surnames"], int((group == name).sum()))
        for letter in ("F", "M"):
            mine = (group == name) & (sex == letter)
            forename[mine] = rng.choice(several[letter], int(mine.sum()))
    return {
        "forename": forename,
        "surname": surname,
        "sex": sex,
        "ethnicity": ethnicity,
        "english_additional_language": _flags(rng.random(number) < other_language, rng),
    }


def _upns(roll: Roll, schools: list[TwinSchool], rng: np.random.Generator) -> Strings:
    """Numbers given by the school where the pupil started, in the year it started school."""
    number = len(roll.cohort)
    own = np.array([int(school.laestab[3:]) for school in schools])[roll.first_school]
    primary = np.array([school.phase in ("primary", "all_through") for school in schools])[roll.first_school]
    other = rng.integers(2100, 3900, number)
    given_here = primary & (rng.random(number) < 0.8)
    la_codes = np.array([int(school.la_code) for school in schools])[roll.first_school]
    prefix = (la_codes * 10_000 + np.where(given_here, own, other)) * 100 + roll.cohort % 100
    order = np.argsort(prefix, kind="stable")
    _, starts, sizes = np.unique(prefix[order], return_index=True, return_counts=True)
    if sizes.max() > 1000:
        raise ValueError(
            "a school of the synthetic trust gives out more than a thousand UPNs in a year; use more schools"
        )
    serial = np.empty(number, dtype=np.int64)
    serial[order] = np.arange(number) - np.repeat(starts, sizes)
    temporary = rng.random(number) < parameters("pupils")["temporary_upn_share"]
    return make_upns((prefix * 1000 + serial).astype(np.int64), temporary)


def _postcodes(roll: Roll, schools: list[TwinSchool], rng: np.random.Generator) -> Strings:
    facts = parameters("pupils")
    number = len(roll.cohort)
    codes = facts["outcodes"]
    places = np.array([list(codes[school.la_code]) for school in schools])
    outward = places[roll.first_school, rng.integers(0, places.shape[1], number)]
    letters = rng.choice(list(facts["postcode_letters"]), (number, 2))
    inward = np.char.add(np.char.add(rng.integers(1, 10, number).astype("U1"), letters[:, 0]), letters[:, 1])
    return np.char.add(np.char.add(outward, " "), inward)


def _flags(true: npt.NDArray[np.bool_], rng: np.random.Generator) -> Strings:
    """Y and N, with a few left empty."""
    unknown = rng.random(len(true)) < parameters("pupils")["flag_unknown_share"]
    return np.where(unknown, "", np.where(true, "Y", "N"))


def _draw(shares: dict[str, float], number: int, rng: np.random.Generator) -> Strings:
    weights = np.array(list(shares.values()), dtype=float)
    return rng.choice(np.array(list(shares)), number, p=weights / weights.sum())
