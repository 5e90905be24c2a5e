"""Turns a report's content into a PDF with Typst, the same bytes each time and on every machine.

Only fonts that come with the project's own packages are used, never the machine's: HK Grotesk, which Great
Expectations carries for its data docs, and Libertinus Serif, which Typst has built in and which stands in for signs
that HK Grotesk lacks, and for all of it should it be missing. Nothing is downloaded.
"""

from __future__ import annotations

import importlib.util
import json
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
FONTS = "HK Grotesk, Libertinus Serif"


@cache
def font_folders() -> list[str]:
    """The folders with fonts beyond those that Typst has built in; found without importing the package."""
    package = importlib.util.find_spec("great_expectations")
    if package is None or package.origin is None:
        return []
    folder = Path(package.origin).parent / "render" / "view" / "static" / "fonts" / "HKGrotesk"
    return [str(folder)] if folder.is_dir() else []


def chart_svg(chart: Any) -> str:
    """An Altair chart as SVG, its texts left as text in the report's fonts."""
    return str(_converter().vegalite_to_svg(chart.to_dict(), allowed_base_urls=[]))


def chart_png(chart: Any) -> bytes:
    """An Altair chart as a picture sharp enough for print."""
    return bytes(_converter().vegalite_to_png(chart.to_dict(), scale=2.5, allowed_base_urls=[]))


@cache
def _converter() -> Any:
    import vl_convert

    for folder in font_folders():
        vl_convert.register_font_directory(folder)
    return vl_convert


def typeset(template: str, content: dict[str, Any], as_of: date) -> bytes:
    """The PDF (PDF/UA-1) of a template in this folder with `content`; its dates are those of `as_of`."""
    import typst

    made_at = datetime.combine(as_of, time(), UTC)
    pdf = typst.compile(
        str(HERE / template),
        root=str(HERE),
        font_paths=font_folders(),
        ignore_system_fonts=True,
        sys_inputs={"content": json.dumps(content, ensure_ascii=False, sort_keys=True)},
        pdf_standards=["ua-1"],
        timestamp=int(made_at.timestamp()),
    )
    assert isinstance(pdf, bytes)
    return pdf
