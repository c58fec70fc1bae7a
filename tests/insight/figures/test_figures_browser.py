"""A kept notebook in a browser: the map shows posters, the code folds away, no other host is asked for anything."""

import io

import nbformat
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect, sync_playwright

from vidsort.insight import figures
from vidsort.jobs.notebook import as_html

NASTY = "7.mp4 <b>bold</b>"


@pytest.fixture
def page(chromium_path):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path)
        yield browser.new_page(viewport={"width": 1200, "height": 1400})
        browser.close()


def poster() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (60, 90), "red").save(buffer, "WEBP")
    return buffer.getvalue()


def cell(source: str, shown: figures.Shown | None = None, *tags: str) -> nbformat.NotebookNode:
    made = nbformat.v4.new_code_cell(source, metadata={"tags": list(tags)})
    if shown is not None:
        made.outputs = [nbformat.v4.new_output("display_data", data=shown._repr_mimebundle_())]
    return made


def test_a_report_opens_whole_and_its_map_shows_the_poster_under_the_pointer(page, tmp_path):
    drawn = figures.library_map(np.array([[0.0, 0.0], [1.0, 1.0]]), [NASTY, "8.mp4"], ["food", None], [poster(), None])
    cells = [
        cell("seed = 1", None, "parameters"), cell("the_code()", figures.note("what came out")), cell("map()", drawn)
    ]
    path = tmp_path / "report.html"
    path.write_text(as_html(nbformat.v4.new_notebook(cells=cells), "train · 1"), encoding="utf-8")
    complaints, asked = [], set()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: asked.add(request.url))
    page.goto(path.as_uri())

    expect(page.get_by_text("what came out")).to_be_visible()
    expect(page.get_by_text("seed = 1")).to_be_visible()
    expect(page.get_by_text("the_code")).to_be_hidden()
    page.get_by_label("Show the code").check()
    expect(page.get_by_text("the_code")).to_be_visible()

    frame = page.frame_locator("iframe")
    expect(frame.locator(".legendtext")).to_have_text(["food", "unsorted"])
    frame.locator(".points path").first.hover(force=True)
    expect(frame.locator("#card img")).to_be_visible()
    expect(frame.locator("#card span")).to_have_text(f"{NASTY} · food")
    # Seen, and not only there: the plot does not lie above it.
    seen = np.asarray(Image.open(io.BytesIO(frame.locator("#card img").screenshot())).convert("RGB"))
    assert tuple(seen[seen.shape[0] // 2, seen.shape[1] // 2]) > (200, 0, 0)
    assert seen[..., 1:].mean() < 60
    frame.locator(".points path").nth(1).hover(force=True)
    expect(frame.locator("#card span")).to_have_text("8.mp4 · unsorted")
    expect(frame.locator("#card img")).to_be_hidden()
    assert complaints == []
    assert {url for url in asked if not url.startswith(("data:", "blob:"))} == {path.as_uri()}
