"""Orders that use one number after the other, and two ERPs that use it at once."""

from collections import defaultdict
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from serializers.events.decode import OrderEvent
from tasks.outcomes.errors import Unavailable
from tests.tasks.fakes import RULES, World
from tests.tasks.samples import (
    NUMBER,
    changed,
    event,
    release,
    reported,
    run_hints,
    take_in,
)
from tests.tasks.test_incarnation import forget

CODES = st.sampled_from(["SCH", "SHI", "INV"])
STEP = st.one_of(
    st.tuples(st.sampled_from(["event", "westcon", "fault"]), CODES),
    st.tuples(st.just("placed"), st.just("")),
)
#: What happens between the placing of an order and its cancellation.
LIVES = st.lists(st.lists(STEP, max_size=4), min_size=2, max_size=3)
MONTH = 30 * 86_400


def take(world: World, life: int, n: int, step: tuple[str, str], **of: Any) -> None:
    what, code = step
    id_ = f"{what}-{life}-{n}"
    match what:
        case "event":
            take_in(world, replace(changed(n, f"10:{code}"), id=id_, **of))
        case "placed":
            take_in(world, placed(id_, n, **of))
        case "westcon":
            world.westcon.lines = {NUMBER: (reported(code),)}
            world.clock.pass_seconds(86_400)
            release(world)
        case _:
            world.ingram.errors = [Unavailable("down", code="connect")]
            run_hints(world)


def placed(id_: str, second: float = 0, **of: Any) -> OrderEvent:
    return replace(event("placed", second, westcon_number=NUMBER), id=id_, **of)


@given(LIVES)
def test_no_id_of_one_order_is_ever_anothers_of_its_number(
    lives: list[list[tuple[str, str]]],
) -> None:
    world = World()
    ids: list[set[str]] = []
    for life, steps in enumerate(lives):
        world.westcon.lines = {NUMBER: (reported("SCH"),)}
        take_in(world, placed(f"first-{life}"))
        for n, step in enumerate(steps):
            take(world, life, n, step)
        take_in(world, event("cancelled", 99, id=f"cancelled-{life}"))
        world.clock.pass_seconds(MONTH)
        release(world)
        ids.append({id_ for _, id_, *_ in world.ingram.received})
        voids = [status for _, status in world.ingram.notified() if "voided" in status]
        world.ingram.received.clear()
        forget(world)
        # A line that was finished before is not void.
        assert len(voids) <= 1

    assert sum(map(len, ids)) == len(set().union(*ids))


@given(st.lists(st.tuples(st.sampled_from(["/erp/a", "/erp/b"]), STEP), max_size=8))
def test_two_erps_orders_of_one_number_are_notified_as_each_alone_would_be(
    steps: list[tuple[str, tuple[str, str]]],
) -> None:
    erps = [(n, one) for n, one in enumerate(steps) if one[1][0] in {"event", "placed"}]

    both = notified_by(erps)
    alone = {
        source: notified_by([step for step in erps if step[1][0] == source])
        for source in ("/erp/a", "/erp/b")
    }

    assert both == alone["/erp/a"] | alone["/erp/b"]


def notified_by(
    steps: list[tuple[int, tuple[str, tuple[str, str]]]],
) -> dict[str, bytes]:
    """Each id that was reported, and its body."""
    world = World(rules=replace(RULES, by_source=True, westcon=False))
    for n, (source, step) in steps:
        take(world, 0, n, step, source=source)
    release(world)
    bodies: defaultdict[str, bytes] = defaultdict(bytes)
    for _, id_, body, _ in world.ingram.received:
        bodies[id_] = body
    return dict(bodies)
