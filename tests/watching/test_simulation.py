"""The simulation fills calls as the ledger does."""

import random
from heapq import heapify

import pytest

from benchmarks.watching.virtual_watch import Calls, claimed
from tasks.planning.rules import WESTCON
from tests.ledger import acts
from tests.watching.site import LIMITS, Site

CALLS = Calls(LIMITS.per_call, LIMITS.soon_seconds, LIMITS.soon_share)
ORDERS = 60


@pytest.mark.parametrize("seed", range(20))
def test_a_simulated_call_takes_the_orders_that_a_claim_takes(
    site: Site, seed: int
) -> None:
    dice, now_ms = random.Random(seed), site.world.clock.now_ms
    site.watch(*map(str, range(ORDERS)))
    root, client = acts.root(site.world, "0"), site.world.redis
    client.delete(f"{root}leased:{WESTCON}")
    looked, due = [], []
    for n in range(ORDERS):
        pause = dice.randrange(30_000, 3_600_000)
        # Most have some of their pause left, a few are due.
        at = now_ms + dice.randrange(-1_000 if dice.random() < 0.1 else 1, pause)
        looked.append(at - pause)
        due.append((at, n))
        client.zadd(f"{root}due:{WESTCON}", {f"watch:westcon:{n}": at})
        client.hset(f"{root}order:{n}", mapping={"looked": at - pause, "state": "due"})
    heapify(due)

    mine = claimed(due, looked, now_ms, CALLS)

    claims = site.claim(most=LIMITS.per_call).claims
    assert sorted(f"watch:westcon:{n}" for n in mine) == sorted(
        one.ref for one in claims
    )
    assert len(due) == ORDERS - len(mine)
