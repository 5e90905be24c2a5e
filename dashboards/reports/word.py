"""Writes a report's blocks as a Word document that people can edit; the same bytes each time."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import datetime, time
from typing import Any

from docx import Document as new_document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from dashboards.reports.document import Block, Document
from dashboards.reports.found import Found
from dashboards.reports.typesetting import chart_png

_INK, _GREY, _DEEP = RGBColor(0x1D, 0x2B, 0x36), RGBColor(0x55, 0x64, 0x6F), RGBColor(0x0B, 0x4A, 0x56)
_TONES = {"good": RGBColor(0x0B, 0x5D, 0x6B), "bad": RGBColor(0x9A, 0x34, 0x12), "flat": _GREY}
_PAGE_CM = 17.6
# No moment of its own is stored in the file: every part of it has this one.
_ZIP_MOMENT = (1980, 1, 1, 0, 0, 0)


def word(document: Document, found: Found) -> bytes:
    """The document as DOCX, its moments those of the release's as-of day."""
    file = new_document()
    _style(file)
    made_at = datetime.combine(found.as_of, time())
    properties = file.core_properties
    properties.title = f"{document.trust}: {document.title}, {document.subtitle}"
    properties.author = properties.last_modified_by = document.trust
    properties.created = properties.modified = made_at
    properties.language, properties.comments, properties.revision = "en-GB", "", 1
    file.add_paragraph(document.place, style="Subtitle")
    file.add_heading(document.title, 0)
    file.add_paragraph(f"{document.subtitle}   {document.dates}", style="Subtitle")
    _note(file, {"text": document.intro})
    for block in document.blocks:
        _WRITERS[block["kind"]](file, block)
    footer = file.sections[0].footer.paragraphs[0]
    footer.text = f"{document.trust}. Figures as of {document.as_of}."
    return _same_bytes(file)


def _style(file: Any) -> None:
    page = file.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm(1.7)
    page.top_margin = page.bottom_margin = Cm(1.8)
    for name, size, colour in (
        ("Normal", 10, _INK), ("Title", 22, _DEEP), ("Subtitle", 11, _GREY), ("Heading 1", 16, _DEEP),
        ("Heading 2", 12, _DEEP), ("List Bullet", 10, _INK),
    ):  # fmt: skip
        style = file.styles[name]
        style.font.name, style.font.size, style.font.color.rgb = "Calibri", Pt(size), colour
        style.font.italic = False
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for face in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts.attrib.pop(qn(face), None)
        for face in ("w:ascii", "w:hAnsi", "w:cs"):
            fonts.set(qn(face), "Calibri")
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "en-GB")
    file.styles["Normal"].element.get_or_add_rPr().append(language)
    file.styles["Normal"].paragraph_format.space_after = Pt(5)


def _heading(file: Any, block: Block) -> None:
    written = file.add_heading(block["text"], block["level"])
    written.paragraph_format.page_break_before = bool(block.get("new_page"))


def _paragraph(file: Any, block: Block) -> None:
    file.add_paragraph(block["text"])


def _note(file: Any, block: Block) -> None:
    run = file.add_paragraph().add_run(block["text"])
    run.font.size, run.font.color.rgb = Pt(8.5), _GREY


def _bullets(file: Any, block: Block) -> None:
    for item in block["items"]:
        file.add_paragraph(item, style="List Bullet")


def _cards(file: Any, block: Block) -> None:
    grid = file.add_table(rows=1, cols=len(block["items"]))
    for cell, card in zip(grid.rows[0].cells, block["items"], strict=True):
        _shade(cell, "F1F5F6")
        label = cell.paragraphs[0].add_run(card["label"])
        label.font.size, label.bold, label.font.color.rgb = Pt(9), True, _DEEP
        value = cell.add_paragraph().add_run(card["value"])
        value.font.size, value.bold = Pt(18), True
        for line in card["lines"]:
            _figure(cell.add_paragraph(), line, 8.5)
    file.add_paragraph()


def _table(file: Any, block: Block) -> None:
    columns = block["columns"]
    grid = file.add_table(rows=0, cols=len(columns))
    grid.style = "Table Grid" if block.get("only") else "Normal Table"
    grid.autofit = True
    if block["spans"]:
        line, at = _line(grid, is_heading=True), 0
        for span in block["spans"]:
            cell = line.cells[at].merge(line.cells[at + span["span"] - 1])
            _head(cell, span["title"], "center")
            at += span["span"]
    line = _line(grid, is_heading=True)
    for cell, column in zip(line.cells, columns, strict=True):
        _head(cell, column["title"], column["align"])
    for row in block["rows"]:
        line = _line(grid)
        if row["kind"] == "group":
            merged = line.cells[0].merge(line.cells[-1])
            _figure(merged.paragraphs[0], row["cells"][0], 9, bold=True)
            _shade(merged, "F1F5F6")
            continue
        for cell, figure, column in zip(line.cells, row["cells"], columns, strict=True):
            _figure(cell.paragraphs[0], figure, 9, bold=row["kind"] != "", align=column["align"])
            if row["kind"]:
                _shade(cell, "F1F5F6")
    file.add_paragraph()


def _chart(file: Any, block: Block) -> None:
    picture = file.add_picture(io.BytesIO(chart_png(block["drawn"])), width=Cm(_PAGE_CM * block["width"] / 100))
    picture._inline.docPr.set("descr", block["alt"])


_WRITERS: dict[str, Callable[[Any, Block], None]] = {
    "heading": _heading, "paragraph": _paragraph, "note": _note, "bullets": _bullets, "cards": _cards,
    "table": _table, "chart": _chart,
}  # fmt: skip


def _line(grid: Any, is_heading: bool = False) -> Any:
    """A new row that no page break divides; a heading comes again on every page."""
    line = grid.add_row()
    marks = line._tr.get_or_add_trPr()
    marks.append(OxmlElement("w:cantSplit"))
    if is_heading:
        marks.append(OxmlElement("w:tblHeader"))
    return line


def _head(cell: Any, title: str, align: str) -> None:
    _figure(cell.paragraphs[0], {"t": title}, 8.5, bold=True, align=align, colour=RGBColor(0xFF, 0xFF, 0xFF))
    _shade(cell, "0B4A56")


def _figure(
    paragraph: Any, cell: Block, size: float, bold: bool = False, align: str = "left", colour: Any = None
) -> None:
    run = paragraph.add_run(cell["t"])
    run.font.size, run.bold = Pt(size), bold
    run.font.color.rgb = colour or _TONES.get(cell.get("tone", ""), _INK)
    paragraph.paragraph_format.space_after = Pt(1)
    paragraph.alignment = {
        "left": WD_ALIGN_PARAGRAPH.LEFT, "right": WD_ALIGN_PARAGRAPH.RIGHT, "center": WD_ALIGN_PARAGRAPH.CENTER
    }[align]  # fmt: skip


def _shade(cell: Any, fill: str) -> None:
    shade = OxmlElement("w:shd")
    for name, value in (("w:val", "clear"), ("w:color", "auto"), ("w:fill", fill)):
        shade.set(qn(name), value)
    cell._tc.get_or_add_tcPr().append(shade)


def _same_bytes(file: Any) -> bytes:
    """The file's bytes with the moments of its parts taken out."""
    written, settled = io.BytesIO(), io.BytesIO()
    file.save(written)
    with zipfile.ZipFile(written) as parts, zipfile.ZipFile(settled, "w") as out:
        for name in parts.namelist():
            part = zipfile.ZipInfo(name, _ZIP_MOMENT)
            part.compress_type, part.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            out.writestr(part, parts.read(name))
    return settled.getvalue()
