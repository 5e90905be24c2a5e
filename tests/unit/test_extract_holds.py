"""The decision which extract speaks: what holds of any school's extracts and decisions."""

import datetime as dt
import importlib.util
from collections.abc import Mapping
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

MODEL = Path(__file__).parents[2] / "dbt_project" / "models" / "intermediate" / "int_extract_holds.py"
SPEC = importlib.util.spec_from_file_location("int_extract_holds", MODEL)
assert SPEC is not None
assert SPEC.loader is not None
holds = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(holds)

DROP = 20
DAYS = st.integers(1, 9).map(lambda day: dt.date(2025, 9, day))
MARKS = st.dictionaries(DAYS, st.integers(0, 20), min_size=1, max_size=6)
SCHOOLS = st.lists(MARKS, min_size=1, max_size=7).flatmap(
    lambda extracts: st.tuples(
        st.just(list(enumerate(extracts))),
        st.dictionaries(st.sampled_from(range(len(extracts))), st.sampled_from(["accepted", "refused"]), max_size=4),
    )
)
Extracts = list[tuple[int, dict[dt.date, int]]]


def covers(marks: Mapping[dt.date, int], date: dt.date) -> bool:
    return min(marks) <= date <= max(marks)


def covers_all(marks: Mapping[dt.date, int], others: Mapping[dt.date, int]) -> bool:
    return all(covers(marks, date) for date in others)


@settings(max_examples=80, deadline=None, derandomize=True)
@given(school=SCHOOLS)
def test_the_newest_extract_that_applies_speaks_for_each_date(school: tuple[Extracts, dict[int, str]]) -> None:
    extracts, decisions = school
    speaks, reviews = holds.decide(extracts, DROP, decisions)
    status = {number: review for number, review, _, _ in reviews}
    applying = [(number, marks) for number, marks in extracts if status.get(number) in (None, "accepted")]
    known = {day for day in range(1, 10) if any(covers(marks, dt.date(2025, 9, day)) for _, marks in applying)}
    assert {date.day for date in speaks} == known, "no date is lost but those that only held extracts cover"
    for date, number in speaks.items():
        assert number == max(number for number, marks in applying if covers(marks, date))


@settings(max_examples=80, deadline=None, derandomize=True)
@given(school=SCHOOLS)
def test_decisions_are_kept_and_what_is_not_decided_is_held_by_its_drop_alone(
    school: tuple[Extracts, dict[int, str]],
) -> None:
    extracts, decisions = school
    _, reviews = holds.decide(extracts, DROP, decisions)
    status = {number: review for number, review, _, _ in reviews}
    for number, review, now, before in reviews:
        assert now == sum(dict(extracts)[number].values())
        if number in decisions:
            assert review == decisions[number]
        else:
            assert review in ("awaiting", "overtaken")
            assert 100 * (before - now) > DROP * before
            marks = dict(extracts)[number]
            later = [other for other, _ in extracts if other > number and status.get(other) in (None, "accepted")]
            over = [other for other in later if covers_all(dict(extracts)[other], marks)]
            assert (review == "overtaken") is bool(over)
    assert decisions.keys() <= {number for number, *_ in reviews}


@settings(max_examples=80, deadline=None, derandomize=True)
@given(school=SCHOOLS)
def test_a_refused_extract_might_as_well_not_have_come(school: tuple[Extracts, dict[int, str]]) -> None:
    extracts, decisions = school
    left = [(number, marks) for number, marks in extracts if decisions.get(number) != "refused"]
    assert holds.decide(extracts, DROP, decisions)[0] == holds.decide(left, DROP, decisions)[0]


def test_both_sides_of_the_edge() -> None:
    day = dt.date(2025, 9, 8)
    assert holds.decide([(1, {day: 10}), (2, {day: 8})], DROP) == ({day: 2}, [])
    assert holds.decide([(1, {day: 100}), (2, {day: 79})], DROP) == ({day: 1}, [(2, "awaiting", 79, 100)])
