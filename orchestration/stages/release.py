"""The last stages: refused rows listed, the candidate, each audience's site, the due reports, and the publishing."""

from __future__ import annotations

from ingestion.previous import FROZEN
from orchestration.kept import cut_tables, keep, schools_built, what_changed
from orchestration.release import WAREHOUSE, RefusedError, assemble, audit, before_this, keep_refused, publish
from orchestration.stages.stage import Done, Run
from orchestration.workspace import Workspace
from quality.outcomes import Outcome


def list_refused_rows(run: Run) -> Done:
    """List what each school must mend: every refused row with its one reason, on the restricted side."""
    from ingestion.quarantine import publish_refusals

    return Done({"rows": publish_refusals(run.folder, run.workspace.work_db)})


def put_together(run: Run) -> Done:
    """Make the candidate, when what the checks said lets a release through. Raises RefusedError."""
    from dashboards.disclosed import write_record
    from orchestration.previous import freeze, newest_record
    from orchestration.run_tables import fill_run_tables

    workspace = run.workspace
    fill_run_tables(workspace, audited(workspace))
    rows = assemble(workspace, cut_tables(), what_changed(workspace))
    workspace.note(FROZEN, freeze(workspace.work_db, workspace.candidate, *before_this(workspace.folder, FROZEN)))
    figures = write_record(workspace.candidate / WAREHOUSE, newest_record(workspace.folder))
    return Done({"tables": len(rows), "rows": sum(rows.values()), **figures})


def make_dashboards(run: Run) -> Done:
    """Make the dashboards of every audience, each with only the data that audience may see."""
    from dashboards.audiences import audiences
    from dashboards.evidence import build_shell
    from dashboards.site_export import export_site
    from orchestration.fix_lists import write_fix_lists
    from orchestration.groups import groups
    from orchestration.people import people
    from orchestration.previous import of_newest_release

    workspace = run.workspace
    warehouse = workspace.candidate / WAREHOUSE
    names = audiences(warehouse)
    site = workspace.candidate / "site"
    members, outcome = groups(run.folder, run.trust, warehouse)
    workspace.keep_outcomes("groups", [outcome])
    known, earlier = people(run.folder), of_newest_release(run.folder, "site")
    written = export_site(warehouse, build_shell(), site, names, workspace.run_id, known, members, earlier)
    lists = write_fix_lists(run.folder, site, names)
    return Done({**written, "fix_lists": lists, "groups": len(members)}, (outcome,))


def write_reports(run: Run) -> Done:
    """Write the reports that are due, among the files of those who may read them."""
    from dashboards.audiences import audiences
    from dashboards.reports import Views, write_due
    from orchestration.people import people
    from orchestration.previous import of_newest_release

    release = run.workspace.candidate
    warehouse = release / WAREHOUSE
    schools = [name.removeprefix("school/") for name in audiences(warehouse) if name.startswith("school/")]
    with Views(warehouse, people(run.folder)) as views:
        earlier, built = of_newest_release(run.folder, "reports"), schools_built(run.workspace, run.trust)
        return Done(write_due(views, schools, release / "reports", earlier, built))


def publish_release(run: Run) -> Done:
    """Give the release its own name and point published/current at it. Raises RefusedError."""
    from orchestration.manifest import build_manifest
    from orchestration.task_reach import figures_reach, note_reach

    workspace = run.workspace
    outcomes = audited(workspace)
    reach = figures_reach(workspace)
    release = publish(workspace, build_manifest(workspace, outcomes))
    note_reach(workspace, run.trust, reach)
    keep(workspace, release)
    return Done({"release": release.name, "checks": len(outcomes)})


def audited(workspace: Workspace) -> list[Outcome]:
    """This run's outcomes, when they let a release through; else the run is set aside and RefusedError raised."""
    try:
        return audit(workspace)
    except RefusedError as refused:
        outcomes = [outcome for stage in workspace.outcomes().values() for outcome in stage]
        keep_refused(workspace, outcomes, refused.reasons)
        workspace.note("refused", refused.reasons)
        raise
