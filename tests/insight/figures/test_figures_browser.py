"""A kept notebook in a browser: the map shows posters, the code folds away, no other host is asked for anything."""

import base64
import io
from pathlib import Path

import IPython
import nbformat
import numpy as np
import pandas
import pytest
from conftest import BROWSER_FLAGS
from PIL import Image
from playwright.sync_api import expect, sync_playwright
from videos import make_video

from vidsort.insight import figures
from vidsort.jobs.notebook import as_html
from vidsort.records import Report

# All the colours of a terminal.
ANSI = "".join(f"\x1b[{code}mcolour \x1b[0m" for code in (*range(31, 37), *range(91, 97)))
NASTY = "7.mp4 <b>bold</b>"


@pytest.fixture
def page(chromium_path):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=BROWSER_FLAGS)
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


CODE = """# a comment, 3.5 numbers and an operator
@staticmethod
def answer(x: int) -> "str":
    return f"{x!r}" if x is not None and 0 < x ** 2 else -1e-3  # another
"""


def test_a_report_can_be_read_by_everyone_with_its_code_and_its_errors(page, tmp_path, axe):
    """Everything that a notebook shows, the failed one's traceback included, in the colours that it shows it in."""
    source = Path(figures.__file__).with_name("posters.py").read_text(encoding="utf-8")
    cards = [figures.Card(poster(), "7.mp4", "food"), figures.Card(None, "8.mp4", "cannot be read")]
    frame = pandas.DataFrame({"folder": ["food", "sport"], "recall": [0.5, None], "thin": [True, False]})
    report = Report(step="train", done=3, took_s=1.0, outputs={"model_id": "1", "accuracy": 0.5})
    shown = [
        figures.note("what came out"), figures.posters(cards, heading="Look at these"), figures.table(frame),
        figures.library_map(np.array([[0.0, 0.0], [1.0, 1.0]]), ["7.mp4", "8.mp4"], ["food", None], [poster(), None]),
        figures.confusion(["food", "sport"], ["food", "food"], ["food", "sport"]), figures.show_report(report),
    ]
    cells = [nbformat.v4.new_markdown_cell("# Train\n\nWith `code` and a [link](#a).\n\n## A part")]
    cells += [cell(CODE, each) for each in shown] + [cell("seed = 1", None, "parameters"), cell(source)]
    code = IPython.display.Code(data=source, language="python")
    cells[-1].outputs = [nbformat.v4.new_output("display_data", data={"text/html": code._repr_html_()})]
    # As IPython writes it.
    lines = [
        "\x1b[31mZeroDivisionError\x1b[39m  Traceback (most recent call last)",
        "\x1b[36mCell\x1b[39m \x1b[32mIn[14]\x1b[39m\x1b[32m, line 10\x1b[39m\n\x1b[32m---> 10\x1b[39m 1 / 0",
        "\x1b[34m(.0)\x1b[39m",
        *(f"\x1b[38;5;{colour};03mfor\x1b[39;00m" for colour in (21, 28, 66, 88, 124, 129, 160, 241)),
    ]
    cells.append(cell("1 / 0"))
    cells[-1].outputs = [
        nbformat.v4.new_output("error", ename="ZeroDivisionError", evalue="division by zero", traceback=lines),
        nbformat.v4.new_output("stream", name="stderr", text="a warning"),
        nbformat.v4.new_output("stream", name="stdout", text=ANSI),
    ]
    path = tmp_path / "report.html"
    path.write_text(as_html(nbformat.v4.new_notebook(cells=cells), "train · 1"), encoding="utf-8")
    page.goto(path.as_uri())
    axe(page, "html")
    page.get_by_label("Show the code").check()
    expect(page.get_by_text("def answer").first).to_be_visible()
    expect(page.frame_locator("iframe").locator(".legendtext").first).to_be_visible()
    for frame in page.frames:
        axe(frame, "html")


def test_clips_play_by_themselves_but_not_for_those_who_asked_that_nothing_does(page, tmp_path):
    source = base64.b64encode(make_video(tmp_path / "1.mp4").read_bytes()).decode()
    # As MoviePy writes it.
    clip = figures.Shown(f"<video autoplay='1' loop='1' muted='1' src='data:video/mp4;base64,{source}'></video>")
    path = tmp_path / "report.html"
    path.write_text(as_html(nbformat.v4.new_notebook(cells=[cell("clip()", clip)]), "1"), encoding="utf-8")
    page.goto(path.as_uri())
    page.wait_for_function("document.querySelector('video').currentTime > 0")
    page.emulate_media(reduced_motion="reduce")
    page.reload()
    page.wait_for_function("document.querySelector('video').readyState >= 2")
    assert page.evaluate("(video => [video.paused, video.controls])(document.querySelector('video'))") == [True, True]
