"""The client speaks the documented API: every method against a real server, every error as its sentence."""

import contextlib
import inspect
import socket
import threading

import pytest
import uvicorn
from fastapi import FastAPI
from peopled import write_people
from pydantic import SecretStr

from vidsort.accounts import USERS_NAME, Accounts, Role
from vidsort.api import contract
from vidsort.api.routes import EVERYBODY, ROLES, add_routes
from vidsort.api.workspace import Workspace
from vidsort.artifacts.files import as_json, new_version_id
from vidsort.artifacts.publication import publish, write_predictions
from vidsort.cli.program import main
from vidsort.client import AsyncVidsortClient, VidsortClient
from vidsort.client import following as following_module
from vidsort.client.connection import Connection
from vidsort.client.following import Following
from vidsort.client.streams import Streams
from vidsort.errors import ConflictError, ForbiddenError, InvalidNameError, NotFoundError, VidsortError
from vidsort.server.entrance import Entrance
from vidsort.server.guard import Guard
from vidsort.server.openings import Openings

PASSWORD = "a long enough password"


def routes(settings) -> tuple[FastAPI, Workspace]:
    """The API behind its guard, without the page."""
    workspace = Workspace(settings)
    app = FastAPI(docs_url=None, redoc_url=None)
    add_routes(app, workspace)
    password = settings.password.get_secret_value() if settings.password else None
    entrance = Entrance(password, Accounts(settings.artifacts_dir / USERS_NAME), workspace.database)
    app.add_middleware(Guard, settings=settings, entrance=entrance, openings=Openings(ROLES, EVERYBODY))
    return app, workspace


@pytest.fixture
def serving(eventually):
    """`serving(settings)`: the address of a server on them, stopped at the end."""
    running = []

    def start(settings) -> str:
        app, workspace = routes(settings)
        listener = socket.create_server(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", ws="none", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        running.append((server, thread, listener, workspace))
        eventually(lambda: server.started, 30)
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

    yield start
    for server, thread, listener, workspace in running:
        server.should_exit = True
        thread.join(20)
        listener.close()
        workspace.stop()
        assert not thread.is_alive()


def test_the_client_sees_sorts_and_undoes_what_the_disk_has(serving, settings):
    with VidsortClient(serving(settings)) as server:
        found = server.videos()
        assert found.total == len(found.videos) == 3
        assert found.videos[0].predicted_folder is None
        name = found.videos[0].filename

        answer = server.sort(name, "dance")
        assert isinstance(answer, contract.SortAnswer)
        assert (settings.data_dir / "dance" / name).is_file()
        assert {folder.name: folder.count for folder in answer.folders} == {"dance": 5, "food": 4, "sport": 4}

        assert server.undo().moves[0].target == f"dance/{name}"
        assert (settings.data_dir / name).is_file()
        assert server.redo().moves
        assert server.history(limit=1).moves[0].target == f"dance/{name}"
        assert server.videos(limit=1).next_cursor is not None
        assert server.queue("filename", limit=1).total == 2


def test_two_clients_that_say_who_they_are_share_a_pile(serving, settings):
    address = serving(settings)
    with VidsortClient(address, browser="ann") as ann, VidsortClient(address, browser="ben") as ben:
        mine = ann.queue("filename", limit=1).videos[0].filename
        assert ann.lease([mine]).here == [mine]
        assert ben.lease([mine]).elsewhere == [mine]
        assert mine not in {video.filename for video in ben.queue().videos}
        ann.sort(mine, "dance")
        assert ben.history().moves[0].by == "ann"


def test_a_script_is_let_in_by_its_token_and_does_what_its_role_may(serving, settings):
    settings.artifacts_dir.mkdir(exist_ok=True)
    write_people(settings.artifacts_dir / USERS_NAME, tokens={"nightly": (Role.REVIEWER, "vidsort_secret")})
    address = serving(settings)
    with VidsortClient(address) as nobody, pytest.raises(VidsortError, match="send a token"):
        nobody.videos()
    with VidsortClient(address, token="vidsort_secret") as server:
        me = server.me()
        assert (me.name, me.role, me.how) == ("nightly", Role.REVIEWER, "token")
        server.sort(server.videos().videos[0].filename, "dance")
        assert server.history().moves[0].account == "nightly"
        with pytest.raises(ForbiddenError, match="nightly is a reviewer: ask an admin"):
            server.retrain()
        assert server.undo().moves[0].state == "undone"
    with pytest.raises(TypeError, match="one of them"):
        VidsortClient(address, PASSWORD, token="vidsort_secret")


def test_the_client_searches_and_knows_where_a_video_lies(serving, settings):
    with VidsortClient(serving(settings)) as server:
        name = server.videos().videos[0].filename
        assert server.video(name).folder is None
        server.sort(name, "dance")
        assert server.video(name).folder == "dance"
        assert server.search("nobody said so", limit=3).videos == []
        assert server.proposals(limit=3).reason
        assert server.insight("folders").reason
        assert server.duplicates().reason
        assert server.misfiled(limit=3).reason
        assert server.dismiss_misfiled(name).folders == ["dance"]
        first = server.folder_videos("dance", "newest", limit=2)
        rest = server.folder_videos("dance", "newest", cursor=first.next_cursor)
        shown = [*first.videos, *rest.videos]
        assert (first.total, len(shown), rest.next_cursor) == (5, 5, None)
        assert name in {video.filename for video in shown}
        assert {video.folder for video in shown} == {"dance"}


def test_folders_are_made_renamed_and_merged_and_a_batch_is_undone_at_once(serving, settings):
    with VidsortClient(serving(settings)) as server:
        assert "süß & ehrlich" in [folder.name for folder in server.create_folder("süß & ehrlich").folders]
        assert server.rename_folder("süß & ehrlich", "sweet").moves
        names = [video.filename for video in server.videos().videos]
        done = server.sort_batch([(names[0], "sweet"), (names[1], "sweet"), (names[2], "nowhere")])
        assert [outcome.success for outcome in done.outcomes] == [True, True, False]
        assert not done.success
        assert server.move(names[0], "sweet", None).to is None
        moved = server.move_batch([(names[1], "sweet", "food"), (names[0], "nowhere", "food")])
        assert [(each.origin, each.to, each.status) for each in moved.outcomes] == [
            ("sweet", "food", 200), ("nowhere", "food", 400),
        ]
        assert [len(server.undo().moves) for _ in range(3)] == [1, 1, 2]
        assert server.sort_batch([(names[2], "made")], makes="made").success
        assert [move.kind for move in server.undo().moves] == ["sort", "create"]
        assert server.merge_folder("sport", "food").moves
        server.create_folder("empty")
        assert [move.kind for move in server.remove_folder("empty").moves] == ["remove"]
        with pytest.raises(ConflictError, match="food is not empty"):
            server.remove_folder("food")
        assert "sport" not in [folder.name for folder in server.folders().folders]


def test_each_error_is_raised_with_the_servers_sentence(serving, settings):
    with VidsortClient(serving(settings)) as server:
        with pytest.raises(InvalidNameError, match="nowhere"):
            server.sort(server.videos().videos[0].filename, "nowhere")
        with pytest.raises(NotFoundError, match="404"):
            server.sort("404.mp4", "dance")
        with pytest.raises(VidsortError, match="limit in the query does not fit"):
            server.videos(limit=0)
        with pytest.raises(ConflictError, match="undo"):
            server.undo()
        with pytest.raises(NotFoundError, match="model"):
            server.promote("20200101-000000-abcdef")
        with pytest.raises(NotFoundError, match="earlier"):
            server.rollback()
        assert server.models() == contract.ModelsAnswer(models=[], current=None)
        assert server.retrain_status().running is False
        assert server.cancel_retrain().status == "not_running"


def test_what_a_notebook_or_the_command_line_puts_in_force_is_served_at_once(serving, settings):
    with VidsortClient(serving(settings)) as server:
        name = server.videos().videos[0].filename
        for folder in ("dance", "food"):
            entry = {"video": name, "predicted_folder": folder, "confidence": 0.9, "top_predictions": []}
            predictions_id = new_version_id()
            write_predictions(settings.artifacts_dir, predictions_id, as_json([entry]), {"model_id": None})
            publish(settings.artifacts_dir, predictions_id)
            assert server.videos().videos[0].predicted_folder == folder
        assert main(["models", "rollback", *settings.as_flags()]) == 0
        assert server.videos().videos[0].predicted_folder == "dance"


def test_a_password_is_sent_and_a_wrong_one_is_an_error(serving, settings):
    address = serving(settings.model_copy(update={"password": SecretStr(PASSWORD)}))
    with VidsortClient(address, PASSWORD) as server:
        assert server.videos().total == 3
    with VidsortClient(address) as stranger, pytest.raises(VidsortError, match=r"(?i)password"):
        stranger.videos()


@pytest.mark.programs
def test_the_client_does_what_is_chosen_on_the_page(serving, settings, tmp_path):
    with VidsortClient(serving(settings)) as server:
        name = server.videos().videos[0].filename
        assert (server.health().status, server.ready().status) == ("ok", "ok")
        assert server.library().unsorted == server.pace().remaining == 3
        assert server.preview_library(str(tmp_path)).exists
        for change in (lambda: server.choose_library(str(tmp_path)), lambda: server.set_video_names("any")):
            with pytest.raises(ConflictError, match="started with"):
                change()
        assert server.skip(name).filename == name
        assert server.queue().skipped == 1
        assert server.entries([name]).videos[0].skipped
        assert server.unskip(name).filename == name
        assert server.queue().skipped == 0
        assert server.blind().filenames == []
        assert server.set_preferences(contract.Preferences(order="oldest")).order == "oldest"
        assert server.preferences().order == "oldest"
        assert server.set_preferences().order is None
        server.sort_batch([(name, "dance")])
        (action,) = server.actions().actions
        assert action.count == 1
        assert server.undo(batch=action.move.batch).moves[0].state == "undone"


def test_where_no_server_is_the_error_says_how_to_start_one():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with VidsortClient(f"http://127.0.0.1:{port}") as server, pytest.raises(VidsortError, match="vidsort serve"):
        server.videos()


def test_all_pages_are_gone_through_and_make_a_table(serving, settings, monkeypatch):
    monkeypatch.setattr(following_module, "PAGE", 2)
    names = sorted(path.name for path in settings.data_dir.glob("*.mp4"))
    with VidsortClient(serving(settings)) as server:
        assert sorted(video.filename for video in server.each_video()) == names
        assert len(names) > 2
        table = server.predictions()
        assert list(table.columns) == ["filename", "predicted_folder", "confidence"]
        assert sorted(table["filename"]) == names
        # What is sorted while the pages are gone through is no error.
        going = server.each_video(order="filename")
        first = next(going).filename
        server.sort(first, "dance")
        assert [first, *(video.filename for video in going)] == names


def test_a_retrain_is_waited_for_and_patience_has_an_end(serving, settings, monkeypatch):
    with VidsortClient(serving(settings)) as server:
        assert server.wait_for_retrain().running is False
        running = server.retrain_status().model_copy(update={"running": True})
        answers = iter([running, running, running.model_copy(update={"running": False, "last_result": "success"})])
        monkeypatch.setattr(server, "retrain_status", lambda: next(answers))
        assert server.wait_for_retrain(every_s=0).last_result == "success"
        monkeypatch.setattr(server, "retrain_status", lambda: running)
        with pytest.raises(VidsortError, match="still runs after 0 s"):
            server.wait_for_retrain(timeout_s=0, every_s=0)


def test_events_are_typed_and_begin_with_how_things_are(serving, settings):
    with VidsortClient(serving(settings)) as server, contextlib.closing(server.events()) as events:
        first = next(events)
        assert isinstance(first, contract.State)
        name = server.videos().videos[0].filename
        server.sort(name, "dance")
        moved = next(event for event in events if isinstance(event, contract.Moved))
        assert [move.source for move in moved.moves] == [name]
        assert next(events).total == first.total - 1


@pytest.mark.programs
def test_videos_and_pictures_are_saved_and_nothing_is_written_over(serving, settings, tmp_path):
    with VidsortClient(serving(settings)) as server:
        name = server.videos().videos[0].filename
        saved = server.download(name, tmp_path / "saved.mp4")
        assert saved.read_bytes() == (settings.data_dir / name).read_bytes()
        with pytest.raises(ConflictError, match="is there already"):
            server.download(name, saved)
        assert saved.read_bytes() == (settings.data_dir / name).read_bytes()
        with pytest.raises(NotFoundError):
            server.download("404.mp4", tmp_path / "none.mp4")
        assert not (tmp_path / "none.mp4").exists()
        with pytest.raises(VidsortError, match="cannot be written"):
            server.download(name, tmp_path / "no folder" / "1.mp4")
        for picture in (server.poster(name), server.strip(name)):
            assert picture[:4] == b"RIFF"
        assert "vidsort_" in server.metrics()


def test_every_method_has_the_path_and_the_answer_of_the_schema(settings, monkeypatch):
    """A route that is renamed, or answers otherwise than before, is found here and not by a user."""
    app, workspace = routes(settings)
    workspace.stop()
    schema = app.openapi()["paths"]
    asked = []

    monkeypatch.setattr(VidsortClient, "_answer", lambda _, request: request)
    with VidsortClient() as server:
        for name, method in inspect.getmembers(server, inspect.ismethod):
            if name.startswith("_") or name in {**vars(Following), **vars(Streams), **vars(Connection)}:
                continue
            needed = [
                parameter for parameter in inspect.signature(method).parameters.values()
                if parameter.default is parameter.empty
            ]
            moves = [("1.mp4", "x", "x")[: 3 if name == "move_batch" else 2]]
            given = {"moves": moves, "video_names": "any"}
            request = method(*[given.get(one.name, "x") for one in needed])
            asked.append((inspect.signature(method).return_annotation, request.method, request.path))
    assert len(asked) >= 21
    named = {"folders": "name", "models": "model_id", "videos": "filename", "misfiled": "filename", "insights": "topic",
             "duplicates": "id", "skip": "filename", "stars": "filename"}
    for answer, method, path in asked:
        route = path
        for what, name in named.items():
            route = route.replace(f"/api/{what}/x", f"/api/{what}/{{{name}}}")
        answers = schema[route][method.lower()]["responses"]
        success = next(response for status, response in answers.items() if status.startswith("2"))
        assert success["content"]["application/json"]["schema"]["$ref"].endswith(f"/{answer.__name__}"), path


def test_what_one_client_can_the_other_can_by_the_same_names():
    def methods(client: type) -> dict[str, list[inspect.Parameter]]:
        found = inspect.getmembers(client, inspect.isfunction)
        shown = {name: method for name, method in found if not name.startswith("_")}
        return {name: list(inspect.signature(method).parameters.values()) for name, method in shown.items()}

    assert methods(VidsortClient) == methods(AsyncVidsortClient)
    assert len(methods(VidsortClient)) > 50
    made = (inspect.signature(each.__init__).parameters for each in (VidsortClient, AsyncVidsortClient))
    assert next(made) == next(made)
