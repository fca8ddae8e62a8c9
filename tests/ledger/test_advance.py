"""Record of what a poll saw of an order."""

from dataclasses import replace

from serializers.order_record import Order
from tasks.ledger_values import Advance, Hint, WatchMove, WriteResult
from tests.ledger import acts
from tests.ledger.clock import World
from tests.ledger.places import broken, where

CHANGED = Order("SO-1", purchase_order="PO", changed_ms=1_790_000_000_007)


def advance(world: World, hint: Hint, what: Advance, run: str = "run") -> WriteResult:
    return world.ledger.advance(hint, run, [what])[0].verdict


def test_a_look_without_change_only_plans_the_next(world: World) -> None:
    hint = acts.sent(world, acts.watch(world))

    verdict = advance(world, hint, acts.seen(world, hint))

    assert verdict is WriteResult.ADVANCED
    assert world.ledger.orders(["SO-1"])[0].version == 1
    assert acts.due_in(world, "westcon", "watch:westcon:SO-1") == 300_000
    assert acts.field(world, "watch:westcon:SO-1", "looked") == str(world.clock.now_ms)


def test_a_change_is_written_with_its_deliveries_at_once(world: World) -> None:
    hint = acts.sent(world, acts.watch(world))
    what = acts.seen(world, hint, acts.notification(), order=CHANGED)

    written = world.ledger.advance(hint, "run", [what])[0]

    held = world.ledger.orders(["SO-1"])[0]
    assert (held.order, held.version) == (CHANGED, 2)
    assert [one.claims[0].ref for one in written.leased] == ["delivery:N1"]
    assert acts.field(world, "delivery:N1", "seq") == "2"
    assert broken(world.redis) == []


def test_a_look_at_an_older_version_is_stale_and_writes_nothing(world: World) -> None:
    hint = acts.sent(world, acts.watch(world))
    what = acts.seen(world, hint, acts.notification(), order=CHANGED)
    acts.admit(world)
    before = acts.everything(world)

    assert advance(world, hint, what) is WriteResult.STALE
    assert acts.everything(world) == before


def test_a_look_at_an_order_that_is_not_there_is_gone(world: World) -> None:
    hint = acts.sent(world, acts.watch(world))
    what = acts.seen(world, hint, acts.notification(), order=CHANGED)
    world.redis.delete("{wb:0}:order:SO-1")

    assert advance(world, hint, what) is WriteResult.GONE
    assert world.redis.exists("{wb:0}:delivery:N1") == 0


def test_a_run_that_lost_its_fence_records_what_it_saw_and_plans_nothing(
    world: World,
) -> None:
    old = acts.sent(world, acts.watch(world), "one")
    world.clock.advance(world.retention.lease)
    new = acts.sent(world, acts.claim(world, "westcon"), "two")
    what = acts.seen(world, old, acts.notification(), order=CHANGED)

    assert advance(world, old, what, "one") is WriteResult.ADVANCED

    assert world.ledger.orders(["SO-1"])[0].order == CHANGED
    assert where(world.redis, "delivery:N1") == ["leased"]
    assert acts.state(world, "watch:westcon:SO-1") == "sending"
    assert advance(world, new, acts.seen(world, new), "two") is WriteResult.ADVANCED
    assert acts.due_in(world, "westcon", "watch:westcon:SO-1") == 300_000


def test_two_runs_that_saw_the_same_make_one_notification(world: World) -> None:
    old = acts.sent(world, acts.watch(world), "one")
    world.clock.advance(world.retention.lease)
    new = acts.sent(world, acts.claim(world, "westcon"), "two")
    mine = acts.seen(world, old, acts.notification("N1"), order=CHANGED)
    theirs = acts.seen(world, new, acts.notification("N2"), order=CHANGED)

    verdicts = [advance(world, old, mine, "one"), advance(world, new, theirs, "two")]

    assert verdicts == [WriteResult.ADVANCED, WriteResult.STALE]
    assert where(world.redis, "delivery:N2") == []


def test_an_advance_repeated_after_a_lost_answer_delivers_once(world: World) -> None:
    hint = acts.sent(world, acts.watch(world))
    what = acts.seen(world, hint, acts.notification(), order=CHANGED)
    advance(world, hint, what)
    world.clock.advance(5)
    before = acts.everything(world)

    assert advance(world, hint, what) is WriteResult.STALE
    assert advance(world, hint, acts.seen(world, hint)) is WriteResult.ADVANCED
    assert acts.everything(world) == before


def test_an_event_during_a_look_has_it_look_again_at_once(world: World) -> None:
    hint = acts.sent(world, acts.watch(world))
    written = acts.admit(world, watch=WatchMove.LOOK)

    advance(world, hint, acts.seen(world, hint))

    assert written.leased == ()
    assert acts.due_in(world, "westcon", "watch:westcon:SO-1") == 0
    hint = acts.sent(world, acts.claim(world, "westcon"))
    advance(world, hint, acts.seen(world, hint))
    assert acts.due_in(world, "westcon", "watch:westcon:SO-1") == 300_000


def test_a_watch_ends_when_nothing_is_left_to_see(world: World) -> None:
    hint = acts.sent(world, acts.watch(world))

    advance(world, hint, acts.seen(world, hint, order=CHANGED, next_look=None))

    assert where(world.redis, "watch:westcon:SO-1") == ["ended"]
    assert world.ledger.orders(["SO-1"])[0].order == CHANGED


def test_a_run_that_lost_its_fence_cannot_end_the_watch(world: World) -> None:
    old = acts.sent(world, acts.watch(world), "one")
    world.clock.advance(world.retention.lease)
    acts.claim(world, "westcon")

    advance(world, old, acts.seen(world, old, next_look=None), "one")

    assert where(world.redis, "watch:westcon:SO-1") == ["leased"]


def test_a_cancelled_orders_poll_under_way_plans_nothing(world: World) -> None:
    hint = acts.sent(world, acts.watch(world))
    acts.admit(world, watch=WatchMove.END)
    assert acts.field(world, "watch:westcon:SO-1", "fence") == "2"

    verdict = advance(world, hint, acts.seen(world, hint, order=CHANGED))

    assert verdict is WriteResult.ADVANCED
    assert where(world.redis, "watch:westcon:SO-1") == ["ended"]
    assert acts.settle(world, hint, acts.AGAIN) == ["fenced"]
    assert where(world.redis, "watch:westcon:SO-1") == ["ended"]


def test_a_look_that_works_gives_all_attempts_back(world: World) -> None:
    hint = acts.sent(world, acts.watch(world))
    acts.settle(world, hint, acts.AGAIN)
    world.clock.advance(10_000)
    hint = acts.sent(world, acts.claim(world, "westcon"))
    assert acts.field(world, "watch:westcon:SO-1", "tries") == "2"

    advance(world, hint, acts.seen(world, hint))

    assert acts.field(world, "watch:westcon:SO-1", "tries") == "0"
    assert acts.field(world, "watch:westcon:SO-1", "history") == ""


def test_several_orders_of_one_poll_are_advanced_each_on_its_own(
    world: World,
) -> None:
    hints = [acts.sent(world, acts.watch(world, number)) for number in ("A", "B")]
    first = acts.seen(world, hints[0], order=CHANGED._replace(number="A"))
    second = acts.seen(world, hints[1], order=CHANGED._replace(number="B"))
    acts.admit(world, number="A")

    written = world.ledger.advance(acts.joined(hints), "run", [first, second])

    assert [one.verdict for one in written] == [WriteResult.STALE, WriteResult.ADVANCED]
    assert acts.state(world, "watch:westcon:A") == "sending"
    assert acts.state(world, "watch:westcon:B") == "due"


def test_an_older_answer_writes_nothing_after_a_later_question_was_answered(
    world: World,
) -> None:
    first = acts.sent(world, acts.watch(world), "one")
    asked_ms = world.clock.now_ms
    second = acts.claim_back(world, "westcon")
    acts.begin(world, second, "two")
    unchanged = replace(acts.seen(world, second), asked_ms=world.clock.now_ms)
    assert advance(world, second, unchanged, "two") is WriteResult.ADVANCED
    late = acts.seen(world, first, acts.notification(), order=CHANGED)
    before = acts.everything(world)

    verdict = advance(world, first, replace(late, asked_ms=asked_ms), "one")

    assert verdict is WriteResult.ADVANCED
    assert acts.everything(world) == before
