"""Who is in each group of pupils: forms and year groups by the warehouse, lists of UPNs by the restricted side.

Belongs here: from `[[school.group]]` to pupil keys. Does not belong here: what a group sees (dashboards/audiences.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import polars as pl

from ingestion.access_settings import Group
from ingestion.identity import pupil_keys, read_secret
from ingestion.trust import School, Trust, TrustFolder
from quality.outcomes import Outcome

CHECK = "groups_known"

# Whoever was on roll in the school's newest week with sessions, as the school's newest pupils extract has them.
_ON_ROLL = """
    with newest as (
        select school_urn, max(period_key) as period_key from marts.fct_bands where period_type = 'week' group by all
    ),
    on_roll as (
        select enrolment.pupil_key, enrolment.school_urn
        from marts.fct_bands as enrolment
        inner join newest using (school_urn, period_key)
        where enrolment.period_type = 'week'
    )
    select pupil.pupil_key, pupil.school_urn, lower(pupil.form) as form, lower(pupil.year_group) as year_group
    from marts.dim_pupil as pupil
    semi join on_roll using (pupil_key, school_urn)
    qualify row_number() over (partition by pupil.pupil_key, pupil.school_urn order by pupil.valid_from desc) = 1
"""
_EVER = "select distinct pupil_key, school_urn from marts.dim_pupil"


def list_file(folder: TrustFolder, school: str, group: str) -> Path:
    """Where the UPNs of a group with `list = true` are: one on each line, under a heading upn or none."""
    return folder.group_lists / school / f"{group}.csv"


def groups(folder: TrustFolder, trust: Trust, warehouse: Path) -> tuple[dict[str, list[str]], Outcome]:
    """The pupil keys of every group, by its audience `school/<slug>/<group>`, and what is wrong with the groups.

    A form, a year group or a list that has nobody, and lines of a list that are no pupil of the school, fail the
    check, which warns. failed_rows is the number of such things; its words hold no UPN.
    """
    wanted = [(school, group) for school in trust.schools for group in school.groups]
    members: dict[str, list[str]] = {}
    said: list[str] = []
    if wanted:
        with duckdb.connect(str(warehouse.resolve()), read_only=True) as db:
            on_roll, ever = db.execute(_ON_ROLL).pl(), db.execute(_EVER).pl()
        for school, group in wanted:
            audience = f"school/{school.slug}/{group.slug}"
            found, faults = _members(folder, school, group, on_roll, ever)
            members[audience] = sorted(found)
            said += [f"{audience}: {fault}" for fault in faults]
    message = "; ".join(said) or "Every form, year group and UPN of a group is a pupil's."
    return members, Outcome(CHECK, "rollcall", "warn", not said, len(said), message)


def _members(
    folder: TrustFolder, school: School, group: Group, on_roll: pl.DataFrame, ever: pl.DataFrame
) -> tuple[set[str], list[str]]:
    found: set[str] = set()
    faults: list[str] = []
    here = on_roll.filter(pl.col("school_urn") == school.urn)
    for column, what, names in (("form", "form", group.forms), ("year_group", "year group", group.year_groups)):
        for name in names:
            named = here.filter(pl.col(column) == name.lower())["pupil_key"]
            found.update(named)
            if named.is_empty():
                faults.append(f"nobody on roll is in the {what} {name}")
    if group.has_list:
        path = list_file(folder, school.slug, group.slug)
        if not path.is_file():
            return found, [*faults, f"its list {path.relative_to(folder.root)} is missing"]
        upns = pl.Series("upn", list(_upns(path)), dtype=pl.String)
        keys = set(pupil_keys(upns, read_secret(folder))["pupil_key"])
        known = keys & set(ever.filter(pl.col("school_urn") == school.urn)["pupil_key"])
        found |= known
        if len(known) < len(keys) or not keys:
            faults.append(f"{len(keys) - len(known)} of the {len(keys)} UPNs of its list are no pupil of the school")
    return found, faults


def _upns(path: Path) -> Iterator[str]:
    for line in path.read_text(encoding="utf-8-sig", errors="replace").splitlines():
        upn = line.partition(",")[0].strip(' "').upper()
        if upn and upn != "UPN":
            yield upn
