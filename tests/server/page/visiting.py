"""How a test visits the page: in a browser of its own, or in one that other tests have used, emptied before."""

from urllib.parse import urljoin

from playwright.sync_api import Browser, BrowserContext, Error, Page

DESKTOP = (1280, 800)
# Playwright waits for an expression by eval, which the pages' policy forbids; test_policy.py has the policy as it is.
WAITING = {"bypass_csp": True}
BLANK = "about:blank"
HEARD_MS = 15_000
READY = "#vidsort:not([hidden]) [data-card]"


class Visitor:
    """Opens pages and remembers what they complained of and whom they asked."""

    def __init__(self, browser: Browser, kept: list[BrowserContext]) -> None:
        """kept: contexts that go from test to test."""
        self.browser = browser
        self.contexts: list[BrowserContext] = []
        self.complaints: list[str] = []
        self.asked: set[str] = set()
        self._kept, self._free = kept, list(kept)

    def open(
        self, address: str, *, ready: str = READY, context: BrowserContext | None = None,
        size: tuple[int, int] = DESKTOP, color_scheme: str | None = None, **options,
    ) -> Page:
        """A page in a browser that knows nothing of this address; in `context`, if given.

        Without `options` of Playwright's the browser is one of those that other tests have used, emptied.
        """
        if context is not None:
            page = context.new_page()
        elif options:
            page = self.context(size=size, color_scheme=color_scheme, **options).new_page()
        else:
            page = self._emptied(address)
            page.set_viewport_size({"width": size[0], "height": size[1]})
            page.emulate_media(color_scheme=color_scheme)
        page.set_default_timeout(45_000)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.asked.add(request.url))
        try:
            page.goto(address, timeout=HEARD_MS)
        except Error:
            # Once in a thousand times the browser is there, and its driver, which says about:blank, never hears of it.
            if page.url != BLANK:
                raise
            page.goto(address)
        page.wait_for_selector(ready)
        return page

    def context(self, *, size: tuple[int, int] = DESKTOP, **options) -> BrowserContext:
        """A browser of this test's own, whose lines may be cut before a page is opened."""
        context = self.browser.new_context(viewport={"width": size[0], "height": size[1]}, **WAITING | options)
        self.contexts.append(context)
        return context

    def _emptied(self, address: str) -> Page:
        """A blank page in a kept browser that no page of this test is in."""
        if not self._free:
            made = self.browser.new_context(**WAITING)
            self._kept.append(made)
            self._free.append(made)
        context = self._free.pop(0)
        self.contexts.append(context)
        page = context.new_page()
        context.clear_cookies()
        devtools = context.new_cdp_session(page)
        devtools.send("Storage.clearDataForOrigin", {"origin": urljoin(address, "/"), "storageTypes": "all"})
        devtools.detach()
        return page

    def pages(self) -> list[Page]:
        """All that were opened and are open."""
        return [page for context in self.contexts for page in context.pages]

    def leave(self, has_failed: bool) -> None:
        """Close what was opened; what a test that failed has left of a kept browser is nothing to go on with."""
        for page in self.pages():
            page.close()
        for context in self.contexts:
            if has_failed and context in self._kept:
                self._kept.remove(context)
            if context not in self._kept:
                context.close()
