"""The charts as Plotly's JSON: the browser has Plotly from Gradio, and nothing here needs its Python package."""

from collections.abc import Mapping, Sequence
from typing import Any

from ...insight.figures.shown import ACCENT, FAINT, SECOND, escape, short
from ...steps import counted, percent

Figure = dict[str, Any]
SHADE, SECOND_SHADE = "rgba(37, 99, 235, 0.16)", "rgba(217, 119, 6, 0.16)"
ROW_PX, AROUND_PX = 30, 110
HEIGHT_PX = 340
# Colours of text and lines come from the page's styles, so that they fit day and night.
LAYOUT: Figure = {
    "paper_bgcolor": "rgba(0,0,0,0)", "plot_bgcolor": "rgba(0,0,0,0)", "dragmode": False, "hovermode": "closest",
    "margin": {"l": 52, "r": 16, "t": 16, "b": 48}, "height": HEIGHT_PX, "showlegend": False,
    "font": {"family": "Inter, system-ui, sans-serif", "size": 13},
}
SHARES: Figure = {"tickformat": ".0%", "gridcolor": "rgba(128,128,128,0.25)", "zeroline": False, "fixedrange": True}
NUMBERS: Figure = {"gridcolor": "rgba(128,128,128,0.25)", "zeroline": False, "fixedrange": True}


def _figure(data: list[Figure], x: Figure, y: Figure, **layout: Any) -> Figure:
    return {"data": data, "layout": LAYOUT | {"xaxis": x, "yaxis": y} | layout}


def _band(x: Sequence[float], low: Sequence[float], high: Sequence[float], colour: str) -> Figure:
    """The interval around a line, one closed shape."""
    return {
        "type": "scatter", "x": [*x, *reversed(x)], "y": [*high, *reversed(low)], "fill": "toself", "fillcolor": colour,
        "line": {"width": 0}, "hoverinfo": "skip", "mode": "lines",
    }


def intervals(
    rows: Sequence[tuple[str, float | None, float | None, float | None]], chosen: str | None = None
) -> Figure:
    """A dot with its 95 % interval for each (name, value, low, high), the first on top; untested ones are left out."""
    there = [(name, value, low, high) for name, value, low, high in rows
             if value is not None and low is not None and high is not None]
    dots = {
        "type": "scatter", "mode": "markers", "x": [value for _, value, _, _ in there],
        "y": [escape(short(name)) for name, *_ in there],
        "error_x": {
            "type": "data", "symmetric": False, "array": [high - value for _, value, _, high in there],
            "arrayminus": [value - low for _, value, low, _ in there], "thickness": 3, "width": 0, "color": SHADE,
        },
        "marker": {"size": 10, "color": [ACCENT if chosen in (None, name) else FAINT for name, *_ in there]},
        "hovertext": [f"{percent(value, 1)} ({percent(low, 1)}–{percent(high, 1)})" for _, value, low, high in there],
        "hoverinfo": "y+text",
    }
    y = {"autorange": "reversed", "automargin": True, "fixedrange": True, "gridcolor": "rgba(0,0,0,0)"}
    return _figure([dots], SHARES | {"automargin": True}, y, height=AROUND_PX + ROW_PX * len(there))


def reliability(rows: Sequence[Mapping[str, float]]) -> Figure:
    """The share that was right against the confidence that was shown; rows are those of `scores.reliability`."""
    said, right = [row["confidence"] for row in rows], [row["right"] for row in rows]
    count = sum(row["count"] for row in rows) or 1
    line = {
        "type": "scatter", "mode": "lines+markers", "x": said, "y": right, "line": {"color": ACCENT},
        "marker": {"size": [8 + 22 * row["count"] / count for row in rows], "color": ACCENT},
        "error_y": {
            "type": "data", "symmetric": False, "array": [max(0.0, row["high"] - row["right"]) for row in rows],
            "arrayminus": [max(0.0, row["right"] - row["low"]) for row in rows], "color": ACCENT, "thickness": 1.5,
        },
        "hovertext": [f"{percent(row['right'], 1)} of {row['count']:.0f} were right" for row in rows],
        "hoverinfo": "x+text",
    }
    even = {
        "type": "scatter", "mode": "lines", "x": [0, 1], "y": [0, 1], "hoverinfo": "skip",
        "line": {"color": FAINT, "dash": "dash", "width": 1},
    }
    return _figure(
        [even, line], SHARES | {"title": {"text": "confidence that was shown"}, "range": [0, 1.02]},
        SHARES | {"title": {"text": "share that was right"}, "range": [0, 1.05]},
    )


def cover_against_error(rows: Sequence[Mapping[str, float]], threshold: float | None, promised: float) -> Figure:
    """The share moved unseen against the share of that which is wrong; rows are those of `scores`."""
    cover, error = [row["cover"] for row in rows], [row["error"] for row in rows]
    chosen = [row for row in rows if row["threshold"] == threshold]
    line = {
        "type": "scatter", "mode": "lines", "x": cover, "y": error, "line": {"color": ACCENT, "width": 2},
        "hovertext": [f"{percent(row['error'], 1)} wrong of {percent(row['cover'])} moved" for row in rows],
        "hoverinfo": "text",
    }
    point = {
        "type": "scatter", "mode": "markers", "x": [row["cover"] for row in chosen],
        "y": [row["error"] for row in chosen], "marker": {"size": 12, "color": SECOND}, "hoverinfo": "skip",
    }
    promise = {
        "type": "scatter", "mode": "lines", "x": [0, 1], "y": [promised, promised], "hoverinfo": "skip",
        "line": {"color": SECOND, "dash": "dash", "width": 1},
    }
    band = _band(cover, [row["low"] for row in rows], [row["high"] for row in rows], SHADE)
    top = min(1.0, max(0.05, 1.5 * promised, 1.3 * max(error, default=0.0)))
    return _figure(
        [band, line, promise, point], SHARES | {"title": {"text": "share of videos moved unseen"}, "range": [0, 1.01]},
        SHARES | {"title": {"text": "share of those that is wrong"}, "range": [0, top]},
    )


def learning_curve(
    measured: Sequence[Mapping[str, float]], expected: Sequence[Mapping[str, float]]
) -> Figure:
    """Accuracy against the number of labelled videos, as measured and as expected with more."""
    data, ahead = [], [*measured[-1:], *expected] if expected else []
    for points, colour, shade, dash in (
        (measured, ACCENT, SHADE, "solid"), (ahead, SECOND, SECOND_SHADE, "dash"),
    ):
        videos, values = [point["videos"] for point in points], [point["value"] for point in points]
        data.append(_band(videos, [point["low"] for point in points], [point["high"] for point in points], shade))
        data.append({
            "type": "scatter", "mode": "lines+markers", "x": videos, "y": values,
            "line": {"color": colour, "dash": dash}, "marker": {"size": 7, "color": colour},
            "hovertext": [
                f"{percent(point['value'], 1)} with {counted(round(point['videos']), 'video')}" for point in points
            ],
            "hoverinfo": "text",
        })
    return _figure(
        data, NUMBERS | {"title": {"text": "labelled videos"}}, SHARES | {"title": {"text": "share predicted right"}},
    )
