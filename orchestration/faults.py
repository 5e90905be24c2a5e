"""What may be said of an exception.

Rollcall's own exceptions are written to be shown: one plain sentence without a value of the data. The text of any
other may quote a cell, and logs and Dagster keep what they are told: only its kind and its places in the code go on.
"""

from __future__ import annotations

import traceback
from pathlib import Path

_OWN = {"quality", "ingestion", "dashboards", "orchestration"}


def is_own(error: BaseException) -> bool:
    """True for an exception that Rollcall defines."""
    return type(error).__module__.split(".")[0] in _OWN


def where(error: BaseException) -> str:
    """An exception's kind and the last places in the code it came through, without its text."""
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    places = " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames))
    return f"{type(error).__name__} at {places}"
