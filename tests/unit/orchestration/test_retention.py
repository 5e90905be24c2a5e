"""What may go when its time is over, the record of it, and what a crash in between leaves."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import duckdb
import pytest

from ingestion import removal
from ingestion.ledger import entries
from ingestion.trust import Trust, TrustError, TrustFolder
from orchestration import cli, retention
from orchestration.release import point_at
from orchestration.retention import carry_out, finish_purges, plan_purge
from tests.unit.ingestion.helpers import HEADER, OTHER, PERMANENT, land, make_trust, put

TODAY = dt.date(2025, 12, 19)  # the day of make_trust's figures: six years before are 19 December 2019
RELEASE = "20251219-170000-aaaa"
PUPILS = "upn,forename,surname,entry_date,leaving_date\n"


def publish(folder: TrustFolder, name: str = RELEASE) -> None:
    """A release that knows every extract's days, as a run would work them out."""
    release = folder.releases / name
    release.mkdir()
    (release / "manifest.json").write_text(
        json.dumps({"finished_at": "2025-12-19", "inputs": [{"extract_id": e.extract_id} for e in entries(folder)]})
    )
    with duckdb.connect(str(release / "warehouse.duckdb")) as warehouse:
        warehouse.execute("create schema marts")
        warehouse.execute("create table marts.fct_extracts (extract_id varchar, first_date date, last_date date)")
        for entry in entries(folder):
            days = {"marks": "session_date", "calendar": "calendar_date"}.get(entry.kind)
            found = (None, None)
            for path in folder.lake.glob(f"{entry.kind}/*/{entry.extract_id}.parquet") if days else []:
                query = f"select min({days}), max({days}) from read_parquet('{path}') where row_reason is null"
                found = warehouse.execute(query).fetchone() or found
            warehouse.execute("insert into marts.fct_extracts values (?, ?, ?)", [entry.extract_id, *found])
    point_at(folder, name)


def marks(*days: str) -> str:
    return HEADER + "".join(f"{PERMANENT},{day},AM,/\n" for day in days)


def kept_and_gone(tmp_path: Path, files: dict[str, str], **options: dt.date) -> tuple[set[str], set[str]]:
    trust, folder = make_trust(tmp_path)
    for name, content in files.items():
        put(folder, "ash", name, content)
    land(trust, folder)
    publish(folder)
    plan = plan_purge(folder, trust, today=TODAY, **options)
    return {e.entry.first.file_name for e in plan.kept}, {e.entry.first.file_name for e in plan.goes}


def test_a_year_goes_on_the_day_its_last_entry_is_six_years_old_and_its_year_is_over(tmp_path: Path) -> None:
    files = {
        "marks_20190731.csv": marks("2019-07-30", "2019-07-31"),  # the last day of a year that is wholly over
        "marks_20190802.csv": marks("2019-08-01"),  # older than six years, but of a year that is not
        "marks_20191219.csv": marks("2019-12-19"),
    }
    assert kept_and_gone(tmp_path, files)[1] == {"marks_20190731.csv"}


@pytest.mark.parametrize(("exported", "goes"), [("20190731", True), ("20191218", False), ("20191219", False)])
def test_the_day_of_export_counts_too(tmp_path: Path, exported: str, goes: bool) -> None:
    name = f"marks_{exported}.csv"
    kept, gone = kept_and_gone(tmp_path, {name: marks("2019-05-01")})
    assert (gone if goes else kept) == {name}


def test_the_figures_of_an_earlier_day_remove_no_more_and_a_later_one_no_less(tmp_path: Path) -> None:
    trust, folder = make_trust(tmp_path)
    put(folder, "ash", "marks_20190710.csv", marks("2019-07-01"))
    land(trust, folder)
    publish(folder)
    assert plan_purge(folder, trust, today=dt.date(2025, 7, 31)).goes == []  # six years ago it was still 2018/19
    assert len(plan_purge(folder, trust, today=dt.date(2025, 8, 1)).goes) == 1
    earlier = trust.model_copy(update={"as_of": dt.date(2025, 7, 31)})
    assert plan_purge(folder, earlier, today=TODAY).goes == []
    later = trust.model_copy(update={"as_of": dt.date(2030, 1, 1)})
    assert len(plan_purge(folder, later, today=TODAY).goes) == 1
    longer = trust.model_copy(update={"rules": {"retention_years": 7.0}})
    assert plan_purge(folder, longer, today=TODAY).goes == []


def test_a_day_may_be_asked_for_but_none_that_the_law_still_protects(tmp_path: Path) -> None:
    trust, folder = make_trust(tmp_path)
    put(folder, "ash", "marks_20190710.csv", marks("2019-07-01"))
    land(trust, folder)
    publish(folder)
    assert plan_purge(folder, trust, dt.date(2019, 7, 31), TODAY).goes == []
    assert len(plan_purge(folder, trust, dt.date(2019, 12, 19), TODAY).goes) == 1
    with pytest.raises(TrustError, match="six years"):
        plan_purge(folder, trust, dt.date(2019, 12, 20), TODAY)


def test_a_file_that_reaches_into_a_kept_year_keeps_its_own_year_and_says_so(tmp_path: Path) -> None:
    trust, folder = make_trust(tmp_path)
    put(folder, "ash", "marks_20170710.csv", marks("2017-07-03"))
    put(folder, "ash", "marks_20180710.csv", marks("2018-07-02"))
    put(folder, "ash", "marks_20240101.csv", marks("2018-05-01", "2023-12-01"))
    land(trust, folder)
    publish(folder)
    plan = plan_purge(folder, trust, today=TODAY)
    assert [extract.entry.first.file_name for extract in plan.goes] == ["marks_20170710.csv"]
    assert (plan.from_date, plan.held_back_by) == (dt.date(2017, 8, 1), ["ash/marks_20240101.csv"])


def test_a_pupils_extract_stays_while_it_is_the_last_to_name_somebody_of_use(tmp_path: Path) -> None:
    files = {
        "pupils_20170901.csv": f"{PUPILS}{PERMANENT},,,2016-09-01,\n{OTHER},,,2016-09-01,\n",
        "pupils_20170902.csv": f"{PUPILS}{PERMANENT},Anna,,2016-09-01,\n{OTHER},,,2016-09-01,\n",
        "pupils_20180901.csv": f"{PUPILS}{PERMANENT},,,2016-09-01,\n",
    }
    assert kept_and_gone(tmp_path, files)[1] == {"pupils_20170901.csv"}  # OTHER vanished and may still be on roll
    gone = files | {"pupils_20180902.csv": f"{PUPILS}{OTHER},,,2016-09-01,2018-07-20\n"}
    assert kept_and_gone(tmp_path / "again", gone)[1] == {
        "pupils_20170901.csv", "pupils_20170902.csv", "pupils_20180902.csv",
    }  # fmt: skip


def purged(tmp_path: Path) -> tuple[Trust, TrustFolder]:
    trust, folder = make_trust(tmp_path)
    put(folder, "ash", "marks_20190710.csv", marks("2019-07-01") + "nonsense,2019-07-01,AM,/\n")
    put(folder, "ash", "marks_20251210.csv", marks("2025-12-09"))
    land(trust, folder)
    publish(folder, "20251201-170000-aaaa")
    publish(folder)
    return trust, folder


def test_what_goes_is_gone_everywhere_and_recorded_and_does_not_come_back(tmp_path: Path) -> None:
    trust, folder = purged(tmp_path)
    plan = plan_purge(folder, trust, today=TODAY)
    assert plan.resting == ["20251201-170000-aaaa"]
    (goes,) = plan.goes
    path = carry_out(folder, plan, with_releases=True)
    assert [entry.first.file_name for entry in entries(folder)] == ["marks_20251210.csv"]
    traces = [file for file in folder.root.rglob("*") if goes.entry.extract_id in file.name]
    assert [file.parent.name for file in traces] == ["removed"]
    assert not [file for file in folder.archive.rglob("*") if goes.entry.sha256 in file.name]
    assert [release.name for release in folder.releases.iterdir()] == [RELEASE]
    record = path.read_text()
    told = json.loads(record)
    assert told["done_at"]
    assert told["years"] == 6
    assert told["extracts"][0]["sha256"] == goes.entry.sha256
    assert PERMANENT not in record
    put(folder, "ash", "marks_20190710.csv", marks("2019-07-01") + "nonsense,2019-07-01,AM,/\n")
    (landed,) = land(trust, folder)
    assert landed.problem is not None
    assert "removed" in landed.problem
    assert len(entries(folder)) == 1
    assert not [file for file in folder.inbox.rglob("*") if file.is_file()]


@pytest.mark.parametrize("after", range(6))
def test_a_purge_that_was_killed_ends_the_same(tmp_path: Path, after: int, monkeypatch: pytest.MonkeyPatch) -> None:
    trust, folder = purged(tmp_path)
    plan = plan_purge(folder, trust, today=TODAY)
    left = after
    unlink = Path.unlink

    def dies(path: Path, missing_ok: bool = False) -> None:
        nonlocal left
        if left == 0:
            raise KeyboardInterrupt
        left -= 1
        unlink(path, missing_ok)

    with monkeypatch.context() as patch:
        patch.setattr(removal.Path, "unlink", dies)
        try:
            carry_out(folder, plan)
        except KeyboardInterrupt:
            assert left == 0
    finish_purges(folder)
    (record,) = (folder.runs / "purges").glob("*.json")
    assert json.loads(record.read_text())["done_at"]
    assert [entry.first.file_name for entry in entries(folder)] == ["marks_20251210.csv"]
    assert len([file for file in folder.archive.rglob("*") if file.is_file()]) == 1
    assert not list(folder.quarantine.glob("*/*.parquet"))
    assert plan_purge(folder, trust, today=TODAY).goes == []


def test_extracts_that_no_release_knows_stop_it(tmp_path: Path) -> None:
    trust, folder = purged(tmp_path)
    put(folder, "ash", "marks_20251211.csv", marks("2025-12-10"))
    land(trust, folder)
    with pytest.raises(TrustError, match="rollcall run"):
        plan_purge(folder, trust, today=TODAY)


def test_the_command_shows_first_and_removes_when_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, folder = purged(tmp_path)
    trust = ["--trust", str(folder.root), "--json"]
    assert cli.invoke(["purge", *trust]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["record"], shown["removed"][0]["rows"], len(entries(folder))) == (None, 2, 2)
    assert cli.invoke(["purge", "--yes", *trust]) == 0
    done = json.loads(capsys.readouterr().out)
    assert (folder.root / done["record"]).is_file()
    assert len(entries(folder)) == 1
    assert cli.invoke(["purge", "--before", "soon", *trust]) == 2
    assert cli.invoke(["purge", "--before", "2024-01-01", *trust]) == 2
    assert "six years" in capsys.readouterr().err


def test_years_end_on_the_28th_where_there_is_no_29th() -> None:
    assert retention._years_before(dt.date(2024, 2, 29), 6) == dt.date(2018, 2, 28)
