"""A report as a list of blocks (headings, paragraphs, tables, charts) that print as PDF and open as a Word document.

A block says what is there, not how it looks: that is document.typ's part for PDF and word.py's for Word.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from dashboards.reports.figures import Cell
from dashboards.reports.found import Found
from dashboards.reports.typesetting import chart_svg, typeset

Block = dict[str, Any]


@dataclass(frozen=True)
class Document:
    """title, subtitle, trust, as_of: for the head of the first page and the document's properties; intro: its note."""

    title: str
    subtitle: str
    place: str
    dates: str
    trust: str
    as_of: str
    intro: str
    blocks: list[Block] = field(default_factory=list)

    def pdf(self, found: Found) -> bytes:
        """The document as PDF/UA."""
        shown = [_with_svg(block) for block in self.blocks if block.get("only") != "docx"]
        head = {key: value for key, value in vars(self).items() if key != "blocks"}
        return typeset("document.typ", {**head, "blocks": shown}, found.as_of)


def section(text: str, new_page: bool = False) -> Block:
    """A heading of the first level."""
    return {"kind": "heading", "level": 1, "text": text, "new_page": new_page}


def heading(text: str) -> Block:
    """A heading of the second level."""
    return {"kind": "heading", "level": 2, "text": text}


def paragraph(text: str) -> Block:
    """A paragraph."""
    return {"kind": "paragraph", "text": text}


def note(text: str) -> Block:
    """A short grey paragraph that says how to read what is beside it."""
    return {"kind": "note", "text": text}


def bullets(items: Sequence[str]) -> Block:
    """A list."""
    return {"kind": "bullets", "items": list(items)}


def cards(items: Sequence[Block]) -> Block:
    """The figures to see first, side by side: each {"label", "value", "lines": [Cell, …]}."""
    return {"kind": "cards", "items": list(items)}


def column(title: str, align: str = "right", width: float | None = None) -> Block:
    """A column of a table: width as a share of what is free, or as wide as its content."""
    return {"title": title, "align": align, "width": width}


def row(cells: Sequence[Cell | str], kind: str = "") -> Block:
    """A row of a table; kind: `total` stands out, `group` opens what belongs together."""
    return {"kind": kind, "cells": [{"t": cell} if isinstance(cell, str) else cell for cell in cells]}


def table(columns: Sequence[Block], rows: Sequence[Block], spans: Sequence[tuple[str, int]] = ()) -> Block:
    """A table; spans: a row of headings above the columns' own, each over so many columns."""
    return {
        "kind": "table",
        "columns": list(columns),
        "rows": list(rows),
        "spans": [{"title": title, "span": span} for title, span in spans],
    }


def chart(drawn: Any, alt: str, width: int = 100) -> Block:
    """A chart by Altair, with the words that stand for it; width in percent of the page's."""
    return {"kind": "chart", "drawn": drawn, "alt": alt, "width": width}


def to_fill_in(titles: Sequence[str], rows: int) -> Block:
    """An empty table for people to write in; only where people edit."""
    return {**table([column(title, "left", 1) for title in titles], [row([""] * len(titles))] * rows), "only": "docx"}


def _with_svg(block: Block) -> Block:
    if block["kind"] != "chart":
        return block
    return {**{key: value for key, value in block.items() if key != "drawn"}, "svg": chart_svg(block["drawn"])}
