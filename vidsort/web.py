"""The whole application: security, the documented routes, and the review page behind them."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

from . import __version__
from .api import add_routes
from .security import Guard
from .settings import Settings, load_settings
from .stopping import EndStreams, Stopping
from .workspace import Workspace

DESCRIPTION = "Sort a pile of short videos into your own folders. Every error is `{\"detail\": \"…\"}`, a sentence."


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application for these settings, else for those of the environment and vidsort.toml.

    Raises SettingsError and ArtifactError. Works without its lifespan, too; that adds watching the
    library in the background and a clean stop.
    """
    # Read by Gradio when it is imported: nobody is told that it runs, and nothing is asked of a hub.
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    from .review.page import mount

    settings = settings or load_settings()
    workspace = Workspace(settings)
    stopping = Stopping()

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        with stopping.listening():
            await run_in_threadpool(workspace.start)
            try:
                yield
            finally:
                await run_in_threadpool(workspace.stop)

    app = FastAPI(
        title="vidsort",
        version=__version__,
        description=DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    add_routes(app, workspace)
    _in_a_loop(lambda: mount(app, settings))
    app.add_middleware(Guard, settings=settings)
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
