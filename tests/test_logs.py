"""A line of the log is one JSON object with the same keys, and says whose request and job it is of."""

import contextvars
import json
import logging
import subprocess
import sys

import pytest

from vidsort.logs import IN_JSON, JOB_ID, REQUEST_ID, TOLD, JsonLines, pass_on

KEYS = ["time", "level", "logger", "message", "request_id", "job_id", "exception"]


def line(record: logging.LogRecord) -> dict:
    text = JsonLines().format(record)
    assert text.isascii()
    assert "\n" not in text
    return json.loads(text)


def record(message: str, *values: object, **more: object) -> logging.LogRecord:
    return logging.LogRecord("vidsort.some", logging.WARNING, __file__, 1, message, values, more.get("exc_info"))


def test_a_line_has_all_keys_and_nulls_where_there_is_nothing():
    found = line(record("a %s", "text"))
    assert list(found) == KEYS
    assert (found["level"], found["logger"], found["message"]) == ("warning", "vidsort.some", "a text")
    assert (found["request_id"], found["job_id"], found["exception"]) == (None, None, None)
    assert found["time"].endswith("+00:00")


@pytest.mark.parametrize("text", ["two\nlines", '"quoted"', "\x1b[31mred", "\udcff no Unicode", "日本", "\0"])
def test_whatever_is_in_a_text_stays_in_its_line(text):
    assert line(record("%s", text))["message"] == text


def test_an_exception_is_in_the_line_with_its_traceback():
    try:
        raise ValueError("why\nso")
    except ValueError:
        found = line(record("it failed", exc_info=sys.exc_info()))
    assert found["exception"].startswith("Traceback")
    assert found["exception"].endswith("ValueError: why\nso")


def test_a_line_is_of_the_request_and_the_job_that_are_worked_on():
    def told() -> dict:
        REQUEST_ID.set("r-1")
        JOB_ID.set(7)
        return line(record("x"))

    found = contextvars.copy_context().run(told)
    assert (found["request_id"], found["job_id"]) == ("r-1", 7)
    assert line(record("x"))["request_id"] is None


def test_what_a_line_tells_beyond_comes_behind_and_may_be_of_any_kind():
    made = record("x")
    setattr(made, TOLD, {"status": 200, "path": sys})
    assert list(line(made)) == [*KEYS, "status", "path"]


def test_what_a_process_hands_over_is_logged_as_if_it_were_said_here(caplog):
    handed = {"name": "vidsort.train", "levelno": logging.WARNING, "levelname": "WARNING", "created": 0.0,
              "msg": "100 % of it", "exc_text": "Traceback: x"}
    with caplog.at_level(logging.WARNING):
        pass_on(handed)
        pass_on(handed | {"levelno": logging.DEBUG, "levelname": "DEBUG"})
    assert [one.getMessage() for one in caplog.records] == ["100 % of it"]
    found = line(caplog.records[0])
    assert (found["time"], found["exception"]) == ("1970-01-01T00:00:00.000+00:00", "Traceback: x")


def run(code: str, **environment: str) -> subprocess.CompletedProcess:
    code = "import logging, os, sys, warnings\nfrom vidsort import logs\n" + code
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True, cwd="/",
    )


@pytest.mark.programs
def test_all_that_a_process_logs_is_in_json_warnings_of_libraries_too():
    done = run(
        "logging.basicConfig()\nlogs.in_json(); logs.in_json()\n"
        "logging.getLogger('other').warning('a'); logging.getLogger('other').info('not')\n"
        "logging.getLogger('vidsort.x').info('b'); warnings.warn('c')\n",
        PYTHONPATH=":".join(sys.path),
    )
    lines = [json.loads(text) for text in done.stderr.splitlines()]
    assert [found["message"][:1] for found in lines[:2]] == ["a", "b"]
    assert "UserWarning: c" in lines[2]["message"]
    assert len(lines) == 3


@pytest.mark.programs
@pytest.mark.parametrize(("environment", "lines"), [({}, 0), ({IN_JSON: "yes"}, 1)])
def test_a_process_hands_over_only_to_one_that_logs_in_json_and_those_it_starts_do_not(environment, lines):
    done = run(
        "logs.to_starter(lambda record: print(record['msg'], IN_JSON in os.environ))\n"
        "logging.getLogger('vidsort.x').warning('handed')\n".replace("IN_JSON", repr(IN_JSON)),
        PYTHONPATH=":".join(sys.path), **environment,
    )
    assert done.stdout.splitlines() == ["handed False"] * lines
    assert done.stderr.splitlines() == ["handed"] * (1 - lines)
