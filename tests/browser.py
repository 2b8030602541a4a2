# SPDX-License-Identifier: EUPL-1.2
"""A real browser for the tests of every room: Chromium of the machine, driven by Playwright.

`browser_page` and `phone_page` are fresh pages in Dutch, of 1280 by 800 and 390 by 844; a
test fails when the browser reports a script error or a breach of the content security policy.
`assert_accessible(page)` runs axe-core and prints every violation; `keyboard_walk(page)`
presses Tab through the whole page and fails where the focus cannot be seen.
"""

import os
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-background-networking"]
DESKTOP = ViewportSize(width=1280, height=800)
PHONE = ViewportSize(width=390, height=844)

# What the focused element says, and whether its focus can be seen.
FOCUS = """() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const slice = element.querySelector('.ms-wheel__slice');
  const style = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  return {
    name: (element.getAttribute('aria-label') || element.innerText || element.name
           || element.id || element.tagName).trim(),
    visible: box.width > 0 && box.height > 0,
    marked: slice
      ? parseFloat(getComputedStyle(slice).strokeWidth) >= 4
      : style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
  };
}"""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the whole run."""
    # Playwright runs an event loop in this thread; Django would refuse the database beside it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def new_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Make pages with the options of `Browser.new_context`; all are closed and checked."""
    contexts: list[BrowserContext] = []
    troubles: list[str] = []

    def make(**options: object) -> Page:
        settings = {"viewport": DESKTOP, "locale": "nl-NL", **options}
        context = browser.new_context(**settings)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on(
            "console",
            lambda line: (
                troubles.append(line.text) if "Content Security Policy" in line.text else None
            ),
        )
        return page

    yield make
    for context in contexts:
        context.close()
    assert troubles == []


@pytest.fixture
def browser_page(new_page: Callable[..., Page]) -> Page:
    """A page of 1280 by 800 in Dutch."""
    return new_page()


@pytest.fixture
def phone_page(new_page: Callable[..., Page]) -> Page:
    """A page of 390 by 844 with touch, in Dutch."""
    return new_page(viewport=PHONE, has_touch=True, is_mobile=True)


def assert_accessible(page: Page) -> None:
    """Fail with every axe-core violation on the page as it stands now."""
    found = Axe().run(page).response["violations"]
    report = [
        f"{violation['id']} ({violation['impact']}): {violation['help']}\n"
        + "\n".join(f"    {node['html'][:200]}" for node in violation["nodes"])
        for violation in found
    ]
    assert not report, f"{page.url}\n" + "\n".join(report)


def keyboard_walk(page: Page, most: int = 400) -> list[str]:
    """Press Tab from the top until the focus leaves the page; return what was passed.

    Fails when a focused element cannot be seen, shows no focus mark, or holds the focus.
    """
    # From the top: a form in error puts the focus on its summary when it opens.
    page.evaluate(
        "document.body.tabIndex = -1; document.body.focus();"
        "document.body.removeAttribute('tabindex')"
    )
    passed: list[str] = []
    for _ in range(most):
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS)
        if focus is None:
            return passed
        assert focus["visible"], f"focus on something invisible: {focus['name']}"
        assert focus["marked"], f"focus does not show on: {focus['name']}"
        passed.append(focus["name"])
    raise AssertionError(f"the focus never leaves the page; last: {passed[-3:]}")
