"""How good a model is: scores with their intervals, what it mixes up, what more labels would bring."""

from collections.abc import Sequence

import numpy as np

from ...steps import counted, percent
from .shown import ACCENT, FAINT, SECOND, Shown, drawn, new_axes, note, short, tick_percent


def intervals(
    rows: Sequence[tuple[str, float | None, float | None, float | None]],
    *,
    title: str,
    caption: str,
    chosen: str | None = None,
) -> Shown:
    """A dot with its 95 % interval for each (name, value, low, high), first on top; `chosen` stands out.

    A value of None was not measured: its row says so and has no dot.
    """
    if all(value is None for _, value, _, _ in rows):
        return note(f"{title}: {'nothing could be tested yet' if rows else 'there is too little to tell'}.")
    with new_axes(7.5, 0.7 + 0.34 * len(rows)) as (figure, (ax,)):
        for place, (name, value, low, high) in enumerate(rows):
            if value is None or low is None or high is None:
                ax.annotate("not tested", (0, place), va="center", fontsize=9, color=FAINT)
                continue
            colour = ACCENT if chosen in (None, name) else FAINT
            ax.plot([low, high], [place, place], color=colour, linewidth=3, solid_capstyle="round", alpha=0.45)
            ax.plot(value, place, "o", color=colour, markersize=7)
            ax.annotate(
                percent(value, 1), (high, place), xytext=(6, 0), textcoords="offset points", va="center", fontsize=9
            )
        ax.set_yticks(range(len(rows)), [short(name) for name, *_ in rows])
        ax.set(ylim=(len(rows) - 0.5, -0.5), title=title)
        ax.margins(x=0.12)
        ax.xaxis.set_major_formatter(tick_percent)
        ax.grid(axis="y", visible=False)
        return drawn(figure, caption)


def confusion(actual: Sequence[str], predicted: Sequence[str], folders: Sequence[str]) -> Shown:
    """Where the videos of each folder are predicted to belong: a row a folder, numbers of videos."""
    place = {name: index for index, name in enumerate(folders)}
    counts = np.zeros((len(folders), len(folders)), int)
    for one, other in zip(actual, predicted, strict=True):
        counts[place[one], place[other]] += 1
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    side = 2.8 + 0.42 * len(folders)
    with new_axes(side + 0.6, side) as (figure, (ax,)):
        ax.imshow(shares, cmap="Blues", vmin=0, vmax=1)
        for row, column in zip(*np.nonzero(counts), strict=True):
            colour = "white" if shares[row, column] > 0.55 else "#1f2933"
            ax.text(column, row, counts[row, column], ha="center", va="center", color=colour, fontsize=9)
        labels = [short(name) for name in folders]
        ax.set_xticks(range(len(folders)), labels, rotation=45, ha="right")
        ax.set_yticks(range(len(folders)), labels)
        ax.set(xlabel="predicted folder", ylabel="folder it lies in", title="What is mixed up")
        ax.grid(visible=False)
        return drawn(figure, _mixed_up(counts, folders))


def _mixed_up(counts: np.ndarray, folders: Sequence[str]) -> str:
    wrong = counts - np.diag(np.diag(counts))
    total = int(wrong.sum())
    if not counts.any():
        return "No video could be tested: each folder needs two or more different videos."
    if total == 0:
        return "Every video was predicted into the folder that it lies in."
    pairs = np.triu(wrong + wrong.T)
    one, other = map(int, np.unravel_index(int(pairs.argmax()), pairs.shape))
    return (
        f"{total} of {int(counts.sum())} videos {'is' if total == 1 else 'are'} predicted into another folder than "
        f"theirs; most often, {counted(int(pairs[one, other]), 'time')}, {folders[one]} and {folders[other]} are taken "
        "for each other."
    )


def learning_curve(
    measured: Sequence[tuple[float, float, float, float]],
    forecast: Sequence[tuple[float, float, float, float]],
    caption: str,
) -> Shown:
    """Accuracy against the number of labelled videos: (videos, value, low, high), measured and expected."""
    if not measured:
        return note(caption)
    with new_axes(7.5, 4) as (figure, (ax,)):
        for points, name, colour, line in (
            (measured, "measured", ACCENT, "-"),
            ([*measured[-1:], *forecast] if forecast else [], "expected with more labels", SECOND, "--"),
        ):
            if points:
                videos, value, low, high = np.array(points, float).T
                ax.plot(videos, value, line, marker="o", color=colour, label=name, linewidth=2, markersize=5)
                ax.fill_between(videos, low, high, color=colour, alpha=0.12, linewidth=0)
        ax.set(xlabel="labelled videos", ylabel="share predicted right", title="What more labels bring")
        ax.yaxis.set_major_formatter(tick_percent)
        ax.legend(loc="lower right")
        return drawn(figure, caption)
