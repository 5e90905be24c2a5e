"""What an extract was read with, as one hash: when it changes, the archived bytes are read again."""

import hashlib
import json
from functools import cache
from pathlib import Path

from ingestion.trust import TRUST_INBOX, Trust
from quality.seeds import SEEDS

_SEEDS_THAT_READERS_USE = ("attendance_codes", "quarantine_reasons", "year_groups", "half_terms", "staff_roles")
_BATCH_VERSION = 2


@cache
def _reading_rules() -> str:
    here = Path(__file__).parent
    files = [*sorted((here / "feeds").rglob("*.yaml")), here.parent / "quality" / "contracts" / "pupil_values.yaml"]
    files += [path for name in _SEEDS_THAT_READERS_USE for path in sorted(SEEDS.rglob(f"{name}.csv"))]
    together = hashlib.sha256(str(_BATCH_VERSION).encode())
    for path in files:
        together.update(path.read_bytes())
    return together.hexdigest()


def fingerprint(trust: Trust, inbox: str, key: str = "") -> str:
    """16 hexadecimal characters that change with the profiles, the seeds that readers use, what trust.toml says of the
    schools that this inbox may speak for, or the pupil-key secret (`key` is its check value)."""
    schools = [
        [school.slug, school.name, school.mis, sorted(school.columns.items())]
        for school in trust.schools
        if inbox in (TRUST_INBOX, school.slug)
    ]
    return hashlib.sha256((_reading_rules() + json.dumps(schools) + key).encode()).hexdigest()[:16]
