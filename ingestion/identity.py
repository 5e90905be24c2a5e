"""The identity store: the only place of the warehouse side where a pupil's UPN and name are kept.

Belongs here: the secret, the pupil key, the files under identity/. Nothing from here may reach the lake but the key.
"""

import hashlib
import hmac
import os
import secrets

import polars as pl

from ingestion.files import write_parquet_atomically, write_private_atomically
from ingestion.trust import TrustError, TrustFolder

SECRET_VARIABLE = "ROLLCALL_PUPIL_KEY_SECRET"
IDENTITY_COLUMNS = ("pupil_key", "upn", "forename", "surname", "full_name", "date_of_birth", "postcode")
DOCUMENTS = "amendments"
_SECRET_FILE = "pupil_key.secret"


def make_secret(folder: TrustFolder) -> None:
    """Makes the trust's pupil-key secret (identity/pupil_key.secret, mode 0600) unless it is there already.

    Of several makers at the same time one wins, and all use its secret.
    """
    path = folder.identity / _SECRET_FILE
    if path.exists():
        return
    fresh = path.with_name(f".{_SECRET_FILE}.{secrets.token_hex(4)}")
    write_private_atomically(fresh, secrets.token_hex(32).encode())
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()


def read_secret(folder: TrustFolder) -> bytes:
    """The secret of the pupil key, from the environment where it is set, else from identity/.

    A trust that has taken nothing in yet gets one. Raises TrustError when a trust with a history has lost its secret: a
    new one would give every pupil a new key and cut them from it.
    """
    given = os.environ.get(SECRET_VARIABLE, "").strip()
    if given:
        return given.encode()
    path = folder.identity / _SECRET_FILE
    if not path.is_file():
        if any(folder.ledger.glob("*.json")) or any(folder.identity.glob("*/*.parquet")):
            raise TrustError(
                f"The pupil-key secret {path} is missing; restore it from your back-up or set {SECRET_VARIABLE}, "
                "because a new one would cut pupils from their history."
            )
        make_secret(folder)
    return path.read_bytes().strip()


def pupil_key(upn: str, secret: bytes) -> str:
    """HMAC-SHA256 of the UPN under the trust's secret, as 64 hexadecimal characters."""
    return hmac.new(secret, upn.encode(), hashlib.sha256).hexdigest()


def pupil_keys(upns: pl.Series, secret: bytes) -> pl.DataFrame:
    """One row per distinct, non-empty UPN of `upns`: columns upn, pupil_key."""
    distinct = upns.drop_nulls().unique().sort()
    return pl.DataFrame(
        {"upn": distinct, "pupil_key": [pupil_key(upn, secret) for upn in distinct]},
        schema={"upn": pl.String, "pupil_key": pl.String},
    )


def store_identities(folder: TrustFolder, slug: str, extract_id: str, people: pl.DataFrame) -> None:
    """Keeps who the pupils of one extract are: identity/<slug>/<extract_id>.parquet, one row per pupil key.

    `people` needs pupil_key and upn; the other identity columns are stored where the extract has them.
    """
    for column in IDENTITY_COLUMNS:
        if column not in people.columns:
            people = people.with_columns(pl.lit(None, dtype=pl.String).alias(column))
    kept = people.select(IDENTITY_COLUMNS).unique("pupil_key", keep="first").sort("pupil_key")
    write_parquet_atomically(kept, folder.identity / slug / f"{extract_id}.parquet", private=True)


def store_documents(folder: TrustFolder, slug: str, extract_id: str, documents: pl.DataFrame) -> None:
    """Keeps what the rows of one amendments extract say of who and why, as the school wrote it:
    identity/<slug>/amendments/<extract_id>.parquet, one row per row of the extract (row_id, source_row, texts)."""
    write_parquet_atomically(documents, folder.identity / slug / DOCUMENTS / f"{extract_id}.parquet", private=True)


def documents(folder: TrustFolder, slug: str) -> pl.DataFrame:
    """Who and why of every amendments extract of a school: extract_id, row_id, source_row and the texts."""
    parts = [
        pl.read_parquet(path).with_columns(extract_id=pl.lit(path.stem))
        for path in sorted((folder.identity / slug / DOCUMENTS).glob("*.parquet"))
    ]
    return pl.concat(parts) if parts else pl.DataFrame()


def identities(folder: TrustFolder) -> pl.LazyFrame:
    """Everybody the store knows: pupil_key, upn, names…; one row per pupil and extract that named them."""
    files = sorted(folder.identity.glob("*/*.parquet"))
    if not files:
        return pl.LazyFrame(schema=dict.fromkeys(IDENTITY_COLUMNS, pl.String))
    return pl.scan_parquet(files)
