"""The expectations themselves: which figure of a school must lie between which bounds, and how much that weighs.

Data, not code: a new expectation is a line here and a column in frame.py. Bounds are columns of the same frame, read
from the rules in force, so that a trust's own rule counts.
"""

from __future__ import annotations

from dataclasses import dataclass

from quality.outcomes import Severity


@dataclass(frozen=True)
class Bounded:
    """A column of the school frame that must be at least `low` and at most `high` (columns, None: no bound).

    A school without a value (no release before, no complete year) has nothing to be implausible.
    """

    column: str
    low: str | None
    high: str | None
    severity: Severity
    fault: str


EXPECTATIONS: dict[str, Bounded] = {
    "schools_have_an_enrolment": Bounded(
        "has_enrolments", "one", None, "warn", "have no pupil with a session in the warehouse"
    ),
    "local_authority_is_known": Bounded(
        "local_authority_known", "one", None, "warn", "have a la_code that the local authorities do not list"
    ),
    "rows_hold_against_the_previous_release": Bounded(
        "rows_percent_of_previous", "rows_percent_min", None, "warn",
        "have far fewer sessions than in the release before",
    ),
    "missing_marks_are_few": Bounded(
        "missing_marks_percent", None, "missing_marks_percent_max", "warn",
        "miss more marks this academic year than the rule missing_marks_percent_max allows",
    ),
    "code_mix_holds_against_the_previous_release": Bounded(
        "code_mix_shift", None, "code_mix_percentage_points_max", "warn",
        "use a code far more or less than in the release before",
    ),
    "complete_years_have_enough_school_days": Bounded(
        "school_days_fewest", "school_days_min", None, "warn", "have a complete year with too few school days"
    ),
    "complete_years_have_not_too_many_school_days": Bounded(
        "school_days_most", None, "school_days_max", "warn", "have a complete year with too many school days"
    ),
    "attendance_is_plausible": Bounded(
        "attendance_percent", "attendance_plausible_percent_min", "attendance_plausible_percent_max", "warn",
        "have an attendance this academic year that is hardly possible",
    ),
}  # fmt: skip
