"""Small trusts for ingestion tests: made in a temporary folder, no dbt."""

from pathlib import Path

import polars as pl

from ingestion.landing import Landed, inboxes, land_inbox
from ingestion.reference import write_reference
from ingestion.trust import Trust, TrustFolder, init_trust, load_trust

PERMANENT = "A950000178301"
OTHER = "H243278544154"
TEMPORARY = "A95000017830A"
HEADER = "upn,date,session,code\n"


def school(slug: str, urn: int, mis: str, extra: str = "") -> str:
    name = slug.replace("-", " ").title()
    return (
        f'[[school]]\nslug = "{slug}"\nname = "{name}"\nurn = {urn}\nlaestab = "877{urn % 10000:04d}"\n'
        f'phase = "primary"\nla_code = "877"\nmis = "{mis}"\n{extra}'
    )


def make_trust(root: Path, *schools: str) -> tuple[Trust, TrustFolder]:
    text = '[trust]\nname = "Test Trust"\nas_of = 2025-12-19\n' + "".join(
        schools or (school("ash", 900001, "generic"),)
    )
    folder = init_trust(root / "trust", text)
    return load_trust(folder.root), folder


def put(folder: TrustFolder, inbox: str, name: str, content: str | bytes) -> Path:
    path = folder.inbox / inbox / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def land(trust: Trust, folder: TrustFolder) -> list[Landed]:
    landed = [one for inbox in inboxes(folder, trust) for one in land_inbox(trust, folder, inbox)]
    write_reference(trust, folder)
    return landed


def lake(folder: TrustFolder, kind: str) -> pl.DataFrame:
    files = [path for path in sorted((folder.lake / kind).glob("*/*.parquet")) if path.parent.name != "_schema"]
    return pl.concat([pl.read_parquet(path) for path in files]).sort("slug", "extract_id", "row_id")


def marks(folder: TrustFolder) -> list[tuple[object, ...]]:
    """source_row, date, session, code, first reason of each mark."""
    table = lake(folder, "marks").with_columns(reason=pl.coalesce("row_reason", "code_reason"))
    return table.select("source_row", pl.col("session_date").cast(pl.String), "session", "code", "reason").rows()
