"""Whether a confidence can be believed, and what it buys."""

from collections.abc import Mapping, Sequence

import numpy as np

from ...steps import percent
from .shown import ACCENT, FAINT, SECOND, Shown, drawn, new_axes, note, tick_percent

Row = Mapping[str, float]


def reliability(before: Sequence[Row], after: Sequence[Row]) -> Shown:
    """How often a prediction of each confidence is right, before and after calibration, with 95 % intervals.

    Rows are those of `scores.reliability`. On the diagonal, the confidence means what it says.
    """
    if not before or not after:
        return note("Confidence could not be checked: there is too little to leave out.")
    said, right, count = _columns(after, "confidence", "right", "count")
    gap = percent(float(np.average(np.abs(said - right), weights=count)), 1)
    with new_axes(9, 4.3, 2) as (figure, axes):
        sides = (("before calibration", before, SECOND), ("after calibration", after, ACCENT))
        for ax, (name, rows, colour) in zip(axes, sides, strict=True):
            said, right, low, high, count = _columns(rows, "confidence", "right", "low", "high", "count")
            ax.plot([0, 1], [0, 1], color=FAINT, linestyle="--", linewidth=1)
            # Rounding must not push an end of an interval past the share itself.
            ends = np.maximum([right - low, high - right], 0)
            ax.errorbar(said, right, yerr=ends, fmt="-", color=colour, capsize=3, linewidth=1.5)
            ax.scatter(said, right, s=20 + 220 * count / count.sum(), color=colour, zorder=3)
            ax.set(
                xlim=(0, 1.03), ylim=(0, 1.05), aspect="equal", xlabel="confidence that was shown",
                ylabel="share that was right", title=name,
            )
        return drawn(
            figure,
            f"The confidence that is shown and the share of such predictions that were right differ by {gap} on "
            "average. Each point is a tenth of the scale, the larger the more videos; none of them had been learned "
            "from. On the dashed line, a confidence means what it says. What a head says before calibration is no "
            "probability yet.",
        )


def cover_against_error(rows: Sequence[Row], threshold: float | None, promised_error: float) -> Shown:
    """The share of videos that may be moved unseen, against the share of those that would go wrong.

    Rows are those of `scores.cover_against_error`; `threshold` is the one that keeps the promise,
    None where none does.
    """
    if not rows:
        return note("No threshold can be chosen: there is too little to leave out.")
    chosen = next((row for row in rows if row["threshold"] == threshold), None)
    if chosen is None:
        caption = f"No threshold can promise at most {promised_error:.0%} wrong yet: that takes more labelled videos."
    else:
        caption = (
            f"Moving every video with a confidence of {percent(chosen['threshold'], 1)} or more would move "
            f"{percent(chosen['cover'])} of them, of which {percent(chosen['error'], 1)} went wrong here; with 95 % "
            f"certainty it is no more than {percent(chosen['high'], 1)}, and the promise is {promised_error:.0%}."
        )
    cover, error, low, high = _columns(rows, "cover", "error", "low", "high")
    with new_axes(7.5, 4) as (figure, (ax,)):
        ax.fill_between(cover, low, high, color=ACCENT, alpha=0.12, linewidth=0)
        ax.plot(cover, error, color=ACCENT, linewidth=2)
        ax.axhline(promised_error, color=SECOND, linestyle="--", linewidth=1)
        ax.annotate(
            f"promise: at most {promised_error:.0%} wrong", (0.01, promised_error), xytext=(0, 5),
            textcoords="offset points", color=SECOND, fontsize=9,
            bbox={"facecolor": "white", "alpha": 0.8, "linewidth": 0, "pad": 1},
        )
        if chosen is not None:
            ax.plot(chosen["cover"], chosen["error"], "o", color=SECOND, markersize=8)
            ax.axvline(chosen["cover"], color=SECOND, linestyle=":", linewidth=1)
        top = max(0.05, 1.5 * promised_error, 1.3 * float(error.max()))
        ax.set(
            xlim=(0, 1.01), ylim=(0, min(1.0, top)), xlabel="share of videos moved unseen",
            ylabel="share of those that is wrong", title="What a threshold buys",
        )
        ax.xaxis.set_major_formatter(tick_percent)
        ax.yaxis.set_major_formatter(tick_percent)
        return drawn(figure, caption)


def _columns(rows: Sequence[Row], *names: str) -> list[np.ndarray]:
    return [np.array([row[name] for row in rows], float) for name in names]
