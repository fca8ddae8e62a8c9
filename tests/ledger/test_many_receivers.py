"""One event concerns more receivers than Lua's stack holds texts."""

import redis

from tests.ledger import acts
from tests.ledger.many import names, world_of
from workers.ledger import keys
from workers.ledger.acts.orders import Done, OrderActs
from workers.ledger.audit.actor import Actor

MANY = 8_200


def test_an_event_for_thousands_of_receivers_is_admitted_whole_and_given_up_whole(
    redis: redis.Redis,
) -> None:
    world, root = world_of(redis, MANY), keys.prefix(0)
    made = [acts.notification(f"N.{name}", name) for name in names(MANY)]

    written = acts.admit(world, *made)

    assert len(written.leased) == MANY
    assert redis.exists(keys.record(root, "SO-1"))
    assert redis.zcard(keys.next_looks(root)) == MANY
    assert redis.scard(keys.destinations(root)) == MANY

    orders = OrderActs(world.scripts, world.retention, world.places)
    refs = [keys.delivery_ref(one.id) for one in made]
    done = orders.abandon("SO-1", refs, Actor("jane", "sold elsewhere"))

    assert done == Done("abandoned", 0, MANY)
    assert redis.llen(keys.timeline(root, "SO-1")) == world.retention.timeline
    assert redis.llen(keys.audit(root)) == 1
