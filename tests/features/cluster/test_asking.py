"""A cluster of real processes finds what one machine finds; what dies costs itself, and nothing is done twice."""

import contextlib
import logging
import os
import shutil
import signal
import sqlite3
import threading
from pathlib import Path

import pytest
from clustered import CRASHES, KILLS, Machines
from conftest import children_of
from videos import make_video

from vidsort import extract_features
from vidsort.cli import main
from vidsort.errors import SettingsError, VidsortError
from vidsort.features.cluster import Cluster, asking, pacing
from vidsort.features.modalities import ExtractConfig
from vidsort.jobs.child import run_step, step_command
from vidsort.media.content import content_hash
from vidsort.media.pictures import picture_path
from vidsort.settings import Settings, load_settings

pytest.importorskip("distributed", reason='the extra "cluster" is not installed')

# It needs no network, so that a child is there at once.
CONFIG = ExtractConfig(modalities=("motion",))
ROWS = "select source, modality, vector, signature, error, document from features order by source, modality"


@pytest.fixture(scope="module")
def machines(tmp_path_factory, eventually):
    """A scheduler with two workers, one of which has two threads."""
    started = Machines(tmp_path_factory.mktemp("machines"))
    started.add_worker()
    started.add_worker(threads=2)
    eventually(lambda: started.worker_count() == 2, 60)
    yield started
    started.close()


@pytest.fixture
def few(tmp_path):
    """A scheduler of this test's own, as yet without workers."""
    with contextlib.closing(Machines(tmp_path)) as started:
        yield started


@pytest.fixture
def clustered(settings, machines) -> Settings:
    """Settings on the tiny library that take the cluster, which has looked at nothing yet."""
    machines.forget_looks()
    return settings.model_copy(update={"cluster": machines.address})


def rows(settings: Settings, question: str = ROWS) -> list[tuple]:
    with contextlib.closing(sqlite3.connect(settings.artifacts_dir / "vidsort.db")) as database:
        return database.execute(question).fetchall()


def all_of(settings: Settings) -> list[Path]:
    return list(settings.data_dir.rglob("*.mp4"))


def errors(settings: Settings) -> list[tuple]:
    """The reasons that are kept, each with whether it is tried again."""
    return rows(settings, "select error, retry from features where error is not null")


def test_a_cluster_finds_what_one_machine_finds_and_keeps_the_posters(clustered, machines, tmp_path):
    config = ExtractConfig(modalities=("frames", "motion"))
    told = []
    report = extract_features.run(clustered, config, progress=told.append)
    assert (report.done, report.failed) == (15, ())
    assert set(machines.looks().values()) == {1}
    assert sum(machines.looks().values()) == 15
    here = clustered.model_copy(update={"cluster": None, "artifacts_dir": tmp_path / "here"})
    extract_features.run(here, config)
    assert rows(clustered) == rows(here)
    contents = [source for source, *_ in rows(here)]
    assert all(picture_path(clustered.artifacts_dir, content, "poster").is_file() for content in contents)
    encoding = [one for one in told if one.message == "encoding new videos"]
    assert [one.done for one in encoding] == sorted(one.done for one in encoding)
    assert (encoding[-1].done, encoding[-1].total, encoding[-1].left_s) == (15, 15, 0)
    assert encoding[-1].rate_per_s > 0


def test_what_is_known_is_not_looked_at_again_and_needs_no_cluster(clustered, machines):
    extract_features.run(clustered, CONFIG)
    machines.forget_looks()
    nobody = clustered.model_copy(update={"cluster": "tcp://127.0.0.1:1"})
    assert extract_features.run(nobody, CONFIG).outputs["encoder_calls"] == 0
    assert machines.looks() == {}


def test_a_retrain_takes_the_cluster_and_so_does_the_command(clustered, machines, capsys):
    chosen = {"steps": {"extract_features": {"modalities": ["motion"]}}}
    command = step_command(clustered.model_copy(update=chosen), "extract_features")
    assert run_step("extract_features", command, 60, lambda _: None, lambda: None)["done"] == 15
    shutil.rmtree(clustered.artifacts_dir)
    flags = [*clustered.as_flags(), "--modalities", "motion", "--cluster", machines.address]
    assert main(["extract-features", *flags, "--cluster-library", str(clustered.data_dir)]) == 0
    assert "15 done" in capsys.readouterr().out
    assert set(machines.looks().values()) == {2}


def test_what_comes_new_beside_a_server_is_looked_at_here(clustered, machines):
    assert extract_features.run(clustered, CONFIG, only=["dance/70000000000000000.mp4"]).done == 1
    assert machines.looks() == {}


def test_workers_read_the_library_at_an_address(clustered, machines, tmp_path):
    copy = shutil.copytree(clustered.data_dir, tmp_path / "as the workers see it")
    # Only its bytes make a video the one that was meant: what shares files has times of its own.
    for video in copy.rglob("*.mp4"):
        os.utime(video, (1, 1))
    there = clustered.model_copy(update={"cluster_library": f"file://{copy}"})
    assert extract_features.run(there, CONFIG).done == 15
    assert len(machines.looks()) == 15
    assert not list(machines.folder.rglob("*.mp4"))


def test_a_poison_file_costs_itself_and_no_worker(clustered, machines):
    make_video(clustered.data_dir / "food" / f"7{CRASHES}.mp4")
    assert extract_features.run(clustered, CONFIG).done == 15
    assert errors(clustered) == [("the decoder crashed over it (exit code -11)", 0)]
    assert set(machines.looks().values()) == {1}
    assert machines.looks()[f"food/7{CRASHES}.mp4"] == 1


@pytest.mark.storm
def test_a_video_that_ends_each_worker_costs_itself_and_is_tried_again_another_time(settings, tmp_path, monkeypatch):
    monkeypatch.setattr(pacing, "FIRST_AT_ONCE", 8)
    make_video(settings.data_dir / "food" / f"7{KILLS}.mp4")
    with contextlib.closing(Machines(tmp_path, failures=0)) as machines:
        machines.add_worker()
        assert extract_features.run(settings.model_copy(update={"cluster": machines.address}), CONFIG).done == 15
        # In its task, in one of its own, and at the end, when nothing else was looked at.
        assert machines.looks()[f"food/7{KILLS}.mp4"] == 3
    assert errors(settings) == [(asking.LOST, 1)]


@pytest.mark.programs
def test_a_worker_that_dies_in_the_middle_costs_what_it_had_not_answered(settings, few, monkeypatch, eventually):
    monkeypatch.setattr(pacing, "FIRST_AT_ONCE", 2)
    monkeypatch.setattr(pacing, "TASK_S", 0.0)
    for number in range(40):
        make_video(settings.data_dir / f"72{number:03}.mp4", seconds=2)
    workers = few.add_worker("--no-nanny"), few.add_worker("--no-nanny")
    clustered = settings.model_copy(update={"cluster": few.address})
    answered_when_killed = set()

    def kill(progress):
        if progress.done >= 10 and not answered_when_killed:
            workers[0].kill()
            answered_when_killed.update(source for source, *_ in rows(settings))

    report = extract_features.run(clustered, CONFIG, progress=kill)
    assert (report.done, report.failed) == (55, ())
    assert workers[0].wait() == -signal.SIGKILL
    looks = few.looks()
    assert len(looks) == 55
    assert len(answered_when_killed) >= 10
    content_of = {str(path.relative_to(settings.data_dir)): content_hash(path) for path in all_of(settings)}
    assert {looks[place] for place, content in content_of.items() if content in answered_when_killed} == {1}
    # At most all tasks that there were, two a worker, had their answers under way from the one that died.
    assert sum(looks.values()) - 55 <= 2 * pacing.IN_ADVANCE * pacing.FIRST_AT_ONCE


@pytest.mark.storm
def test_no_child_is_left_where_a_worker_was_killed(machines, clustered, eventually):
    worker = machines.add_worker("--no-nanny")
    eventually(lambda: machines.worker_count() == 3, 30)
    extract_features.run(clustered, CONFIG)
    children = children_of(worker.pid)
    worker.kill()
    worker.wait()
    eventually(lambda: not [pid for pid in children if Path(f"/proc/{pid}").exists()])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"version": "9.9"}, "has vidsort .* instead of 9.9: install that version there"),
        ({"weights": {"a.onnx": "00"}}, r"has other weights \(a.onnx, .*install vidsort .* there anew"),
        ({"sources": "00"}, "from other sources: install the same revision there"),
    ],
)
def test_a_worker_that_would_see_otherwise_is_told_before_it_looks_at_anything(
    clustered, machines, monkeypatch, change, said
):
    expected = asking.made()._replace(**change)
    monkeypatch.setattr(asking, "made", lambda: expected)
    with pytest.raises(VidsortError, match=f"The worker at tcp://.* {said}. So it is with 1 more."):
        extract_features.run(clustered, CONFIG)
    assert machines.looks() == {}


def test_a_worker_that_comes_later_and_would_see_otherwise_ends_the_run(clustered, machines, monkeypatch):
    monkeypatch.setattr(Cluster, "_check", lambda *_: None)
    expected = asking.made()._replace(version="9.9")
    monkeypatch.setattr(asking, "made", lambda: expected)
    with pytest.raises(VidsortError, match=r"The worker on .* has vidsort .*; what was finished is kept\."):
        extract_features.run(clustered, CONFIG)


def test_a_worker_that_does_not_find_the_library_is_told(clustered, machines, tmp_path, monkeypatch):
    elsewhere = clustered.model_copy(update={"cluster_library": str(tmp_path / "nowhere")})
    with pytest.raises(VidsortError, match=r"does not find .*\.mp4 in .*/nowhere.*: set cluster_library"):
        extract_features.run(elsewhere, CONFIG)
    monkeypatch.setattr(Cluster, "_check", lambda *_: None)
    with pytest.raises(VidsortError, match=r"The worker on .* does not find"):
        extract_features.run(elsewhere, CONFIG)
    assert machines.looks() == {}


def test_a_video_that_is_moved_meanwhile_is_found_anew(clustered, monkeypatch):
    placed = Cluster._placed
    moved = clustered.data_dir / "dance" / "70000000000000000.mp4"

    def move(cluster, some):
        if moved.exists() and isinstance(some, list):
            moved.rename(clustered.data_dir / "food" / moved.name)
        return placed(cluster, some)

    monkeypatch.setattr(Cluster, "_placed", move)
    report = extract_features.run(clustered, CONFIG)
    assert (report.done, report.failed) == (15, ())
    assert not moved.exists()


def test_a_scheduler_that_is_not_there_is_one_sentence(clustered, monkeypatch, capsys):
    monkeypatch.setattr(asking, "REACH_S", 0.5)
    nobody = ["extract-features", *clustered.as_flags(), "--cluster", "tcp://127.0.0.1:1"]
    assert main(nobody) == VidsortError.exit_code
    told = capsys.readouterr().err.splitlines()[-1]
    assert told.startswith("No Dask scheduler answers at tcp://127.0.0.1:1 (")
    assert told.endswith("start one by `dask scheduler`, or leave out cluster.")


@pytest.mark.programs
def test_a_scheduler_without_workers_is_told_and_one_that_goes_ends_the_run(settings, few, monkeypatch):
    monkeypatch.setattr(asking, "WITHOUT_WORKERS_S", 0.5)
    clustered = settings.model_copy(update={"cluster": few.address})
    with pytest.raises(VidsortError, match=f"has no workers: start some by `dask worker {few.address}`"):
        extract_features.run(clustered, CONFIG)
    monkeypatch.setattr(asking, "WITHOUT_WORKERS_S", 30)
    monkeypatch.setattr(pacing, "FIRST_AT_ONCE", 1)
    few.add_worker()

    def end(progress):
        if progress.message == "encoding new videos":
            few.scheduler.kill()

    with pytest.raises(VidsortError, match=r"has gone .*: start it and run this again; what was finished is kept\."):
        extract_features.run(clustered, CONFIG, progress=end)
    assert rows(settings)


@pytest.mark.storm
def test_workers_that_have_all_gone_are_not_waited_for_without_end(settings, few, monkeypatch):
    monkeypatch.setattr(pacing, "FIRST_AT_ONCE", 1)
    monkeypatch.setattr(asking, "ANSWER_S", 0.5)
    worker = few.add_worker("--no-nanny")
    clustered = settings.model_copy(update={"cluster": few.address})

    def end(progress):
        if progress.message == "encoding new videos":
            monkeypatch.setattr(asking, "WITHOUT_WORKERS_S", 0.5)
            worker.kill()

    with pytest.raises(VidsortError, match="has no workers"):
        extract_features.run(clustered, CONFIG, progress=end)
    assert rows(settings)


@pytest.mark.programs
def test_who_interrupts_it_or_finds_the_scheduler_gone_leaves_no_thread_and_no_silence(settings, few, monkeypatch):
    from distributed import Client

    def began() -> tuple[set[str], int]:
        threads = {thread.name for thread in threading.enumerate() if thread.name.startswith("IO loop")}
        return threads, logging.getLogger("distributed").level

    before = began()
    for raised, told in ((KeyboardInterrupt(), KeyboardInterrupt), (OSError("gone"), VidsortError)):
        monkeypatch.setattr(Client, "wait_for_workers", lambda *_, raised=raised, **__: (_ for _ in ()).throw(raised))
        with pytest.raises(told):
            Cluster(few.address, settings.data_dir)
        assert began() == before


def test_certificates_that_are_wanted_and_not_configured_are_told(settings):
    secure = settings.model_copy(update={"cluster": "tls://127.0.0.1:1"})
    with pytest.raises(SettingsError, match="needs certificates"):
        extract_features.run(secure, CONFIG)


def test_without_the_extra_it_is_said_what_to_install_before_anything_is_looked_at(settings, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    clustered = settings.model_copy(update={"cluster": "tcp://127.0.0.1:1"})
    with pytest.raises(SettingsError, match=r'pip install "vidsort\[cluster\]"'):
        extract_features.run(clustered, CONFIG)
    assert not (settings.artifacts_dir / "vidsort.db").exists()


def test_the_setting_reaches_every_way_to_run_the_step(tmp_path, monkeypatch):
    Path("vidsort.toml").write_text('cluster = "tcp://desk:8786"\n', encoding="utf-8")
    assert load_settings().cluster == "tcp://desk:8786"
    assert '"cluster": "tcp://desk:8786"' in load_settings().as_json().replace('":"', '": "')
    monkeypatch.setenv("VIDSORT_CLUSTER", "tls://desk:8786")
    monkeypatch.setenv("VIDSORT_CLUSTER_LIBRARY", "s3://bucket/videos")
    assert load_settings().cluster == "tls://desk:8786"
    assert load_settings(cluster="tcp://other:1").cluster_library == "s3://bucket/videos"
    for wrong in ({"cluster": "desk:8786"}, {"cluster_library": "videos"}):
        with pytest.raises(SettingsError, match=f"The setting {next(iter(wrong))}="):
            load_settings(**wrong)
