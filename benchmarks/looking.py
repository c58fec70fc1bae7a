"""Looking into what is filed, in Chromium: a folder of 5 000 videos in the grid, and the Insights page on 5 000.

Run as `python -m benchmarks.looking`. The files of the library are empty and their features planted, half of them
sorted into 25 folders that a model has learned; one more folder holds 5 000 links to one clip, so that posters are
real. From the key that names the folder to the first tiles on the screen; then frames while it is scrolled by 300 px
at each. Insights from the start of navigation until the matrix is filled, with nothing cached, and again. A server of
its own process.
"""

import os
import shutil
import statistics
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.live import plant, retrained, served
from benchmarks.page import FLAGS, make_clip
from vidsort.settings import Settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

VIDEOS, FRAMES, OPENINGS = 5_000, 240, 9
FOLDER = "looked-into"
ROW = "{:<58}{:>11}{:>9}{:>9}"
# From the key to the frame in which the tiles are there.
OPENED = """(label) => new Promise((resolve) => {
    document.addEventListener("keydown", (event) => {
        const look = () => {
            const grid = document.querySelector(".grid-scroll");
            if (grid?.ariaLabel === label && grid.querySelector(".tile")) resolve(performance.now() - event.timeStamp);
            else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
    }, { capture: true, once: true });
})"""
SCROLLED = """(frames) => new Promise((resolve) => {
    const grid = document.querySelector(".grid-scroll");
    const took = [];
    let before = performance.now();
    const next = (now) => {
        took.push(now - before);
        before = now;
        grid.scrollTop += 300;
        if (took.length > frames) resolve(took.slice(1));
        else requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
})"""


def opened_ms(page: "Page") -> float:
    """From the key that chooses the folder to its first tiles."""
    page.keyboard.press("Shift+O")
    page.keyboard.type(FOLDER)
    # Not waited for here: it is kept until the key has been pressed.
    page.evaluate(f"() => {{ window.took = ({OPENED})('Videos in {FOLDER}'); }}")
    page.keyboard.press("Enter")
    took: float = page.evaluate("window.took")
    return took


def filled_ms(page: "Page", address: str) -> float:
    """From the start of navigation until the matrix has its numbers."""
    page.goto(f"{address}insights")
    page.wait_for_selector("#confusion [data-row='2']")
    took: float = page.evaluate("performance.now()")
    return took


def measure(browser: "Browser", address: str) -> None:
    """Print the rows."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(address)
    page.wait_for_selector("[data-stage][data-filename]")
    took = []
    for _ in range(OPENINGS):
        took.append(opened_ms(page))
        page.wait_for_timeout(300)
        page.keyboard.press("Escape")
    print(ROW.format(f"a folder of {VIDEOS:,} opens, the first time", f"{took[0]:.0f} ms", "", "500"))
    show(f"a folder of {VIDEOS:,} opens, later", took[1:], "500")
    opened_ms(page)
    show("a frame while it is scrolled", page.evaluate(SCROLLED, FRAMES), "")
    page.close()
    first, again = [], []
    for _ in range(3):
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        page = context.new_page()
        first.append(filled_ms(page, address))
        again.append(filled_ms(page, address))
        context.close()
    show(f"Insights on {VIDEOS:,} videos, nothing cached", first, "2000")
    show(f"Insights on {VIDEOS:,} videos, again", again, "2000")


def show(what: str, took_ms: list[float], wish: str) -> None:
    """Print one row, in milliseconds."""
    worst = sorted(took_ms)[round(0.95 * (len(took_ms) - 1))]
    print(ROW.format(what, f"{statistics.median(took_ms):.0f} ms", f"{worst:.0f} ms", wish), flush=True)


def main() -> None:
    """Make the library, learn it, measure."""
    from playwright.sync_api import sync_playwright

    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        raise SystemExit("There is no Chromium here: install the Debian package chromium.")
    with tempfile.TemporaryDirectory() as temporary:
        settings = Settings(data_dir=Path(temporary) / "library", artifacts_dir=Path(temporary) / "artifacts")
        plant(settings, VIDEOS)
        retrained(settings)
        clip = Path(temporary) / "clip.mp4"
        make_clip(clip, 1)
        (settings.data_dir / FOLDER).mkdir()
        for number in range(VIDEOS):
            os.link(clip, settings.data_dir / FOLDER / f"{8 * 10**15 + number}.mp4")
        print(ROW.format("", "median", "p95", "wish"))
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
            served(settings, lambda address: measure(browser, address))
            browser.close()


if __name__ == "__main__":
    main()
