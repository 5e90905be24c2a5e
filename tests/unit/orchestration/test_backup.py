"""Back-ups at their edges: cut short, damaged, aimed at the wrong folder, without the secret. No run is needed."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ingestion.identity import SECRET_VARIABLE, read_secret
from ingestion.landing import land_inbox
from ingestion.ledger import entries
from ingestion.trust import TrustError, TrustFolder, load_trust
from orchestration import cli
from orchestration.backup import back_up, restore, snapshots, verify
from orchestration.backup_store import BackupError, Store
from orchestration.lock import trust_lock
from tests.integration.tiny import make_tiny_trust, write_marks


@pytest.fixture
def trust(tmp_path: Path) -> Path:
    """A trust whose elm school has been taken in; oak's files still wait."""
    root = make_tiny_trust(tmp_path / "trust")
    land_inbox(load_trust(root), TrustFolder(root), "elm")
    return root


def files(root: Path) -> dict[str, bytes]:
    return {str(p.relative_to(root)): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


def test_what_cannot_be_made_again_comes_back_and_the_rest_is_read_again(trust: Path, tmp_path: Path) -> None:
    made = back_up(trust, tmp_path / "b")
    new = tmp_path / "new"
    restore(tmp_path / "b", new)
    before, after = files(trust), files(new)
    for folder in ("archive/", "identity/", "quarantine/", "inbox/", "trust.toml"):
        assert {k: v for k, v in after.items() if k.startswith(folder)} == {
            k: v for k, v in before.items() if k.startswith(folder)
        }, folder
    assert not any(name.startswith("lake/marks/") for name in after)
    land_inbox(load_trust(new), TrustFolder(new), "elm")
    ledger = [entry.model_dump() for entry in entries(TrustFolder(trust))]
    assert [entry.model_dump() for entry in entries(TrustFolder(new))] == ledger
    lake = {name: content for name, content in before.items() if name.startswith("lake/") and "ledger" not in name}
    assert {name.split("/")[1] for name in lake} >= {"marks", "pupils", "calendar"}
    again = files(new)
    assert {name: again.get(name) for name in lake} == lake, "the same batches, so the same warehouse"
    assert made["secret"]
    for path in (tmp_path / "b").rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path


def test_the_second_snapshot_costs_what_is_new(trust: Path, tmp_path: Path) -> None:
    store = tmp_path / "b"
    back_up(trust, store)
    assert back_up(trust, store)["new_bytes"] == 0
    extra = write_marks(trust, "oak", stamp="20250920", spoil=2)
    assert back_up(trust, store)["new_bytes"] == extra.stat().st_size


@pytest.mark.parametrize("dies_at", ["first file", "last file", "snapshot"])
def test_a_back_up_cut_short_is_no_snapshot_and_the_next_one_is_whole(
    trust: Path, tmp_path: Path, dies_at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, calls = tmp_path / "b", 0
    take, last = Store.take, len([p for p in trust.rglob("*") if p.is_file()]) // 2

    def dies(self: Store, source: Path) -> tuple[str, int, int]:
        nonlocal calls
        calls += 1
        if calls == (1 if dies_at == "first file" else last):
            raise KeyboardInterrupt
        return take(self, source)

    with monkeypatch.context() as patch:
        if dies_at == "snapshot":
            patch.setattr(Store, "add", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        else:
            patch.setattr(Store, "take", dies)
        with pytest.raises(KeyboardInterrupt):
            back_up(trust, store)
    assert snapshots(store) == []
    with pytest.raises(BackupError, match="no whole snapshot"):
        restore(store, tmp_path / "new")
    back_up(trust, store)
    assert verify(store)["damaged"] == []
    restore(store, tmp_path / "new")


def test_a_damaged_content_is_found_and_nothing_is_restored(trust: Path, tmp_path: Path) -> None:
    store = tmp_path / "b"
    first = back_up(trust, store)
    oak = write_marks(trust, "oak", stamp="20250920", spoil=1)
    back_up(trust, store)
    kept = next(k for k in Store(store).named(None).files if k.path.endswith(oak.name))
    content = Store(store).content(kept.sha256)
    content.chmod(0o600)
    content.write_bytes(content.read_bytes()[:-1] + b"x")
    found = verify(store)
    assert len(found["damaged"]) == 1
    assert oak.name not in found["damaged"][0], "a waiting file's name may name a pupil"
    assert cli.invoke(["backup", "--to", str(store), "--verify"]) == 1
    with pytest.raises(BackupError, match="is damaged: 1 of its files"):
        restore(store, tmp_path / "new")
    assert not (tmp_path / "new").exists()
    restore(store, tmp_path / "new", at=first["snapshot"])


def test_a_damaged_archive_is_noticed_when_it_is_backed_up(trust: Path, tmp_path: Path) -> None:
    archived = next(path for path in (trust / "archive").rglob("*.csv"))
    archived.chmod(0o600)
    archived.write_bytes(b"upn,date\n")
    with pytest.raises(BackupError, match="no longer the file that was archived"):
        back_up(trust, tmp_path / "b")


def test_keep_deletes_old_snapshots_and_only_what_they_alone_need(trust: Path, tmp_path: Path) -> None:
    store = tmp_path / "b"
    gone = write_marks(trust, "oak", stamp="20250920", spoil=1)
    content = gone.read_bytes()
    first = back_up(trust, store)
    gone.unlink()
    second = back_up(trust, store, keep=1)
    assert second["deleted"] == [first["snapshot"]]
    assert content not in [path.read_bytes() for path in (store / "objects").glob("*/*")]
    assert verify(store)["damaged"] == []
    restore(store, tmp_path / "new")


def test_where_a_back_up_may_not_go(trust: Path, tmp_path: Path) -> None:
    for place in (trust / "backups", trust, tmp_path):
        with pytest.raises(BackupError, match="one inside the other"):
            back_up(trust, place)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.txt").write_text("three years of work")
    with pytest.raises(BackupError, match="holds no back-ups"):
        back_up(trust, tmp_path / "full")
    back_up(trust, tmp_path / "b")
    (trust / "trust.toml").write_text((trust / "trust.toml").read_text().replace("Tiny Trust", "Other Trust"))
    with pytest.raises(BackupError, match="holds back-ups of Tiny Trust"):
        back_up(trust, tmp_path / "b")
    with pytest.raises(BackupError, match="not empty"):
        restore(tmp_path / "b", trust)
    with pytest.raises(BackupError, match="no back-up folder"):
        restore(tmp_path / "full", tmp_path / "new")
    with pytest.raises(BackupError, match="There is no snapshot yesterday"):
        restore(tmp_path / "b", tmp_path / "new", at="yesterday")


def test_it_waits_for_no_run(trust: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "orchestration.cli", "backup", "--trust", str(trust), "--to", str(tmp_path / "b")]
    with trust_lock(trust / "runs"):
        assert subprocess.run(command, capture_output=True, check=False).returncode == 3
    assert not (tmp_path / "b").exists()


def test_without_the_secret_restore_asks_for_it(trust: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = read_secret(TrustFolder(trust)).decode()
    made = back_up(trust, tmp_path / "b", with_secret=False)
    assert not made["secret"]
    everything = b"".join(path.read_bytes() for path in (tmp_path / "b").rglob("*") if path.is_file())
    assert secret.encode() not in everything
    with pytest.raises(BackupError, match=SECRET_VARIABLE):
        restore(tmp_path / "b", tmp_path / "new")
    monkeypatch.setenv(SECRET_VARIABLE, "0" * 64)
    with pytest.raises(TrustError, match="not the one"):
        restore(tmp_path / "b", tmp_path / "new")
    assert not (tmp_path / "new").exists()
    monkeypatch.setenv(SECRET_VARIABLE, secret)
    restore(tmp_path / "b", tmp_path / "new")


@pytest.mark.parametrize("place", ["../outside", "/etc/outside", "a/../../outside"])
def test_a_snapshot_that_reaches_outside_is_refused(trust: Path, tmp_path: Path, place: str) -> None:
    made = back_up(trust, tmp_path / "b")
    path = tmp_path / "b" / "snapshots" / f"{made['snapshot']}.json"
    manifest = json.loads(path.read_text())
    manifest["files"][0]["path"] = place
    path.chmod(0o600)
    path.write_text(json.dumps(manifest))
    with pytest.raises(BackupError, match="cannot be read"):
        restore(tmp_path / "b", tmp_path / "new")
    assert not (tmp_path / "outside").exists()
