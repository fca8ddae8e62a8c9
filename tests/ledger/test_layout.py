"""The layout: which partition an order belongs into, and how that is decided."""

from hypothesis import given
from hypothesis import strategies as st
from redis import Redis

from workers.ledger import keys
from workers.ledger.layout import keys as layout_keys
from workers.ledger.layout.layout import (
    Earlier,
    Layout,
    Stage,
    decision,
    decode,
    encode,
    follow,
    layout_of,
    unmoved,
)
from workers.ledger.scripts import Scripts

MOVING = Layout(2, 8, 8, 1, Stage.MOVING, 8, (Earlier(1),))
COUNTS = st.integers(1, 64)
LAYOUTS = st.builds(
    Layout,
    *(COUNTS,) * 4,
    stage=st.sampled_from(Stage),
    goal=COUNTS,
    earlier=st.lists(st.builds(Earlier, COUNTS, st.integers(0)), max_size=3).map(tuple),
)


@given(LAYOUTS)
def test_a_layout_is_read_as_it_was_written(layout: Layout) -> None:
    assert decode(encode(layout)) == layout


def test_a_ledger_that_was_never_repartitioned_has_its_first_count(
    redis: Redis,
) -> None:
    assert layout_of(redis, 4) == unmoved(4)
    redis.set(keys.PARTITIONS, 2)
    assert layout_of(redis, 4) == unmoved(2)


def test_of_two_who_decide_one_does(redis: Redis) -> None:
    scripts = Scripts(redis)
    first = Layout(1, 1, 8, 1, Stage.WIDENING, 8)
    other = Layout(1, 1, 4, 1, Stage.WIDENING, 4)

    assert scripts.run(decision(unmoved(1), first))
    assert scripts.run(decision(unmoved(1), first)), (
        "the same again, after a lost answer"
    )
    assert not scripts.run(decision(unmoved(1), other))
    assert layout_of(redis) == first
    assert scripts.run(decision(first, MOVING))
    assert layout_of(redis) == MOVING


def test_a_partition_never_goes_back(redis: Redis) -> None:
    scripts = Scripts(redis)

    follow(scripts, MOVING)
    follow(scripts, unmoved(8))

    fences = [layout_keys.followed(keys.prefix(n)) for n in range(8)]
    assert [redis.get(one) for one in fences] == [b"2"] * 8


@given(st.text(min_size=1), LAYOUTS.filter(lambda one: bool(one.earlier)))
def test_an_order_lies_where_it_belongs_or_where_it_was(
    order: str, layout: Layout
) -> None:
    home, former = layout.home(order), layout.former(order)

    assert home < layout.count
    assert former != home
    assert former is None or layout.stage is Stage.MOVING
    assert home not in layout.marked(order, 0)
    assert (
        former is None
        or former in layout.marked(order, 10**15)
        or (layout.earlier[-1].until_ms)
    )
