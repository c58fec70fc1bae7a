"""From a key press to the next video's first frame in Chromium: the review page beside a page with gr.Video.

Run as `python -m benchmarks.page`. Clips of 3 s at 576x1024 and 30 frames/s, each with a patch of its own
colour in its middle. The same probe watches both pages: from the key's time stamp on it takes the time
each time a frame has been painted, then draws the middle of the video on show into a canvas, and stops
when that has the next clip's colour. So a page cannot win by showing a poster or by saying that it is
ready, and the look itself (4 ms here) delays no frame. Keys come at uneven moments, never before the video
on show plays. The review page files each video (key 1: a move on disk, journaled); the other page only
shows the next file: `gr.Video` as its documentation has it, with a key that presses a button whose
function gives the next path. Where the review page learns from each, the head is refitted beside it after each key.

Loopback, and 40 ms added latency with 20 Mbit/s (DevTools' network emulation). Times of one machine that
renders in software; what counts is the relation.
"""

import json
import random
import shutil
import socket
import statistics
import tempfile
import threading
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path

SWITCHES = 50
CLIPS = SWITCHES + 6
SIZE = (576, 1024)
SECONDS, RATE = 3, 30
PACE_MS = (350, 750)
SLOW = {"offline": False, "latency": 40, "downloadThroughput": 20e6 / 8, "uploadThroughput": 20e6 / 8}
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
PROBE = """
window.expect = null;
window.took = null;
const eye = new OffscreenCanvas(1, 1).getContext("2d", {willReadFrequently: true});
window.sees = () => {
    for (const video of document.querySelectorAll("video")) {
        const shown = video.readyState >= 2 && video.checkVisibility({visibilityProperty: true, opacityProperty: true});
        if (!shown || !video.videoWidth) continue;
        eye.drawImage(video, video.videoWidth / 2 - 8, video.videoHeight / 2 - 8, 16, 16, 0, 0, 1, 1);
        const [r, g, b] = eye.getImageData(0, 0, 1, 1).data;
        const far = Math.max(Math.abs(r - expect[0]), Math.abs(g - expect[1]), Math.abs(b - expect[2]));
        if (far < 30) return true;
    }
    return false;
};
window.addEventListener("keydown", (event) => {
    const pressed = event.timeStamp;
    const painted = new MessageChannel();
    painted.port1.onmessage = () => {
        const elapsed = performance.now() - pressed;
        if (sees()) window.took = elapsed;
        else nextFrame();
    };
    const nextFrame = () => requestAnimationFrame(() => painted.port2.postMessage(0));
    nextFrame();
}, true);
"""
ROW = "{:<12} {:<34} {:>7} {:>7} {:>7} {:>9}"


def colour_of(number: int) -> tuple[int, int, int]:
    """The colour of a clip's patch: far from those of its neighbours."""
    levels = (40, 100, 160, 220)
    place = number * 37 % 64
    return levels[place % 4], levels[place // 4 % 4], levels[place // 16]


def make_clip(path: Path, number: int) -> None:
    """Write a clip of moving texture with the patch in its middle."""
    import av
    import numpy as np

    width, height = SIZE
    generator = np.random.default_rng(number)
    texture = np.kron(generator.integers(30, 220, (32, 18, 3)), np.ones((32, 32, 1))).astype(np.int16)
    texture += generator.integers(-10, 10, texture.shape, dtype=np.int16)
    texture = texture.clip(0, 255).astype(np.uint8)
    with av.open(path, "w", options={"movflags": "+faststart"}) as container:
        options = {"preset": "ultrafast", "crf": "26", "threads": "1"}
        stream = container.add_stream("libx264", rate=RATE, options=options)
        stream.width, stream.height = SIZE
        stream.pix_fmt = "yuv420p"
        for index in range(SECONDS * RATE):
            image = np.roll(texture, (index * 4, index * 2), (0, 1))
            image[height // 2 - 64 : height // 2 + 64, width // 2 - 64 : width // 2 + 64] = colour_of(number)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        container.mux(stream.encode())


@contextmanager
def served(app: object) -> Iterator[str]:
    """Serve an application in a thread; gives its address."""
    import uvicorn

    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1))
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        server.should_exit = True
        thread.join(10)


def review_page(clips: list[Path], folder: Path, *, learns: bool = False) -> object:
    """The review page on a pile of these clips, in this order; where it learns, they have features, and labels."""
    from vidsort import extract_features
    from vidsort.server.web import create_app
    from vidsort.settings import Settings

    for number, name in enumerate(("first", "second")):
        (folder / name).mkdir(parents=True)
        if learns:
            shutil.copy(clips[number], folder / name / f"{number}.mp4")
    for number, clip in enumerate(clips):
        shutil.copy(clip, folder / f"{1000 + number}.mp4")
    settings = Settings(data_dir=folder, artifacts_dir=folder.with_name(folder.name + "-artifacts"))
    if learns:
        extract_features.run(settings)
    return create_app(settings)


def keep_order(address: str) -> None:
    """Ask for the clips by filename: by how sure they are, their order changes with all that is learned."""
    body = json.dumps({"order": "filename"}).encode()
    headers = {"Content-Type": "application/json"}
    urllib.request.urlopen(
        urllib.request.Request(f"{address}api/preferences", body, headers, method="PUT")
    ).close()


def plain_page(clips: list[Path]) -> object:
    """A page with gr.Video and a button that shows the next clip."""
    import gradio as gr
    from fastapi import FastAPI

    with gr.Blocks(analytics_enabled=False) as blocks:
        at = gr.State(0)
        video = gr.Video(str(clips[0]), autoplay=True, loop=True)
        button = gr.Button("Next", elem_id="next")
        button.click(
            lambda number: (number + 1, str(clips[(number + 1) % len(clips)])), at, [at, video], show_progress="hidden"
        )
    keys = "document.addEventListener('keydown', () => document.querySelector('#next').click());"
    return gr.mount_gradio_app(
        FastAPI(), blocks, path="/", head=f"<script>{keys}</script>", allowed_paths=[str(clips[0].parent)],
        theme=gr.themes.Base(font=("sans-serif",), font_mono=("monospace",)), footer_links=[], ssr_mode=False,
    )


def measure(address: str, slow: bool, chromium: str) -> list[float]:
    """Milliseconds from key to painted frame, for each switch."""
    from playwright.sync_api import sync_playwright

    pauses = random.Random(5)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        # Playwright waits for an expression by eval, which the page forbids.
        page = browser.new_page(viewport={"width": 1280, "height": 900}, bypass_csp=True)
        page.add_init_script(PROBE)
        if slow:
            session = page.context.new_cdp_session(page)
            session.send("Network.enable")
            session.send("Network.emulateNetworkConditions", SLOW)
        page.goto(address)
        times = []
        for number in range(SWITCHES + 1):
            page.wait_for_function(f"expect = {list(colour_of(number))}, sees()", timeout=60_000)
            if number:
                page.wait_for_function("took !== null", timeout=60_000)
                times.append(page.evaluate("took"))
            page.wait_for_timeout(pauses.uniform(*PACE_MS))
            page.evaluate(f"expect = {list(colour_of(number + 1))}; took = null")
            if number < SWITCHES:
                page.keyboard.press("1")
        browser.close()
    return times


def main() -> None:
    """Make the clips, measure both pages on both networks, print the table."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        raise SystemExit("There is no Chromium here: install the Debian package chromium.")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        clips = [folder / f"clip-{number:02}.mp4" for number in range(CLIPS)]
        with ProcessPoolExecutor() as pool:
            list(pool.map(make_clip, clips, range(CLIPS)))
        size = statistics.mean(clip.stat().st_size for clip in clips) / 1e6
        print(f"{SWITCHES} switches, clips of {SECONDS} s and {size:.1f} MB, {PACE_MS[0]} to {PACE_MS[1]} ms apart\n")
        print(ROW.format("network", "page", "median", "p95", "worst", "target"))
        for network, slow, target in (("loopback", False, "20 / 60"), ("40 ms, 20M", True, "30 / -")):
            with served(review_page(clips, folder / f"library-{slow}")) as address:
                report(network, "review page (files each)", measure(address, slow, chromium), target)
            with served(review_page(clips, folder / f"learned-{slow}", learns=True)) as address:
                keep_order(address)
                report(network, "the same, learning from each", measure(address, slow, chromium), target)
            with served(plain_page(clips)) as address:
                report(network, "gr.Video and a button (files none)", measure(address, slow, chromium), "")


def report(network: str, page: str, times: list[float], target: str) -> None:
    """Print one row, in milliseconds."""
    ordered = sorted(times)
    figures = statistics.median(times), ordered[int(0.95 * (len(ordered) - 1))], ordered[-1]
    print(ROW.format(network, page, *(f"{figure:.0f} ms" for figure in figures), target), flush=True)


if __name__ == "__main__":
    main()
