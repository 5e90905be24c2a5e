"""An export that takes over files of the release before is, byte for byte, the export that makes them all."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from dashboards.audiences import audiences
from dashboards.disclosed import hidden_cells, tables
from dashboards.site_export import INDEX, export_site

OWN, GROUP = "elm-academy", "school/elm-academy/7A"
MEMBERS = ["key one", "key two"]
# Each makes other files out of date: a school's own table, one that everybody compares, one that is the same for all,
# one with the same row twice, and one of another shape.
CHANGES = [
    f"update reports.rpt_pupils set form = 'changed' where slug = '{OWN}'",
    f"update reports.rpt_cohorts set late_sessions = 1 where slug = '{OWN}'",
    "delete from reports.rpt_guide_codes where code = '/'",
    f"insert into reports.rpt_fix_list by name select '{OWN}' as slug from range(2)",
    "alter table reports.rpt_tasks add column more integer",
]


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shell")
    (folder / "_app").mkdir()
    (folder / "_app" / "page.js").write_text("page")
    return folder


@pytest.fixture(scope="module")
def built(warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny trust with pupils to name."""
    copied = tmp_path_factory.mktemp("built") / "warehouse.duckdb"
    shutil.copyfile(warehouse, copied)
    with duckdb.connect(str(copied)) as db:
        db.execute(f"insert into reports.rpt_pupils by name select unnest(?) as pupil_key, '{OWN}' as slug", [MEMBERS])
    return copied


def people(surname: str = "Ash") -> pa.Table:
    names = [f"Jo {surname} {place}" for place in range(len(MEMBERS))]
    return pa.table({"pupil_key": MEMBERS, "pupil_name": names, "sort_name": names}, pa.schema(
        [("pupil_key", pa.string()), ("pupil_name", pa.string()), ("sort_name", pa.string())]
    ))  # fmt: skip


def export(warehouse: Path, shell: Path, out: Path, surname: str = "Ash", members: list[str] = MEMBERS,
           previous: Path | None = None) -> dict[str, Any]:  # fmt: skip
    names = [name for name in audiences(warehouse) if "/" not in name or OWN in name or "birch" in name]
    return export_site(warehouse, shell, out, names, "r", people(surname), {GROUP: members}, previous)


@pytest.fixture(scope="module")
def before(built: Path, shell: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("before") / "site"
    export(built, shell, out)
    return out


def files(site: Path) -> dict[str, bytes]:
    return {str(path.relative_to(site)): path.read_bytes() for path in site.rglob("*") if path.is_file()}


def test_what_follows_the_change_is_what_is_made_whole(built: Path, shell: Path, before: Path, tmp_path: Path) -> None:
    changed, made, whole = tmp_path / "warehouse.duckdb", tmp_path / "made", tmp_path / "whole"
    shutil.copyfile(built, changed)
    with duckdb.connect(str(changed)) as db:
        for change in CHANGES:
            db.execute(change)
    followed, all_made = export(changed, shell, made, previous=before), export(changed, shell, whole)
    assert files(made) == files(whole)
    assert files(made).keys() != files(before).keys()
    assert 0 < followed["files"] < all_made["files"] / 2
    for manifest in made.rglob("data/manifest.json"):
        said = json.loads(manifest.read_text())
        named, parts = said["renderedFiles"]["rollcall"], said["parts"]
        assert sorted([*(Path(name).stem for name in named), *parts]) == sorted(tables())
        named += [name for files in parts.values() for name in files.values()]
        there = {str(path.relative_to(manifest.parents[1])) for path in manifest.parent.glob("rollcall/*/*/*")}
        assert there == set(named), "what lies in an audience's folder is what its manifest names"


def test_nothing_is_made_again_where_nothing_changed(built: Path, shell: Path, before: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    shutil.copytree(before, first, copy_function=os.link)
    assert export(built, shell, second, previous=first)["files"] == 0
    assert files(second) == files(first)
    expected = files(second)
    shutil.rmtree(first)
    assert files(second) == expected, "a release can be deleted without harm to the next"


@pytest.mark.parametrize("change", [{"surname": "Oak"}, {"members": MEMBERS[1:]}])
def test_a_name_or_a_group_that_changes_is_served_anew(
    built: Path, shell: Path, before: Path, tmp_path: Path, change: dict[str, Any]
) -> None:
    followed = export(built, shell, tmp_path / "made", previous=before, **change)
    assert 0 < followed["files"] < 4
    served = {"pupils": [], "names": []}
    for path in (tmp_path / "made" / GROUP).glob("data/rollcall/rpt_pupils/*/*"):
        served = (
            duckdb.sql(f"select pupil_id as pupils, pupil_name as names from '{path}'").to_arrow_table().to_pydict()
        )
    assert len(served["pupils"]) == len(change.get("members", MEMBERS))
    assert all(change.get("surname", "Ash") in name for name in served["names"])


@pytest.mark.parametrize(("place_type", "is_beside_own"), [("school", False), ("phase", True)])
def test_a_schools_own_rows_follow_what_is_hidden_of_phases_alone(
    built: Path, shell: Path, before: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    place_type: str, is_beside_own: bool,
) -> None:  # fmt: skip
    cells = hidden_cells(built).to_pylist()
    cells.remove(next(cell for cell in cells if (cell["place_type"], cell["dimension"]) == (place_type, "code")))
    monkeypatch.setattr("dashboards.audiences.hidden_cells", lambda _: pa.Table.from_pylist(cells))
    made, whole = tmp_path / "made", tmp_path / "whole"
    export(built, shell, made, previous=before)
    export(built, shell, whole)
    assert files(made) == files(whole)
    keys, earlier = (json.loads((site / INDEX).read_text()) for site in (made, before))
    made_anew = {digest for key, (digest, _) in keys.items() if key not in earlier}
    manifest = json.loads((made / "school" / OWN / "data" / "manifest.json").read_text())
    assert (Path(manifest["parts"]["rpt_code_use"]["own"]).parent.name in made_anew) == is_beside_own


@pytest.mark.parametrize("index", ["", None])
def test_without_a_readable_index_all_is_made(built: Path, shell: Path, tmp_path: Path, index: str | None) -> None:
    if index is not None:
        (tmp_path / INDEX).write_text(index)
    found = export_site(built, shell, tmp_path / "made", ["network"], previous=tmp_path)
    assert (found["carried"], (tmp_path / "made" / "network" / "data" / "manifest.json").is_file()) == (0, True)
