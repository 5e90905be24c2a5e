"""Back-up and restore of a trust folder: what cannot be made again, under the trust's lock.

Kept are trust.toml, the extracts (archived, and still waiting), the ledger, the restricted side, the runs' summaries,
and the newest and the published release without their sites. The lake's batches, the sites and what runs use while
they work are made again from the rest.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from ingestion.files import PRIVATE_FOLDER, write_text_atomically
from ingestion.identity import SECRET_VARIABLE, read_secret, secret_files
from ingestion.trust import TrustFolder, load_trust
from orchestration.backup_store import LAYOUT, BackupError, Kept, Snapshot, Store
from orchestration.lock import trust_lock
from orchestration.release import point_at, releases
from orchestration.workspace import new_run_id

# Below runs/: what a run needs while it works, what dbt and Dagster keep for themselves, and logs that age out.
_NOT_OF_RUNS = {"work", "kept", "dbt", "dagster", "refused", "logs"}
_SITE = "site"
_PRIVATE = {"inbox", "archive", "quarantine", "identity"}


def back_up(root: Path, to: Path, with_secret: bool = True, keep: int | None = None) -> dict[str, Any]:
    """Make a snapshot of the trust folder in the back-up folder `to`; returns its facts and what was new.

    keep: how many snapshots stay; older ones and what only they need are deleted. Raises TrustError, LockHeldError,
    and BackupError when `to` cannot be a back-up folder of this trust or an archived file is damaged.
    """
    trust, folder, store = load_trust(root), TrustFolder(root), Store(to)
    if _inside(store.root, folder.root) or _inside(folder.root, store.root):
        raise BackupError(
            f"{store.root} and the trust folder lie one inside the other; choose one elsewhere, best on another disk."
        )
    folder.ensure(trust)
    with trust_lock(folder.runs):
        store.open_for(trust.name)
        before = store.newest()
        known = {kept.path: kept for kept in before.files} if before else {}
        taken = [_keep(store, folder, path, known) for path in _worth_keeping(folder, with_secret)]
        files = [kept for kept, _ in taken if kept is not None]
        snapshot = Snapshot(
            layout=LAYOUT,
            snapshot=new_run_id(mark=f"{_number(before) + 1:04d}"),
            made_at=dt.datetime.now(dt.UTC).replace(microsecond=0),
            trust=trust.name,
            release=folder.current.resolve().name if folder.current.exists() else None,
            secret=any(folder.root / kept.path in secret_files(folder) for kept in files),
            files=files,
        )
        store.add(snapshot)
        deleted = store.keep_only(keep) if keep else []
    return {**snapshot.told(), "new_bytes": sum(new for _, new in taken), "deleted": deleted}


def _number(snapshot: Snapshot | None) -> int:
    # Two snapshots of one second are in order by their number.
    return int(snapshot.snapshot.rsplit("-", 1)[1]) if snapshot else 0


def snapshots(where: Path) -> list[dict[str, Any]]:
    """The snapshots of a back-up folder in a few facts each, oldest first. Raises BackupError."""
    return [snapshot.told() for snapshot in Store(where).opened().snapshots()]


def verify(where: Path) -> dict[str, Any]:
    """Read every content that a snapshot names again and compare its hash; `damaged` lists the files that suffer."""
    store = Store(where).opened()
    found = store.snapshots()
    wanted: dict[str, list[str]] = {}
    for snapshot in found:
        for kept in snapshot.files:
            wanted.setdefault(kept.sha256, []).append(f"{snapshot.snapshot}: {_told(kept.path)}")
    damaged = [file for sha256, files in wanted.items() if not store.is_whole(sha256) for file in files]
    return {"snapshots": len(found), "contents": len(wanted), "damaged": sorted(damaged)}


def restore(where: Path, root: Path, at: str | None = None) -> dict[str, Any]:
    """Make a trust folder in `root` (new or empty) from a snapshot: the newest, or the one named `at`.

    Every content is checked before the first file is written, and the folder gets its name when it is whole. The next
    run reads the lake again from the archive. Raises BackupError, and TrustError when the secret is not the trust's.
    """
    store = Store(where).opened()
    snapshot, target = store.named(at), TrustFolder(root).root
    _refuse_unfit(store, snapshot, target)
    making = target.with_name(f".{target.name}.restoring")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True, mode=PRIVATE_FOLDER)
    try:
        for kept in snapshot.files:
            _put_back(store, kept, making / kept.path)
        folder = TrustFolder(making).ensure(load_trust(making))
        read_secret(folder)
        _read_again(folder)
        if snapshot.release and (folder.releases / snapshot.release).is_dir():
            point_at(folder, snapshot.release)
        making.chmod(0o755)
        if target.exists():
            target.rmdir()
        os.replace(making, target)
    finally:
        shutil.rmtree(making, ignore_errors=True)
    return {**snapshot.told(), "trust_folder": str(target)}


def _refuse_unfit(store: Store, snapshot: Snapshot, target: Path) -> None:
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise BackupError(f"{target} is not empty; restore into a new folder.")
    if _inside(target, store.root):
        raise BackupError(f"{target} lies in the back-up; restore into a folder elsewhere.")
    if not snapshot.secret and not os.environ.get(SECRET_VARIABLE, "").strip():
        raise BackupError(
            f"The snapshot {snapshot.snapshot} holds no pupil-key secret; set {SECRET_VARIABLE} to it, then restore."
        )
    damaged = [kept.path for kept in snapshot.files if not store.is_whole(kept.sha256)]
    if damaged:
        raise BackupError(
            f"The snapshot {snapshot.snapshot} is damaged: {len(damaged)} of its files are not what was backed up, "
            f"the first is {_told(damaged[0])}; restore another one (`rollcall backup --list` names them)."
        )


def _read_again(folder: TrustFolder) -> None:
    """Mark every extract as read under no settings, so that the next run reads its archived bytes again."""
    for path in folder.ledger.glob("*.json"):
        entry = json.loads(path.read_text(encoding="utf-8"))
        write_text_atomically(path, json.dumps({**entry, "fingerprint": ""}, indent=1))


def _worth_keeping(folder: TrustFolder, with_secret: bool) -> Iterator[Path]:
    yield folder.config
    left_out = set() if with_secret else set(secret_files(folder))
    for top in (folder.inbox, folder.archive, folder.ledger, folder.quarantine, folder.identity):
        yield from (path for path in _files_below(top) if path not in left_out)
    for path in sorted(folder.runs.iterdir()):
        if path.name not in _NOT_OF_RUNS and not path.name.startswith("."):
            yield from _files_below(path) if path.is_dir() else [path]
    # The newest carries the ledger of published figures; the published one may be older, after a rollback.
    published = [folder.current.resolve().name] if folder.current.exists() else []
    for name in sorted({*releases(folder)[-1:], *published}):
        release = folder.releases / name
        yield from (path for path in _files_below(release) if path.relative_to(release).parts[0] != _SITE)


def _files_below(top: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(top):
        folders.sort()
        yield from (path for name in sorted(names) if (path := Path(parent, name)).is_file() and not path.is_symlink())


def _keep(store: Store, folder: TrustFolder, path: Path, known: dict[str, Kept]) -> tuple[Kept | None, int]:
    """The file as the snapshot has it, and how many bytes were new; None for one that left its inbox meanwhile."""
    place = path.relative_to(folder.root).as_posix()
    try:
        found = path.stat()
        before = known.get(place)
        same = before and (before.size, before.mtime_ns) == (found.st_size, found.st_mtime_ns)
        if before and same and store.has(before.sha256, before.size):
            return before.model_copy(update={"mode": found.st_mode & 0o777}), 0
        sha256, size, new = store.take(path)
    except FileNotFoundError:
        # Only an inbox changes under the lock.
        if path.is_relative_to(folder.inbox):
            return None, 0
        raise
    if path.is_relative_to(folder.archive) and path.name.split(".")[0] != sha256:
        raise BackupError(
            f"{place} is no longer the file that was archived (its name is its sha256); put it back from an earlier "
            "snapshot, then back up again."
        )
    return Kept(path=place, sha256=sha256, size=size, mode=found.st_mode & 0o777, mtime_ns=found.st_mtime_ns), new


def _put_back(store: Store, kept: Kept, target: Path) -> None:
    private = PurePosixPath(kept.path).parts[0] in _PRIVATE
    for parent in reversed([path for path in target.parents if not path.exists()]):
        parent.mkdir(mode=PRIVATE_FOLDER if private else 0o755)
    shutil.copyfile(store.content(kept.sha256), target)
    os.utime(target, ns=(kept.mtime_ns, kept.mtime_ns))
    target.chmod(kept.mode)


def _told(place: str) -> str:
    # A file's own name in an inbox may name a pupil.
    path = PurePosixPath(place)
    return f"{path.parent}/…" if path.parts[0] == "inbox" else place


def _inside(path: Path, other: Path) -> bool:
    return path.resolve().is_relative_to(other.resolve())
