"""Redis comes back with older files, or on a clock that was set: R1, R2, R3."""

import os
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from tests.faults.books import accepted
from tests.faults.figures import Figures, record
from tests.processes import feed
from tests.processes.accounts import Accounts, accounted
from tests.processes.environ import RECEIVER
from tests.processes.site import Site, running_site
from tests.processes.waiting import until
from tests.waybill.terminal import Terminal

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300), pytest.mark.long]

HOUR = 3_600_000

#: Looks between which no partner has acted, so that no call is under way.
QUIET = 10

#: Seconds within which it must be found.
FOUND = 15.0


def reasons(site: Site) -> list[str]:
    found: list[str] = Terminal(site.settings).json("status")["reasons"]
    return found


def message(site: Site, words: str) -> bool:
    return any(words in why for why in reasons(site))


def effects(site: Site) -> int:
    """How often a partner has acted."""
    return len(accepted(site)) + len(site.partners.links.history())


def bodies_differ(site: Site) -> list[str]:
    """The event ids under which the receiver got more than one body."""
    found: defaultdict[str, set[bytes]] = defaultdict(set)
    for one in accepted(site):
        found[one.event_id].add(one.body)
    return [id_ for id_, bodies in found.items() if len(bodies) > 1]


def at_rest(site: Site) -> int:
    """How often partners have acted, once no call is under way."""
    seen = [-1]

    def is_still() -> bool:
        seen.append(effects(site))
        return len(seen) > QUIET and len({*seen[-QUIET:]}) == 1

    until("no call is under way", is_still)
    return seen[-1]


def found_within(site: Site, words: str) -> float:
    began = time.monotonic()
    until(f"it is found that {words}", lambda: message(site, words), FOUND)
    return time.monotonic() - began


def kept(
    fault: str, what: str, site: Site, accounts: Accounts, forgotten: int, found: float
) -> None:
    """Put it into the table, and hold what holds for every restore."""
    orders = len({one.order_number for one in accepted(site)})
    record(
        Figures(
            fault,
            what,
            orders,
            lost=len(accounts.lost),
            doubled=accounts.doubled,
            ambiguous=accounts.ambiguous,
            note=f"found in {found:.0f} s; {forgotten} effects forgotten",
        )
    )
    assert accounts.lost == frozenset()
    assert accounts.under_two_ids == frozenset()
    assert accounts.doubled <= accounts.ambiguous + forgotten
    assert bodies_differ(site) == []
    assert accounts.dead == 0


@pytest.mark.parametrize("hold", [False, True], ids=["continue", "hold"])
def test_r1_an_older_file_repeats_what_was_forgotten_and_loses_nothing(
    tmp_path: Path, *, hold: bool
) -> None:
    orders, after = feed.numbers(0, 300), feed.numbers(1000, 20)
    on_restore = "hold" if hold else "continue"
    with running_site(tmp_path, delay=0.05, ON_RESTORE=on_restore) as site:
        for name in ("first", "second"):
            site.worker(name).started()
        with feed.publishing(site.redis.url, orders, per_second=60):
            until("enough is done", lambda: site.ledger.count("done") > 150)
            done = site.ledger.count("done")
            files = site.redis.copied(tmp_path / "backup")
            until("more is done", lambda: site.ledger.count("done") > done + 150)
        site.redis.kill()
        forgotten = at_rest(site) - done
        site.redis.restored(files)
        site.redis.start()

        seconds = found_within(site, "has gone back")
        sent = effects(site)
        feed.publish(site.redis.url, (*orders, *after))
        if hold:
            most = len(orders) + len(after)
            until("all is admitted", lambda: site.ledger.count("admitted") == most)
            assert effects(site) == sent
            assert message(site, "nothing is sent")
            Terminal(site.settings)("doctor", "--accept-restore")
        accounts = accounted(site, (*orders, *after), 110.0)
        well = "gone back" not in " ".join(reasons(site))
        what = f"Redis reads an older file, {on_restore}"
        kept("R1", what, site, accounts, forgotten, seconds)
    assert well is hold


def test_r2_an_aof_that_lost_a_second_is_found_and_loses_nothing(
    tmp_path: Path,
) -> None:
    orders = feed.numbers(0, 240)
    with running_site(tmp_path, delay=0.05) as site:
        for name in ("first", "second"):
            site.worker(name).started()
        with feed.publishing(site.redis.url, orders, per_second=60):
            until("enough is done", lambda: site.ledger.count("done") > 150)
            done, (file, size) = site.ledger.count("done"), appended(site)
            began = time.monotonic()
            until("a second has gone by", lambda: time.monotonic() > began + 1)
            site.redis.kill()
            forgotten = at_rest(site) - done
            os.truncate(file, size)
            site.redis.start()
            seconds = found_within(site, "has gone back")
        feed.publish(site.redis.url, orders)
        accounts = accounted(site, orders, 110.0)
        what = "the AOF lacks its last second"
        kept("R2", what, site, accounts, forgotten, seconds)


def appended(site: Site) -> tuple[Path, int]:
    """The file to which Redis appends, and its size."""
    files = sorted(Path(site.redis.directory).rglob("*.aof"))
    newest = max(files, key=lambda file: file.stat().st_mtime_ns)
    return newest, newest.stat().st_size


def test_r3_what_waits_is_due_at_its_time_after_the_clock_was_set_back(
    tmp_path: Path,
) -> None:
    """By an hour: all moments in Redis, and its last look, lie so far ahead."""
    orders = feed.numbers(0, 20)
    with running_site(tmp_path, delay=0.05) as site:
        site.partners.receivers.behave(RECEIVER, status=503)
        site.worker("only").started()
        feed.publish(site.redis.url, orders)
        until("they wait", lambda: waiting(site) == len(orders))
        site.partners.receivers.behave(RECEIVER)

        set_back(site, HOUR)

        seconds = found_within(site, "clock was set back")
        accounts = accounted(site, orders)
        kept("R3", "Redis' clock is set back by 1 h", site, accounts, 0, seconds)


def waiting(site: Site) -> int:
    """How many notifications have failed and are to come again."""
    return site.ledger.waiting(f"ingram/{RECEIVER}")


def set_back(site: Site, ms: int) -> None:
    """As it looks to Redis, whose own clock no test may set."""
    client = site.ledger.client
    pipeline = client.pipeline()
    for key in client.scan_iter("{wb:0}:*", _type="zset"):
        scored: Any = client.zrange(key, 0, -1, withscores=True)
        for member, score in scored:
            pipeline.zadd(key, {member: score + ms}, xx=True)
    for key in client.scan_iter("wb:gate:*"):
        for field in client.hkeys(key):
            if field in {b"until", b"probe", b"paced", b"shut"}:
                pipeline.hincrby(key, field, ms)
    pipeline.hincrby("wb:marks", "at", ms)
    pipeline.execute()
