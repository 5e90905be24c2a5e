"""Each school's fix list in its own site, for download; no other audience's folder gets one."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ingestion.fix_list import FORMATS, fix_list, write_fix_list
from ingestion.trust import TrustFolder

NAME = "fix-list"
_SCHOOL = "school"


def write_fix_lists(folder: TrustFolder, site: Path, audiences: Iterable[str]) -> int:
    """Writes fix-list.csv and .xlsx into the site of every audience that is a whole school; returns how many files.

    Also where there is nothing to mend, so that an older list is not taken for the newest.
    """
    written = 0
    for audience in audiences:
        kind, _, slug = audience.partition("/")
        if kind != _SCHOOL or not slug or "/" in slug:
            continue
        listed = fix_list(folder, slug)
        for form in FORMATS:
            write_fix_list(listed, form, site / audience / f"{NAME}.{form}")
            written += 1
    return written
