"""The whole application (security, documented routes, the page behind them), and how it is run until it is stopped."""

import asyncio
import contextlib
import gc
import os
import socket
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from .. import __version__, logs
from ..errors import SettingsError
from ..settings import Settings, load_settings

if TYPE_CHECKING:
    from fastapi import FastAPI

# Longer than the streams are given to end by themselves, so that it only meets what hangs.
STOP_S = 3
# So long a thread calculates before another one that waits has its turn.
SWITCH_S = 0.0005
DESCRIPTION = """Sort a pile of short videos into your own folders.

Every error is `{"detail": "…"}`, a sentence that says what is wrong and what to do. Where there are accounts or a
password, send `Authorization: Bearer …` with a token or the password; a browser has the session that signing in at
`/login` begins. Without either nobody is asked, and only this machine is answered.
"""


def create_app(settings: Settings | None = None, framed_by: Sequence[str] = ()) -> "FastAPI":
    """The application for these settings, else for those of the environment and vidsort.toml.

    framed_by: the sources, as a content policy has them, whose pages may show this one inside them. Raises
    SettingsError and ArtifactError. Works without its lifespan, too; that adds watching the
    library in the background and a clean stop.
    """
    # Read by Gradio when it is imported: nobody is told that it runs, and nothing is asked of a hub.
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    from fastapi import FastAPI
    from starlette.concurrency import run_in_threadpool

    settings = settings or load_settings()
    if settings.log_json:
        logs.in_json()
    from ..library.live import Apart

    # First, so that a very large library is listed while all else is imported.
    apart = Apart(settings.data_dir, settings.video_names)
    apart.foresee()
    from ..accounts import Accounts, users_path
    from ..accounts.hashing import load_hashing
    from ..api.likeness import load_explaining
    from ..api.routes import EVERYBODY, ROLES, add_routes
    from ..api.workspace import Workspace
    from ..media.reading.source import load_decoder
    from ..webhooks import Telling
    from .connections import TellFullOnce
    from .entrance import Entrance
    from .guard import Guard
    from .insights.doors import Rooted
    from .insights.shell import mount as mount_insights
    from .openings import Openings
    from .page.refusals import Refusals
    from .page.shell import mount
    from .proxies import Proxies
    from .requests.seen import Seen
    from .stopping import EndStreams, Stopping

    accounts = Accounts(users_path())
    load_decoder()
    load_hashing()
    load_explaining()
    workspace = Workspace(settings, apart)
    workspace.library.predictions.warn_if_none()
    stopping = Stopping()

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        asyncio.get_running_loop().set_exception_handler(TellFullOnce())
        with stopping.listening(), app.state.kept.keeping():
            await run_in_threadpool(workspace.start)
            telling = Telling(workspace, app.state.metrics.webhooks.count)
            await run_in_threadpool(telling.start)
            try:
                yield
            finally:
                await run_in_threadpool(telling.stop)
                await run_in_threadpool(workspace.stop)
                app.state.metrics.close()

    app = FastAPI(
        title="vidsort",
        version=__version__,
        description=DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    add_routes(app, workspace)
    # What is mounted at "/" swallows whatever comes after it.
    mount_insights(app, workspace, Refusals)
    _in_a_loop(lambda: mount(app, settings, Rooted))
    password = settings.password.get_secret_value() if settings.password else None
    entrance = Entrance(password, accounts, workspace.database)
    openings = Openings(ROLES, EVERYBODY)
    app.add_middleware(Guard, settings=settings, entrance=entrance, openings=openings, framed_by=framed_by)
    app.add_middleware(Seen, metrics=app.state.metrics)
    app.add_middleware(Proxies, trusted=[str(network) for network in settings.trusted_proxies])
    app.add_middleware(EndStreams, stopping=stopping)
    return app


def _in_a_loop(mount: Callable[[], object]) -> None:
    """Call it while an event loop runs: Gradio opens loops of its own where none does, and leaves them open."""

    async def mounted() -> None:
        mount()

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        with contextlib.closing(asyncio.new_event_loop()) as loop:
            loop.run_until_complete(mounted())
    else:
        mount()


def serve(
    settings: Settings, *, tell: Callable[[int], object] = lambda _: None, framed_by: Sequence[str] = ()
) -> None:
    """Serve the page and the API; `tell` is called with the port once it listens. `framed_by` as for `create_app`.

    Raises SettingsError for an unsafe host and for a port that is taken.
    """
    from ..accounts import has_accounts

    settings.require_safe_host(has_accounts=has_accounts())
    listener = _listen(settings)
    # A sort gives Python's lock away at each of some forty looks at the disk and the journal, and waits for so long to
    # have it back where another thread calculates; by default ten times as long.
    sys.setswitchinterval(SWITCH_S)
    with listener:
        tell(listener.getsockname()[1])
        with _collected_once():
            import uvicorn

            from .connections import TimedConnection

            app = create_app(settings, framed_by)
        config = uvicorn.Config(
            app, http=TimedConnection, proxy_headers=False, log_level="warning",
            timeout_graceful_shutdown=STOP_S, server_header=False,
            # Uvicorn would give its loggers handlers of their own.
            log_config=None if settings.log_json else uvicorn.config.LOGGING_CONFIG,
        )
        with contextlib.suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listener])


@contextlib.contextmanager
def _collected_once() -> Iterator[None]:
    """Look for garbage at the end only: what is imported stays, and going through it each time takes a fifth longer.

    Nor is it gone through later, which would hold up whoever presses a key just then.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
    gc.collect()
    gc.freeze()


def _listen(settings: Settings) -> socket.socket:
    """A socket that listens there, before anything slow is imported; raises SettingsError."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with contextlib.ExitStack() as unless_it_listens:
            listener = unless_it_listens.enter_context(socket.socket(family, kind, protocol))
            if os.name == "posix":
                # A server that was just stopped must not keep its port for a minute; elsewhere this lets two share one.
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen(2048)
            unless_it_listens.pop_all()
            return listener
    except OSError as error:
        raise SettingsError(
            f"The server cannot listen on {settings.host} port {settings.port} ({error.strerror or error}): "
            "stop what uses it, or choose another with --port."
        ) from error
