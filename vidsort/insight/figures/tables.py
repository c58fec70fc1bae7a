"""A table as a reader likes it: text to the left, numbers to the right, nothing where nothing is known."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ...library.names import with_codes
from .shown import Shown, escape

if TYPE_CHECKING:
    import pandas as pd

LONGEST_CELL_EM = 40


Form = str | Callable[[Any], str]


def table(frame: "pd.DataFrame", formats: Mapping[str, Form] | None = None, *, nothing: str = "None.") -> Shown:
    """The rows of a frame without its index; `nothing` is said where there are none.

    `formats` says how the numbers of a column are written, as in `{"error": "{:.3f}", "recall": percent}`,
    and one that there is not is then "-"; other fractions get three digits. Underscores in the names
    of columns become spaces.
    """
    from pandas.api.types import is_bool_dtype, is_numeric_dtype

    if not len(frame):
        return Shown(f"<p>{escape(nothing)}</p>", nothing)
    sides = [
        "right" if is_numeric_dtype(frame[name]) and not is_bool_dtype(frame[name]) else "left" for name in frame
    ]
    heads = [str(name).replace("_", " ") for name in frame]
    rows = [
        [_written(value, (formats or {}).get(name)) for name, value in zip(frame, row, strict=True)]
        for row in frame.itertuples(index=False, name=None)
    ]
    head = "".join(_cell("th", text, side) for text, side in zip(heads, sides, strict=True))
    body = "".join(
        f"<tr>{''.join(_cell('td', text, side) for text, side in zip(row, sides, strict=True))}</tr>" for row in rows
    )
    text = "\n".join(" | ".join(row) for row in (heads, *rows))
    return Shown(f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>", text)


def _cell(tag: str, text: str, side: str) -> str:
    style = f"text-align:{side};vertical-align:top;max-width:{LONGEST_CELL_EM}em;overflow-wrap:break-word"
    return f'<{tag} style="{style}">{escape(text)}</{tag}>'


def _written(value: object, form: Form | None) -> str:
    import pandas as pd

    if isinstance(value, list | tuple):
        return ", ".join(with_codes(str(one)) for one in value)
    if pd.isna(value):
        return "" if form is None else "-"
    if isinstance(value, bool):
        return "yes" if value else ""
    if form is not None:
        return form.format(value) if isinstance(form, str) else form(value)
    return f"{value:.3g}" if isinstance(value, float) else with_codes(str(value))
