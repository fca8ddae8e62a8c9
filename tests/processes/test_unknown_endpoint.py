"""An endpoint that no worker knows: a dead letter in time, sent once one knows it."""

from pathlib import Path

import pytest

from tests.processes import feed
from tests.processes.environ import RECEIVER
from tests.processes.site import running_site
from tests.processes.two_endpoints import OTHER, applied, with_two
from tests.processes.waiting import until
from tests.waybill.terminal import Terminal

pytestmark = [pytest.mark.processes, pytest.mark.timeout(180), pytest.mark.long]


def test_what_nobody_knows_is_a_dead_letter_and_is_sent_when_it_is_known(
    tmp_path: Path,
) -> None:
    (number,) = feed.numbers(0, 1)
    with running_site(tmp_path, UNKNOWN_ENDPOINT_AFTER="1") as site:
        site.worker("old").started()
        reference = {"order_number": number, "order_type": "W"}
        data = {"order_number": number, "westcon": reference}
        named = data | {"endpoints": [RECEIVER, OTHER]}
        stream = feed.stream_at(site.redis.url)
        stream.publish(feed.event("order.placed", number, named))

        until("it is a dead letter", site.ledger.letters, 60.0)
        [why] = [why for _, why in site.ledger.letters().values()]
        known = with_two(site)
        site.worker("new").started()
        replayed = Terminal(dict(known.settings))("dead-letters", "replay", "--all")
        until(f"{OTHER} is notified", lambda: applied(site, OTHER) == 1, 60.0)

    assert "no worker that was alive knew endpoint" in why
    assert replayed.exit_code == 0, replayed.output
