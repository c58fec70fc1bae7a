"""The content security policy holds on every page: nothing is evaluated, and nothing that the pages do is refused."""

import pytest

from vidsort.server.guard import CONTENT_POLICY

BLAMED = "Content Security Policy"
WATCH = """
window.refusals = [];
addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => {
    window.refusals.push(`${violatedDirective}: ${blockedURI}`);
});
"""
# Outside of what the debugger runs, in which all is allowed.
EVALUATED = """() => new Promise((done) => setTimeout(() => {
    try { done(Function("return 'evaluated'")()); } catch (error) { done(error.name); }
}))"""


@pytest.fixture
def strict(visitor):
    """`strict(address, **options)`: a page under the policy as people have it; a refusal by it fails the test."""
    pages, said = [], []

    def opened(address: str, **options):
        context = visitor.context(bypass_csp=False)
        context.add_init_script(WATCH)
        context.on("console", lambda message: said.append(message.text) if BLAMED in message.text else None)
        pages.append(visitor.open(address, context=context, **options))
        return pages[-1]

    yield opened
    assert said == []
    (page,) = pages
    assert page.evaluate("window.refusals") == []
    assert page.evaluate(EVALUATED) == "EvalError"


def test_the_policy_lets_nothing_be_evaluated():
    assert "unsafe-eval" not in CONTENT_POLICY
    assert "default-src 'self'" in CONTENT_POLICY


def test_the_review_page_does_all_it_does_under_it(pile, serve, strict):
    page = strict(serve(pile.fill().settings))
    page.wait_for_selector("[data-stage][data-filename]")
    page.keyboard.press("f")
    page.wait_for_selector('[data-sync][data-state="saved"]')
    for key, shown in (("h", ".moves .move"), ("w", ".why-guess, .form-note"), ("r", ".job"), ("g", ".grid .tile")):
        page.keyboard.press(key)
        page.locator(shown).first.wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    for key in ("?", ",", "/", "q"):
        page.keyboard.press(key)
        page.locator("dialog").wait_for()
        page.keyboard.press("Escape")
        page.locator("dialog").wait_for(state="detached")


def test_the_insights_page_fills_its_tables_and_charts_under_it(learned, serve, strict):
    page = strict(f"{serve(learned)}insights", ready="gradio-app")
    page.wait_for_selector("#confusion [data-row='2']")
    for tab, shown in (("Confidence", ".js-plotly-plot .scatterlayer"), ("Evidence", "text=each, and all")):
        page.get_by_role("tab", name=tab).click()
        page.locator(f"{shown} >> visible=true").first.wait_for()
    assert page.get_by_role("heading", name="Insights").is_visible()


def test_the_documentation_is_drawn_under_it(pile, serve, strict):
    page = strict(f"{serve(pile.fill().settings)}docs", ready=".opblock")
    assert page.get_by_text("/api/me").is_visible()
