"""A pause longer than any message lives ends in one send, when it is due."""

import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import redis as redis_library

from sandbox.http.fault import Fault
from tasks.outcomes.outcome import Again
from tests.faults import books
from tests.faults.figures import Figures, record
from tests.ledger import acts
from tests.ledger.clock import build
from tests.processes import feed
from tests.processes.environ import RECEIVER
from tests.processes.ledger_servers import fails_over
from tests.processes.site import Site, running_site
from tests.processes.waiting import until
from workers.dispatch.queues import QUEUES

#: How many releasers ask at once.
RELEASERS = 5

HOUR_MS = 3_600_000


def test_after_ten_hours_one_of_five_releasers_gets_the_item(
    redis: redis_library.Redis,
) -> None:
    world = build(redis)
    hint = acts.sent(world, acts.admit(world, acts.notification()).leased[0])
    acts.settle(world, hint, Again(36_000.0, "down", "http_503"))
    early = []
    for _ in range(9):
        world.clock.advance(HOUR_MS)
        early += [acts.claim(world, "ingram/acme") for _ in range(RELEASERS)]
    world.clock.advance(HOUR_MS - 1)
    early.append(acts.claim(world, "ingram/acme"))

    world.clock.advance(1)
    with ThreadPoolExecutor(RELEASERS) as pool:
        asked = [pool.submit(acts.claim, world, "ingram/acme") for _ in range(5)]
    found = [one.result() for one in asked if one.result().claims]

    assert [one.claims for one in early] == [()] * (9 * RELEASERS + 1)
    assert len(found) == 1
    assert acts.going(world, found[0]) == ["delivery:N1"]
    assert acts.settle(world, found[0], acts.DONE) == ["done"]
    record(Figures("T5", "a pause of 10 h on the ledger's clock", 1))


def held_by_celery(site: Site) -> int:
    """How many messages wait in the queues, or are held by a worker."""
    client = site.hints
    queued = sum(int(client.llen(name)) for name in QUEUES)
    return queued + int(client.hlen("unacked")) + int(client.zcard("unacked_index"))


@pytest.mark.processes
@pytest.mark.long
def test_a_pause_outlives_the_workers_and_no_message_carries_it(
    tmp_path: Path,
) -> None:
    order = feed.numbers(0, 1)[0]
    with running_site(tmp_path, INGRAM__RETRY_PAUSES="[12, 600]") as site:
        first = site.worker("first").started()
        site.partners.faults.order(f"receiver.{RECEIVER}", Fault.status(503))
        feed.stream_at(site.redis.url).publish(feed.placed(order, customer=False))
        delivery = until("it waits", lambda: _waiting(site))
        due_ms = site.ledger.due_ms(f"ingram/{RECEIVER}", delivery)

        # A hint that dies unacknowledged would lie there until Celery's own time-out.
        until("Celery holds nothing", lambda: not held_by_celery(site))
        first.kill()
        second = site.worker("second").started()
        until("Celery holds nothing", lambda: not held_by_celery(site))
        second.send(signal.SIGTERM)
        second.exit_code()
        assert held_by_celery(site) == 0
        for worker in [site.worker(f"later{n}") for n in range(3)]:
            worker.started()
        until("Celery holds nothing", lambda: not held_by_celery(site))
        # All of that was within the pause, so it is the pause that nobody carried.
        assert site.ledger.field(delivery, "state") == "due"
        until("it is sent", lambda: books.accepted(site))
        until("the ledger is quiet", lambda: site.ledger.quiet)

        sent = site.partners.deliveries(RECEIVER)
        # A 503 may be a gateway's, before a receiver that took it.
        assert site.ledger.ambiguous == 1 or fails_over()
    assert [one.status for one in sent][:2] == [503, 200]
    assert len(sent) == 2 or fails_over()
    assert due_ms is not None
    assert sent[1].at_ms >= due_ms
    record(Figures("T5", "a pause of 12 s while its workers are replaced", 1, kills=1))


def _waiting(site: Site) -> str:
    return next((r for r in site.ledger.refs("due") if r.startswith("delivery:")), "")
