"""A contract: every rule is one check of Pandera's, and a row gets the first reason in the contract's order."""

import polars as pl
import pytest

from quality.contracts.judging import Contract, Rule, first_of

ROWS = pl.DataFrame({"upn": ["A", None, "B", "C"], "dated": [True, False, False, None]})
RULES = [Rule("missing_value", pl.col("upn").is_not_null()), Rule("malformed_date", pl.col("dated"))]


def contract(dtype: type = str) -> Contract:
    return Contract({"upn": dtype}, RULES)


def test_a_row_gets_the_first_reason_in_the_contracts_order_and_null_is_not_true() -> None:
    assert contract().judge(ROWS).to_list() == [None, "malformed_date", "malformed_date", "malformed_date"]
    assert contract().judge(ROWS.head(1)).to_list() == [None]
    assert contract().judge(ROWS.clear()).to_list() == []


def test_a_column_of_the_wrong_type_is_the_readers_fault() -> None:
    with pytest.raises(ValueError, match="do not fit the contract"):
        contract(int).judge(ROWS)


def test_a_word_that_is_no_reason_is_refused() -> None:
    with pytest.raises(ValueError, match="not a quarantine reason"):
        Contract({}, [Rule("unlucky", pl.lit(True))])


def test_of_two_judgements_the_first_reason_counts() -> None:
    two = pl.DataFrame(
        {
            "one": ["missing_value", None, "unknown_school", None],
            "other": ["malformed_upn", "missing_value", "malformed_upn", None],
        },
        schema={"one": pl.String, "other": pl.String},
    )
    found = two.select(first_of("one", "other")).to_series().to_list()
    assert found == ["malformed_upn", "missing_value", "unknown_school", None]
