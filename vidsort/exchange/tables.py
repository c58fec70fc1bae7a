"""Tables as files: CSV, JSON lines, Parquet; written whole, and read back as they were."""

import csv
import io
import json
from pathlib import Path
from typing import Any

from ..errors import SettingsError, VidsortError
from .rows import Table

FORMS = ("csv", "jsonl", "parquet")
NO_PYARROW = "Parquet needs the package pyarrow: pip install 'vidsort[parquet]', or take --format csv or jsonl."


def table_bytes(table: Table, form: str) -> bytes:
    """The table as a file of this form.

    Raises VidsortError where what Parquet needs is not installed, SettingsError for a name that this form cannot hold.
    """
    if form == "jsonl":
        return "".join(json.dumps(row) + "\n" for row in table.rows).encode("ascii")
    try:
        return _csv_bytes(table) if form == "csv" else _parquet_bytes(table)
    except UnicodeEncodeError as error:
        raise SettingsError(
            f"{ascii(error.object)[:80]} is no valid Unicode, which {form} cannot hold: take --format jsonl."
        ) from error


def json_lines(text: str) -> list[dict[str, Any]]:
    """The objects in a text that has one a line; raises ValueError or RecursionError for what is none."""
    found = [json.loads(line) for line in text.split("\n") if line.strip()]
    for each in found:
        if not isinstance(each, dict):
            raise ValueError(f"{ascii(each)[:40]} is no object")  # noqa: TRY004 (of what was read, as json has it)
    return found


def read_table(path: Path) -> list[dict[str, Any]]:
    """The rows of such a file, by its ending; of CSV each value is a text. Raises SettingsError for what is none."""
    try:
        if path.suffix.lower() == ".parquet":
            return list(_pyarrow()[1].read_table(path).to_pylist())
        text = path.read_bytes().decode("utf-8-sig", "surrogateescape")
        if path.suffix.lower() in (".jsonl", ".ndjson"):
            return json_lines(text)
        return list(csv.DictReader(io.StringIO(text, newline=""), strict=True, dialect=_dialect(text)))
    except (ValueError, TypeError, RecursionError, csv.Error) as error:
        raise SettingsError(f"{path} cannot be read as a table ({error}): give CSV, JSON lines or Parquet.") from error


def _csv_bytes(table: Table) -> bytes:
    text = io.StringIO(newline="")
    plain = csv.DictWriter(text, table.columns, lineterminator="\n")
    # Of what ends a line, only what ends those of this file is quoted by itself.
    quoted = csv.DictWriter(text, table.columns, lineterminator="\n", quoting=csv.QUOTE_ALL)
    plain.writeheader()
    for row in table.rows:
        cells = {name: _cell(value) for name, value in row.items()}
        (quoted if any("\r" in str(cell) for cell in cells.values()) else plain).writerow(cells)
    # A name that is no valid Unicode goes out as the bytes that it has on the disk.
    return text.getvalue().encode("utf-8", "surrogateescape")


def _parquet_bytes(table: Table) -> bytes:
    pyarrow, parquet = _pyarrow()
    sink = io.BytesIO()
    parquet.write_table(pyarrow.Table.from_pylist(table.rows) if table.rows else pyarrow.table(
        {name: pyarrow.array([], pyarrow.string()) for name in table.columns}
    ), sink)
    return sink.getvalue()


def _dialect(text: str) -> type[csv.Dialect]:
    """By the first line, for what a spreadsheet has written with tabs or semicolons."""
    first = text.partition("\n")[0]
    return {"\t": csv.excel_tab, ";": _Semicolons}.get(max(",;\t", key=first.count), csv.excel)


class _Semicolons(csv.excel):
    delimiter = ";"


def _cell(value: object) -> object:
    if isinstance(value, bool | list | dict):
        return json.dumps(value)
    return "" if value is None else value


def _pyarrow() -> tuple[Any, Any]:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise VidsortError(NO_PYARROW) from error
    return pyarrow, pyarrow.parquet
