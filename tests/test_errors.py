"""Every surface reads its answer off the error's class."""

import pytest

from vidsort import errors

KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type)]


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_is_a_vidsort_error_with_a_status_and_an_exit_code(kind):
    assert issubclass(kind, errors.VidsortError)
    assert 400 <= kind.status < 600
    assert kind.exit_code > 0
    assert str(kind("The disk is full.")) == "The disk is full."


@pytest.mark.parametrize(
    ("kind", "status"),
    [(errors.InvalidNameError, 400), (errors.NotFoundError, 404), (errors.ConflictError, 409)],
)
def test_the_documented_statuses_hold(kind, status):
    assert kind.status == status


def test_a_usage_error_exits_as_argparse_does():
    assert errors.SettingsError.exit_code == errors.InvalidNameError.exit_code == 2


def test_a_cancelled_step_exits_as_a_shell_expects_of_ctrl_c():
    assert errors.StepCancelled.exit_code == 130
