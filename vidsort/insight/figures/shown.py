"""What a notebook cell shows: HTML that stands on its own, and drawings in one style."""

import base64
import html
import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...library.names import lines_with_codes, with_codes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK = "#1f2933"
FAINT = "#9aa5b1"
GRID = "#e4e7eb"
ACCENT = "#2563eb"
SECOND = "#d97706"
LONGEST_LABEL = 32
# Okabe and Ito's eight colours, told apart also by those who see fewer colours; then their darker twins.
PALETTE = (
    "#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#b3a400", "#5c5c5c",
    "#003d61", "#8a5f00", "#005f45", "#7d3a61", "#2a6f99", "#803800", "#6b6200", "#a0a0a0",
)
STYLE: Any = {
    "font.family": ["DejaVu Sans", "sans-serif"], "font.size": 10, "text.color": INK, "axes.labelcolor": INK,
    "axes.edgecolor": FAINT, "axes.titlesize": 11, "axes.titleweight": "bold", "axes.titlelocation": "left",
    "axes.spines.top": False, "axes.spines.right": False, "axes.grid": True, "axes.axisbelow": True,
    "grid.color": GRID, "xtick.color": INK, "ytick.color": INK, "legend.frameon": False,
    # Names of folders are text, never formulas.
    "text.parse_math": False,
    # Text stays text: the browser has letters for every script, a font file has not.
    "svg.fonttype": "none", "svg.hashsalt": "vidsort",
}


@dataclass(frozen=True)
class Shown:
    """A piece of HTML that refers to nothing outside itself; notebooks display it as it is."""

    html: str
    text: str = ""

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {"text/html": self.html, "text/plain": self.text}


def escape(text: object) -> str:
    """Text from files or names as HTML that shows just that, and by its code what nobody would see of it."""
    return html.escape(lines_with_codes(str(text)), quote=True)


def short(name: str) -> str:
    """A name as it fits beside an axis."""
    shown = with_codes(name)
    return shown if len(shown) <= LONGEST_LABEL else shown[: LONGEST_LABEL - 1] + "…"


def note(text: str) -> Shown:
    """A sentence that stands out."""
    style = f"border-left:4px solid {ACCENT};background:#f3f7ff;color:{INK};padding:.6em 1em;margin:.4em 0"
    return Shown(f'<p style="{style}">{escape(text)}</p>', text)


def tick_percent(share: float, _place: float | None = None) -> str:
    """A share as the labels of an axis say it: 7.5%, 80%."""
    return f"{round(100 * share, 2):g}%"


def data_url(data: bytes, mimetype: str) -> str:
    """The bytes as an address that needs no file."""
    return f"data:{mimetype};base64,{base64.b64encode(data).decode('ascii')}"


@contextmanager
def new_axes(width: float, height: float, columns: int = 1) -> Iterator[tuple["Figure", "list[Axes]"]]:
    """A figure of `columns` axes side by side in the style of this package; sizes in inches.

    Draw and call `drawn` inside the block, as the style holds there only.
    """
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(width, height), layout="constrained")
        yield figure, list(figure.subplots(1, columns, squeeze=False)[0])


def drawn(figure: "Figure", caption: str) -> Shown:
    """The figure as a sharp picture with its caption below."""
    return Shown(
        '<figure style="margin:.5em 0;background:#fff;padding:.5em;display:inline-block;max-width:100%">'
        f'<img style="max-width:100%" src="{as_svg(figure)}" alt="{escape(caption)}">'
        f'<figcaption style="color:#52606d;max-width:60em">{escape(caption)}</figcaption></figure>',
        caption,
    )


def as_svg(figure: "Figure") -> str:
    """The figure as the address of a sharp picture."""
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        # Only the place that a text takes is measured here; the browser draws it.
        warnings.filterwarnings("ignore", "Glyph .* missing")
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    return data_url(buffer.getvalue(), "image/svg+xml")
