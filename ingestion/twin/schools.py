"""The twin's schools and their trust.toml.

Belongs here: who the schools are. Does not belong here: their calendars and pupils.
"""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ingestion.twin.parameters import generator, parameters, year_index


@dataclass(frozen=True)
class TwinSchool:
    """One school. lowest and highest are places in the list of year groups; places is the size of one year group."""

    index: int
    slug: str
    name: str
    urn: int
    laestab: str
    phase: str
    la_code: str
    layout: str
    places: int
    lowest: int
    highest: int
    fsm_share: float
    absence_factor: float
    dialect: int

    @property
    def mis(self) -> str:
        """The feed profile of trust.toml."""
        return str(parameters("schools")["layouts"][self.layout]["mis"])

    @property
    def has_nursery(self) -> bool:
        """Whether it teaches children before reception."""
        return self.lowest < year_index("R")

    @property
    def years(self) -> range:
        """Its year groups, by place."""
        return range(self.lowest, self.highest + 1)


def choose_schools(count: int, pupils: int, seed: int) -> list[TwinSchool]:
    """`count` schools of about `pupils` pupils in all: primaries first, then secondaries, special, all-through.

    Raises ValueError for fewer than one school or fewer pupils than schools.
    """
    if count < 1 or pupils < count:
        raise ValueError("a synthetic trust needs at least one school, and at least one pupil a school")
    facts = parameters("schools")
    rng = generator(seed, "schools")
    phases = _phases(count)
    weights = np.array([facts["phases"][phase]["weight"] for phase in phases]) * rng.uniform(0.85, 1.15, count)
    rolls = pupils * weights / weights.sum()
    low, high = parameters("pupils")["fsm_school_range"]
    fsm_shares = rng.uniform(low, high, count)
    factors = _absence_factors(phases, fsm_shares, rng)
    schools = []
    turn: dict[str, int] = {}
    for index, phase in enumerate(phases):
        kind = facts["phases"][phase]
        place = turn[phase] = turn.get(phase, -1) + 1
        name = _name(kind["names"], place)
        lowest, highest = (year_index(label) for label in kind["years"])
        lowest = year_index("N2") if name == facts["nursery_in"] else lowest
        highest = year_index("13") if name == facts["sixth_form_in"] else highest
        la_code = facts["authorities"][index % len(facts["authorities"])]
        schools.append(
            TwinSchool(
                index=index,
                slug=re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-").removesuffix("-school"),
                name=name,
                urn=facts["first_urn"] + index,
                laestab=f"{la_code}{kind['first_estab'] + place}",
                phase=phase,
                la_code=la_code,
                layout=kind["layouts"][place % len(kind["layouts"])],
                places=max(1, round(rolls[index] / (_full_years(lowest, highest) * _mean_fill()))),
                lowest=lowest,
                highest=highest,
                fsm_share=float(fsm_shares[index]),
                absence_factor=float(factors[index]),
                dialect=index % len(facts["dialects"]),
            )
        )
    return schools


def trust_toml(schools: list[TwinSchool], as_of: dt.date) -> str:
    """The text of the twin's trust.toml."""
    lines = [
        "# A synthetic trust: its schools and pupils are invented; its local authorities are real.",
        "[trust]",
        f'name = "{parameters("schools")["trust"]}"',
        f"as_of = {as_of.isoformat()}",
    ]
    for school in schools:
        lines += [
            "",
            "[[school]]",
            f'slug = "{school.slug}"',
            f'name = "{school.name}"',
            f"urn = {school.urn}",
            f'laestab = "{school.laestab}"',
            f'phase = "{school.phase}"',
            f'la_code = "{school.la_code}"',
            f'mis = "{school.mis}"',
        ]
    return "\n".join([*lines, "", "[rules]", ""])


def feeds(schools: list[TwinSchool]) -> list[list[TwinSchool]]:
    """Schools whose marks come in the same file: alone, but for those of Monitor your school attendance."""
    facts = parameters("schools")
    size = facts["mysa_schools_per_file"]
    shared = [school for school in schools if covers_several(school.layout)]
    alone = [[school] for school in schools if not covers_several(school.layout)]
    return alone + [shared[start : start + size] for start in range(0, len(shared), size)]


def covers_several(layout: str) -> bool:
    """Whether the layout names the school in each row, so that its file can speak for several."""
    columns: dict[str, Any] = parameters("schools")["layouts"][layout]["columns"]
    return "school" in columns.values()


def _phases(count: int) -> list[str]:
    shares = parameters("schools")["shares"]
    numbers = {phase: int(count * share + 0.25) for phase, share in shares.items()}
    if count >= 3:
        numbers["secondary"] = max(1, numbers["secondary"])
    if count >= 4:
        numbers["special"] = max(1, numbers["special"])
    others = [phase for phase, number in numbers.items() for _ in range(number)]
    return ["primary"] * (count - len(others)) + others


def _absence_factors(
    phases: list[str], fsm_shares: npt.NDArray[np.float64], rng: np.random.Generator
) -> npt.NDArray[np.float64]:
    """What each school adds to or takes from its pupils' absence. Schools differ, but the trust's schools of a phase,
    poor and rich taken together, come out at the national level."""
    facts = parameters("marks")
    factors = np.exp(rng.normal(0, facts["school_spread"], len(phases)))
    for phase in set(phases):
        mine = np.array([other == phase for other in phases])
        figures = facts["groups"]["fsm"].get(phase, facts["groups"]["fsm"]["primary"])
        excess = figures["ratio"] - 1
        poverty = (1 + fsm_shares[mine] * excess) / (1 + figures["share"] * excess)
        factors[mine] /= (factors[mine] * poverty).mean()
    return np.asarray(factors)


def _name(names: list[str], place: int) -> str:
    again, which = divmod(place, len(names))
    return names[which] if not again else f"{names[which]} {again + 1}"


def _full_years(lowest: int, highest: int) -> float:
    """Year groups of a school, counting nursery and sixth form by the share of places that they fill."""
    facts = parameters("pupils")
    main = sum(1 for year in range(lowest, highest + 1) if year_index("R") <= year <= year_index("11"))
    nursery = facts["nursery_share"] if lowest < year_index("R") else 0.0
    sixth = 2 * facts["sixth_form_share"] if highest > year_index("11") else 0.0
    return main + float(nursery) + float(sixth)


def _mean_fill() -> float:
    low, high = parameters("pupils")["fill"]
    return float(low + high) / 2
