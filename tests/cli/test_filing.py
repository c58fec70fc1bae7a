"""`vidsort autofile`: shown first, moved by a yes, safely beside a running server."""

import pytest
from promising import name_of, pile_up, true_folder

from vidsort.api.workspace import Workspace
from vidsort.autofile.filing import plan
from vidsort.cli import main
from vidsort.cli.filing import warn_if_harder
from vidsort.errors import ConflictError
from vidsort.pile.predictions import Predictions

SURE = 60


def autofile(settings, at_most_wrong, *, really):
    yes = ["--yes"] if really else []
    return main(["autofile", "--at-most-wrong", str(at_most_wrong), *yes, *settings.as_flags()])


@pytest.fixture
def piled(settings):
    pile_up(settings, SURE, 20)
    return settings


def filed(settings):
    return {path.name: path.parent.name for path in settings.data_dir.glob("*/72*.mp4")}


def test_what_would_be_filed_is_shown_and_nothing_is_moved(piled, capsys):
    assert autofile(piled, 0.05, really=False) == 0
    said = capsys.readouterr().out
    for part in ("By folder", "Least sure", "blind card", "can be expected to be wrong", "nothing was. Add --yes"):
        assert part in said
    assert filed(piled) == {}


def test_a_yes_files_beside_a_running_server_which_shows_it_and_can_take_it_back(piled, capsys):
    server = Workspace(piled)
    server.start()
    try:
        assert autofile(piled, 0.05, really=True) == 0
        there = filed(piled)
        assert len(there) >= SURE * 0.9
        assert all(folder == true_folder(name) for name, folder in there.items())
        assert not set(there) & set(server.library.snapshot().unsorted)
        assert "takes all of it back" in capsys.readouterr().out
        assert len(server.library.mover.undo()) == len(there)
    finally:
        server.stop()
    assert filed(piled) == {}


def test_what_could_not_be_moved_is_told_and_the_exit_code_says_so(piled, capsys):
    # More than are held back as blind cards, which are drawn: of three all were, now and then.
    for number in range(10):
        (piled.data_dir / true_folder(name_of(number)) / name_of(number)).write_bytes(b"another")
    assert autofile(piled, 0.05, really=True) == ConflictError.exit_code
    assert "Stayed where they were" in capsys.readouterr().out


def test_with_too_little_to_go_by_it_says_so(settings, capsys):
    pile_up(settings, SURE, 0, labelled=10)
    assert autofile(settings, 0.05, really=True) == 0
    assert "too little" in capsys.readouterr().out
    assert filed(settings) == {}


def test_what_was_filed_is_told_though_it_is_predicted_anew_meanwhile(piled, monkeypatch, capsys):
    here = Workspace(piled)
    before = here.predicted()
    here.stop()

    def planned(library, _, *rest):
        return plan(library, before, *rest)

    monkeypatch.setattr("vidsort.api.routes.filing.plan", planned)
    monkeypatch.setattr(Workspace, "predicted", lambda _: Predictions())
    assert autofile(piled, 0.05, really=True) == 0
    assert f"{len(filed(piled))} videos moved." in capsys.readouterr().out


@pytest.mark.parametrize("flags", [
    ["--at-most-wrong", "2"], ["--at-most-wrong", "few"], ["--at-most-wrong", "0.02", "--move"],
])  # fmt: skip
def test_a_share_that_is_none_or_a_second_rule_is_refused(settings, flags, capsys):
    try:
        code = main(["predict", *settings.as_flags(), *flags])
    except SystemExit as stopped:
        code = stopped.code
    assert code == 2
    assert "--at-most-wrong" in capsys.readouterr().err


def test_a_threshold_says_where_the_pile_is_harder_than_what_it_was_measured_on(piled, capsys):
    warn_if_harder(piled, [0.9995] * 60)
    assert capsys.readouterr().out == ""
    warn_if_harder(piled, [0.3] * 60)
    assert "harder than what was labelled" in capsys.readouterr().out
