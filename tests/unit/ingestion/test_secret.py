"""The pupil-key secret: another one is refused, and changing it on purpose is safe at every moment."""

from pathlib import Path

import polars as pl
import pytest

from ingestion import identity
from ingestion.identity import (
    SECRET_VARIABLE,
    forget_key_changes,
    identities,
    key_changes,
    read_secret,
    rotate_secret,
)
from ingestion.landing import has_stale_reading, land_inbox
from ingestion.trust import TrustError, TrustFolder, load_trust
from tests.integration.tiny import PUPILS, make_tiny_trust


@pytest.fixture
def folder(tmp_path: Path) -> TrustFolder:
    root = make_tiny_trust(tmp_path / "trust")
    land(TrustFolder(root))
    return TrustFolder(root)


def land(folder: TrustFolder) -> None:
    for inbox in ("elm", "oak"):
        land_inbox(load_trust(folder.root), folder, inbox)


def marks(folder: TrustFolder) -> pl.DataFrame:
    frames = [pl.read_parquet(path) for path in sorted(folder.lake.glob("marks/*/*.parquet"))]
    return pl.concat(frames).sort("extract_id", "row_id")


def test_every_key_in_the_lake_is_renamed_as_the_map_says(folder: TrustFolder) -> None:
    before, secret = marks(folder), read_secret(folder)
    assert not has_stale_reading(load_trust(folder.root), folder)
    assert rotate_secret(folder) == 2 * PUPILS
    assert read_secret(folder) != secret
    assert (folder.identity / "pupil_key.secret").stat().st_mode & 0o077 == 0
    assert has_stale_reading(load_trust(folder.root), folder)
    land(folder)
    changes = dict(key_changes(folder).iter_rows())
    after = marks(folder)
    assert after["pupil_key"].to_list() == [changes[key] for key in before["pupil_key"]]
    assert after.drop("pupil_key").equals(before.drop("pupil_key"))
    assert identities(folder).collect()["pupil_key"].is_in(list(changes.values())).all()


def test_two_rotations_lead_from_the_oldest_key_to_the_newest(folder: TrustFolder) -> None:
    oldest = set(marks(folder)["pupil_key"])
    rotate_secret(folder)
    land_inbox(load_trust(folder.root), folder, "elm")  # oak is still read under the first secret
    rotate_secret(folder)
    land(folder)
    changes = dict(key_changes(folder).iter_rows())
    assert {changes[key] for key in oldest} == set(marks(folder)["pupil_key"])
    assert "upn" not in key_changes(folder).columns


def test_the_map_forgets_whom_the_store_does_not_know(folder: TrustFolder) -> None:
    rotate_secret(folder)
    forget_key_changes(folder)
    assert key_changes(folder).height == 2 * PUPILS, "before they are read again, pupils are known by their old keys"
    land(folder)
    for path in folder.identity.glob("oak/*.parquet"):
        path.unlink()
    forget_key_changes(folder)
    assert set(key_changes(folder)["new_key"]) == set(identities(folder).collect()["pupil_key"])
    assert key_changes(folder).height == PUPILS


@pytest.mark.parametrize("dies_at", range(4))
def test_a_crash_leaves_a_trust_that_runs_under_one_secret(
    folder: TrustFolder, dies_at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The four writes: the map, both checks, the secret, the one check."""
    writes = 0

    def dying(write):  # type: ignore[no-untyped-def]
        def perhaps(*arguments, **options):  # type: ignore[no-untyped-def]
            nonlocal writes
            writes += 1
            if writes > dies_at:
                raise KeyboardInterrupt
            write(*arguments, **options)

        return perhaps

    with monkeypatch.context() as patch:
        for name in ("write_private_atomically", "write_parquet_atomically"):
            patch.setattr(identity, name, dying(getattr(identity, name)))
        with pytest.raises(KeyboardInterrupt):
            rotate_secret(folder)
    land(folder)
    assert marks(folder)["pupil_key"].n_unique() == 2 * PUPILS
    rotate_secret(folder)
    land(folder)
    assert set(marks(folder)["pupil_key"]) <= set(key_changes(folder)["new_key"])


def test_another_secret_is_refused_and_nothing_is_read(folder: TrustFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    before = marks(folder)
    monkeypatch.setenv(SECRET_VARIABLE, "a mistake")
    with pytest.raises(TrustError, match="rotate-secret"):
        land(folder)
    assert marks(folder).equals(before)
    monkeypatch.delenv(SECRET_VARIABLE)
    (folder.identity / "pupil_key.secret").write_text("another mistake")
    with pytest.raises(TrustError, match="rotate-secret"):
        land(folder)


def test_a_secret_of_the_environment_is_rotated_to_the_new_one_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SECRET_VARIABLE, "first")
    folder = TrustFolder(make_tiny_trust(tmp_path / "trust"))
    land(folder)
    with pytest.raises(TrustError, match="still holds"):
        rotate_secret(folder)
    monkeypatch.setenv(SECRET_VARIABLE, "second")
    with pytest.raises(TrustError, match="not the one"):
        land(folder)
    rotate_secret(folder)
    land(folder)
    assert identities(folder).collect()["pupil_key"].is_in(key_changes(folder)["new_key"].implode()).all()
    monkeypatch.setenv(SECRET_VARIABLE, "first")
    with pytest.raises(TrustError, match="not the one"):
        land(folder)
