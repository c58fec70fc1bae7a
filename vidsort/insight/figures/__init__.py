"""What the notebooks show: each figure is a function of plain values that returns a `Shown`.

Nothing here computes a result; it draws what the modules computed. Every picture carries a caption,
which is its text for those who do not see it.
"""

from ...records import REPORT_MIMETYPE
from .calibration import cover_against_error, reliability
from .clips import clip, contact_sheet
from .evidence import evidence
from .library_map import library_map, positions
from .posters import Card, card, posters
from .reports import progress_line, show_report
from .scores import confusion, intervals, learning_curve
from .shown import Shown, note
from .tables import table

__all__ = [
    "REPORT_MIMETYPE",
    "Card",
    "Shown",
    "card",
    "clip",
    "confusion",
    "contact_sheet",
    "cover_against_error",
    "evidence",
    "intervals",
    "learning_curve",
    "library_map",
    "note",
    "positions",
    "posters",
    "progress_line",
    "reliability",
    "show_report",
    "table",
]
