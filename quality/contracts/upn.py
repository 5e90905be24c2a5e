"""The form of a unique pupil number (DfE UPN Guide): 13 characters, check letter first, a letter last if temporary."""

import polars as pl

from quality.contracts.judging import Rule

_LETTERS = "A-HJ-NP-RT-Z"
UPN_PATTERN = rf"^[{_LETTERS}][0-9]{{11}}[0-9{_LETTERS}]$"
CHECK_ALPHABET = "ABCDEFGHJKLMNPQRTUVWXYZ"


def readable(column: str) -> pl.Expr:
    """True where the text is empty or has the form of a UPN (permanent or temporary)."""
    return pl.col(column).is_null() | pl.col(column).str.contains(UPN_PATTERN)


def upn_rules() -> list[Rule]:
    """What every row that is about a pupil must have: a UPN that can be read."""
    return [Rule("malformed_upn", readable("upn")), Rule("missing_value", pl.col("upn").is_not_null())]


def check_letter_fits(upn: str) -> bool:
    """Whether the check letter of a permanent UPN agrees with its digits; a temporary UPN always passes.

    Source: UPN Guide 1.2, sum of each digit times its position (2 to 13), modulo 23. The value of the letter that ends
    a temporary UPN is not published, so it is not judged.
    """
    if not upn[1:].isdigit():
        return True
    total = sum(int(digit) * position for position, digit in enumerate(upn[1:], start=2))
    return CHECK_ALPHABET[total % len(CHECK_ALPHABET)] == upn[0]
