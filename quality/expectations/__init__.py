"""Is the built warehouse plausible, against its own history and what a school year looks like?

Belongs here: Great Expectations over small frames of aggregates, and its data docs for the data team. Does not belong
here: keys, relations and arithmetic (dbt), or the form of an extract (Pandera).
"""

from pathlib import Path

from quality.outcomes import Outcome


def run_checkpoint(warehouse: Path, docs: Path, previous: Path | None) -> list[Outcome]:
    """Run the suite over a built warehouse and write its data docs into the folder `docs`.

    previous: the warehouse of the release before, None for the first. One outcome for each expectation of the suite,
    in its order. Great Expectations takes seconds to import, so it is imported here and nowhere else.
    """
    from quality.expectations.checkpoint import run_suite
    from quality.expectations.frame import school_frame

    return run_suite(school_frame(warehouse, previous), docs)
