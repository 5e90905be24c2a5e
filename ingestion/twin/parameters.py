"""The twin's parameters (data/*.yaml) and its random numbers.

Belongs here: loading the figures and seeding. Does not belong here: what is done with them.
"""

import datetime as dt
import zlib
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml

_DATA = Path(__file__).parent / "data"


@cache
def parameters(name: str) -> dict[str, Any]:
    """The content of data/<name>.yaml; treat it as read-only."""
    content: dict[str, Any] = yaml.safe_load((_DATA / f"{name}.yaml").read_text(encoding="utf-8"))
    return content


def generator(seed: int, *purpose: int | str) -> np.random.Generator:
    """Random numbers of their own for one purpose, so that one part of the twin does not disturb another."""
    keys = [zlib.crc32(part.encode()) if isinstance(part, str) else part for part in purpose]
    return np.random.default_rng([seed, *keys])


@cache
def year_groups() -> list[str]:
    """Year groups in order of age; the twin counts them by their place in this list."""
    labels: list[str] = parameters("pupils")["year_groups"]
    return labels


def year_index(label: str) -> int:
    """The place of a year group, as `R` or `7`."""
    return year_groups().index(label)


def first_academic_year(day: np.datetime64) -> int:
    """The calendar year in which the academic year of `day` starts (it runs from 1 August to 31 July)."""
    month = int(day.astype("datetime64[M]").astype(int)) % 12 + 1
    year = int(day.astype("datetime64[Y]").astype(int)) + 1970
    return year if month >= 8 else year - 1


def as_date(day: np.datetime64) -> dt.date:
    """A NumPy day as a date."""
    return dt.date.fromisoformat(str(day.astype("datetime64[D]")))
