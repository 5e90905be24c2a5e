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
# A row without a year belongs to the year of its day.
DAY = "session_date"
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
        """SQL that is true for the rows of these slices; columns: those by which the rows can be chosen (`shared`), at
        least one."""
        if not self.pairs:
            return "false"
        pupil = next((name for name in (PUPIL, PUPIL_KEY) if name in columns), None)
        if pupil:
            rest = [column for column in columns if column != pupil]
            chosen = [self.predicate(rest)] if rest else []
            if self.of_few_pupils:
                chosen.append(f"{pupil} in (select {pupil} from {PUPILS})")
            return " and ".join(chosen) or "true"
        if not has_year(columns):
            return self._schools(columns, self.schools)
        if not has_school(columns):
            return self._of_years(columns, self.years)
        schools_of = {year: sorted(school for school, own in self.pairs if own == year) for year in self.years}
        by_schools: dict[tuple[int, ...], list[str]] = {}
        for year, schools in schools_of.items():
            by_schools.setdefault(tuple(schools), []).append(year)
        said = (
            f"({self._of_years(columns, years)} and {self._schools(columns, schools)})"
            for schools, years in by_schools.items()
        )
        return "(" + " or ".join(said) + ")"

    def read(self, columns: Collection[str]) -> str:
        """As `predicate`, for reading: with the rows of no day, which may speak for every year."""
        chosen = self.predicate(columns)
        if DAY not in columns:
            return chosen
        rest = [column for column in columns if column != DAY]
        return f"({chosen} or ({DAY} is null{' and ' + self.predicate(rest) if rest else ''}))"

    def beyond(self, own: Collection[str], columns: Collection[str]) -> str:
        """SQL that is true for the rows of a table with these columns that slices other than these are made from, too;
        own: the columns by which the rows that are made fall into slices."""
        keys = shared(own, columns)
        if len(keys) == len(own):
            return f"({self.predicate(keys)}) is not true"
        if keys in ([YEAR], [DAY]):
            return f"({self._of_years(keys, self.whole_years)}) is not true" if self.whole_years else "true"
        return "false" if not has_year(own) and set(self.slugs) <= set(self.schools) else "true"

    @cached_property
    def onwards(self) -> Slices:
        """All slices of the years from the first of these on: what may look back at them."""
        return Onwards(self.pairs, self.slugs)

    @cached_property
    def whole_years(self) -> list[str]:
        """The academic years that every school has a slice of here."""
        return [year for year in self.years if all((school, year) in self.pairs for school in self.slugs)]

    def _of_years(self, columns: Collection[str], years: Collection[str]) -> str:
        if YEAR in columns:
            return f"{YEAR} in ({_listed(years)})"
        spans = (f"{DAY} between date '{year[:4]}-08-01' and date '{int(year[:4]) + 1}-07-31'" for year in years)
        return "(" + " or ".join(spans) + ")"

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

    def read(self, columns: Collection[str]) -> str:
        """As `predicate`: rows of no day are none of theirs."""
        return self.predicate(columns)


def has_year(columns: Collection[str]) -> bool:
    """Whether rows with these columns belong to an academic year, by name or by their day."""
    return YEAR in columns or DAY in columns


def has_school(columns: Collection[str]) -> bool:
    """Whether rows with these columns belong to a school, by its URN or its slug."""
    return SCHOOL in columns or SLUG in columns


def has_pupil(columns: Collection[str]) -> bool:
    """Whether rows with these columns belong to a pupil, by either name."""
    return PUPIL in columns or PUPIL_KEY in columns


def shared(own: Collection[str], other: Collection[str]) -> list[str]:
    """The columns by which the rows of `other` can be chosen for the slices of a model with the columns `own`: of a
    year, its name or else the day; of a school, its URN or else its slug; of a pupil, either name."""
    wanted = (
        (has_year(own), (YEAR, DAY)),
        (has_school(own), (SCHOOL, SLUG)),
        (has_pupil(own), (PUPIL, PUPIL_KEY)),
    )
    found = (next((name for name in names if name in other), None) for is_wanted, names in wanted if is_wanted)
    return [name for name in found if name]


def within(made: Collection[str], read: Collection[str]) -> bool:
    """Whether slices by the columns `made` lie within slices by the columns `read`, so that what is made again is read
    by the same slices alone. Only a changed school's pupils are chosen, so that its slices lie within theirs."""
    return (
        (has_year(made) or not has_year(read))
        and (has_school(made) or not has_school(read))
        and (has_school(made) or has_pupil(made) or not has_pupil(read))
    )


def _listed(texts: Iterable[str]) -> str:
    return ", ".join("'" + text.replace("'", "''") + "'" for text in texts)
