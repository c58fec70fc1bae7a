"""Logs as a JSON object a line, and whose lines they are: those of a request, or of the job that it started.

Every line has the same keys: `time` (UTC, ISO 8601, to the millisecond), `level`, `logger`, `message`, `request_id`,
`job_id` and `exception` (a traceback), each null where there is none; what a line tells beyond these comes behind them.
"""

import contextvars
import datetime
import json
import logging
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any

# What is being worked on in this thread or task.
REQUEST_ID: contextvars.ContextVar[str | None] = contextvars.ContextVar("request_id", default=None)
JOB_ID: contextvars.ContextVar[int | None] = contextvars.ContextVar("job_id", default=None)
# By it the processes that this one starts know that theirs are to be such lines too.
IN_JSON = "LOGS_OF_VIDSORT_IN_JSON"
# Where a record carries what its line tells beyond the usual keys.
TOLD = "told"


class JsonLines(logging.Formatter):
    """A record as one line of JSON in ASCII, whatever is in its names and texts."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        return json.dumps(_line(record) | getattr(record, TOLD, {}), default=str)


def _line(record: logging.LogRecord) -> dict[str, Any]:
    at = datetime.datetime.fromtimestamp(record.created, datetime.UTC)
    exception = record.exc_text
    if record.exc_info and exception is None:
        exception = logging.Formatter().formatException(record.exc_info)
    return {
        "time": at.isoformat(timespec="milliseconds"), "level": record.levelname.lower(), "logger": _logger_of(record),
        "message": record.getMessage(), "request_id": REQUEST_ID.get(), "job_id": JOB_ID.get(), "exception": exception,
    }


def _logger_of(record: logging.LogRecord) -> str:
    """The logger's name; of a module that is run as a program, that of the module."""
    spec = getattr(sys.modules["__main__"], "__spec__", None)
    return spec.name if record.name == "__main__" and spec is not None else record.name


def in_json() -> None:
    """Let all that this process logs on stderr, and all that it starts, be such lines; again: no difference.

    Warnings and worse, of vidsort itself also what it tells beside them: each request, how each job ended.
    """
    os.environ[IN_JSON] = "yes"
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.captureWarnings(True)
    logging.getLogger(__package__).setLevel(logging.INFO)
    # A server that was started by hand has given its own loggers handlers of their own.
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [], True
    # Each request has its line already.
    logging.getLogger("uvicorn.access").disabled = True


def as_starter() -> bool:
    """Log as the process that started this one does; whether that is in JSON."""
    is_json = IN_JSON in os.environ
    if is_json:
        in_json()
    return is_json


def to_starter(say: Callable[[Mapping[str, Any]], object]) -> None:
    """Hand what this process logs to the one that started it, as `pass_on` takes it, where that logs in JSON.

    Its stderr, and that of the processes that it starts, is kept for the one sentence of what failed.
    """
    if as_starter():
        logging.getLogger().handlers = [_Handing(say)]
        del os.environ[IN_JSON]


class _Handing(logging.Handler):
    """Gives each record away as plain values."""

    def __init__(self, say: Callable[[Mapping[str, Any]], object]) -> None:
        super().__init__()
        self._say = say

    def emit(self, record: logging.LogRecord) -> None:
        """Give this one away."""
        line = _line(record)
        try:
            self._say({
                "name": line["logger"], "levelno": record.levelno, "levelname": record.levelname,
                "created": record.created, "msg": line["message"], "exc_text": line["exception"],
            })
        except OSError:
            self.handleError(record)


def pass_on(record: Mapping[str, Any]) -> None:
    """Log what a process that was started here has handed over, as of the request and the job that it works for."""
    found = logging.makeLogRecord({"args": (), **record})
    logger = logging.getLogger(found.name)
    if logger.isEnabledFor(found.levelno):
        logger.handle(found)
