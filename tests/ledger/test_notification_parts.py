"""The parts of a long notification leave their lane one by one, in their order."""

import json

from tasks.ledger_values import Delivery, NewDelivery
from tasks.planning.notifications import plan_notifications
from tests.defaults import endpoint_rule, plan_rules
from tests.ledger import acts
from tests.ledger.clock import World
from tests.tasks.samples import line, order, transitions

ACME = "ingram/acme"
RULES = plan_rules(endpoints={"acme": endpoint_rule()})


def parts() -> tuple[NewDelivery, ...]:
    """What a thousand lines that have shipped lead to."""
    changes = (
        ("SCH", line("SHI", str(n), ship_date="2026-03-01"))
        for n in range(10, 10_010, 10)
    )
    return plan_notifications(order(), transitions(*changes), RULES, 1_772_000_000_000)[
        1
    ]


def sent(world: World) -> list[Delivery]:
    """Work on what is claimed at the endpoint until nothing is."""
    began: list[Delivery] = []
    while (hint := acts.claim(world, ACME)).claims:
        began += [one for one in acts.begin(world, hint) if isinstance(one, Delivery)]
        assert len(hint.claims) == 1
        acts.settle(world, hint, acts.DONE)
    return began


def test_parts_are_sent_in_their_order_and_counted_one_by_one(world: World) -> None:
    made = parts()
    acts.fill(world, ACME)
    acts.admit(world, *made)
    world.redis.delete(f"{acts.root(world)}leased:{ACME}")

    deliveries = sent(world)

    assert len(made) > 2
    assert [one.id for one in deliveries] == [one.id for one in made]
    assert [one.number for one in deliveries] == list(range(1, len(made) + 1))
    ids = [json.loads(one.payload)["eventId"] for one in deliveries]
    assert ids == [one.id.removesuffix(".acme") for one in made]


def test_a_part_that_is_given_up_leaves_the_others_to_go_on(world: World) -> None:
    made = parts()
    (hint,) = acts.admit(world, *made).leased
    acts.begin(world, hint)

    acts.settle(world, hint, acts.GIVE_UP)

    assert [one.id for one in sent(world)] == [one.id for one in made[1:]]
