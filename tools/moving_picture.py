"""Record the review page while somebody sorts, as a moving picture: docs/review.webp is of the demo.

    vidsort demo --port 8123        # in another terminal
    python tools/moving_picture.py http://127.0.0.1:8123/ docs/review.webp
"""

import io
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

SIZE = (1280, 800)
SHOWN_WIDTH = 800
FRAME_MS = 150
# What is pressed, and how many pictures are taken after it.
PRESSES = (
    (None, 8), ("Enter", 7), ("Enter", 7), ("d", 7), ("z", 8), ("w", 14), ("Escape", 4),
    ("g", 14), ("Enter", 14), ("g", 8),
)
QUALITY = 55


def record(page: Page, target: Path) -> None:
    """Press through the page that is open, and write what was seen as an animated WebP."""
    pictures = []
    for key, count in PRESSES:
        if key:
            page.keyboard.press(key)
        for _ in range(count):
            picture = Image.open(io.BytesIO(page.screenshot()))
            pictures.append(picture.convert("RGB").resize((SHOWN_WIDTH, SHOWN_WIDTH * SIZE[1] // SIZE[0])))
            page.wait_for_timeout(FRAME_MS / 3)
    first, *others = pictures
    first.save(target, save_all=True, append_images=others, duration=FRAME_MS, loop=0, quality=QUALITY, method=6)


def main(address: str, target: Path) -> None:
    """Record the page at an address."""
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=flags)
        page = browser.new_page(viewport={"width": SIZE[0], "height": SIZE[1]})
        page.goto(address)
        page.wait_for_selector("video.on-show")
        record(page, target)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
