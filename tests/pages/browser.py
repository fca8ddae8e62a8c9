"""A real Chromium, where the machine has one."""

import gzip
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

#: axe-core 4.14.1, its file `axe.min.js` as its package on npm has it.
AXE = Path(__file__).with_name("vendored") / "axe.min.js.gz"


def binary() -> str:
    """Where Chromium is; the test is skipped where it is not."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    pytest.skip("no chromium on PATH: the pages are not tried in a browser")


@contextmanager
def chromium() -> Iterator[Browser]:
    """One that runs; no browser is downloaded."""
    with sync_playwright() as playwright:
        # A test as root has no sandbox of the browser's own.
        options = ["--no-sandbox", "--disable-dev-shm-usage"]
        browser = playwright.chromium.launch(executable_path=binary(), args=options)
        yield browser
        browser.close()


@cache
def axe() -> str:
    return gzip.decompress(AXE.read_bytes()).decode()


def violations(page: Page, *rules: str) -> list[str]:
    """What axe finds wrong with a page: rule, and where.

    Its script comes by the debugger's protocol, which no policy of the page's holds;
    where the page has it already, it is not sent again.

    Args:
        page: as it is shown.
        rules: that are held alone; none for all.
    """
    if not page.evaluate("() => Boolean(window.axe)"):
        page.evaluate(f"() => {{ {axe()}; window.axe = axe; }}")
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    options |= {"runOnly": list(rules)} if rules else {}
    found: dict[str, Any] = page.evaluate("(some) => window.axe.run(some)", options)
    return [
        f"{one['id']}: {json.dumps(node['target'])} {node.get('failureSummary', '')}"
        for one in found["violations"]
        for node in one["nodes"]
    ]


def signed_in(context: BrowserContext, url: str, name: str, password: str) -> Page:
    """A page of somebody who has signed in, on the console's first page."""
    page = context.new_page()
    page.goto(f"{url}/")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Sign out").wait_for()
    return page
