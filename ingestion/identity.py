"""The identity store: the only place of the warehouse side where a pupil's UPN and name are kept.

Belongs here: the secret, the pupil key, the files under identity/. Nothing from here may reach the lake but the key.
"""

import hashlib
import hmac
import os
import secrets
from collections.abc import Container
from functools import lru_cache
from pathlib import Path

import polars as pl

from ingestion.files import flush_folder, write_parquet_atomically, write_private_atomically
from ingestion.trust import TrustError, TrustFolder

SECRET_VARIABLE = "ROLLCALL_PUPIL_KEY_SECRET"
IDENTITY_COLUMNS = ("pupil_key", "upn", "forename", "surname", "full_name", "date_of_birth", "postcode")
DOCUMENTS = "amendments"
_SECRET_FILE = "pupil_key.secret"
_CHANGES_FILE = "key_changes.parquet"


def make_secret(folder: TrustFolder) -> None:
    """Makes the trust's pupil-key secret (identity/pupil_key.secret, mode 0600) unless it is there already.

    Of several makers at the same time one wins, and all use its secret.
    """
    path = folder.identity / _SECRET_FILE
    if path.exists():
        return
    fresh = path.with_name(f".{_SECRET_FILE}.{secrets.token_hex(4)}.tmp")
    write_private_atomically(fresh, secrets.token_hex(32).encode())
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink(missing_ok=True)
    flush_folder(folder.identity)


def read_secret(folder: TrustFolder) -> bytes:
    """The secret of the pupil key, from the environment where it is set, else from identity/.

    A trust that has taken nothing in yet gets one. Raises TrustError when a trust with a history has lost its secret,
    or has another one than its keys were made with: every pupil would get a new key and be cut from their history.
    """
    secret = _given_secret() or _kept_secret(folder)
    known = _known_checks(folder)
    if not known:
        _keep_checks(folder, [key_check(secret)])
    elif key_check(secret) not in known:
        place = SECRET_VARIABLE if _given_secret() else folder.identity / _SECRET_FILE
        raise TrustError(
            f"The pupil-key secret in {place} is not the one that this trust's pupil keys were made with; put the "
            "right one back, or change it on purpose with `rollcall rotate-secret`."
        )
    return secret


def _given_secret() -> bytes:
    return os.environ.get(SECRET_VARIABLE, "").strip().encode()


def _kept_secret(folder: TrustFolder) -> bytes:
    path = folder.identity / _SECRET_FILE
    if not path.is_file():
        if any(folder.ledger.glob("*.json")) or any(folder.identity.glob("*/*.parquet")):
            raise TrustError(
                f"The pupil-key secret {path} is missing; restore it from your back-up or set {SECRET_VARIABLE}, "
                "because a new one would cut pupils from their history."
            )
        make_secret(folder)
    return path.read_bytes().strip()


def key_check(secret: bytes) -> str:
    """What tells one secret from another and nothing else: an HMAC of a fixed text, 32 hexadecimal characters."""
    return hmac.new(secret, b"rollcall: which secret is this", hashlib.sha256).hexdigest()[:32]


def key_in_use(folder: TrustFolder) -> str | None:
    """The check value of the secret that the trust's keys are made with; None before the first extract."""
    return next(iter(_known_checks(folder)), None)


def secret_files(folder: TrustFolder) -> tuple[Path, ...]:
    """The files that hold the secret."""
    return (folder.identity / _SECRET_FILE,)


def _known_checks(folder: TrustFolder) -> list[str]:
    return folder.key_check.read_text(encoding="ascii").split() if folder.key_check.is_file() else []


def _keep_checks(folder: TrustFolder, checks: list[str]) -> None:
    write_private_atomically(folder.key_check, "\n".join(checks).encode())


def rotate_secret(folder: TrustFolder) -> int:
    """Changes the pupil-key secret on purpose; returns how many pupils get another key. Call under the trust's lock.

    A secret in the environment must be the new one already; the one in identity/ is made anew. What every key becomes
    is kept first (`key_changes`), from the identities themselves: the old secret is not needed again. Both secrets are
    right until the new one is in its place, so a crash at any moment leaves a trust that runs, under one of the two.
    Raises TrustError when the environment still has the old secret.
    """
    given = _given_secret()
    fresh = given or secrets.token_hex(32).encode()
    known = _known_checks(folder) or [key_check(_kept_secret(folder))]
    if key_check(fresh) in known:
        raise TrustError(f"{SECRET_VARIABLE} still holds the secret that is in use; set it to the new one first.")
    changed = _keep_changes(folder, fresh)
    if not given:
        _keep_checks(folder, [*known[:1], key_check(fresh)])
        write_private_atomically(folder.identity / _SECRET_FILE, fresh)
    _keep_checks(folder, [key_check(fresh)])
    return changed


def _keep_changes(folder: TrustFolder, secret: bytes) -> int:
    named = identities(folder).select(old_key="pupil_key", upn="upn").unique().collect()
    renamed = named.join(pupil_keys(named["upn"], secret), on="upn").select("old_key", new_key="pupil_key")
    earlier = key_changes(folder).rename({"new_key": "between"}).join(
        renamed.rename({"old_key": "between"}), on="between"
    )  # fmt: skip
    every = pl.concat([renamed, earlier.select("old_key", "new_key")]).unique("old_key", keep="first").sort("old_key")
    write_parquet_atomically(every, key_changes_file(folder), private=True)
    return renamed["new_key"].n_unique()


def key_changes_file(folder: TrustFolder) -> Path:
    """Where `key_changes` is kept; not there before the first rotation."""
    return folder.identity / _CHANGES_FILE


def key_changes(folder: TrustFolder) -> pl.DataFrame:
    """What every pupil key that a rotation of the secret replaced is now: old_key, new_key; one row per old key."""
    path = key_changes_file(folder)
    if not path.is_file():
        return pl.DataFrame(schema={"old_key": pl.String, "new_key": pl.String})
    return pl.read_parquet(path)


def forget_key_changes(folder: TrustFolder) -> None:
    """Drops from `key_changes` the pupils whom the store does not know any more, under the old key or the new."""
    changes = key_changes(folder)
    if changes.is_empty():
        return
    known = identities(folder).select("pupil_key").unique().collect()["pupil_key"].implode()
    kept = changes.filter(pl.col("old_key").is_in(known) | pl.col("new_key").is_in(known))
    if kept.height < changes.height:
        write_parquet_atomically(kept, key_changes_file(folder), private=True)


@lru_cache(maxsize=200_000)
def pupil_key(upn: str, secret: bytes) -> str:
    """HMAC-SHA256 of the UPN under the trust's secret, as 64 hexadecimal characters.

    Remembered, because a pupil is in file after file.
    """
    return hmac.digest(secret, upn.encode(), "sha256").hex()


def pupil_keys(upns: pl.Series, secret: bytes) -> pl.DataFrame:
    """One row per distinct, non-empty UPN of `upns`: columns upn, pupil_key."""
    distinct = upns.drop_nulls().unique().sort()
    return pl.DataFrame(
        {"upn": distinct, "pupil_key": [pupil_key(upn, secret) for upn in distinct]},
        schema={"upn": pl.String, "pupil_key": pl.String},
    )


def store_identities(
    folder: TrustFolder, slug: str, extract_id: str, people: pl.DataFrame, renamed: set[Path] | None = None
) -> None:
    """Keeps who the pupils of one extract are: identity/<slug>/<extract_id>.parquet, one row per pupil key.

    `people` needs pupil_key and upn; the other identity columns are stored where the extract has them.
    """
    given = [
        pl.col(name) if name in people.columns else pl.lit(None, dtype=pl.String).alias(name)
        for name in IDENTITY_COLUMNS
    ]
    kept = people.lazy().select(given).unique("pupil_key", keep="first", maintain_order=True).sort("pupil_key")
    target = folder.identity / slug / f"{extract_id}.parquet"
    write_parquet_atomically(kept.collect(), target, private=True, renamed=renamed)


def store_documents(
    folder: TrustFolder, slug: str, extract_id: str, documents: pl.DataFrame, renamed: set[Path] | None = None
) -> None:
    """Keeps what the rows of one amendments extract say of who and why, as the school wrote it:
    identity/<slug>/amendments/<extract_id>.parquet, one row per row of the extract (row_id, source_row, texts)."""
    target = folder.identity / slug / DOCUMENTS / f"{extract_id}.parquet"
    write_parquet_atomically(documents, target, private=True, renamed=renamed)


def documents(folder: TrustFolder, slug: str) -> pl.DataFrame:
    """Who and why of every amendments extract of a school: extract_id, row_id, source_row and the texts."""
    parts = [
        pl.read_parquet(path).with_columns(extract_id=pl.lit(path.stem))
        for path in sorted((folder.identity / slug / DOCUMENTS).glob("*.parquet"))
    ]
    return pl.concat(parts) if parts else pl.DataFrame()


def identities(folder: TrustFolder, extracts: Container[str] | None = None) -> pl.LazyFrame:
    """Everybody the store knows: extract_id, pupil_key, upn, names…; one row per pupil and extract that named them.

    extracts: only whom these named.
    """
    files = [path for path in sorted(folder.identity.glob("*/*.parquet")) if extracts is None or path.stem in extracts]
    if not files:
        return pl.LazyFrame(schema=dict.fromkeys((*IDENTITY_COLUMNS, "extract_id"), pl.String))
    return pl.scan_parquet(files, include_file_paths="extract_id").with_columns(
        pl.col("extract_id").str.extract(r"([^/]+)\.parquet$")
    )
