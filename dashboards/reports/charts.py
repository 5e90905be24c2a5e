"""The charts of the reports, drawn by Vega-Lite for print: few colours that differ in lightness, labelled marks."""

from __future__ import annotations

from typing import Any

from dashboards.reports.typesetting import FONTS

INK, GREY, FAINT = "#1d2b36", "#5c6b76", "#dfe5e8"
THIS_YEAR, LAST_YEAR = "#0b5d6b", "#9aa7ae"
HIDDEN = "#e9ecee"
BAR = "#86bdbd"

Row = dict[str, Any]


def _styled(chart: Any) -> Any:
    return (
        chart.configure(font=FONTS, background="transparent", padding=2)
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=GREY, labelFontSize=9, titleColor=GREY, titleFontSize=9, titleFontWeight="normal",
            gridColor=FAINT, domainColor=FAINT, tickColor=FAINT,
        )
        .configure_header(labelColor=INK, labelFontSize=11, labelFontWeight="bold", labelAnchor="start", title=None)
    )  # fmt: skip


def trend(rows: list[Row], this_year: str, last_year: str | None) -> Any:
    """Weekly attendance, one panel a phase: this year's line over last year's.

    rows: panel, order, shown_on (ISO date), year, percent.
    """
    import altair as alt

    years = [this_year] + ([last_year] if last_year else [])
    base = alt.Chart(alt.Data(values=rows)).encode(
        x=alt.X("shown_on:T", title=None, axis=alt.Axis(format="%b", tickCount="month", grid=False)),
        y=alt.Y("percent:Q", title="Attendance, %", scale=alt.Scale(zero=False, nice=True), axis=alt.Axis(tickCount=5)),
        color=alt.Color(
            "year:N", scale=alt.Scale(domain=years, range=[THIS_YEAR, LAST_YEAR][: len(years)]), legend=None
        ),
    )
    lines = base.mark_line(strokeWidth=1.8, interpolate="linear").encode(
        strokeDash=alt.StrokeDash(
            "year:N", scale=alt.Scale(domain=years, range=[[1, 0], [4, 3]][: len(years)]), legend=None
        )
    )
    dots = base.transform_filter(alt.datum.year == this_year).mark_point(filled=True, size=14, opacity=1)
    panels = len({row["panel"] for row in rows})
    return _styled(
        alt.layer(lines, dots)
        .properties(width=(490 - 34 * panels) / panels, height=150)
        .facet(column=alt.Column("panel:N", sort=alt.EncodingSortField("order", op="min"), title=None), spacing=16)
        .resolve_scale(y="shared")
    )


def bars(rows: list[Row], axis: str) -> Any:
    """One bar a row with its figure at the end; rows: label, percent, text, strong (drawn darker). axis: its title."""
    import altair as alt

    base = alt.Chart(alt.Data(values=[{**row, "place": place} for place, row in enumerate(rows)])).encode(
        y=alt.Y(
            "label:N",
            sort=alt.EncodingSortField("place", op="min"),
            title=None,
            axis=alt.Axis(labelLimit=210, labelColor=INK, ticks=False, domain=False),
        ),
        x=alt.X("percent:Q", title=axis, axis=alt.Axis(tickCount=5, grid=False), scale=alt.Scale(zero=True)),
    )
    drawn = base.mark_bar(height={"band": 0.7}).encode(
        color=alt.Color("strong:N", legend=None, scale=alt.Scale(domain=[False, True], range=[BAR, THIS_YEAR]))
    )
    texts = base.mark_text(align="left", dx=4, fontSize=9, color=INK).encode(text="text:N")
    return _styled(alt.layer(drawn, texts).properties(width=300, height=17 * len(rows)))


def stacked_bands(rows: list[Row], colours: dict[str, tuple[str, str]]) -> Any:
    """One bar a school: the share of its pupils in each group of absence bands.

    rows: school, school_order, group, group_order, percent, label. colours: group -> (fill, text), in order.
    """
    import altair as alt

    groups = list(colours)
    schools = alt.EncodingSortField("school_order", op="min")
    base = alt.Chart(alt.Data(values=rows)).encode(
        y=alt.Y(
            "school:N",
            sort=schools,
            title=None,
            axis=alt.Axis(labelLimit=190, labelColor=INK, ticks=False, domain=False),
        ),
        order=alt.Order("group_order:Q"),
    )
    bars = base.mark_bar(stroke="white", strokeWidth=0.8, height={"band": 0.72}).encode(
        x=alt.X("percent:Q", stack="zero", scale=alt.Scale(domain=[0, 100], nice=False),
                title="Pupils, %", axis=alt.Axis(tickCount=5, grid=False)),
        color=alt.Color("group:N", legend=None,
                        scale=alt.Scale(domain=groups, range=[fill for fill, _ in colours.values()])),
    )  # fmt: skip
    labels = (
        base.transform_stack(
            stack="percent", as_=["from", "to"], groupby=["school"], sort=[alt.SortField("group_order")]
        )
        .transform_calculate(middle="(datum.from + datum.to) / 2")
        .transform_filter("datum.percent >= 4")
        .mark_text(fontSize=8.5)
        .encode(
            x=alt.X("middle:Q"),
            text="label:N",
            color=alt.Color(
                "group:N", scale=alt.Scale(domain=groups, range=[text for _, text in colours.values()]), legend=None
            ),
        )
    )
    height = 17 * len({row["school"] for row in rows})
    return _styled(alt.layer(bars, labels).resolve_scale(color="independent").properties(width=330, height=height))
