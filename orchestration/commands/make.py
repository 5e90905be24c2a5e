"""`rollcall demo`, `init` and `synth`: where a trust folder comes from."""

from __future__ import annotations

import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from orchestration.commands.common import (
    TRUST_VARIABLE,
    CommandError,
    JsonOption,
    TrustOption,
    console,
    print_json,
    progress_bar,
)

SchoolsOption = Annotated[int, typer.Option("--schools", min=1, help="How many schools.")]
PupilsOption = Annotated[int, typer.Option("--pupils", min=1, help="About how many pupils, over all schools.")]
YearsOption = Annotated[int, typer.Option("--years", min=1, help="How many academic years.")]
SeedOption = Annotated[int, typer.Option("--seed", help="The same seed makes the same trust, to the byte.")]
FaultsOption = Annotated[int, typer.Option("--faults", min=0, help="How many faults to plant.")]


def init(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to make.")],
    as_json: JsonOption = False,
    trust: TrustOption = None,
) -> int:
    """Make an empty trust folder with a commented trust.toml."""
    from ingestion.trust import init_trust

    folder = init_trust(directory)
    if as_json:
        print_json({"trust": str(folder.root), "config": str(folder.config)})
    else:
        console().print(f"Made {folder.root}. Next: say who the trust is in {folder.config}.", markup=False)
    return 0


def synth(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="The trust folder to make.")],
    schools: SchoolsOption = 12,
    pupils: PupilsOption = 6000,
    years: YearsOption = 3,
    seed: SeedOption = 1,
    faults: FaultsOption = 40,
    as_json: JsonOption = False,
    trust: TrustOption = None,
) -> int:
    """Make a synthetic trust's extracts in the real feed formats, with planted faults and their answer key."""
    made = make_twin(directory, schools, pupils, years, seed, faults)
    if as_json:
        print_json(made)
    else:
        said = f"Made a synthetic trust in {directory}. Next: rollcall run --trust {directory}"
        console().print(said, markup=False)
    return 0


def make_twin(directory: Path, schools: int, pupils: int, years: int, seed: int, faults: int) -> dict[str, Any]:
    """The synthetic trust, written into `directory`, with progress on standard error; what was made, in counts."""
    from ingestion.twin import make_trust

    with progress_bar() as told:
        try:
            made = make_trust(
                directory,
                schools=schools,
                pupils=pupils,
                years=years,
                seed=seed,
                faults=faults,
                progress=lambda feed, done, of: told(f"writing the extracts of {feed}", done, of),
            )
        except ValueError as error:
            raise CommandError(f"That trust cannot be made: {error}.") from None
    return asdict(made)


def demo(
    directory: Annotated[Path, typer.Argument(metavar="[DIR]", help="The folder to make.")] = Path("demo-trust"),
    schools: SchoolsOption = 12,
    pupils: PupilsOption = 6000,
    years: YearsOption = 3,
    seed: SeedOption = 1,
    faults: FaultsOption = 40,
    no_dashboards: Annotated[bool, typer.Option("--no-dashboards", help="Leave out site and reports.")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Throw away a demo that is in the folder already.")] = False,
    as_json: JsonOption = False,
    trust: TrustOption = None,
) -> int:
    """Make a synthetic trust and run everything on it; ends by saying where to look."""
    from orchestration.commands.run import run_with_progress, tell

    if fresh:
        _throw_away(directory)
    made = make_twin(directory, schools, pupils, years, seed, faults)
    summary = run_with_progress(directory, dashboards=not no_dashboards)
    published = summary["outcome"] == "published"
    where = _where_to_look(directory.resolve(), published and not no_dashboards) if published else {}
    if as_json:
        print_json({"made": made, "run": summary, "look": where})
    else:
        tell(summary)
        for what, how in where.items():
            console().print(f"  {what}: {how}", markup=False)
    # The planted faults are what a demo is there to show: a held extract is no failure of it.
    return 0 if published else 1


def _where_to_look(root: Path, dashboards: bool) -> dict[str, str]:
    current = root / "published" / "current"
    look = {
        "the warehouse": f"rollcall sql --trust {root}",
        "each school's state": f"rollcall status --trust {root}",
        "what was refused": f"rollcall quarantine --trust {root}",
        "data docs": str(current / "data_docs" / "index.html"),
        "Dagster": f"{TRUST_VARIABLE}={root} dagster dev",
    }
    if dashboards:
        look = {
            "the dashboards": f"rollcall serve --trust {root}",
            "the network's report": str(current / "reports" / "network"),
            **look,
        }
    return look


def _throw_away(directory: Path) -> None:
    """Delete an earlier demo, and nothing that is not one."""
    if not directory.exists():
        return
    from ingestion.twin import ANSWER_KEY

    if not (directory / ANSWER_KEY).exists() and any(directory.iterdir()):
        raise CommandError(f"{directory} is no synthetic trust; choose another folder, or delete it yourself.")
    shutil.rmtree(directory)
