"""Whose an order is: its sources, and its number's being used again."""

from dataclasses import replace

from serializers.timeline.codes import Code, note
from tasks.ledger_values import WriteResult, Written
from tests.ledger import acts
from tests.ledger.clock import World

KEY, RECORD = "{wb:0}:order:SO-1", "{wb:0}:record:SO-1"


def admit(world: World, source: str, number: str = "SO-1") -> Written:
    event = replace(acts.admission(world, number=number), source=source)
    return world.ledger.admit([event])[0]


def test_an_order_of_one_source_is_nothing_to_speak_of(world: World) -> None:
    answers = [admit(world, "/erp") for _ in range(3)]

    assert {one.merged for one in answers} == {""}
    assert acts.counted(world, "merged") == 0
    assert acts.timeline(world) == [acts.EVENT] * 3


def test_the_first_event_of_another_source_is_reported_once(world: World) -> None:
    sources = ["/erp/a", "/erp/b", "/erp/a", "/erp/b", "/erp/c"]
    answers = [admit(world, source) for source in sources]

    assert [one.merged for one in answers] == ["", "/erp/a", "", "", "/erp/a"]
    assert {one.verdict for one in answers} == {WriteResult.ADMITTED}
    assert acts.counted(world, "merged") == 2
    merged = note(Code.MERGED, "/erp/b", "/erp/a")
    assert acts.timeline(world).count(merged) == 1


def test_what_is_leased_at_once_is_leased_where_two_sources_meet_too(
    world: World,
) -> None:
    admit(world, "/erp/a")
    event = acts.admission(world, (acts.link(),))

    (answer,) = world.ledger.admit([replace(event, source="/erp/b")])

    assert [hint.destination for hint in answer.leased] == ["deck"]
    assert answer.merged == "/erp/a"


def test_orders_of_two_numbers_have_nothing_to_do_with_each_other(world: World) -> None:
    answers = [admit(world, "/erp/a"), admit(world, "/erp/b", "SO-2")]

    assert {one.merged for one in answers} == {""}
    assert set(world.redis.hvals("{wb:0}:sources")) == {b"/erp/a", b"/erp/b"}


def test_a_number_that_is_used_again_by_another_source_is_no_merge(
    world: World,
) -> None:
    acts.admit(world, acts.notification())
    admit(world, "/erp/a")
    world.redis.delete(RECORD)

    assert admit(world, "/erp/b").merged == ""


def test_a_number_used_again_while_deliveries_wait_is_marked(world: World) -> None:
    admit(world, "/erp")
    assert world.redis.hget(KEY, "anew") is None
    acts.admit(world, acts.notification())
    world.redis.delete(RECORD)

    admit(world, "/erp")
    admit(world, "/erp")

    assert world.redis.hget(KEY, "anew") == b"3"


def test_sources_without_end_do_not_fill_redis(world: World) -> None:
    pipeline = world.redis.pipeline()
    pipeline.hset("{wb:0}:sources", mapping={f"m{n}": "x" for n in range(1_000)})
    pipeline.execute()
    answers = [admit(world, f"/erp/{n}") for n in range(20)]

    assert world.redis.hlen("{wb:0}:sources") == 1_000
    assert len(world.redis.hget(KEY, "sources") or b"") == 16 * 9
    # Whose mark has no name any more is reported by its mark, every time.
    assert all(len(one.merged) == 8 for one in answers[1:])


def test_a_table_of_another_kind_keeps_no_event_from_being_admitted(
    world: World,
) -> None:
    world.redis.set("{wb:0}:sources", "?")

    assert [admit(world, one).verdict for one in ("/a", "/b")] == [
        WriteResult.ADMITTED,
        WriteResult.ADMITTED,
    ]
