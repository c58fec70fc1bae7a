"""The command line: one sentence an error, documented exit codes, nothing moved without a yes."""

import importlib.util
import io
import os
import signal
import subprocess
import sys
from collections.abc import Sequence

import pytest
from conftest import ROOT
from labelled import make_library, store_features

from vidsort import errors
from vidsort.api.contract import RetrainStatus
from vidsort.cli import main, output
from vidsort.cli.program import COMMANDS, EXIT_CODES
from vidsort.jobs.retrain import Retrain
from vidsort.library.moves.mover import Mover
from vidsort.records import Failure, Progress, Report
from vidsort.steps import STEPS
from vidsort.store import open_database


@pytest.fixture
def call(settings, capsys):
    """`call("undo")` runs a command on the tiny library: (exit code, stdout, stderr)."""

    def run(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main([*arguments, *settings.as_flags()])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


def test_help_lists_every_command_and_every_exit_code(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["--help"])
    text = capsys.readouterr().out
    assert stopped.value.code == 0
    for name in COMMANDS:
        assert f"\n    {name}" in text
    for code, meaning in EXIT_CODES.items():
        assert f"{code:3}  {meaning}" in text


def test_the_codes_of_the_help_are_those_of_readme():
    page = (ROOT / "README.md").read_text(encoding="utf-8").partition("## Exit codes")[2].partition("\n\nAn error")[0]
    rows = (line.split("|")[1:3] for line in page.splitlines() if line.startswith("| ") and line[2].isdigit())
    assert {int(code): meaning.strip() for code, meaning in rows} == EXIT_CODES


def test_every_error_exits_with_a_documented_code():
    codes = {kind.exit_code for kind in vars(errors).values() if isinstance(kind, type)}
    assert codes < set(EXIT_CODES)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name, capsys):
    with pytest.raises(SystemExit) as stopped:
        main([name, "--help"])
    assert stopped.value.code == 0
    assert f"usage: vidsort {name}" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["sort"], [], ["undo", "--colour"], ["models"], ["models", "promote"]])
def test_a_wrong_call_exits_with_2_and_shows_the_usage(arguments, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert "usage: vidsort" in capsys.readouterr().err


def test_an_error_is_one_sentence_on_stderr(call):
    code, out, err = call("undo")
    assert (code, out, err) == (4, "", "There is nothing to undo.\n")


def test_a_misspelt_setting_names_the_near_one(call, monkeypatch):
    monkeypatch.setenv("VIDSORT_DATADIR", "x")
    code, _, err = call("undo")
    assert code == 2
    assert "did you mean VIDSORT_DATA_DIR" in err
    assert err.count("\n") == 1


def test_a_missing_library_says_how_to_name_one(settings, capsys, tmp_path):
    code = main(["extract-features", "--data-dir", str(tmp_path / "nowhere"), *settings.as_flags()[2:]])
    assert code == 3
    assert "--data-dir" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["doctor", "--data-dir", "~no-such-user-here/x"], ["config", "--artifacts-dir", "~no-such-user-here"],
        ["demo", "--no-serve", "--dir", "~no-such-user-here"], ["adopt", "~no-such-user-here"],
        ["train", "--seed", "9" * 5000], ["train", "--strengths", "1", "x" * 5000], ["serve", "--port", "9" * 5000],
        ["notebook", "train", "-p", "seed", "9" * 5000], ["notebook", "train", "-p", "heads", "[" * 5000],
        ["notebook", "train", "-p", "x" * 5000, "1"], ["notebook", "train", "-p", "seed", "+" * 100_000 + "1"],
    ],
)
def test_an_odd_value_of_a_flag_is_one_sentence(arguments, capsys):
    if "notebook" in arguments:
        pytest.importorskip("papermill", reason="needs the extra `notebook`")
    assert main(arguments) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert len(told) < 300


def test_an_error_of_the_system_is_one_sentence_too(call, monkeypatch):
    def fail(artifacts_dir):
        raise OSError(28, "No space left on device", "/library/1.mp4")

    monkeypatch.setattr("vidsort.artifacts.list_models", fail)
    assert call("models", "list") == (1, "", "/library/1.mp4: No space left on device.\n")


def test_a_mistake_of_our_own_keeps_its_traceback(call, monkeypatch):
    monkeypatch.setattr("vidsort.artifacts.list_models", lambda artifacts_dir: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        call("models", "list")


def test_ctrl_c_exits_with_130_and_says_that_finished_work_is_kept(call, monkeypatch):
    def interrupt(settings):
        raise KeyboardInterrupt

    monkeypatch.setattr("vidsort.insight.doctor.examine", interrupt)
    assert call("doctor") == (130, "", "Stopped; finished work is kept.\n")


def test_undo_takes_back_the_last_move_and_says_what(call, settings):
    database = open_database(settings.artifacts_dir)
    Mover(settings.data_dir, database).sort("71000000000000000.mp4", "food")
    database.close()
    code, out, _ = call("undo")
    assert code == 0
    assert "food/71000000000000000.mp4" in out
    assert (settings.data_dir / "71000000000000000.mp4").is_file()


def test_models_before_the_first_training(call):
    assert call("models", "list")[:2] == (0, "There are no models yet: `vidsort retrain` trains one.\n")
    assert call("models", "rollback")[0] == 3
    assert call("models", "show", "../../etc")[0] == 3
    assert call("models", "promote", "20200101-000000-abcdef")[0] == 3


def test_yes_without_move_moves_nothing_and_says_why(call, settings):
    code, _, err = call("predict", "--yes")
    assert code == 2
    assert "--move" in err
    assert not settings.artifacts_dir.exists()


def test_the_demo_refuses_another_library(call):
    code, _, err = call("demo", "--no-serve")
    assert code == 2
    assert "--dir" in err


def test_an_open_host_without_a_password_is_refused_before_anything_is_made(capsys):
    assert main(["demo", "--no-serve", "--host", "0.0.0.0"]) == 2
    assert "VIDSORT_PASSWORD" in capsys.readouterr().err


def test_no_address_is_promised_for_a_server_that_is_not_started(call):
    code, out, err = call("serve", "--host", "0.0.0.0")
    assert (code, out) == (2, "")
    assert "VIDSORT_PASSWORD" in err


@pytest.mark.parametrize(("host", "shown"), [("0.0.0.0", "127.0.0.1"), ("::", "127.0.0.1"), ("::1", "[::1]"),
                                             ("localhost", "localhost"), ("192.168.1.5", "192.168.1.5")])
def test_the_address_that_is_told_can_be_opened(call, monkeypatch, host, shown):
    monkeypatch.setenv("VIDSORT_PASSWORD", "x")
    monkeypatch.setattr("vidsort.server.web.serve", lambda settings, tell: tell(settings.port))
    code, out, _ = call("serve", "--host", host)
    assert code == 0
    assert f"http://{shown}:8000/" in out


@pytest.mark.programs
@pytest.mark.skipif(not hasattr(os, "killpg"), reason="no signals of this kind here")
def test_a_real_process_stopped_by_ctrl_c_exits_with_130():
    code = "import sys, time\nfrom vidsort.insight import doctor\n"
    code += "doctor.examine = lambda s: (print('on', flush=True), time.sleep(60))\n"
    code += "from vidsort.cli import main\nsys.exit(main(['doctor']))"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"on\n"
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert b"Traceback" not in err


def test_names_are_printed_as_they_are_and_never_read_as_markup(capsys):
    output.show_table(("[b]folder[/b]", "count"), [("[red]x[/red] :smile:", 3), ("<img src=x>", None)])
    output.show_failures([Failure(filename="1.mp4", folder="[link=x]y", reason="moov \x1b[31matom")])
    text = capsys.readouterr().out
    for expected in ("[b]folder[/b]", "[red]x[/red] :smile:", "<img src=x>", "[link=x]y"):
        assert expected in text
    assert "\x1b" not in text


def test_what_nobody_would_see_of_a_name_is_printed_by_its_code(capsys):
    output.say("fo\u200bod and \u202egpj.exe")
    output.show_table(["video"], [["a\x1b[31m\u2028b"]])
    output.say("\N{WOMAN}\N{ZERO WIDTH JOINER}\N{PERSONAL COMPUTER} wide\u3000space")
    printed = capsys.readouterr().out
    assert "fo[U+200B]od and [U+202E]gpj.exe" in printed
    assert "a[U+001B][31m[U+2028]b" in printed
    assert "\N{WOMAN}\N{ZERO WIDTH JOINER}\N{PERSONAL COMPUTER} wide\u3000space" in printed


def test_how_many_there_are_is_a_sentence_whether_all_are_shown_or_not(call):
    assert call("list")[1].splitlines()[-1] == "3 videos."
    assert "1 of 3 videos." in call("list", "--limit", "1")[1].splitlines()


def test_a_long_name_is_not_cut_off_in_a_pipe(capsys):
    output.show_table(("video", "reason"), [("7" * 40 + ".mp4", "because " * 30)])
    assert "7" * 40 + ".mp4" in capsys.readouterr().out


def test_progress_into_a_file_is_a_line_a_step(capsys):
    with output.progress_bars() as progress:
        for step in ("extract_features", "train"):
            for done in (1, 2):
                progress(Progress(step=step, done=done, total=2, rate_per_s=3, left_s=0.3, message="looking"))
    told = capsys.readouterr()
    assert (told.out, told.err.splitlines()) == ("", [
        "Extracting features: 1 of 2 · 3.0 videos/s · 0.3 s left · looking",
        "Training: 1 of 2 · 3.0/s · 0.3 s left · looking",
    ])


def test_a_step_that_is_silent_for_long_has_a_line_now_and_then(monkeypatch, eventually):
    monkeypatch.setattr(output, "LINE_EVERY_S", 0.01)
    # What pytest captures is emptied as it is read, under the hands of the thread that writes it.
    written = io.StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    with output.progress_bars() as progress:
        progress(Progress(step="train", done=5, total=20, message="Run"))
        eventually(lambda: written.getvalue().count("\n") >= 3)
    told = written.getvalue().splitlines()
    assert told[0] == "Training: 5 of 20 · Run"
    assert told[2].startswith("Training: 5 of 20 · Run · ")
    assert told[2].endswith(" so far")


def test_what_a_step_has_to_say_beforehand_is_said_once_also_in_a_pipe(capsys):
    with output.progress_bars() as progress:
        for done in range(3):
            progress(Progress(step="extract_features", done=done, total=3, notice="3 videos are looked at anew: [x]."))
    assert capsys.readouterr().err.splitlines() == ["3 videos are looked at anew: [x].", "Extracting features: 0 of 3"]


def retrained(settings, monkeypatch, *, flags: Sequence[str] = (), **codes: str) -> int:
    """The exit code of `vidsort retrain` whose steps are these pieces of Python instead."""
    good = "print(json.dumps({'report': {'outputs': {}}}))"

    def command(_settings, step):
        return [sys.executable, "-c", "import json, os, sys, time\n" + codes.get(step, good)]

    monkeypatch.setattr(Retrain.__init__, "__defaults__", (command, tuple(STEPS)))
    return main(["retrain", *flags, *settings.as_flags()])


@pytest.mark.programs
def test_a_retrain_into_a_file_has_a_line_of_each_step_however_short(settings, monkeypatch, capsys):
    assert retrained(settings, monkeypatch) == 0
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(":")[0] for line in lines] == ["Extracting features", "Training", "Predicting"]


@pytest.mark.programs
def test_a_retrain_is_told_as_json_and_its_progress_beside_it(settings, monkeypatch, capsys):
    assert retrained(settings, monkeypatch, flags=["--json"]) == 0
    told = capsys.readouterr()
    status = RetrainStatus.model_validate_json(told.out)
    assert (status.running, status.last_result) == (False, "success")
    assert "Training" in told.err
    assert retrained(settings, monkeypatch, flags=["--quiet"]) == 0
    assert tuple(capsys.readouterr()) == ("", "")


@pytest.mark.programs
def test_a_retrain_of_another_process_is_stopped(settings, monkeypatch, capsys):
    assert main(["retrain", "--cancel", *settings.as_flags()]) == 0
    assert capsys.readouterr().out == "No retrain runs.\n"
    cancels = (
        "import subprocess, sys\n"
        f"subprocess.run([sys.executable, '-m', 'vidsort', 'retrain', '--cancel', *{settings.as_flags()!r}])\n"
        "time.sleep(60)"
    )
    assert retrained(settings, monkeypatch, train=cancels) == 130


@pytest.mark.programs
@pytest.mark.parametrize("code", [2, 3, 4, 5, 6, 7])
def test_a_retrain_ends_with_the_code_and_the_sentence_of_its_step(settings, monkeypatch, capsys, code):
    says = f"print('odd', file=sys.stderr); print('There is none: make one.', file=sys.stderr); sys.exit({code})"
    assert retrained(settings, monkeypatch, train=says) == code
    assert capsys.readouterr().err.splitlines()[-1] == "There is none: make one."


@pytest.mark.programs
@pytest.mark.parametrize(
    ("step", "says"), [("sys.exit('odd')", "Training: odd"), ("os.abort()", "Training: it was killed by signal 6")]
)
def test_a_retrain_that_fails_otherwise_names_the_step_and_no_script(settings, monkeypatch, capsys, step, says):
    assert retrained(settings, monkeypatch, train=step) == 1
    told = capsys.readouterr().err
    assert says in told
    assert ".py" not in told


@pytest.mark.programs
def test_a_retrain_that_takes_too_long_says_so(settings, monkeypatch, capsys):
    monkeypatch.setenv("VIDSORT_STEP_TIMEOUT_S", "0.2")
    assert retrained(settings, monkeypatch, extract_features="time.sleep(60)") == 1
    assert capsys.readouterr().err.splitlines()[-1].startswith("Extracting features: timed out after 0.2 s; what was")


@pytest.mark.programs
def test_a_retrain_that_the_page_cancels_ends_as_one_that_was_stopped(settings, monkeypatch, capsys):
    cancels = (
        "from pathlib import Path; from vidsort.store import open_database; from vidsort.store.jobs import Jobs\n"
        f"jobs = Jobs(open_database(Path({str(settings.artifacts_dir)!r}))); jobs.request_cancel(jobs.newest().id)\n"
        "time.sleep(60)"
    )
    assert retrained(settings, monkeypatch, train=cancels) == 130
    assert capsys.readouterr().err.splitlines()[-1] == "Training: cancelled; start it again"


@pytest.mark.programs
def test_a_retrain_without_a_library_and_one_without_folders_have_their_codes(tmp_path, capsys):
    nowhere = tmp_path / "nowhere"
    flags = ["--artifacts-dir", str(tmp_path / "artifacts")]
    assert main(["retrain", "--data-dir", str(nowhere), *flags]) == 3
    assert capsys.readouterr().err.splitlines()[-1].startswith(f"There is no library at {nowhere}")
    nowhere.mkdir()
    assert main(["retrain", "--data-dir", str(nowhere), *flags]) == 6
    assert capsys.readouterr().err.splitlines()[-1].startswith("Training needs videos in at least two folders")


@pytest.mark.programs
@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp932"])
def test_what_an_encoding_does_not_have_is_replaced(settings, encoding):
    """The videos are moved by then: a report that dies of a name would tell of a failure that there was not."""
    name = "\u98df\u3079\u7269 \U0001f35c"
    (settings.data_dir / name).mkdir()
    database = open_database(settings.artifacts_dir)
    Mover(settings.data_dir, database).sort("71000000000000000.mp4", name)
    database.close()
    for arguments in (["undo", *settings.as_flags()], ["--help"], ["config", *settings.as_flags()]):
        done = subprocess.run(
            [sys.executable, "-m", "vidsort", *arguments],
            env=os.environ | {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}, capture_output=True, check=False,
        )
        assert (done.returncode, done.stderr) == (0, b"")
        done.stdout.decode(encoding)
    assert (settings.data_dir / "71000000000000000.mp4").is_file()


@pytest.mark.programs
def test_who_stops_reading_stops_nothing():
    """`vidsort undo | head -1`: what is under way is finished, and that is code 0."""
    code = (
        "import sys; from vidsort.cli import output\n"
        "sys.stdin.readline()\n"
        "for _ in range(3): output.say('x' * 100_000)\n"
        "print('went on', file=sys.stderr)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        process.stdout.close()
        process.stdin.write(b"\n")
        process.stdin.flush()
        assert process.stderr.read() == b"went on\n"
    assert process.returncode == 0


def test_a_report_is_one_sentence():
    failed = (Failure(filename="1.mp4", folder=None, reason="no"),)
    report = Report(step="extract_features", done=57, skipped=3, failed=failed, took_s=75)
    assert output.summary(report) == "Extracting features: 57 done, 3 already known, 1 left out in 1 min 15 s."


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.04, "0.0 s"), (9.94, "9.9 s"), (59.4, "59 s"), (60, "1 min 0 s"), (3900, "1 h 5 min")]
)
def test_times_are_said_as_people_say_them(seconds, text):
    assert output.duration(seconds) == text


@pytest.mark.parametrize(
    ("text", "value"),
    [("3", 3), ("0.5", 0.5), ("None", None), ("('a', 'b')", ("a", "b")), ("food", "food"), ("a b", "a b")],
)
def test_a_notebooks_parameter_is_what_a_person_means_by_it(text, value):
    from vidsort.cli.notebook import _value

    assert _value(text) == value


def test_a_notebook_without_the_packages_for_it_says_how_to_get_them(call, monkeypatch):
    there = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "papermill" else there(name))
    for arguments in (["notebook", "train"], ["notebook", "train", "--keep"]):
        code, _, told = call(*arguments)
        assert code == 1
        assert "papermill" in told
        assert "pip install 'vidsort[notebook]'" in told
        assert told.count("\n") == 1


def test_a_notebook_that_does_not_exist_exits_with_2(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["notebook", "sort"])
    assert stopped.value.code == 2


@pytest.mark.parametrize(("counts", "expected"), [
    ({"a": 1, "b": 1}, ("not measured yet", "  -")),
    ({"a": 15, "b": 1}, ("of one folder only: ", " videos of a were right, and b could not be tested", "  -")),
    ({"a": 15, "b": 15, "c": 1}, (", of 2 of 3 folders only: c could not be tested", "  -")),
])
def test_what_could_not_be_tested_is_told_and_is_not_zero(settings, tmp_path, capsys, counts, expected):
    place = settings.model_copy(update={"data_dir": tmp_path / "few", "artifacts_dir": tmp_path / "few-artifacts"})
    make_library(place.data_dir, {**counts, None: 1})
    store_features(place)
    assert main(["train", *place.as_flags()]) == 0
    capsys.readouterr()
    main(["models", "show", *place.as_flags()])
    shown = capsys.readouterr().out
    main(["models", "list", *place.as_flags()])
    listed = capsys.readouterr().out
    assert all(text in shown for text in expected)
    assert expected[0].partition(":")[0] in listed
    assert ("100.0%" in shown) == ("c" in counts)
    assert "0.0%" not in shown.replace("100.0%", "")


def test_misfiled_says_what_is_missing_and_refuses_what_lies_in_no_folder(call):
    code, out, _ = call("misfiled")
    assert (code, "retrain" in out) == (0, True)
    code, _, err = call("misfiled", "--right", "404.mp4")
    assert (code, "404.mp4" in err) == (3, True)


@pytest.mark.parametrize("limit", ["0", "-5", "many"])
def test_a_limit_that_is_no_number_of_videos_is_refused(limit, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["misfiled", f"--limit={limit}"])
    assert (stopped.value.code, "no number from 1 on" in capsys.readouterr().err) == (2, True)


def test_duplicates_says_what_is_missing_and_refuses_a_set_that_is_not_there(call):
    code, out, _ = call("duplicates")
    assert (code, "retrain" in out) == (0, True)
    code, _, err = call("duplicates", "--none", "0123456789abcdef")
    assert (code, "0123456789abcdef" in err) == (3, True)


@pytest.mark.programs
def test_duplicates_lists_copies_side_by_side(call, settings):
    one = next(settings.data_dir.glob("food/*.mp4"))
    (settings.data_dir / "73000000000000001.mp4").write_bytes(one.read_bytes())
    call("extract-features")
    code, out, _ = call("duplicates")
    assert (code, one.name in out, "73000000000000001.mp4" in out, "(unsorted)" in out) == (0, True, True, True)
