"""How long the attacks take, and how many there were, for tests of what must survive them."""

import os

import pytest

# `make attack` sets it; a run of all tests makes the first few of each attack.
LONGER = "ATTACK"


def longer(count: int) -> int:
    """So many tries, times what the environment variable ATTACK says."""
    return count * int(os.environ.get(LONGER, "1"))


@pytest.fixture
def attacked(record_property):
    """Call with what was attacked and how often, once it has survived."""
    return lambda what, count: record_property("attacked", (what, count))


def pytest_terminal_summary(terminalreporter):
    """The table of what was survived, at the end of a run."""
    survived = sorted(
        tuple(value) for report in terminalreporter.stats.get("passed", []) for name, value in report.user_properties
        if name == "attacked"
    )
    if survived:
        terminalreporter.section("attacks survived")
        for what, count in survived:
            terminalreporter.write_line(f"{what:<60}{count:>10,}")
