"""Entries far larger than an event: memory has a bound, and they are kept whole."""

import hashlib
import re
from pathlib import Path

import pytest

from tests.processes import feed
from tests.processes.accounts import accounted
from tests.processes.site import Site, running_site
from tests.processes.waiting import until
from tests.processes.worker import Worker
from workers.redis.answers import octets

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300)]

#: Several times what a worker may need beside what it always does.
ENTRIES, MIB = 12, 10
MOST_MIB = 100


def peak(worker: Worker) -> int:
    """MiB of memory that a worker has had at most."""
    status = Path(f"/proc/{worker.pid}/status").read_text(encoding="ascii")
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found
    return int(found[1]) // 1024


def digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def payload(site: Site, entry: str) -> bytes:
    return octets(site.ledger.client.hget(f"{{wb:0}}:event:{entry}", "payload"))


def test_a_worker_takes_no_large_entry_into_memory_and_loses_none(
    tmp_path: Path,
) -> None:
    orders = feed.numbers(0, 22)
    with running_site(tmp_path) as site:
        stream = feed.stream_at(site.redis.url)
        worker = site.worker("only").started()
        feed.publish(site.redis.url, orders[:10])
        accounted(site, orders[:10])
        before = peak(worker)

        written = {}
        for n in range(ENTRIES):
            body = bytes([65 + n % 26]) * (MIB * 1024 * 1024) + b"%d" % n
            written[stream.publish(body)] = digest(body)
            feed.publish(site.redis.url, orders[10 + n : 11 + n])
        del body
        accounts = accounted(site, orders)
        refs = until(
            "all are letters",
            lambda: site.ledger.dead() == ENTRIES,
        )
        kept = {entry: digest(payload(site, entry)) for entry in written}
        after = peak(worker)

    assert refs
    assert kept == written
    assert after - before <= MOST_MIB
    assert accounts.lost == frozenset()
    assert accounts.doubled == 0
