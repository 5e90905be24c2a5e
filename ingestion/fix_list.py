"""The fix list: what a school's office has to mend, by file and line, in the office's own words.

Belongs here: which columns it has, and its texts, which come from the seeds quarantine_reasons and findings. A school's
own copy holds UPNs and what was read in each cell; a list of all schools holds neither.
"""

import tempfile
from pathlib import Path

import polars as pl

from ingestion.decisions import held_extracts
from ingestion.files import PRIVATE_FILE, write_atomically, write_private_atomically
from ingestion.quarantine import current_refusals
from ingestion.trust import TrustError, TrustFolder
from quality.safe_cells import SHEET_ROWS, csv_bytes, write_xlsx
from quality.seeds import seed

FORMATS = ("csv", "xlsx")
TO_MEND, SETTLED, HELD = "to mend", "settled by a newer file", "held for review"
_ORDER = [HELD, TO_MEND, SETTLED]
_SCHOOL, _FILE, _LINE, _KIND, _STATE = "School", "File", "Line", "Kind of file", "State"
_WRONG, _DO, _RECEIVED = "What is wrong", "What to do", "Received"
_OWN = ["UPN", "Date", "Session", "Code"]
_COLUMNS = [_SCHOOL, _FILE, _LINE, _KIND, _STATE, _WRONG, _DO, *_OWN, _RECEIVED]
_HELD_FINDING = "extract_held"


def fix_list(folder: TrustFolder, school: str | None = None) -> pl.DataFrame:
    """What is to be mended as of the newest build, one row per refused row and per extract that is held.

    school: the school's own copy, with UPNs and cells; without it, all schools, with neither. What is held comes first,
    then what is to be mended, then what a newer file has settled.
    """
    reasons = seed("quarantine_reasons").select(
        "reason", pl.col("what_is_wrong").alias(_WRONG), pl.col("what_to_do").alias(_DO)
    )
    refused = current_refusals(folder).join(reasons, on="reason", how="left", maintain_order="left")
    rows = refused.select(
        pl.col("school").alias(_SCHOOL),
        pl.col("file").alias(_FILE),
        pl.col("line").alias(_LINE),
        pl.col("kind").alias(_KIND),
        pl.when("settled").then(pl.lit(SETTLED)).otherwise(pl.lit(TO_MEND)).alias(_STATE),
        _WRONG,
        _DO,
        *(pl.col(name.lower()).alias(name) for name in _OWN),
        pl.col("received").alias(_RECEIVED),
    )
    whole = pl.concat([_held(folder, rows.schema), rows])
    if school is not None:
        whole = whole.filter(pl.col(_SCHOOL) == school)
    ordered = whole.sort(pl.col(_STATE).cast(pl.Enum(_ORDER)), maintain_order=True)
    return ordered.drop(_SCHOOL) if school is not None else ordered.drop(_OWN)


def _held(folder: TrustFolder, schema: pl.Schema) -> pl.DataFrame:
    """The extracts that await review, as rows of the list; texts of the finding about them."""
    texts = seed("findings").filter(pl.col("finding") == _HELD_FINDING).row(0, named=True)
    rows = [
        {
            **dict.fromkeys(_COLUMNS),
            _SCHOOL: row["school"],
            _FILE: row["file"],
            _KIND: "marks",
            _STATE: HELD,
            _WRONG: f"{texts['display_name']}: {row['marks']} marks from {row['first_date']:%d/%m/%Y} to"
            f" {row['last_date']:%d/%m/%Y}, where {row['marks_in_force']} are in force.",
            _DO: texts["what_to_do"],
            _RECEIVED: row["received"],
        }
        for row in held_extracts(folder)
        if row["decision"] is None
    ]
    return pl.DataFrame(rows, schema=schema)


def summary(listed: pl.DataFrame) -> pl.DataFrame:
    """A fix list counted: one row per file and reason, with its rows by state."""
    keys = [name for name in (_SCHOOL, _FILE, _KIND, _WRONG, _DO) if name in listed.columns]
    counts = [(pl.col(_STATE) == state).sum().alias(f"Rows {state}") for state in (TO_MEND, SETTLED)]
    return listed.group_by(keys, maintain_order=True).agg(*counts, pl.col(_RECEIVED).first())


def write_fix_list(listed: pl.DataFrame, kind: str, path: Path) -> None:
    """Writes a fix list as csv or xlsx, readable by its owner alone, whole or not at all."""
    if kind == "csv":
        write_private_atomically(path, csv_bytes(listed))
        return
    sheets = {"To mend": listed, "Summary": summary(listed)}
    if listed.height > SHEET_ROWS:
        note = f"This sheet holds the first {SHEET_ROWS} of {listed.height} rows; the CSV file has them all."
        sheets["Note"] = pl.DataFrame({"Note": [note]})
    write_atomically(path, lambda temporary: write_xlsx(temporary, sheets, wrapped=(_WRONG, _DO)), mode=PRIVATE_FILE)


def fix_list_bytes(folder: TrustFolder, listed: pl.DataFrame, kind: str) -> bytes:
    """A fix list as the bytes of its file."""
    if kind == "csv":
        return csv_bytes(listed)
    with tempfile.TemporaryDirectory(dir=folder.quarantine) as scratch:
        path = Path(scratch) / "list.xlsx"
        write_fix_list(listed, kind, path)
        return path.read_bytes()


def check_place(folder: TrustFolder, path: Path) -> Path:
    """The file that a list may be written to. Raises TrustError for a place inside the trust folder that others read,
    or that Rollcall takes files from, and for a folder that is not there."""
    place = path.resolve()
    root, allowed = folder.root.resolve(), folder.quarantine.resolve()
    if (place == root or root in place.parents) and allowed not in place.parents:
        raise TrustError(
            f"{path} lies inside the trust folder; choose a place outside it, or under {folder.quarantine}."
        )
    if not place.parent.is_dir():
        raise TrustError(f"There is no folder {path.parent}; make it first, or choose another place.")
    return place
