"""A failed notification is found, understood, repaired and delivered in a browser."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.pages.browser import chromium, signed_in
from tests.pages.conftest import PASSWORD, USERS
from tests.processes import feed
from tests.processes.environ import RECEIVER
from tests.processes.site import running_site
from tests.processes.waiting import until
from tests.serve.conftest import opened

pytestmark = pytest.mark.processes

#: What a stranger's way may take, from the first page to the delivery.
MOST_CLICKS = 8


def test_a_failed_notification_is_repaired_and_delivered_within_ten_clicks(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    (number,) = feed.numbers(0, 1)
    clicks = 0
    with running_site(tmp_path) as site, chromium() as browser:
        site.worker("only").started()
        site.partners.receivers.behave(RECEIVER, status=400)
        feed.stream_at(site.redis.url).publish(feed.placed(number, customer=False))
        until("it is given up", site.ledger.letters)
        site.partners.receivers.behave(RECEIVER, status=200)
        door = {"WAYBILL_HTTP__USERS": json.dumps(USERS)}
        with (
            opened({"WAYBILL_REDIS_URL": site.redis.url} | door) as caller,
            browser.new_context() as context,
        ):
            page = signed_in(context, f"{caller.url}/console", "olga", PASSWORD)

            def click(role: str, name: str) -> None:
                nonlocal clicks
                clicks += 1
                page.get_by_role(role, name=name, exact=True).first.click()  # type: ignore[arg-type] # playwright's literal

            click("link", "dead letters")
            clicks += 1
            page.locator("tbody a").first.click()
            assert page.get_by_text(f"{RECEIVER} answered 400").first.is_visible()
            click("link", "Correct it")
            field = page.get_by_label("Payload, as JSON")
            payload = json.loads(field.input_value())
            field.fill(json.dumps(payload | {"remark": "mended"}, indent=2))
            click("button", "Check it (nothing is sent yet)")
            assert page.locator("ins").filter(has_text="mended").is_visible()
            page.get_by_label("Why").fill("acme wants a remark")
            click("button", "Send it")
            click("link", f"Order {number}")
            page.locator("ol.story").get_by_text(f"{RECEIVER} took delivery").wait_for(
                timeout=60_000
            )
        (delivery,) = site.partners.receivers.deliveries(RECEIVER)[-1:]

    record_property("clicks", clicks)
    assert clicks <= MOST_CLICKS
    assert delivery.status == 200
    assert json.loads(delivery.body)["remark"] == "mended"
