"""A library as an object: the same steps, the same journal and the same versions as every other surface."""

import contextlib
import subprocess
import sys

import pytest
from places import tree_of_names

import vidsort
from vidsort.artifacts import current, list_models
from vidsort.cli import main
from vidsort.errors import ConflictError, InvalidNameError, NotFoundError, SettingsError, VidsortError
from vidsort.library.moves import Mover
from vidsort.store import open_database

PILE = ("71000000000000000.mp4", "71000000000000100.mp4", "71000000000000200.mp4")


@pytest.fixture
def opened(learned) -> vidsort.Library:
    return vidsort.open(learned.data_dir, learned.artifacts_dir)


@pytest.mark.programs
def test_importing_vidsort_loads_nothing_and_yet_has_all_names():
    code = (
        "import sys, vidsort\nassert not {'numpy', 'pandas', 'pydantic', 'sklearn'} & set(sys.modules)\n"
        "assert set(vidsort.__all__) <= set(dir(vidsort))\n"
        "print(*(getattr(vidsort, name).__doc__.splitlines()[0] for name in vidsort.__all__), sep='\\n')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert len(done.stdout.splitlines()) == len(vidsort.__all__)
    with pytest.raises(AttributeError, match="nosuch"):
        vidsort.nosuch  # noqa: B018


def test_help_reads_like_a_page():
    import pydoc

    page = pydoc.plain(pydoc.render_doc(vidsort))
    assert page.index("is a folder: videos directly in it are unsorted") < page.index("class Features")
    for name in ("open(", "class Library", "features(self, kind", "review(self)"):
        assert name in page


def test_tables_say_what_is_on_disk_and_what_is_predicted(opened, learned):
    videos = opened.videos()
    assert sorted(videos["filename"]) == sorted(path.name for path in learned.data_dir.rglob("*.mp4"))
    assert sorted(videos[videos["folder"].isna()]["filename"]) == list(PILE)
    assert videos["modified"].dt.tz is not None
    predictions = opened.predictions()
    assert predictions["confidence"].is_monotonic_decreasing
    assert dict(zip(predictions["filename"], predictions["folder"], strict=True)) == dict(
        zip(PILE, ("dance", "food", "sport"), strict=True)
    )
    assert all(row.shares[row.folder] == row.confidence for row in predictions.itertuples())
    assert opened.models()["model_id"].to_list() == [one.model_id for one in list_models(learned.artifacts_dir)]


def test_an_empty_library_has_empty_tables_with_the_same_columns(opened, tmp_path):
    (tmp_path / "empty").mkdir()
    empty = vidsort.open(tmp_path / "empty", tmp_path / "artifacts of it")
    for name in ("videos", "predictions"):
        assert getattr(empty, name)().columns.to_list() == getattr(opened, name)().columns.to_list()
        assert getattr(empty, name)().empty
    assert "model_id" in empty.models().columns
    assert repr(empty).endswith("0 unsorted, 0 in 0 folders>")
    for call in (empty.compare, empty.promote):
        with pytest.raises(NotFoundError, match="no model yet"):
            call()


def test_a_search_finds_what_the_page_finds(opened, learned):
    (learned.data_dir / "71000000000000000.description").write_text("sourdough on a board")
    opened.extract()
    found = opened.search("sourd")
    assert found["filename"].to_list() == ["71000000000000000.mp4"]
    assert found["predicted_folder"].to_list() == ["dance"]


def test_moves_are_in_the_one_journal_and_any_surface_takes_them_back(opened, learned):
    before = tree_of_names(learned.data_dir)
    sidecar = learned.data_dir / "71000000000000000.description"
    sidecar.write_text("goes along")
    opened.sort(PILE[0], "food")
    assert (learned.data_dir / "food" / sidecar.name).is_file()
    opened.move(PILE[0], "dance")
    with contextlib.closing(open_database(learned.artifacts_dir)) as database:
        assert [move.kind for move in Mover(learned.data_dir, database).history()] == ["move", "sort"]
    assert main(["undo", "--data-dir", str(learned.data_dir), "--artifacts-dir", str(learned.artifacts_dir)]) == 0
    assert (learned.data_dir / "food" / PILE[0]).is_file()
    assert [move.state for move in opened.undo()] == ["undone"]
    sidecar.unlink()
    assert tree_of_names(learned.data_dir) == before
    with pytest.raises(ConflictError, match="nothing to undo"):
        opened.undo()


def test_many_are_filed_as_one_action_and_each_that_stays_says_why(opened, learned):
    before = tree_of_names(learned.data_dir)
    came = opened.sort_many({PILE[0]: "dance", PILE[1]: "nosuch", "404.mp4": "food", PILE[2]: "sport"})
    assert came["is_moved"].to_list() == [True, False, False, True]
    assert "nosuch" in came["reason"][1]
    assert "404.mp4" in came["reason"][2]
    assert len(opened.undo()) == 2
    assert tree_of_names(learned.data_dir) == before


def test_where_several_folders_have_the_name_it_is_asked_which_one(opened, learned):
    name = PILE[0]
    (learned.data_dir / "food" / name).write_bytes(b"another")
    with pytest.raises(ConflictError, match=r"the unsorted videos, food\): say which one by origin"):
        opened.move(name, "dance")
    opened.move(name, "dance", origin="food")
    assert (learned.data_dir / "dance" / name).read_bytes() == b"another"
    opened.move(name, "sport", origin="")
    assert (learned.data_dir / "sport" / name).is_file()


@pytest.mark.parametrize(("call", "error"), [
    (lambda library: library.sort("../1.mp4", "food"), InvalidNameError),
    (lambda library: library.sort(PILE[0], ".."), InvalidNameError),
    (lambda library: library.move("404.mp4", None), NotFoundError),
    (lambda library: library.train(nosuch=1), SettingsError),
    (lambda library: library.train("nosuch"), SettingsError),
    (lambda library: library.compare("20261125-030507-1e6fcc"), NotFoundError),
    (lambda library: vidsort.open("/nowhere/at/all"), NotFoundError),
    (lambda library: vidsort.open(library.settings.data_dir, nosuch=1), SettingsError),
])
def test_what_does_not_fit_is_one_sentence_and_changes_nothing(opened, learned, call, error):
    before = tree_of_names(learned.data_dir)
    with pytest.raises(error) as raised:
        call(opened)
    assert isinstance(raised.value, VidsortError)
    assert "\n" not in str(raised.value)
    assert tree_of_names(learned.data_dir) == before


def test_a_model_is_trained_compared_and_put_in_force(opened, learned):
    first = current(learned.artifacts_dir).model_id
    report = opened.train("lda", repeats=1)
    second = report.outputs["model_id"]
    assert opened.compare().columns.to_list()[:2] == [first, second]
    # One that has not predicted does so, and is in force then; one that has goes by what it said.
    assert opened.promote() == second == current(learned.artifacts_dir).model_id
    predictions = len(list((learned.artifacts_dir / "predictions").iterdir()))
    assert opened.promote(first) == first == current(learned.artifacts_dir).model_id
    assert len(list((learned.artifacts_dir / "predictions").iterdir())) == predictions
    assert opened.compare().columns.to_list()[:2] == [first, second]
    assert opened.compare(second, first).columns.to_list()[:2] == [second, first]


def test_what_a_step_takes_is_set_or_given_and_told_while_it_runs(learned):
    told = []
    opened = vidsort.open(learned.data_dir, learned.artifacts_dir, train={"heads": ["lda"]})
    assert opened.train(progress=told.append).outputs["head"] == "lda"
    assert opened.train(["centroid", "lda"], seed=3).outputs["head"] == "centroid"
    assert {progress.step for progress in told} == {"train"}
    assert opened.models()["train.seed"].to_list() == [3, 0, 0]


def test_what_is_filed_is_remembered_beside_what_was_guessed_as_on_the_page(opened, learned):
    opened.sort(PILE[0], "food")
    opened.sort_many({PILE[1]: "food", PILE[2]: "nowhere"})
    with contextlib.closing(open_database(learned.artifacts_dir)) as database:
        assert database.connection().execute("SELECT count(*) FROM decisions").fetchone() == (2,)


def test_it_says_what_it_is_also_when_its_folder_has_gone(opened, learned, tmp_path):
    learned.data_dir.rename(tmp_path / "elsewhere")
    assert repr(opened).startswith(f"<Library {learned.data_dir}: ")


def test_numbers_that_fit_nowhere_are_one_sentence(opened):
    with pytest.raises(NotFoundError, match="There is no move 1000000000000000000000"):
        opened.undo(10**21)
    with pytest.raises(SettingsError, match="limit"):
        opened.search("a", -5)
