"""Back up, destroy, restore; change the secret of the keys; and what runs leave in the log and tell people."""

import hashlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from ingestion.identity import key_changes
from ingestion.trust import TrustFolder
from orchestration.backup import back_up, restore
from orchestration.logs import EVENTS
from orchestration.release import WAREHOUSE, current_release
from orchestration.run import run_trust
from tests.hook import Hook
from tests.integration.tiny import AS_OF, PUPILS, TinyRun, upn, write_marks

# The clock of a run, not the figures: when files were received.
CLOCK = {"received_at", "newest_received_at"}


def hashes(root: Path, without: set[str] = CLOCK) -> dict[str, str]:
    """Each mart's rows as one hash, whatever their order; without the list of releases, which each run makes longer."""
    release = current_release(TrustFolder(root))
    assert release is not None
    found = {}
    with duckdb.connect(str(release / WAREHOUSE), read_only=True) as warehouse:
        tables = warehouse.execute("select table_name from duckdb_tables() where schema_name = 'marts'").fetchall()
        tables.remove(("dim_release",))
        for (table,) in sorted(tables):
            columns = [row[0] for row in warehouse.execute(f"describe marts.{table}").fetchall()]
            kept = ", ".join(f'"{name}"' for name in columns if name not in without)
            rows = warehouse.execute(f"select {kept} from marts.{table}").fetchall()
            found[table] = hashlib.sha256("\n".join(sorted(map(repr, rows))).encode()).hexdigest()
    return found


def told_by(hook: Hook, root: Path, *events: str) -> None:
    """Have the trust tell a webhook on this computer of these events."""
    with (root / "trust.toml").open("a") as config:
        config.write(f'[alerts]\nevents = {json.dumps(events)}\n[alerts.webhook]\nurl = "{hook.url}"\n')


@pytest.fixture
def hook() -> Iterator[Hook]:
    server = Hook([200])
    yield server
    server.close()


def keys(root: Path) -> set[str]:
    release = current_release(TrustFolder(root))
    with duckdb.connect(str(release / WAREHOUSE), read_only=True) as warehouse:  # type: ignore[operator]
        return {row[0] for row in warehouse.execute("select distinct pupil_key from marts.dim_pupil").fetchall()}


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_the_drill(tiny_run: TinyRun, tmp_path: Path, hook: Hook) -> None:
    """Run, back up, take in more, run, back up, lose everything: either day comes back with the same marts."""
    root, store = tiny_run.copy(tmp_path / "trust"), tmp_path / "backup"
    told_by(hook, root, "published", "restored")
    first, first_marts = back_up(root, store), hashes(root)

    write_marks(root, "elm", stamp="20250920", spoil=1)
    assert run_trust(root, dashboards=False)["outcome"] == "published"
    write_marks(root, "oak", stamp="20250921")
    second, second_marts = back_up(root, store), hashes(root)
    assert first_marts != second_marts
    assert second["new_bytes"] < second["bytes"], "what was backed up before is not copied again"
    shutil.rmtree(root)

    newest = tmp_path / "newest"
    restore(store, newest)
    assert hashes(newest) == second_marts, "the release that was published serves at once"
    assert [path.name for path in (newest / "inbox" / "oak").iterdir()] == ["marks_20250921.csv"]
    (newest / "inbox" / "oak" / "marks_20250921.csv").unlink()
    assert run_trust(newest, dashboards=False)["outcome"] == "published"
    assert hashes(newest) == second_marts
    assert [path for path in (newest / "archive").rglob("*") if path.stat().st_mode & 0o077] == []

    earlier = tmp_path / "earlier"
    restore(store, earlier, at=first["snapshot"])
    assert run_trust(earlier, dashboards=False)["outcome"] == "published"
    assert hashes(earlier) == first_marts
    assert [json.loads(body)["event"] for _, body in hook.taken] == ["published", "published", "published"]


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_new_secret_renames_every_pupil_and_changes_nothing_else(
    tiny_run: TinyRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from orchestration.commands.keep import rotate_secret

    root = tiny_run.copy(tmp_path / "trust")
    other = CLOCK | {"pupil_key", "release_id"}  # of the release that made a task's figures
    folder, before, marts = TrustFolder(root), keys(root), hashes(root, other)
    rotate_secret(trust=root, as_json=True)
    # The first reading under the new secret is cut short.
    import ingestion.storing as storing

    stored, calls = storing.store_identities, []

    def dies(*arguments: object) -> None:
        calls.append(arguments)
        if len(calls) > 2:
            raise OSError("the disk went away")
        stored(*arguments)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(storing, "store_identities", dies)
        assert run_trust(root, dashboards=False)["outcome"] == "failed"
    assert keys(root) == before, "what is published stands"
    assert run_trust(root, dashboards=False)["outcome"] == "published"
    changes = dict(key_changes(folder).iter_rows())
    assert keys(root) == {changes[key] for key in before}
    assert keys(root).isdisjoint(before)
    assert hashes(root, other) == marts
    assert run_trust(root, dashboards=False)["outcome"] == "nothing_new"


def test_a_run_logs_events_of_the_list_and_nothing_personal(
    tiny_run: TinyRun, tmp_path: Path, hook: Hook, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    root = tiny_run.copy(tmp_path / "trust")
    told_by(hook, root, "run_failed")
    child = upn("elm", 3)
    path = write_marks(root, "elm", stamp="20250920", spoil=PUPILS)
    path.rename(path.with_name(f"marks_20250920_Surname3_{child}.csv"))
    (root / "inbox" / "oak" / f"marks_20250920_{child}.csv").write_text(f"{child},Forename3 Surname3\n")

    def fail(*_: object) -> None:
        raise ValueError(f"{child} Surname3 cannot be counted")

    monkeypatch.setattr("ingestion.reference.write_reference", fail)
    summary = run_trust(root, dashboards=False, verbose=True)
    assert summary["outcome"] == "failed"
    assert summary["alerts"] == {"sent": 1, "failed": []}
    ((_, told),) = hook.taken
    assert json.loads(told)["event"] == "run_failed"
    text = (root / "runs" / "logs" / f"{summary['run_id']}.jsonl").read_text(encoding="utf-8")
    lines = [json.loads(line) for line in text.splitlines()]
    assert {line["event"] for line in lines} <= set(EVENTS)
    assert all({"time", "level", "event", "run_id"} <= set(line) for line in lines)
    taken = [line for line in lines if line["event"] == "extract_taken_in"]
    assert [line["usable"] for line in taken] == [True, False]
    failed = next(line for line in lines if line["event"] == "stage_failed")
    assert failed["where"].startswith("ValueError at test_operations.py:")
    assert lines[-1]["event"] == "run_ended"
    assert lines[-1]["outcome"] == "failed"
    said = capfd.readouterr().err
    assert "stage_failed" in said
    for secret in (child, "Surname3", "Forename3"):
        assert secret not in text
        assert secret.encode() not in told
        assert secret not in said


def test_status_counts_overdue_to_today(tiny_run: TinyRun, tmp_path: Path) -> None:
    from ingestion.trust import load_trust
    from orchestration.commands.status import state_of_things

    root = tiny_run.copy(tmp_path / "trust")
    text = (root / "trust.toml").read_text()
    expected = {}
    # Friday's marks are the newest: Monday and Tuesday may pass, Wednesday is one school day too many.
    for day, state in (("2025-09-19", "fresh"), ("2025-09-23", "fresh"), ("2025-09-24", "marks_overdue"),
                       ("2025-11-30", "marks_overdue")):  # fmt: skip
        (root / "trust.toml").write_text(text.replace(f"as_of = {AS_OF}", f"as_of = {day}"))
        found = state_of_things(load_trust(root), TrustFolder(root))
        expected[day] = {row["freshness"] for row in found["schools"]}
        assert expected[day] == {state}, day
        assert found["overdue"] == ([] if state == "fresh" else ["elm", "oak"])
    release = current_release(TrustFolder(root))
    with duckdb.connect(str(release / WAREHOUSE), read_only=True) as warehouse:  # type: ignore[operator]
        built = warehouse.execute("select distinct freshness from marts.fct_freshness").fetchall()
    assert {row[0] for row in built} == expected[AS_OF.isoformat()]
