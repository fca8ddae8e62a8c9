"""The console in a real Chromium: for everybody, by keyboard, live, and attacked."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import redis
from playwright.sync_api import Browser, Page

from tasks.ledger_values import WatchMove
from tests.ledger import acts
from tests.ledger.clock import World
from tests.pages.browser import chromium, signed_in, violations
from tests.pages.conftest import PASSWORD, Person
from workers.ledger import keys
from workers.ledger.reconcile.last_run import note_run

PAGES = (
    "/",
    "/destinations",
    "/dead-letters",
    "/dead-letter?id=delivery:N1",
    "/orders?q=SO-1",
    "/orders",
    "/order?number=SO-1",
    "/reconcile",
    "/events",
    "/dead-letters?order=SO-1",
    "/order?number=SO-404",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@contextmanager
def opened(browser: Browser, person: Person, **options: object) -> Iterator[Page]:
    """The console's first page, for the operator; nothing may fail in it unseen."""
    problems: list[str] = []
    with browser.new_context(**options) as context:  # type: ignore[arg-type] # playwright's own options
        context.on("weberror", lambda error: problems.append(str(error.error)))
        context.on(
            "console",
            lambda line: problems.append(line.text) if line.type == "error" else None,
        )
        yield signed_in(context, person.url, "olga", PASSWORD)
    assert [one for one in problems if "404" not in one] == []


@pytest.fixture
def filled(world: World) -> World:
    """An order on its way, and one with a dead letter."""
    acts.dead(world, acts.notification("N1"))
    acts.admit(world, acts.link(), number="SO-2", watch=WatchMove.START)
    world.gates.close("westcon", 600.0, "http_429")
    note_run(world.redis, 1_790_000_000_000, {})
    return world


def test_no_page_keeps_anybody_out(
    browser: Browser, stranger: Person, filled: World
) -> None:
    """Every rule of axe's in the light, and those of colours in the dark."""
    assert filled.letters.count() == 1
    found: dict[str, list[str]] = {}
    with opened(browser, stranger, color_scheme="light") as page:
        for path in (*PAGES, "/sign-in"):
            page.goto(stranger.url + path)
            page.emulate_media(color_scheme="light")
            found[path] = violations(page)
            page.emulate_media(color_scheme="dark")
            found[path] += violations(page, "color-contrast")

    assert {path: some for path, some in found.items() if some} == {}


def test_a_narrow_page_never_scrolls_sideways(
    browser: Browser, stranger: Person, filled: World
) -> None:
    assert filled.letters.count() == 1
    wide = []
    with opened(browser, stranger, viewport={"width": 320, "height": 640}) as page:
        for path in PAGES:
            page.goto(stranger.url + path)
            width = page.evaluate("() => document.documentElement.scrollWidth")
            wide += [(path, width)] * (width > 320)

    assert wide == []


def test_the_keyboard_alone_leads_from_the_first_page_to_a_dead_letter(
    browser: Browser, stranger: Person, filled: World
) -> None:
    assert filled.letters.count() == 1
    focused = "() => document.activeElement.textContent.trim()"
    with opened(browser, stranger) as page:
        page.keyboard.press("Tab")
        assert page.evaluate(focused) == "Skip to the content"
        outline = "() => getComputedStyle(document.activeElement).outlineStyle"
        assert page.evaluate(outline) == "solid"
        for wanted in ("Dead letters", "refused", "delivery:N1"):
            steps = 0
            while page.evaluate(focused) != wanted:
                page.keyboard.press("Tab")
                steps += 1
                assert steps < 40
            with page.expect_navigation():
                page.keyboard.press("Enter")

        assert page.url.endswith("/dead-letter?id=delivery%3AN1")


def test_a_page_renews_itself_until_it_is_paused(
    browser: Browser, stranger: Person, world: World
) -> None:
    with opened(browser, stranger) as page:
        page.clock.install()
        page.goto(f"{stranger.url}/")
        page.get_by_text("All is well.").wait_for()
        acts.dead(world, acts.notification("N1"))
        page.clock.run_for(5_100)
        page.get_by_text("Not well: 1 reason").wait_for()
        page.get_by_role("button", name="Pause updates").click()
        world.letters.discard("delivery:N1")
        with page.expect_request("**/console/", timeout=30_000):
            # The click itself asks for nothing, and a paused clock's turns neither.
            page.clock.run_for(20_000)
            assert page.get_by_text("Not well: 1 reason").is_visible()
            page.get_by_role("button", name="Resume updates").click()
        page.get_by_text("All is well.").wait_for()


def test_without_scripts_every_page_works(
    browser: Browser, stranger: Person, filled: World
) -> None:
    assert filled.letters.count() == 1
    with opened(browser, stranger, java_script_enabled=False) as page:
        assert not page.get_by_role("button", name="Pause updates").is_visible()
        page.get_by_role("link", name="Dead letters").first.click()
        page.get_by_role("link", name="refused", exact=True).click()
        page.get_by_role("link", name="delivery:N1").click()
        assert page.get_by_role("heading", name="What was given up").is_visible()
        page.get_by_role("button", name="Sign out").click()
        assert page.get_by_role("heading", name="Sign in").is_visible()


_ATTACK = """<!doctype html><title>Attack</title>
<iframe name=into src="{url}/"></iframe>
<form method=post action="{url}/sign-out" target=into><input name=token value=x></form>
<script>
fetch("{url}/sign-out", {{method: "POST", credentials: "include", body: new
 URLSearchParams({{token: "x"}})}}).catch(() => 0).finally(() =>
 fetch("{url}/", {{credentials: "include"}}).then((a) => a.text(), () => "no")
  .then((t) => {{ document.title = "read " + t; document.forms[0].submit(); }}));
</script>"""


@contextmanager
def attacking(url: str) -> Iterator[str]:
    """A page on another origin that sends what an open console would take."""

    class Attack(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(_ATTACK.format(url=url).encode())

        def log_message(self, *args: object) -> None:
            """Print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Attack)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_an_attacking_page_changes_nothing_and_reads_nothing(
    browser: Browser, stranger: Person, redis: redis.Redis
) -> None:
    """It is of the same site, as far as cookies go, so that they are sent with it."""
    with browser.new_context() as context, attacking(stranger.url) as evil:
        page = signed_in(context, stranger.url, "olga", PASSWORD)
        attack = context.new_page()
        answers: list[int] = []
        attack.on(
            "response",
            lambda one: answers.append(one.status) if "sign-out" in one.url else None,
        )
        attack.goto(evil)
        attack.wait_for_function("() => document.title.startsWith('read ')")
        assert attack.title() == "read no"
        attack.wait_for_function("() => window.frames.length === 1")
        page.reload()

        assert page.get_by_role("button", name="Sign out").is_visible()
    assert 403 in answers
    assert not {200, 303} & set(answers)
    assert len(list(redis.scan_iter(keys.session("*")))) == 1
