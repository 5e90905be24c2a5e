"""`rollcall report`: the reports that there are, and one of them made."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orchestration.commands.common import (
    CommandError,
    JsonOption,
    TrustOption,
    as_rows,
    console,
    open_release,
    print_json,
    print_table,
    records,
    trust_dir,
)

if TYPE_CHECKING:
    from dashboards.reports import Report


def report(
    name: Annotated[str | None, typer.Argument(help="The report; --list names them.")] = None,
    school: Annotated[str | None, typer.Option(metavar="SLUG", help="The school that it is about.")] = None,
    period: Annotated[
        str | None,
        typer.Option(help="As '2025/26 HT1', '2025/26 autumn', '2025/26' or a week's Monday; default the newest over."),
    ] = None,
    audience: Annotated[
        str | None,
        typer.Option(help="Only when the report is for it: network, school/<slug> or school/<slug>/governors."),
    ] = None,
    pupil: Annotated[str | None, typer.Option(help="One pupil, by the id that the dashboards show.")] = None,
    form: Annotated[str | None, typer.Option(help="The pupils of one form.")] = None,
    year_group: Annotated[str | None, typer.Option(help="The pupils of one year group.")] = None,
    formats: Annotated[list[str] | None, typer.Option("--format", help="Only this of its formats.")] = None,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where the files go.")] = Path(),
    list_them: Annotated[bool, typer.Option("--list", help="Name the reports.")] = False,
    trust: TrustOption = None,
    as_json: JsonOption = False,
) -> int:
    """A named report for a school or the network and a period."""
    from dashboards.reports import Views, find, write_report
    from ingestion.trust import TrustFolder
    from orchestration.people import people
    from orchestration.release import WAREHOUSE

    if list_them or name is None:
        return _list(trust, as_json)
    try:
        asked = find(name)
        _check(asked, school, audience, formats)
        warehouse, release = open_release(trust)
        warehouse.close()
        named = people(TrustFolder(trust_dir(trust))) if asked.reads == "school" else None
        chosen = {"pupil_id": pupil, "form": form, "year_group": year_group}
        with Views(release / WAREHOUSE, named) as views:
            made = write_report(
                views, asked, out, school, period,
                pupils={key: value for key, value in chosen.items() if value is not None}, formats=formats,
            )  # fmt: skip
    except ValueError as error:
        raise CommandError(str(error)) from None
    if as_json:
        print_json({"report": name, "school": school, "period": period, "files": [str(path) for path in made]})
    else:
        for path in made:
            console().print(f"Wrote {path}.", markup=False, soft_wrap=True)
    return 0


def _list(trust: Path | None, as_json: bool) -> int:
    """The reports; of a trust with a release also the periods that each can be about."""
    from dashboards.reports import registry

    periods = _periods(trust) if trust is not None else {}
    listed: list[dict[str, Any]] = [
        {
            "report": each.name, "title": each.title, "about": each.about, "for": each.audience,
            "cadence": each.cadence, "formats": list(each.formats), "made": each.due, "owner": each.owner,
            "action": each.action, "requirements": list(each.requirements),
            "periods": [key for kind in each.periods for key in periods.get(kind, [])],
        }
        for each in registry().values()
    ]  # fmt: skip
    if as_json:
        print_json(listed)
        return 0
    shown = ["report", "title", "about", "for", "cadence", "formats"]
    rows = [{key: ", ".join(each[key]) if key == "formats" else each[key] for key in shown} for each in listed]
    print_table("Reports", shown, as_rows(rows))
    spoken = [f"{kind.replace('_', ' ')} {', '.join(keys)}" for kind, keys in periods.items() if kind != "week"]
    if spoken:
        console().print(f"Periods: {'; '.join(spoken)}.", soft_wrap=True)
    return 0


def _periods(trust: Path | None) -> dict[str, list[str]]:
    """The keys of the current release's periods by kind, the newest first."""
    warehouse, _ = open_release(trust)
    with warehouse:
        found = records(
            warehouse, "select period_type, period_key from reports.rpt_periods order by period_type, period_order desc"
        )
    kinds: dict[str, list[str]] = {}
    for row in found:
        kinds.setdefault(row["period_type"], []).append(row["period_key"])
    return kinds


def _check(asked: Report, school: str | None, audience: str | None, formats: list[str] | None) -> None:
    """Raises ValueError when the report is not for that audience, or has no such format."""
    if audience is not None and audience != asked.folder(school):
        raise ValueError(f"The report {asked.name} is for {asked.folder(school or '<slug>')}, not for {audience}.")
    unknown = [suffix for suffix in formats or [] if suffix not in asked.formats]
    if unknown:
        raise ValueError(f"The report {asked.name} has no {unknown[0]}; it has {', '.join(asked.formats)}.")
