"""The report's charts: one Altair definition each, as SVG in the report's typeface. Pure."""

from collections.abc import Sequence
from typing import Any

import altair as alt
import vl_convert

from beckon.core.typeface import NAME as TYPEFACE
from beckon.reports.figures import Activity, HourCell

INK, MUTED, RULE, ACCENT, SOFT = "#1d2733", "#5c6b7a", "#d7dee5", "#0b6e6e", "#9fd0c7"


def _svg(chart: alt.Chart | alt.LayerChart | alt.HConcatChart) -> str:
    axis = {
        "labelColor": MUTED,
        "titleColor": MUTED,
        "domainColor": RULE,
        "tickColor": RULE,
        "gridColor": RULE,
        "labelFont": TYPEFACE,
        "titleFont": TYPEFACE,
        "labelFontSize": 10,
        "titleFontSize": 10,
        "titleFontWeight": "normal",
    }
    styled = (
        chart.configure(font=TYPEFACE, background="transparent")
        .configure_axis(**axis)
        .configure_view(strokeWidth=0)
        .configure_legend(labelFont=TYPEFACE, titleFont=TYPEFACE, labelFontSize=10, labelColor=INK)
    )
    return str(vl_convert.vegalite_to_svg(styled.to_dict()))


def _chart(values: list[dict[str, Any]], width: alt.Step, height: int | alt.Step) -> alt.Chart:
    return alt.Chart({"values": values}, width=width, height=height)


def visits_by_week(series: Sequence[tuple[str, Activity]], booked: str, kept: str) -> str:
    """Bars of visits booked and kept per ISO week, side by side, with their values above."""
    values = [
        {"week": name[5:], "kind": kind, "n": n}
        for name, a in series
        for kind, n in ((booked, a.visits.booked), (kept, a.visits.kept))
    ]
    base = _chart(values, alt.Step(17), 120).encode(
        x=alt.X("week:N", title=None, sort=None, axis=alt.Axis(labelAngle=0, ticks=False)),
        xOffset=alt.XOffset("kind:N", sort=[booked, kept]),
        y=alt.Y("n:Q", title=None, axis=alt.Axis(tickCount=4, domain=False, format="d", tickMinStep=1)),
    )
    colour = alt.Color(
        "kind:N",
        sort=[booked, kept],
        title=None,
        scale=alt.Scale(domain=[booked, kept], range=[SOFT, ACCENT]),
        legend=alt.Legend(orient="top", symbolType="square"),
    )
    bars = base.mark_bar(cornerRadiusTopLeft=2, cornerRadiusTopRight=2).encode(color=colour)
    labels = base.mark_text(dy=-5, fontSize=8, color=MUTED, font=TYPEFACE).encode(text="n:Q")
    return _svg(bars + labels)


def answer_heat_map(cells: Sequence[HourCell], weekdays: Sequence[str], answered_title: str) -> str:
    """Share answered per local hour and weekday, the number printed in each cell so that colour is not alone."""
    values = [
        {
            "day": weekdays[c.weekday],
            "hour": f"{c.hour}",
            "share": c.answered / c.dials,
            "label": f"{c.answered}/{c.dials}",
        }
        for c in cells
        if c.dials
    ]
    used = sorted({c.hour for c in cells})
    days = [weekdays[d] for d in sorted({c.weekday for c in cells})]
    base = _chart(values, alt.Step(41), alt.Step(19)).encode(
        x=alt.X(
            "hour:N",
            sort=[str(h) for h in used],
            title=None,
            axis=alt.Axis(labelAngle=0, orient="top", ticks=False, domain=False),
        ),
        y=alt.Y("day:N", sort=days, title=None, axis=alt.Axis(ticks=False, domain=False)),
    )
    shade = alt.Color(
        "share:Q",
        title=answered_title,
        scale=alt.Scale(range=["#f1f5f7", SOFT, ACCENT], domain=[0, 0.2, 0.5], clamp=True),
        legend=None,
    )
    boxes = base.mark_rect(cornerRadius=2, stroke="white", strokeWidth=1.5).encode(color=shade)
    ink = alt.condition("datum.share > 0.36", alt.value("white"), alt.value(INK))
    text = base.mark_text(fontSize=9, font=TYPEFACE).encode(text="label:N", color=ink)
    return _svg(boxes + text)
