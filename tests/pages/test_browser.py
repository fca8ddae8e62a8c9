"""The console in a real Chromium: for everybody, by keyboard, live, and attacked."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import redis
from playwright.sync_api import Browser, Page

from serializers.events.entry_fields import of_event
from tasks.ledger_values import WatchMove
from tests.ledger import acts
from tests.ledger.clock import World
from tests.pages.browser import chromium, signed_in, violations
from tests.pages.conftest import PASSWORD, Person
from tests.serializers.events.event_samples import wire
from workers.ledger import keys
from workers.ledger.audit.actor import Actor
from workers.ledger.reconcile.last_run import note_run

ACTING = (
    "/dead-letters/replay?id=delivery:N1",
    "/dead-letters/discard?kind=notification",
    "/dead-letter/correct?id=event:7-0",
    "/destination/pause?name=westcon",
    "/destination/gate?name=westcon",
    "/order/poll?number=SO-2",
)
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
    *ACTING,
    "/audit",
    "/audit/verify",
)


#: What would be a script, a terminal's colours, or text that is read backwards.
HOSTILE = json.dumps(
    wire(
        type=None,
        data__note="</textarea><script>document.title='x'</script>\u202e\x1b[31m",
    )
).encode()


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
    world.ledger.bury_event("7-0", of_event(HOSTILE), "event: type: missing", "bad")
    acts.dead(world, acts.notification("N9"), number="SO-9")
    world.letters.discard("delivery:N9", Actor("olga", "<b>\u202e", "console"))
    return world


def test_no_page_keeps_anybody_out(
    browser: Browser, stranger: Person, filled: World
) -> None:
    """Every rule of axe's in the light, and those of colours in the dark."""
    assert filled.letters.count() == 2
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
    assert filled.letters.count() == 2
    wide = []
    with opened(browser, stranger, viewport={"width": 320, "height": 640}) as page:
        for path in PAGES:
            page.goto(stranger.url + path)
            width = page.evaluate("() => document.documentElement.scrollWidth")
            wide += [(path, width)] * (width > 320)

    assert wide == []


def test_what_one_decides_with_is_in_sight_on_a_narrow_screen(
    browser: Browser, stranger: Person, filled: World
) -> None:
    assert filled.letters.count() == 2
    with opened(browser, stranger, viewport={"width": 765, "height": 900}) as page:
        page.goto(f"{stranger.url}/destinations")
        box = page.get_by_role("link", name="Pause westcon", exact=True).bounding_box()
        page.goto(f"{stranger.url}/audit")
        table = page.get_by_role("group", name="Table of acts")
        table.focus()
        assert table.evaluate("(one) => one === document.activeElement")
        edge = table.evaluate("(one) => getComputedStyle(one).backgroundImage")

    assert box
    assert box["x"] + box["width"] < 765
    assert edge.count("linear-gradient") == 4


def test_the_keyboard_alone_leads_from_the_first_page_to_a_dead_letter(
    browser: Browser, stranger: Person, filled: World
) -> None:
    assert filled.letters.count() == 2
    focused = "() => document.activeElement.textContent.trim()"
    with opened(browser, stranger) as page:
        page.keyboard.press("Tab")
        assert page.evaluate(focused) == "Skip to the content"
        outline = "() => getComputedStyle(document.activeElement).outlineStyle"
        assert page.evaluate(outline) == "solid"
        for wanted in ("Dead letters", "refused"):
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
    assert filled.letters.count() == 2
    with opened(browser, stranger, java_script_enabled=False) as page:
        assert not page.get_by_role("button", name="Pause updates").is_visible()
        page.get_by_role("link", name="Dead letters").first.click()
        page.get_by_role("link", name="refused", exact=True).click()
        assert page.get_by_role("heading", name="What was given up").is_visible()
        page.get_by_role("button", name="Sign out").click()
        assert page.get_by_role("heading", name="Sign in").is_visible()


def test_the_keyboard_alone_corrects_an_event(
    browser: Browser, stranger: Person, filled: World
) -> None:
    focused = "() => document.activeElement.id || document.activeElement.textContent"
    with opened(browser, stranger) as page:
        page.goto(f"{stranger.url}/dead-letter/correct?id=event:7-0")

        def to(wanted: str) -> None:
            for _ in range(40):
                page.keyboard.press("Tab")
                if page.evaluate(focused).strip() == wanted:
                    return
            pytest.fail(f"the keyboard does not reach {wanted}")

        to("text")
        page.keyboard.press("Control+A")
        page.keyboard.insert_text(json.dumps(wire(type="order.placed")))
        for button in ("Check it (nothing is sent yet)", "Send it"):
            to(button)
            with page.expect_navigation():
                page.keyboard.press("Enter")

        assert page.get_by_role("heading", name="Sent").is_visible()
    assert filled.redis.xlen("orders:events") == 1


def test_a_hostile_payload_is_text_wherever_it_is_corrected(
    browser: Browser, stranger: Person, filled: World
) -> None:
    assert filled.letters.count() == 2
    with opened(browser, stranger) as page:
        page.goto(f"{stranger.url}/dead-letter/correct?id=event:7-0")
        given = page.get_by_label("Event, as JSON").input_value()
        page.get_by_label("Event, as JSON").fill(
            given.replace('"data"', '"type": "order.placed", "data"')
        )
        page.get_by_role("button", name="Check it (nothing is sent yet)").click()
        page.get_by_role("button", name="Send it").wait_for()

        assert page.title() == "Correct event:7-0 · Waybill"
        assert r"\u202e\u001b[31m" in given
        assert page.locator("main script").count() == 0
        again = page.get_by_label("Event, as JSON").input_value()
        assert json.loads(again)["data"] == json.loads(HOSTILE)["data"]
        page.goto(f"{stranger.url}/audit")
        assert page.get_by_text(r"<b>\x202e").is_visible()


_ATTACK = """<!doctype html><title>Attack</title>
<iframe name=into src="{url}/"></iframe>
{forms}
<script>
const forms = Array.from(document.forms);
const send = (form) => fetch(form.action, {{method: "POST", credentials: "include",
 body: new URLSearchParams(new FormData(form))}}).catch(() => 0);
Promise.all(forms.map(send)).finally(() =>
 fetch("{url}/", {{credentials: "include"}}).then((a) => a.text(), () => "no")
  .then((text) => {{
    document.title = "read " + text;
    forms.forEach((form) => form.submit());
  }}));
</script>"""

#: What each form of the console's would be sent with, but for the session's token.
_FORMS: tuple[tuple[str, dict[str, str]], ...] = (
    ("/sign-out", {}),
    ("/dead-letters/replay", {"id": "delivery:N1", "until": "9999999999999"}),
    (
        "/dead-letters/discard",
        {"kind": "notification", "until": "9999999999999", "reason": "x"},
    ),
    ("/destination/pause", {"name": "westcon", "shown": "closed"}),
    ("/destination/gate", {"name": "westcon", "shown": "closed"}),
    ("/order/poll", {"number": "SO-2", "shown": "westcon"}),
)


def _forms(url: str) -> str:
    """Each of them in a frame of its own, so that all are sent."""
    made = []
    for n, (path, fields) in enumerate(_FORMS):
        inputs = "".join(
            f'<input name="{name}" value="{value}">'
            for name, value in {"token": "x", **fields}.items()
        )
        form = f'<form method=post action="{url}{path}" target=into{n}>{inputs}</form>'
        made.append(f"<iframe name=into{n}></iframe>{form}")
    return "\n".join(made)


@contextmanager
def attacking(url: str) -> Iterator[str]:
    """A page on another origin that sends what an open console would take."""

    class Attack(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(_ATTACK.format(url=url, forms=_forms(url)).encode())

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
    browser: Browser, stranger: Person, filled: World, redis: redis.Redis
) -> None:
    """It is of the same site, as far as cookies go, so that they are sent with it."""
    before = acts.everything(filled)
    with browser.new_context() as context, attacking(stranger.url) as evil:
        page = signed_in(context, stranger.url, "olga", PASSWORD)
        attack = context.new_page()
        answers: dict[str, set[int]] = {path: set() for path, _ in _FORMS}
        attack.on("response", lambda one: _noted(answers, one.url, one.status))
        attack.goto(evil)
        attack.wait_for_function("() => document.title.startsWith('read ')")
        assert attack.title() == "read no"
        attack.wait_for_load_state("networkidle")
        page.reload()

        assert page.get_by_role("button", name="Sign out").is_visible()
    assert answers == {path: {403} for path, _ in _FORMS}
    assert len(list(redis.scan_iter(keys.session("*")))) == 1
    assert acts.everything(filled) == before
    assert redis.hget(keys.gate("westcon"), "open") is None


def _noted(answers: dict[str, set[int]], url: str, status: int) -> None:
    for path, known in answers.items():
        if url.endswith(path):
            known.add(status)
