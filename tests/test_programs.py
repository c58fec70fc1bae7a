"""A test without the mark `programs` is kept from starting any, however it tries."""

import multiprocessing
import os
import shlex
import subprocess
import sys
import threading

import programs
import pytest

HERE = [sys.executable, "-c", ""]


@pytest.mark.parametrize("start", [
    lambda: subprocess.run(HERE, check=True),
    lambda: os.posix_spawn(HERE[0], HERE, {}),
    lambda: os.system(shlex.join(HERE)),
    lambda: multiprocessing.get_context("spawn").Process(target=print).start(),
], ids=["subprocess", "posix_spawn", "system", "multiprocessing"])
def test_a_program_is_refused_in_a_sentence_that_says_which_mark_is_missing(start):
    with pytest.raises(RuntimeError, match=r"This test starts .*python.* @pytest\.mark\.programs"):
        start()
    assert len(programs.refused) == 1
    # Else this test failed at its end, as another does that catches the error.
    programs.refused.clear()


def test_those_that_take_no_time_are_none_and_what_is_made_once_a_run_may_start_any(any_program):
    subprocess.run(["git", "--version"], check=True, capture_output=True)
    with any_program():
        subprocess.run(HERE, check=True)


@pytest.mark.programs
def test_with_the_mark_any_may_be_started():
    subprocess.run(HERE, check=True)


def test_what_begins_by_itself_in_an_application_is_let_begin():
    ended = []
    thread = threading.Thread(target=lambda: ended.append(subprocess.run(HERE, check=True)), name="live-learning")
    thread.start()
    thread.join()
    assert len(ended) == 1
