"""Redis has no memory left, or no disk: B6 and B8; and may drop keys: B7."""

import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from redis.exceptions import OutOfMemoryError, ResponseError

from tests.faults.small_disk import small_disk
from tests.faults.under_fault import keep, under_fault
from tests.processes import feed
from tests.processes.ledger_servers import fails_over
from tests.processes.pages import problems
from tests.processes.site import PERSISTENT, Site, running_site
from tests.processes.waiting import until

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300)]

#: Bytes that Redis may still take when memory becomes short.
LEFT = 30_000


class Producer:
    """An ERP that keeps what was refused, and hands it in again afterwards.

    Attributes:
        refusals: what Redis has answered.
        stored: how many of these events are in the stream all the same.
    """

    def __init__(self, site: Site, orders: Sequence[str]) -> None:
        self._site = site
        self._stream = feed.stream_at(site.redis.url)
        self._waiting = list(orders)
        self.refusals: list[ResponseError] = []
        self.stored = 0

    def offer(self, seconds: float) -> None:
        """Offer the next order again and again, one after the other."""
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            self._offer_next()
            time.sleep(0.05)

    def _offer_next(self) -> None:
        before = self._newest()
        try:
            self._stream.publish(feed.placed(self._waiting[0]))
        except ResponseError as refusal:
            self.refusals.append(refusal)
            self.stored += self._newest() != before
        else:
            del self._waiting[0]

    def _newest(self) -> object:
        """Nobody else publishes meanwhile."""
        return self._site.ledger.newest()

    def hand_in(self) -> None:
        """Publish whatever was never accepted."""
        for number in self._waiting:
            self._stream.publish(feed.placed(number))


def memory_used(site: Site) -> int:
    with site.redis.client() as client:
        return int(client.info("memory")["used_memory"])


def allow(site: Site, memory: int) -> None:
    with site.redis.client() as client:
        client.config_set("maxmemory", memory)


@pytest.mark.long
def test_b6_a_redis_without_memory_refuses_and_drops_nothing(tmp_path: Path) -> None:
    backlog, later = feed.numbers(0, 300), feed.numbers(1000, 450)
    with running_site(tmp_path, delay=0.1, LEASE="30", DEADLINE="10") as site:
        producer = Producer(site, later)

        def strike() -> None:
            for _ in range(20):
                # What is settled frees some, which is taken away again.
                allow(site, memory_used(site) + LEFT)
                producer.offer(1.0)
            allow(site, 0)
            producer.hand_in()

        cost = under_fault(site, backlog, strike, later, per_second=0)

    keep("B6", "Redis has no memory left for 20 s", (*backlog, *later), cost)
    assert producer.refusals
    assert producer.stored == 0
    assert {type(refusal) for refusal in producer.refusals} == {OutOfMemoryError}
    assert cost.accounts.doubled == 0 or fails_over(), cost.story


def test_b7_a_worker_is_not_ready_while_redis_may_drop_keys(tmp_path: Path) -> None:
    with running_site(tmp_path) as site:
        worker = site.worker("only").started()
        before = problems(worker)

        with site.redis.client() as client:
            client.config_set("maxmemory-policy", "allkeys-lru")
            notified = problems(worker)
            client.config_set("maxmemory-policy", "noeviction")

        until("it is ready again", lambda: not problems(worker))
    assert before == {}
    assert "set maxmemory-policy noeviction" in notified["redis"]


@pytest.mark.long
def test_b8_a_redis_without_disk_refuses_and_drops_nothing(tmp_path: Path) -> None:
    backlog, later = feed.numbers(0, 150), feed.numbers(1000, 100)
    with (
        small_disk(tmp_path / "disk") as disk,
        running_site(
            tmp_path,
            redis=(*PERSISTENT, "--dir", str(disk.place)),
            delay=0.1,
            LEASE="15",
            DEADLINE="5",
        ) as site,
    ):
        producer = Producer(site, later)

        def strike() -> None:
            disk.fill()
            producer.offer(10.0)
            disk.grow()
            until("Redis writes again", lambda: _writes(site))
            producer.hand_in()

        cost = under_fault(site, backlog, strike, later, per_second=0)

    keep("B8", "Redis' disk is full for 10 s", (*backlog, *later), cost)
    assert producer.refusals
    assert producer.stored == 0
    assert all("MISCONF" in str(refusal) for refusal in producer.refusals)


def _writes(site: Site) -> bool:
    found = site.ledger.client.info("persistence")
    return str(found["aof_last_write_status"]) == "ok"
