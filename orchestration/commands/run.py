"""`rollcall run` and `rollcall rollback`: what changes the published release."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from orchestration.commands.common import JsonOption, TrustOption, console, print_json, progress_bar, trust_dir


def run(
    trust: TrustOption = None,
    no_dashboards: Annotated[
        bool, typer.Option("--no-dashboards", help="Publish without site and reports (the manifest says so).")
    ] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Build everything anew and publish, even when nothing is new.")
    ] = False,
    verbose: Annotated[bool, typer.Option("--verbose", help="The run's log on standard error too.")] = False,
    as_json: JsonOption = False,
) -> int:
    """Take in what is new, validate, build, check, publish, and rebuild dashboards and due reports."""
    from orchestration.run import exit_code

    summary = run_with_progress(trust_dir(trust), dashboards=not no_dashboards, again=again, verbose=verbose)
    code = exit_code(summary)
    if as_json:
        print_json({**summary, "exit_code": code})
    else:
        tell(summary)
    return code


def run_with_progress(
    root: Path, dashboards: bool = True, again: bool = False, verbose: bool = False
) -> dict[str, Any]:
    """Run the trust with a progress bar on standard error; standard output stays for what the command prints."""
    from orchestration.run import run_trust
    from orchestration.stages.registry import STAGES

    with contextlib.redirect_stdout(sys.stderr), progress_bar() as told:
        return run_trust(
            root,
            dashboards=dashboards,
            again=again,
            verbose=verbose,
            progress=lambda step, number, of: told(STAGES[step].doing if step in STAGES else step, number, of),
        )


def tell(summary: dict[str, Any]) -> None:
    """Say on standard output how a run ended."""
    from ingestion.inbox import WORDS

    out = console()
    if summary["outcome"] == "nothing_new":
        out.print(f"Nothing new: {summary['release']} already speaks for everything there is.")
        _tell_held(summary)
        return
    landed = summary["landed"]
    out.print(
        f"Took in {landed['extracts']:,} extracts with {landed['rows']:,} rows"
        f" ({landed['repeated']:,} had been taken in before, {landed['unusable']:,} could not be used)."
    )
    for left in summary["left_in_inbox"]:
        out.print(f"{left['inbox']}/{left['file_name']} {WORDS[left['why']]}.", markup=False)
    if summary["outcome"] == "published":
        out.print(f"Published release {summary['release']}; {summary['checks']['run']:,} checks ran.")
    else:
        sentence = "The release was refused; the previous one stands." if summary["outcome"] == "refused" else (
            "The run failed; the previous release stands."
        )  # fmt: skip
        console(error=True).print("\n".join([sentence, *summary["why"]]), markup=False)
    for check in summary["checks"]["failed"]:
        if check["severity"] == "warn":
            out.print(f"Warning: {check['message']}", markup=False)


def _tell_held(summary: dict[str, Any]) -> None:
    if held := summary.get("extracts_held"):
        console(error=True).print(
            f"Extracts that await review: {held}; `rollcall accept --list` names them.", markup=False
        )


def rollback(
    release: Annotated[str, typer.Argument(help="The release to go back to, as `rollcall status` lists them.")],
    trust: TrustOption = None,
    as_json: JsonOption = False,
) -> int:
    """Point published/current at an earlier release."""
    from ingestion.trust import TrustFolder, load_trust
    from orchestration.lock import trust_lock
    from orchestration.release import current_release
    from orchestration.release import rollback as repoint

    root = trust_dir(trust)
    load_trust(root)
    folder = TrustFolder(root).ensure()
    with trust_lock(folder.runs):
        before = current_release(folder)
        manifest = repoint(folder, release)
    found = {"release": release, "before": before.name if before else None, "as_of": manifest.get("as_of")}
    if as_json:
        print_json(found)
    else:
        console().print(f"published/current is {release} now (it was {found['before'] or 'nothing'}).")
    return 0
