"""The Insights page in Chromium: filled, a cell opens its videos, the promise moves, nothing from elsewhere."""

import http.server
import shutil
import threading

import pytest
from conftest import take_over

from vidsort import artifacts, predict, train
from vidsort.artifacts.evidence import read_metrics
from vidsort.settings import Settings

from .test_review_safety import _Prefix

CHART = ".js-plotly-plot .scatterlayer"
FILLED = "#confusion [data-row='2']"
TABS = ("Model", "Confidence", "Labels", "Folders", "Misfiled", "Duplicates", "Evidence")
WITHOUT_CHART = ("Model", "Misfiled", "Duplicates")


@pytest.fixture(scope="module")
def looked_into(library_template, learned_template, tmp_path_factory) -> Settings:
    """A library that has learned; nothing in it is moved."""
    home = tmp_path_factory.mktemp("looked into")
    library = shutil.copytree(library_template, home / "library")
    settings = Settings(data_dir=library, artifacts_dir=home / "artifacts")
    take_over(learned_template, settings)
    return settings


def opened(visitor, address: str, **options):
    """The page, filled; Gradio's components take their time on a machine that is busy."""
    page = visitor.open(f"{address}insights", ready="gradio-app", **options)
    page.set_default_timeout(45_000)
    page.wait_for_selector(FILLED)
    return page


def test_it_shows_the_model_and_a_cell_opens_its_videos(looked_into, serve, visitor, axe, shot):
    address = serve(looked_into)
    page = opened(visitor, address)
    now = artifacts.current(looked_into.artifacts_dir)
    counts = read_metrics(artifacts.model_dir(looked_into.artifacts_dir, now.model_id))["confusion"]
    page.locator("#confusion [data-row='0'][data-col='1']").last.click()
    page.get_by_text(f"{counts[0][0]} of dance predicted into dance").wait_for()
    page.wait_for_function(
        "(count) => document.querySelectorAll('.posters')[0].querySelectorAll('img').length === count", arg=counts[0][0]
    )
    for tab in TABS:
        page.get_by_role("tab", name=tab).click()
        if tab == "Duplicates":
            page.get_by_text("No two videos are copies or edits of one another.").wait_for()
        if tab not in WITHOUT_CHART:
            page.locator(f"{CHART} >> visible=true").first.wait_for()
        axe(page, "body")
        shot(page, f"insights_{tab.lower()}")
    own = [url for url in visitor.asked if url.startswith(address)]
    assert not [url for url in visitor.asked if not url.startswith((address, "blob:", "data:"))]
    assert {url.partition("gradio_api")[2] for url in own if "gradio_api" in url} == {"/run/predict"}
    page.get_by_role("link", name="← Review").click()
    page.wait_for_url(address)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_phone(looked_into, serve, visitor, axe, shot, scheme):
    page = opened(
        visitor, serve(looked_into), size=(390, 844), is_mobile=True, has_touch=True, color_scheme=scheme
    )
    # The first tab; Gradio puts those that have no place into a menu.
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    axe(page, "body")
    shot(page, f"insights_phone_{scheme}")
    # A tab that is in the menu comes out of it.
    page.locator(".overflow-menu > button").click()
    axe(page, "body")
    page.locator(".overflow-dropdown").get_by_text("Evidence").click()
    page.locator(f"{CHART} >> visible=true").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    axe(page, "body")


def test_another_version_is_put_in_force_and_the_one_before_comes_back(learned, serve, visitor):
    first = artifacts.current(learned.artifacts_dir).model_id
    train.run(learned, train.TrainConfig(seed=1))
    predict.run(learned)
    second = artifacts.current(learned.artifacts_dir).model_id
    page = opened(visitor, serve(learned))
    page.get_by_label("Another version").click()
    page.get_by_role("option", name=first).click()
    page.get_by_role("button", name="Put it in force").click()
    page.get_by_text(f"{first} is in force now.").wait_for()
    assert artifacts.current(learned.artifacts_dir).model_id == first
    page.get_by_role("button", name="Roll back to the one before").click()
    page.get_by_text(f"{second} is in force again.").wait_for()
    assert artifacts.current(learned.artifacts_dir).model_id == second
    page.get_by_role("button", name="Put it in force").click()
    page.get_by_text("Choose another version first.").wait_for()


def test_the_slider_moves_the_promise(looked_into, serve, visitor):
    page = opened(visitor, serve(looked_into))
    # No chart, and none of what draws them, before it is looked at.
    assert not [url for url in visitor.asked if "Plotly" in url]
    page.get_by_role("tab", name="Confidence").click()
    promised = "document.querySelectorAll('.js-plotly-plot')[1].data[2].y[0]"
    page.wait_for_selector(CHART)
    page.wait_for_function(f"{promised} === 0.05")
    number = page.locator("input[type=number]").first
    number.fill("10")
    number.press("Enter")
    page.wait_for_function(f"{promised} === 0.1")


def test_it_works_behind_a_proxy_that_strips_a_prefix(looked_into, serve, visitor):
    handler = type("Handler", (_Prefix,), {"upstream": serve(looked_into)})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as proxy:
        proxy.daemon_threads = True
        proxy.block_on_close = False
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{proxy.server_port}/mine/"
        page = opened(visitor, address)
        page.get_by_text("are predicted right, each while it was left out").wait_for()
        elsewhere = [url for url in visitor.asked if not url.startswith((address, "blob:", "data:"))]
        # Only Gradio's script for frames is asked for elsewhere; the page does not need it.
        assert all("/iframeResizer" in url for url in elsewhere)
        page.close()
        proxy.shutdown()
