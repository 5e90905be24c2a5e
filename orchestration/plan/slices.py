"""What of a warehouse has to be built again: slices, each a school's academic year.

A model's slice is declared with it (`meta.slice`): the columns by which its rows fall into slices, so that the rows of
a slice follow from the rows that its parents have in the same slice. Belongs here: which slices, and the literal
predicates that choose their rows. Does not belong here: what a change of an extract touches (changes.py).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

SCHOOL, SLUG, YEAR = "school_urn", "slug", "academic_year"
KEYS = (SCHOOL, SLUG, YEAR)
# What adds up a pupil's sessions over schools hangs on the pupils of the changed ones; `pupil_id` in a model's slice
# stands for both names.
PUPIL, PUPIL_KEY = "pupil_id", "pupil_key"
# The table of these pupils while a run builds slices.
PUPILS = "changed_pupils"


@dataclass(frozen=True)
class Slices:
    """Some slices of the warehouse. pairs: school_urn and academic year. slugs: the slug of each school by its URN.

    same_roll: nobody came onto these schools' rolls or went since the earlier build.
    """

    pairs: frozenset[tuple[int, str]]
    slugs: Mapping[int, str]
    same_roll: bool = False

    @cached_property
    def schools(self) -> list[int]:
        """The schools that have a slice here."""
        return sorted({school for school, _ in self.pairs})

    @cached_property
    def years(self) -> list[str]:
        """The academic years that have a slice here."""
        return sorted({year for _, year in self.pairs})

    @property
    def of_few_pupils(self) -> bool:
        """Whether nobody but the pupils of these schools, who are not all of the trust's, has other sessions."""
        return self.same_roll and 0 < len(self.schools) < len(self.slugs)

    def predicate(self, columns: Collection[str]) -> str:
        """SQL that is true for the rows of these slices; columns: those of KEYS that the rows have, or of a
        pupil, at least one."""
        if not self.pairs:
            return "false"
        pupil = next((name for name in (PUPIL, PUPIL_KEY) if name in columns), None)
        if pupil:
            rest = [column for column in columns if column != pupil]
            chosen = [self.predicate(rest)] if rest else []
            if self.of_few_pupils:
                chosen.append(f"{pupil} in (select {pupil} from {PUPILS})")
            return " and ".join(chosen) or "true"
        if YEAR not in columns:
            return self._schools(columns, self.schools)
        if SCHOOL not in columns and SLUG not in columns:
            return f"{YEAR} in ({_listed(self.years)})"
        schools_of = {year: sorted(school for school, own in self.pairs if own == year) for year in self.years}
        by_schools: dict[tuple[int, ...], list[str]] = {}
        for year, schools in schools_of.items():
            by_schools.setdefault(tuple(schools), []).append(year)
        said = (
            f"({YEAR} in ({_listed(years)}) and {self._schools(columns, schools)})"
            for schools, years in by_schools.items()
        )
        return "(" + " or ".join(said) + ")"

    @property
    def days(self) -> str:
        """SQL that is true for rows of the lake whose session_date lies in these slices' years, or that have none."""
        spans = (
            f"session_date between date '{year[:4]}-08-01' and date '{int(year[:4]) + 1}-07-31'" for year in self.years
        )
        return "(" + " or ".join((*spans, "session_date is null")) + ")"

    def beyond(self, own: Collection[str], columns: Collection[str]) -> str:
        """SQL that is true for the rows of a table with these columns that slices other than these are made from, too;
        own: the columns by which the rows that are made fall into slices."""
        keys = shared(own, columns)
        if len(keys) == len(own):
            return f"({self.predicate(keys)}) is not true"
        if keys == [YEAR]:
            return f"({YEAR} in ({_listed(self.whole_years)})) is not true" if self.whole_years else "true"
        return "false" if YEAR not in own and set(self.slugs) <= set(self.schools) else "true"

    @cached_property
    def onwards(self) -> Slices:
        """All slices of the years from the first of these on: what may look back at them."""
        return Onwards(self.pairs, self.slugs)

    @cached_property
    def whole_years(self) -> list[str]:
        """The academic years that every school has a slice of here."""
        return [year for year in self.years if all((school, year) in self.pairs for school in self.slugs)]

    def _schools(self, columns: Collection[str], schools: Iterable[int]) -> str:
        if SCHOOL in columns:
            return f"{SCHOOL} in ({', '.join(map(str, schools))})"
        return f"{SLUG} in ({_listed(self.slugs[school] for school in schools if school in self.slugs)})"


class Onwards(Slices):
    """All slices of the academic years from the first of the given ones on."""

    def predicate(self, columns: Collection[str]) -> str:
        """SQL that is true for the rows of these years; columns: those of YEAR alone."""
        return f"{YEAR} >= '{self.years[0]}'" if self.pairs else "false"


class OfNoSchool(Slices):
    """The rows that belong to no school of the trust, of whatever year."""

    def __init__(self) -> None:
        super().__init__(frozenset(), {})

    def predicate(self, columns: Collection[str]) -> str:
        """SQL that is true for rows of no school; of a table without schools all rows."""
        return next((f"{key} is null" for key in (SCHOOL, SLUG) if key in columns), "true")

    @property
    def days(self) -> str:
        """True for all rows."""
        return "true"


def shared(own: Collection[str], other: Collection[str]) -> list[str]:
    """The columns by which the rows of `other` can be chosen for the slices of a model with the columns `own`; a school
    is known by its URN or by its slug."""
    found = [YEAR] if YEAR in own and YEAR in other else []
    if SCHOOL in own or SLUG in own:
        found += [SCHOOL] if SCHOOL in other else [SLUG] if SLUG in other else []
    if PUPIL in own or PUPIL_KEY in own:
        found += [PUPIL] if PUPIL in other else [PUPIL_KEY] if PUPIL_KEY in other else []
    return found


def _listed(texts: Iterable[str]) -> str:
    return ", ".join("'" + text.replace("'", "''") + "'" for text in texts)
