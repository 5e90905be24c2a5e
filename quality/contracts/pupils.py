"""The contract of a row of a pupils extract, and the values that a characteristic may take.

Grain: one row per pupil and spell at the school. Expected columns: upn, and for each date a `<name>_text` column (as in
the file) beside the typed one. A value outside a characteristic's list becomes unknown (null) and is counted.
"""

from functools import cache
from pathlib import Path

import polars as pl
import yaml

from quality.contracts.judging import Contract, Rule
from quality.contracts.upn import upn_rules
from quality.seeds import values

DATES = ("date_of_birth", "entry_date", "leaving_date")


@cache
def allowed_values() -> dict[str, list[str]]:
    """Characteristic -> the values it may take. Year groups come from the year_groups seed."""
    path = Path(__file__).parent / "pupil_values.yaml"
    lists: dict[str, list[str]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {**lists, "year_group": list(values("year_groups", "year_group"))}


@cache
def _pupil() -> Contract:
    texts = {name: f"{name}_text" for name in DATES}
    read = {name: pl.col(text).is_null() | pl.col(name).is_not_null() for name, text in texts.items()}
    return Contract(
        dict.fromkeys(("upn", *texts.values()), str),
        [
            *upn_rules(),
            *(Rule("malformed_date", readable) for readable in read.values()),
            Rule("missing_value", pl.col("entry_date_text").is_not_null()),
        ],
    )


def judge_pupils(pupils: pl.DataFrame) -> pl.Series:
    """Per row: malformed_upn, malformed_date or missing_value (UPN or entry date); null when in order."""
    return _pupil().judge(pupils)
