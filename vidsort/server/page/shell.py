"""The review page: one HTML shell in Gradio's page at "/", whose modules talk to the documented routes."""

import html
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...pile.order import ORDERS, Order
from ...shelves.folder_orders import FOLDER_ORDERS, FolderOrder
from .refusals import Refusals

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.responses import Response
    from starlette.staticfiles import StaticFiles
    from starlette.types import ASGIApp

    from ...settings import Settings

HERE = Path(__file__).parent
STATIC = HERE / "static"
STYLES = ("theme", "layout", "cards", "grid", "panels", "phone")
# Gradio's own themes load fonts from elsewhere; with these names nothing is.
FONT = ("Inter", "Segoe UI Variable", "Segoe UI", "system-ui", "sans-serif")
GROUND, GROUND_DARK = "#f7f6f3", "#131316"

# Where main.js puts the page. Gradio's HTML component would compile it, which a policy without 'unsafe-eval' forbids.
PLACE = "review-place"

# None of our events goes through the framework's queue, which looks a thousand times a second whether there is any:
# each look wakes the machine, and takes Python from a request that is answered just then.
QUEUE_RESTS_S = 1.0


def mount(app: "FastAPI", settings: "Settings", rooting: Callable[["ASGIApp", str], "ASGIApp"]) -> "FastAPI":
    """Serve the page at "/" and its modules under `/review/`; call it after all other routes are registered.

    The mount at "/" answers whatever no route before it does; `rooting` tells the page at a path its own address. Gives
    the app.
    """
    import gradio as gr

    app.mount("/review", _modules(), name="review")
    with gr.Blocks(title=f"vidsort · {settings.data_dir.name}", analytics_enabled=False) as blocks:
        gr.Markdown("", elem_id=PLACE)
    queue = blocks._queue
    queue.sleep_when_free = queue.progress_update_sleep_when_free = QUEUE_RESTS_S
    gr.mount_gradio_app(
        app,
        blocks,
        path="/",
        head=_head(),
        theme=gr.themes.Base(font=FONT, font_mono=("ui-monospace", "monospace")).set(
            body_background_fill=GROUND, body_background_fill_dark=GROUND_DARK
        ),
        footer_links=[],
        run_history=False,
        ssr_mode=False,
        pwa=False,
    )
    mounted: Any = app.router.routes[-1]
    mounted.app = Refusals(rooting(mounted.app, "/"))
    return app


def review_html() -> str:
    """The page, with the menus of orders made from their tables."""
    page = (HERE / "review.html").read_text(encoding="utf-8").replace("<!-- the orders -->", _options(ORDERS))
    return page.replace("<!-- the orders of folders -->", _options(FOLDER_ORDERS))


def _options(orders: Mapping[str, Order] | Mapping[str, FolderOrder]) -> str:
    return "".join(f'<option value="{order.name}">{html.escape(order.label)}</option>' for order in orders.values())


def _head() -> str:
    """Links are relative to the page, so that a proxy may put it under a prefix."""
    styles = "".join(f'<link rel="stylesheet" href="review/{name}.css">' for name in STYLES)
    modules = "".join(
        f'<link rel="modulepreload" href="review/{path.name}">' for path in sorted(STATIC.glob("*.js"))
    )
    # As the text of a script of no type that runs: Gradio puts what stands here into the page piece by piece, and of a
    # template it leaves the frame alone.
    shell = f'<script type="text/html" id="review-shell">{review_html()}</script>'
    start = '<script type="module" src="review/main.js"></script>'
    return f'{styles}{modules}<meta name="color-scheme" content="light dark">{shell}{start}'


def _modules() -> "StaticFiles":
    """The static files, asked for anew each time and answered with 304 while they are the same.

    A page whose modules came from two versions would break; with `no-cache` and an ETag there is
    never such a mix, and an edited file shows at the next reload.
    """
    from starlette.staticfiles import StaticFiles

    class Modules(StaticFiles):
        def file_response(self, *arguments: Any, **options: Any) -> "Response":
            response = super().file_response(*arguments, **options)
            response.headers["Cache-Control"] = "no-cache"
            return response

    return Modules(directory=STATIC)
