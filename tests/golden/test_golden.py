"""The numbers, worked by hand: see each case's notes.md."""

from pathlib import Path

from tests.golden.conftest import CASES, Built


def test_the_marts_hold_what_was_worked_out_by_hand(case: Built, request) -> None:  # type: ignore[no-untyped-def]
    name = request.node.callspec.params["case"]
    expectations: list[Path] = sorted((CASES / name / "expect").glob("*.csv"))
    assert expectations, f"{name} expects nothing"
    for expectation in expectations:
        expected, actual = case.rows(expectation)
        assert actual == expected, f"{name}/{expectation.name}"


def test_every_row_of_every_extract_is_in_one_place(case: Built) -> None:
    (off,) = case.warehouse.execute(
        "select count(*) from marts.fct_extracts "
        "where rows != applied + superseded + identical_duplicate + no_mark + quarantined + held"
    ).fetchall()
    assert off == (0,)
