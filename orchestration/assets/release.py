"""The release: candidate, each audience's site, the reports that are due, and the publishing of it all."""

from collections.abc import Iterator, Sequence

from dagster import AssetCheckSpec, AssetExecutionContext, AssetKey, AssetsDefinition, MaterializeResult, asset

from orchestration.assets.audit import PLAUSIBILITY, RELEASE_RULES
from orchestration.assets.lake import check_result
from orchestration.groups import CHECK as GROUPS_KNOWN
from orchestration.manifest import build_manifest
from orchestration.release import WAREHOUSE, RefusedError, assemble, audit, keep_refused, publish
from orchestration.resources import TrustRun, plainly
from orchestration.workspace import Workspace
from quality.outcomes import Outcome

CANDIDATE = AssetKey(["release", "candidate"])
QUARANTINE = AssetKey(["release", "quarantine"])
SITES = AssetKey(["dashboards", "sites"])
REPORTS = AssetKey(["dashboards", "reports"])
PUBLISHED = AssetKey(["release", "published"])


def release_assets(warehouse: Sequence[AssetKey]) -> list[AssetsDefinition]:
    """The assets from a built warehouse to published/current. warehouse: the keys of the tables built before."""

    @asset(
        key=QUARANTINE,
        group_name="release",
        deps=list(warehouse),
        description="What each school must mend: every refused row with its one reason, on the restricted side.",
    )
    def quarantine(context: AssetExecutionContext, trust_run: TrustRun) -> MaterializeResult[None]:
        with plainly("Listing refused rows"):
            from ingestion.quarantine import publish_refusals

            rows = publish_refusals(trust_run.folder, trust_run.workspace(context).work_db)
            return MaterializeResult(metadata={"rows": rows})

    @asset(
        key=CANDIDATE,
        group_name="release",
        deps=[PLAUSIBILITY, RELEASE_RULES],
        description="The warehouse closed, its tables as Parquet, the data docs and the record of what is hidden.",
    )
    def candidate(context: AssetExecutionContext, trust_run: TrustRun) -> MaterializeResult[None]:
        with plainly("Putting the release together"):
            from dashboards.disclosed import write_record
            from orchestration.previous import freeze, newest_record
            from orchestration.run_tables import fill_run_tables

            workspace = trust_run.workspace(context)
            fill_run_tables(workspace, audited(workspace))
            rows = assemble(workspace)
            freeze(workspace.work_db, workspace.candidate)
            figures = write_record(workspace.candidate / WAREHOUSE, newest_record(workspace.folder))
            return MaterializeResult(metadata={"tables": len(rows), "rows": sum(rows.values()), **figures})

    @asset(
        key=SITES,
        group_name="dashboards",
        deps=[CANDIDATE, QUARANTINE],
        check_specs=[AssetCheckSpec(GROUPS_KNOWN, asset=SITES)],
        description="The dashboards of every audience, each with only the data that audience may see.",
    )
    def sites(context: AssetExecutionContext, trust_run: TrustRun) -> Iterator[MaterializeResult[None]]:
        with plainly("Making the dashboards"):
            from dashboards.audiences import audiences
            from dashboards.evidence import build_shell
            from dashboards.site_export import export_site
            from orchestration.fix_lists import write_fix_lists
            from orchestration.groups import groups
            from orchestration.people import people

            workspace = trust_run.workspace(context)
            warehouse = workspace.candidate / WAREHOUSE
            names = audiences(warehouse)
            site = workspace.candidate / "site"
            members, outcome = groups(trust_run.folder, trust_run.trust(), warehouse)
            workspace.keep_outcomes("groups", [outcome])
            written = export_site(
                warehouse, build_shell(), site, names, workspace.run_id, people(trust_run.folder), members
            )
            lists = write_fix_lists(trust_run.folder, site, names)
            yield MaterializeResult(
                metadata={**written, "fix_lists": lists, "groups": len(members)},
                check_results=[check_result(outcome, SITES)],
            )

    @asset(
        key=REPORTS,
        group_name="dashboards",
        deps=[CANDIDATE],
        description="The reports that are due with each release, among the files of those who may read them.",
    )
    def reports(context: AssetExecutionContext, trust_run: TrustRun) -> MaterializeResult[None]:
        with plainly("Writing the reports"):
            from dashboards.audiences import audiences
            from dashboards.reports import Views, write_due
            from orchestration.people import people

            release = trust_run.workspace(context).candidate
            warehouse = release / WAREHOUSE
            schools = [name.removeprefix("school/") for name in audiences(warehouse) if name.startswith("school/")]
            with Views(warehouse, people(trust_run.folder)) as views:
                written = write_due(views, schools, release / "reports")
            return MaterializeResult(metadata={"reports": written})

    @asset(
        key=PUBLISHED,
        group_name="release",
        deps=[CANDIDATE, QUARANTINE, SITES, REPORTS],
        description="The release under its own name, and published/current pointing at it.",
    )
    def published(context: AssetExecutionContext, trust_run: TrustRun) -> MaterializeResult[None]:
        with plainly("Publishing"):
            from orchestration.task_reach import figures_reach, note_reach

            workspace = trust_run.workspace(context)
            outcomes = audited(workspace)
            reach = figures_reach(workspace)
            release = publish(workspace, build_manifest(workspace, outcomes))
            note_reach(workspace, trust_run.trust(), reach)
            return MaterializeResult(metadata={"release": release.name, "checks": len(outcomes)})

    return [quarantine, candidate, sites, reports, published]


def audited(workspace: Workspace) -> list[Outcome]:
    """This run's outcomes, when they let a release through; else the run is set aside and RefusedError raised."""
    try:
        return audit(workspace)
    except RefusedError as refused:
        outcomes = [outcome for stage in workspace.outcomes().values() for outcome in stage]
        keep_refused(workspace, outcomes, refused.reasons)
        workspace.note("refused", refused.reasons)
        raise
