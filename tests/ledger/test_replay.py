"""A person sends a dead letter on its way again, or decides against it."""

from serializers.timeline.codes import Code, note
from tests.ledger import acts
from tests.ledger.clock import World
from tests.ledger.places import broken, where


def test_a_replayed_letter_goes_again_with_all_its_attempts(world: World) -> None:
    acts.dead(world, acts.link())

    assert world.letters.replay("delivery:L1") == "replayed"

    assert world.letters.count() == 0
    assert acts.field(world, "delivery:L1", "tries") == "0"
    assert acts.field(world, "delivery:L1", "why") == ""
    assert acts.going(world, acts.claim(world)) == ["delivery:L1"]


def test_a_letter_is_replayed_once_per_request(world: World) -> None:
    acts.dead(world, acts.link())

    answers = [world.letters.replay("delivery:L1") for _ in range(2)]

    assert answers == ["replayed", "not_dead"]
    assert world.redis.lrange("{wb:0}:lane:4:SO-1deck", 0, -1) == [b"delivery:L1"]
    assert acts.counted(world, "replayed") == 1


def test_what_is_not_known_cannot_be_replayed_or_discarded(world: World) -> None:
    assert world.letters.replay("delivery:none") == "gone"
    assert world.letters.discard("delivery:none") == "gone"
    assert list(world.redis.scan_iter("{wb:*")) == []


def test_what_is_alive_cannot_be_replayed_or_discarded(world: World) -> None:
    acts.admit(world, acts.link())

    assert world.letters.replay("delivery:L1") == "not_dead"
    assert world.letters.discard("delivery:L1") == "not_dead"
    assert where(world.redis, "delivery:L1") == ["leased"]


def test_a_replayed_notification_goes_behind_what_waits(world: World) -> None:
    acts.dead(world, acts.notification("N1"))
    acts.admit(world, acts.notification("N2"))

    world.letters.replay("delivery:N1")

    assert where(world.redis, "delivery:N1") == ["lane tail"]
    assert where(world.redis, "delivery:N2") == ["leased"]
    assert broken(world.redis) == []


def test_a_link_with_a_newer_one_waiting_is_refused(world: World) -> None:
    acts.dead(world, acts.link("L1"))
    acts.admit(world, acts.link("L2"))

    assert world.letters.replay("delivery:L1") == "refused"
    assert where(world.redis, "delivery:L1") == ["dead"]


def test_a_link_with_a_newer_one_in_flight_is_refused(world: World) -> None:
    acts.dead(world, acts.link("L1"))
    acts.sent(world, acts.admit(world, acts.link("L2")).leased[0])

    assert world.letters.replay("delivery:L1") == "refused"


def test_a_link_with_a_newer_one_delivered_is_refused(world: World) -> None:
    acts.dead(world, acts.link("L1"))
    hint = acts.sent(world, acts.admit(world, acts.link("L2")).leased[0])
    acts.settle(world, hint, acts.DONE)

    assert world.letters.replay("delivery:L1") == "refused"


def test_a_link_is_refused_also_when_the_newer_success_came_late(
    world: World,
) -> None:
    acts.dead(world, acts.link("L1"))
    hint = acts.dead(world, acts.link("L2"))
    acts.settle(world, hint, acts.DONE)

    assert world.letters.replay("delivery:L1") == "refused"


def test_an_older_success_does_not_hide_a_newer_one(world: World) -> None:
    acts.dead(world, acts.link("L2"))
    older = acts.sent(world, acts.admit(world, acts.link("L3")).leased[0])
    acts.admit(world, acts.link("L4"))
    acts.settle(world, older, acts.AGAIN)
    acts.settle(world, acts.sent(world, acts.claim(world)), acts.DONE)
    acts.settle(world, older, acts.DONE)

    assert acts.field(world, "watch:westcon:SO-1", "linked") == "v000000000000003"
    assert world.letters.replay("delivery:L2") == "refused"


def test_a_link_may_go_again_when_the_newer_one_is_dead_too(world: World) -> None:
    acts.dead(world, acts.link("L1"))
    acts.dead(world, acts.link("L2"))

    assert world.letters.replay("delivery:L1") == "replayed"
    assert world.letters.replay("delivery:L2") == "replayed"
    assert world.redis.lrange("{wb:0}:lane:4:SO-1deck", 0, -1) == [
        b"delivery:L1",
        b"delivery:L2",
    ]
    assert broken(world.redis) == []


def test_a_link_may_go_again_after_an_older_one_was_delivered(world: World) -> None:
    hint = acts.sent(world, acts.admit(world, acts.link("L1")).leased[0])
    acts.settle(world, hint, acts.DONE)
    acts.dead(world, acts.link("L2"))

    assert world.letters.replay("delivery:L2") == "replayed"


def test_a_newer_link_ends_a_replayed_one(world: World) -> None:
    acts.dead(world, acts.link("L1"))
    world.letters.replay("delivery:L1")

    acts.admit(world, acts.link("L2"))

    assert where(world.redis, "delivery:L1") == ["ended"]
    assert where(world.redis, "delivery:L2") == ["leased"]


def test_a_dead_watch_is_replayed_and_looks_at_once(world: World) -> None:
    hint = acts.sent(world, acts.watch(world))
    acts.settle(world, hint, acts.GIVE_UP)

    assert world.letters.replay("watch:westcon:SO-1") == "replayed"

    assert where(world.redis, "watch:westcon:SO-1") == ["due"]
    assert acts.going(world, acts.claim(world, "westcon")) == ["watch:westcon:SO-1"]


def test_discarding_a_letter_ends_it_and_reports_it_on_the_timeline(
    world: World,
) -> None:
    acts.dead(world, acts.link())

    answers = [world.letters.discard("delivery:L1") for _ in range(2)]

    assert answers == ["discarded", "not_dead"]
    assert where(world.redis, "delivery:L1") == ["ended"]
    assert world.letters.count() == 0
    assert acts.timeline(world)[-1] == note(Code.DISCARDED, "delivery:L1")


def test_discarding_a_dead_watch_ends_it(world: World) -> None:
    hint = acts.sent(world, acts.watch(world))
    acts.settle(world, hint, acts.GIVE_UP)

    assert world.letters.discard("watch:westcon:SO-1") == "discarded"
    assert where(world.redis, "watch:westcon:SO-1") == ["ended"]
    assert world.letters.discard("watch:westcon:SO-1") == "not_dead"
