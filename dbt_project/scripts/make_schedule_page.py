"""Writes docs/schedule.md's table of tasks from the seeds: `python dbt_project/scripts/make_schedule_page.py`."""

import csv
from pathlib import Path

REPO = Path(__file__).resolve().parents[2]
SEEDS = REPO / "dbt_project" / "seeds" / "schedule"
PAGE = REPO / "docs" / "schedule.md"
BEGIN, END = "<!-- tasks: made from the seeds -->\n", "<!-- end of tasks -->\n"
_HEAD = "| task | title | who | by when | done by | asked for by |\n|---|---|---|---|---|---|\n"


def table() -> str:
    """The table of all tasks, a heading for each cadence."""
    tasks, cadences = _rows("tasks"), _rows("task_cadences")
    parts = []
    for cadence in cadences:
        lines = [_line(task) for task in tasks if task["cadence"] == cadence["cadence"]]
        parts.append(f"### {cadence['label']}\n\n{_HEAD}{''.join(lines)}\n")
    return BEGIN + "".join(parts) + END


def _line(task: dict[str, str]) -> str:
    days = int(task["due_school_days"])
    when = "same day" if days == 0 else "next school day" if days == 1 else f"{days} school days after"
    lines = f"Annex C, {task['cadence'].replace('_', '-')} {' and '.join(task['annex_lines'].split())}"
    cells = [
        f"`{task['task_id']}`",
        task["title"],
        task["owner"],
        f"{when}, {task['due_time'][:5]}",
        "a release" if task["done_by"] == "release" else "staff",
        f"{lines}; {task['requirement']}" if task["annex_lines"] else task["requirement"],
    ]
    return f"| {' | '.join(cells)} |\n"


def _rows(name: str) -> list[dict[str, str]]:
    with (SEEDS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def with_table(page: str) -> str:
    """The page with the table as the seeds make it."""
    before, _, rest = page.partition(BEGIN)
    return before + table() + rest.partition(END)[2]


if __name__ == "__main__":
    PAGE.write_text(with_table(PAGE.read_text("utf-8")), "utf-8")
