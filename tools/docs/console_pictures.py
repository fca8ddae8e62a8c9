"""Taker of the console's pictures, from one that is open; `make docs` does not run it.

waybill demo --keep
python -m tools.docs.console_pictures http://127.0.0.1:8080/console operator PASSWORD
"""

import json
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from playwright.sync_api import Page, sync_playwright

FOLDER: Final = Path("docs/console")

#: What is shown of each page: pixels.
WIDTH, HEIGHT = 1000, 640

#: The pages by the names of their pictures; an order and a letter are looked up.
PAGES: Final[Mapping[str, str]] = {
    "sign_in": "/sign-in",
    "now": "/",
    "destinations": "/destinations",
    "dead_letters": "/dead-letters",
    "events": "/events",
    "orders": "/orders?q=SO-1012",
    "order": "/order?number=SO-1012",
    "reconcile": "/reconcile",
    "audit": "/audit",
}


def main(url: str, name: str, password: str) -> None:
    """Take them all; raises where a page does not come."""
    FOLDER.mkdir(exist_ok=True)
    options = ["--no-sandbox", "--force-device-scale-factor=1"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=options
        )
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        page.goto(f"{url}/sign-in")
        page.get_by_label("Name").fill(name)
        page.get_by_label("Password").fill(password)
        _take(page, "sign_in")
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("button", name="Sign out").wait_for()
        for picture, path in PAGES.items():
            if picture != "sign_in":
                page.goto(url + path)
                _take(page, picture)
        page.goto(f"{url}/dead-letters")
        page.locator("tbody a").first.click()
        page.get_by_role("heading", name="What was given up").wait_for()
        _take(page, "dead_letter")
        _take_acts(page, url)
        browser.close()


def _take_acts(page: Page, url: str) -> None:
    """What a replay would do, and a correction before it is sent."""
    letter = page.url.partition("?")[2]
    page.goto(f"{url}/dead-letters/replay?{letter}")
    _take(page, "replay")
    page.goto(f"{url}/dead-letter/correct?{letter}")
    field = page.get_by_label("as JSON")
    event = json.loads(field.input_value())
    event["data"]["order_number"] = "SO-1026"
    field.fill(json.dumps(event, indent=2))
    page.get_by_role("button", name="Check it (nothing is sent yet)").click()
    page.get_by_role("heading", name="What would be sent").wait_for()
    _take(page, "correct")


def _take(page: Page, picture: str) -> None:
    place = FOLDER / f"{picture}.png"
    height = page.evaluate("() => document.documentElement.scrollHeight")
    page.set_viewport_size({"width": WIDTH, "height": min(900, max(360, height))})
    page.screenshot(path=place)
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    sys.stdout.write(f"{place}: {place.stat().st_size} bytes\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
