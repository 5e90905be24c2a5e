"""Which slices of a large table are made together when everything is built: as many as fit into memory.

Belongs here: how slices are put together. Does not belong here: how a batch is made (make.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

# The table that says how many marks a slice has.
MARKS = "int_mark_slices"
# So many fit into a few hundred megabytes with all that joins them.
_MARKS_AT_A_TIME = 2_000_000

Pair = tuple[int, str]


def batches(slices: Iterable[tuple[int, str, int]], of_years: bool) -> Iterator[frozenset[Pair]]:
    """Schools' academic years put together, each once, up to two million marks at a time and never less than a slice.

    slices: school_urn, academic year and number of marks. of_years: schools of one year go together, older years first;
    else schools with all of their years, of which none is divided.
    """
    key = 1 if of_years else 0
    ordered = sorted(slices, key=lambda one: (one[key], one[1 - key]))
    for _, own in groupby(ordered, key=lambda one: one[1] if of_years else None):
        batch: list[Pair] = []
        marks = 0
        for _, together in groupby(own, key=lambda one: one[0]):
            school = list(together)
            more = sum(one[2] for one in school)
            if batch and marks + more > _MARKS_AT_A_TIME:
                yield frozenset(batch)
                batch, marks = [], 0
            batch += [(urn, year) for urn, year, _ in school]
            marks += more
        yield frozenset(batch)
