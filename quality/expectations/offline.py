"""Keeps Great Expectations' pages at home: they name style sheets, scripts and pictures on outside hosts.

A content security policy in each page forbids the browser to ask for them, from a folder as from a server.
"""

from pathlib import Path

_POLICY = (
    "default-src 'none'; style-src 'self' file: 'unsafe-inline'; img-src 'self' file: data:; font-src 'self' file:"
)
_TAG = f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
_HEAD = "<head>"


def keep_at_home(docs: Path) -> None:
    """Writes the policy into every page below `docs`. Raises ValueError for a page without a head."""
    for page in sorted(docs.rglob("*.html")):
        text = page.read_text(encoding="utf-8")
        if _TAG in text:
            continue
        if _HEAD not in text:
            raise ValueError(f"{page.name} has no head to write a content security policy into")
        page.write_text(text.replace(_HEAD, _HEAD + _TAG, 1), encoding="utf-8")
