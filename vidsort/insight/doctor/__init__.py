"""Is everything there that vidsort needs? Each check says what it found, and in one sentence what mends it."""

from .check import SHOWN_FAILURES, Check, needs_mending, told
from .examination import examine, examine_without_settings

__all__ = ["SHOWN_FAILURES", "Check", "examine", "examine_without_settings", "needs_mending", "told"]
