"""The stages of a run, in their order. The command line does them one after the other; Dagster has a step for each."""

from __future__ import annotations

from functools import partial

from orchestration.stages import audit, lake, release, warehouse
from orchestration.stages.stage import Stage

EXTRACTS, REFERENCE, WAREHOUSE = "ingestion__extracts", "lake__reference", "warehouse"
PLAUSIBILITY, RELEASE_RULES = "audit__plausibility", "audit__release_rules"
QUARANTINE, CANDIDATE, PUBLISHED = "release__quarantine", "release__candidate", "release__published"
SITES, REPORTS = "dashboards__sites", "dashboards__reports"

# The kinds of extracts that have a dataset in the lake, and how progress calls the reading of each.
KINDS = {
    "amendments": "reading amendments",
    "benchmarks": "reading DfE's files",
    "calendar": "reading calendars",
    "marks": "reading marks",
    "pupils": "reading pupils",
    "year6": "reading attendance in Year 6",
}
REFUSED = "lake__refused"


def of_kind(kind: str) -> str:
    """The step that reads a kind of extract."""
    return f"lake__{kind}"


_LAKE = (*(of_kind(kind) for kind in KINDS), REFERENCE, REFUSED)
_STAGES = (
    Stage(EXTRACTS, "taking in extracts", "Taking in extracts", (), lake.take_in),
    *(
        Stage(of_kind(kind), doing, f"Reading the lake's {kind}", (EXTRACTS,), partial(lake.read_kind, kind=kind))
        for kind, doing in KINDS.items()
    ),
    Stage(
        REFERENCE,
        "listing schools and extracts",
        "Writing the lake's reference tables",
        (EXTRACTS,),
        lake.write_reference,
    ),
    Stage(REFUSED, "reading refused files", "Reading the lake's refused files", (EXTRACTS,), lake.read_refused),
    Stage(WAREHOUSE, "building and testing the warehouse", "Building the warehouse", _LAKE, warehouse.build),
    Stage(PLAUSIBILITY, "checking plausibility", "Checking plausibility", (WAREHOUSE,), audit.check_plausibility),
    Stage(RELEASE_RULES, "checking the release rules", "Checking the release rules", (WAREHOUSE,), audit.check_rules),
    Stage(QUARANTINE, "listing refused rows", "Listing refused rows", (WAREHOUSE,), release.list_refused_rows),
    Stage(
        CANDIDATE,
        "putting the release together",
        "Putting the release together",
        (PLAUSIBILITY, RELEASE_RULES),
        release.put_together,
    ),
    Stage(REPORTS, "writing the reports", "Writing the reports", (CANDIDATE,), release.write_reports),
    Stage(SITES, "making the dashboards", "Making the dashboards", (CANDIDATE, QUARANTINE), release.make_dashboards),
    Stage(
        PUBLISHED,
        "publishing",
        "Publishing",
        (CANDIDATE, QUARANTINE, SITES, REPORTS),
        release.publish_release,
    ),
)
STAGES = {stage.step: stage for stage in _STAGES}
_DASHBOARDS = (SITES, REPORTS)


def stages(dashboards: bool) -> list[Stage]:
    """The stages of a run, in their order. dashboards: with site and reports."""
    return [stage for stage in _STAGES if dashboards or stage.step not in _DASHBOARDS]
