"""The page at "/insights": Gradio's components, filled by one event when it is opened."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ... import artifacts
from ...accounts import PERSON, Role, require
from ...api.insights.misfiled import dismiss
from ...api.workspace import Workspace
from ...errors import NotFoundError, VidsortError
from ...insight.figures.shown import escape
from . import told
from .doors import PATH, Doors

if TYPE_CHECKING:
    from fastapi import FastAPI
    from gradio import Blocks
    from starlette.types import ASGIApp

HERE = Path(__file__).parent
# As on the review page: Gradio's own themes load fonts from elsewhere.
WIDTHS = ["70px", "200px", "90px", "70px", "75px", "200px", "100px", "460px"]
FONT = ("Inter", "Segoe UI Variable", "Segoe UI", "system-ui", "sans-serif")
GROUND, GROUND_DARK = "#f7f6f3", "#131316"
# Gradio calls each picture "Thumbnail 3 of 37", whatever stands below it.
NAMING = """<script>
new MutationObserver(() => {
  for (const button of document.querySelectorAll(".posters button.thumbnail-item")) {
    const caption = button.textContent.trim();
    if (caption && button.ariaLabel !== caption) button.ariaLabel = caption;
  }
}).observe(document.documentElement, { childList: true, subtree: true, characterData: true });
</script>"""
# Of the buttons that put a version in force, roll back, and say that a video is right.
NEEDED = (Role.ADMIN, Role.ADMIN, Role.REVIEWER)
SLIDER: dict[str, Any] = {"minimum": 0.5, "maximum": 20, "step": 0.5, "value": 100 * told.PROMISED}


def mount(app: "FastAPI", workspace: Workspace, refusing: Callable[["ASGIApp"], "ASGIApp"]) -> None:
    """Serve the page; call it before anything is mounted at "/". `refusing` makes our own answers of refusals.

    The page is made when it is first asked for: few look at it at every start, and a start would take longer for it.
    """
    import pandas as pd  # noqa: F401 (Gradio imports it at the first table else, in whatever thread that is)

    app.router.routes.append(Doors(lambda: refusing(_made(workspace))))


def _made(workspace: Workspace) -> "ASGIApp":
    """Gradio's application of the page."""
    import gradio as gr
    from fastapi import FastAPI

    theme = gr.themes.Base(
        primary_hue="indigo", font=FONT, font_mono=("ui-monospace", "monospace")
    ).set(
        body_background_fill=GROUND, body_background_fill_dark=GROUND_DARK, body_text_color_subdued="#5d5952",
        body_text_color_subdued_dark="#aaa8b3", block_label_text_color="#4a463f", block_label_text_color_dark="#c9c7d1",
        block_title_text_color="#4a463f", block_title_text_color_dark="#c9c7d1",
    )
    app = FastAPI()
    gr.mount_gradio_app(
        app, page(workspace), path=PATH, theme=theme, css=(HERE / "page.css").read_text(encoding="utf-8"),
        head='<meta name="color-scheme" content="light dark">' + NAMING, footer_links=[], run_history=False,
        ssr_mode=False, pwa=False, show_error=True,
    )
    mounted: Any = app.router.routes[-1]
    made: ASGIApp = mounted.app
    return made


def page(here: Workspace) -> "Blocks":
    """The components and their events; values come with the first event, so that a page is never an old one."""
    import gradio as gr
    from gradio.components.gallery import GalleryData, GalleryImage
    from gradio.components.plot import PlotData
    from gradio.data_classes import ImageData

    def plot(figure: dict[str, Any]) -> PlotData:
        return PlotData(type="plotly", plot=json.dumps(figure))

    def gallery(found: told.Pictures) -> GalleryData:
        """Pictures from our own route: without a path nothing is copied into Gradio's cache."""
        return GalleryData(root=[
            GalleryImage(image=ImageData(url=url, orig_name=caption), caption=caption) for url, caption in found
        ])

    def lines(texts: list[str]) -> str:
        return "".join(f"<p>{escape(text)}</p>" for text in texts)

    def table(label: str, **options: Any) -> Any:
        return gr.Dataframe(label=label, show_label=False, interactive=False, wrap=True, buttons=[], **options)

    def posters(label: str) -> Any:
        made: Any = gr.Gallery(
            label=label, show_label=False, columns=8, height="auto", object_fit="contain", buttons=[],
            interactive=False, elem_classes="posters",
        )
        # Gradio's own would take our addresses for files, copy them and serve them by a route that is closed.
        made.postprocess = lambda value: value or GalleryData(root=[])
        return made

    def plot_of(label: str) -> Any:
        return gr.Plot(label=label, show_label=False, elem_classes="chart")

    def text_of(html: str = "", *, sanitize_html: bool = True) -> Any:
        """Paragraphs and heads of ours. Not Gradio's HTML component, which compiles by eval whatever it shows."""
        return gr.Markdown(html, latex_delimiters=[], sanitize_html=sanitize_html)

    def head(text: str, about: str) -> None:
        text_of(f'<h2>{escape(text)}</h2><p class="about">{escape(about)}</p>')

    with gr.Blocks(title="vidsort · Insights", analytics_enabled=False, elem_id="insights") as blocks:
        # As it is written here: what is sanitized opens its links in another tab.
        text_of('<a class="back" href="./">← Review</a><h1>Insights</h1>', sanitize_html=False)
        overview = text_of()
        # What stands in a tab that was not opened yet is not made: of charts alone a page would take twice as long.
        with gr.Tabs():
            with gr.Tab("Model"):
                head("Versions", "Every training is kept. A version in force serves its predictions at once.")
                versions = table("Versions", column_widths=WIDTHS)
                with gr.Row():
                    other = gr.Dropdown(label="Another version", choices=[], filterable=False)
                    promote = gr.Button("Put it in force")
                    rollback = gr.Button("Roll back to the one before")
                done = text_of()

                head("What is mixed up", "A row a folder, a column a prediction; a click on a number shows its videos.")
                confusion = table("Confusion matrix", elem_id="confusion")
                cell_line = text_of()
                cell = posters("Videos of the cell")

                head("Worst errors", "Predicted elsewhere while left out, those first of which the model was surest.")
                worst = posters("Worst errors")
            with gr.Tab("Confidence"):
                head("Can its confidence be believed?", "On the dashed line, a confidence means what it says.")
                reliability = plot_of(label="Reliability")

                head("What a promise buys", "Which share could be moved unseen, if at most so much of it may be wrong.")
                at_most = gr.Slider(label="At most so many wrong, in percent", **SLIDER)
                cover = plot_of(label="Cover against error")
                cover_line = text_of()
            with gr.Tab("Labels"):
                head("Enough yet?", "Measured with ever more labels, and what 25, 50 and 100 more should bring.")
                enough = text_of()
                curve = plot_of(label="Learning curve")
                ahead = table("What more labels should bring")
            with gr.Tab("Folders"):
                head("How the folders are doing", "The share of each folder that is recognised, with 95 % intervals.")
                folder_lines = text_of()
                recalls = plot_of(label="Recognised")
                health = table("Folders")
                halves = gr.Dropdown(label="A folder that looks like two", choices=[], filterable=False)
                half = posters("What a split would take out")
            with gr.Tab("Misfiled"):
                head("Likely misfiled", "A model that has not seen them would put them elsewhere, the worst first.")
                suspects = posters("Likely misfiled")
                right_name = gr.Textbox(label="Chosen", interactive=False)
                right = gr.Button("It is right where it lies")
                right_line = text_of()
            with gr.Tab("Duplicates") as copies:
                head("Copies and edits of one video", "Set by set, best first; the review page moves them (Shift+D).")
                copies_line = text_of()
                sets = posters("Duplicates")
            with gr.Tab("Evidence"):
                head("What each kind of evidence brings", "Each kind alone, all but each, and all, on the same videos.")
                ablation = plot_of(label="Kinds of evidence")
                kinds = table("Kinds of evidence")

        everything = [
            overview, versions, other, confusion, cell_line, cell, worst, reliability, cover, cover_line, enough, curve,
            ahead, folder_lines, recalls, health, halves, half, suspects, right_name, ablation, kinds,
            promote, rollback, right,
        ]

        def tell(percent: float) -> list[Any]:
            model = told.model_of(here)
            rows, others = told.versions(here)
            cover_figure, cover_text = told.promise(model, percent / 100)
            curve_figure, gains, enough_text = told.learning(model)
            recall_figure, folders, folder_texts = told.health(model)
            kind_figure, kind_rows = told.kinds(model)
            splits = [one["folder"] for one in (model.metrics["splits"] if model else [])]
            cell_text, _ = told.cell(here, model, -1, -1)
            return [
                lines([told.overview(here)]), rows, gr.Dropdown(choices=others, value=None), told.confusion(model),
                lines([cell_text]), gallery([]), gallery(told.worst(here, model)), plot(told.reliability(model)),
                plot(cover_figure), lines([cover_text]), lines([enough_text]), plot(curve_figure), gains,
                lines(folder_texts), plot(recall_figure), folders,
                gr.Dropdown(choices=splits, value=splits[0] if splits else None),
                gallery(told.split(here, model, splits[0]) if splits else []), gallery(told.suspects(here)), "",
                plot(kind_figure), kind_rows,
                *(gr.Button(interactive=PERSON.get().role.includes(role)) for role in NEEDED),
            ]

        def show_cell(event: gr.SelectData) -> tuple[str, GalleryData]:
            row, column = event.index
            text, found = told.cell(here, told.model_of(here), row, column)
            return lines([text]), gallery(found)

        def promise(percent: float) -> tuple[PlotData, str]:
            figure, text = told.promise(told.model_of(here), percent / 100)
            return plot(figure), lines([text])

        def show_split(folder: str | None) -> GalleryData:
            return gallery(told.split(here, told.model_of(here), folder) if folder else [])

        def put_in_force(model_id: str | None) -> str:
            home, trusted = here.library.artifacts_dir, here.settings.trusted_types
            return _said(lambda: artifacts.promote(home, _chosen(model_id), trusted), "is in force now")

        def roll_back() -> str:
            return _said(lambda: artifacts.rollback(here.library.artifacts_dir), "is in force again")

        def choose(event: gr.SelectData) -> str:
            return str(event.value["caption"]).rpartition(" · ")[2]

        def found_right(filename: str) -> tuple[str, str, GalleryData]:
            try:
                require(Role.REVIEWER, "Saying that a video is right")
                text = f"{filename} is right in {', '.join(dismiss(here, filename)['folders'])}."  # type: ignore[arg-type]
            except VidsortError as error:
                text = str(error) if filename else "Choose one of the pictures first."
            return lines([text]), "", gallery(told.suspects(here))

        def show_copies() -> tuple[str, GalleryData]:
            text, found = told.copies(here)
            return lines([text]), gallery(found)

        quiet: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
        blocks.load(tell, at_most, everything, **quiet)
        # Looked for only by who wants to see them: where no retrain has, it takes some seconds.
        copies.select(show_copies, None, [copies_line, sets], **quiet)
        confusion.select(show_cell, None, [cell_line, cell], **quiet)
        at_most.change(promise, at_most, [cover, cover_line], trigger_mode="always_last", **quiet)
        halves.input(show_split, halves, half, **quiet)
        suspects.select(choose, None, right_name, **quiet)
        right.click(found_right, right_name, [right_line, right_name, suspects], **quiet)
        for button, does, given, name in (
            (promote, put_in_force, other, "promote"), (rollback, roll_back, None, "rollback")
        ):
            button.click(does, given, done, api_name=name, **quiet).then(
                tell, at_most, everything, **quiet
            )
    return blocks


def _chosen(model_id: str | None) -> str:
    if not model_id:
        raise NotFoundError("Choose another version first.")
    return model_id


def _said(does: Any, what: str) -> str:
    """What an admin has done, or why it was not, as a line of the page."""
    try:
        require(Role.ADMIN, "Which version is in force")
        now = does()
        text = f"{now.model_id} {what}."
    except VidsortError as error:
        text = str(error)
    return f"<p>{escape(text)}</p>"
