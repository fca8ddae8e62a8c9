"""Settlement of an attempt in time."""

from serializers.timeline.codes import Code, note
from tasks.outcomes.outcome import Again, GiveUp, Later, Outcome
from tests.ledger import acts
from tests.ledger.clock import World
from tests.ledger.places import broken, where

LATER = Later(30.0, "not yet", "not_yet")


def test_done_ends_a_delivery_and_forgets_its_payload(world: World) -> None:
    hint = acts.sent(world, acts.admit(world, acts.link()).leased[0])

    assert acts.settle(world, hint, acts.DONE) == ["done"]

    assert where(world.redis, "delivery:L1") == ["ended"]
    assert acts.field(world, "delivery:L1", "payload") == ""
    assert world.redis.exists("{wb:0}:lane:4:SO-1deck") == 0
    assert acts.counted(world, "done") == 1


def test_again_waits_and_keeps_its_attempt(world: World) -> None:
    hint = acts.sent(world, acts.admit(world, acts.link()).leased[0])

    assert acts.settle(world, hint, acts.AGAIN) == ["due"]

    assert acts.due_in(world, "deck", "delivery:L1") == 10_000
    assert acts.field(world, "delivery:L1", "tries") == "1"
    assert where(world.redis, "delivery:L1") == ["due"]


def test_later_waits_and_gives_its_attempt_back(world: World) -> None:
    hint = acts.sent(world, acts.admit(world, acts.link()).leased[0])

    assert acts.settle(world, hint, LATER) == ["due"]

    assert acts.due_in(world, "deck", "delivery:L1") == 30_000
    assert acts.field(world, "delivery:L1", "tries") == "0"


def test_giving_up_makes_a_dead_letter_and_lets_the_next_go(world: World) -> None:
    both = (acts.notification("N1"), acts.notification("N2"))
    hint = acts.sent(world, acts.admit(world, *both).leased[0])

    assert acts.settle(world, hint, acts.GIVE_UP) == ["dead"]

    assert where(world.redis, "delivery:N1") == ["dead"]
    assert where(world.redis, "delivery:N2") == ["due"]
    assert acts.due_in(world, "ingram/acme", "delivery:N2") == 0
    letter = acts.letter(world)
    assert (letter.reason, letter.payload) == ("refused", b"told")


def test_a_watch_can_wait_and_die_too(world: World) -> None:
    hint = acts.sent(world, acts.watch(world))
    assert acts.settle(world, hint, acts.AGAIN) == ["due"]
    world.clock.advance(10_000)
    hint = acts.sent(world, acts.claim(world, "westcon"))

    assert acts.settle(world, hint, acts.GIVE_UP) == ["dead"]

    assert where(world.redis, "watch:westcon:SO-1") == ["dead"]


def test_a_lane_goes_in_order(world: World) -> None:
    names = ("N1", "N2", "N3")
    acts.admit(world, *map(acts.notification, names))
    sent = []
    world.clock.advance(world.retention.lease)

    for _ in names:
        hint = acts.sent(world, acts.claim(world, "ingram/acme"))
        sent += [one.ref for one in hint.claims]
        acts.settle(world, hint, acts.DONE)

    assert sent == ["delivery:N1", "delivery:N2", "delivery:N3"]


def test_what_is_not_a_lanes_head_leaves_the_others_in_order(world: World) -> None:
    three = [acts.notification(f"N{n}") for n in (1, 2, 3)]
    hint = acts.sent(world, acts.admit(world, *three).leased[0])
    acts.settle(world, hint, acts.GIVE_UP)

    assert acts.settle(world, hint, acts.DONE) == ["done"]

    lane = world.redis.lrange("{wb:0}:lane:4:SO-1ingram/acme", 0, -1)
    assert lane == [b"delivery:N2", b"delivery:N3"]


def test_a_head_that_waits_holds_its_lane(world: World) -> None:
    both = (acts.notification("N1"), acts.notification("N2"))
    hint = acts.sent(world, acts.admit(world, *both).leased[0])

    acts.settle(world, hint, acts.AGAIN)

    assert where(world.redis, "delivery:N2") == ["lane tail"]
    assert acts.claim(world, "ingram/acme").claims == ()


def test_every_report_repeated_after_a_lost_answer_changes_nothing(
    world: World,
) -> None:
    outcomes: tuple[Outcome, ...] = (acts.DONE, acts.AGAIN, LATER, acts.GIVE_UP)
    for n, outcome in enumerate(outcomes):
        number = f"SO-{n}"
        both = (acts.notification(f"A{n}"), acts.notification(f"B{n}"))
        hint = acts.admit(world, *both, number=number).leased[0]
        acts.settle(world, acts.sent(world, hint), outcome)
        before = acts.everything(world)

        acts.settle(world, hint, outcome)

        assert acts.everything(world) == before


def test_a_report_of_an_unknown_item_reports_it_and_writes_nothing(
    world: World,
) -> None:
    hint = acts.sent(world, acts.admit(world, acts.link()).leased[0])
    world.redis.flushall()
    world.clock.advance(0)

    assert acts.settle(world, hint, acts.DONE) == ["gone"]
    assert acts.settle(world, hint, acts.AGAIN) == ["gone"]
    assert list(world.redis.scan_iter("{wb:*")) == []


def test_a_call_that_may_have_arrived_is_counted_ambiguous(world: World) -> None:
    unsure: tuple[Outcome, ...] = (
        Again(1.0, "?", "timeout", ambiguous=True),
        GiveUp("?", "reset", ambiguous=True),
    )
    for n, outcome in enumerate(unsure):
        hint = acts.admit(world, acts.link(f"L{n}"), number=f"SO-{n}").leased[0]
        acts.settle(world, acts.sent(world, hint), outcome)

    assert acts.counted(world, "ambiguous") == 2
    assert acts.counted(world, "ambiguous:lost") == 2


def test_every_attempt_leaves_a_line_in_history_and_timeline(world: World) -> None:
    hint = acts.sent(world, acts.admit(world, acts.link()).leased[0])
    acts.settle(world, hint, acts.AGAIN)
    world.clock.advance(10_000)
    acts.settle(world, acts.sent(world, acts.claim(world)), acts.GIVE_UP)

    letter = acts.letter(world)
    assert [line.partition(" ")[2] for line in letter.history] == [
        "again http busy",
        "give_up http refused",
    ]
    assert acts.timeline(world) == [
        acts.EVENT,
        note(Code.AGAIN, "deck", "delivery:L1", "http", "10000"),
        note(Code.GIVEN_UP, "deck", "delivery:L1", "http"),
    ]


def test_a_history_keeps_its_newest_lines_whole(world: World) -> None:
    hint = acts.admit(world, acts.link()).leased[0]
    for _ in range(12):
        acts.settle(world, acts.sent(world, hint), Later(0.0, "ö" * 500, "x"))
        hint = acts.claim(world)
    acts.settle(world, acts.sent(world, hint), acts.GIVE_UP)

    history = acts.letter(world).history
    assert 5 < len(history) < 9
    assert all(line.startswith(str(world.clock.now_ms)) for line in history)
    assert history[-1].endswith("give_up http refused")


def test_settling_one_and_beginning_the_next_is_one_round_trip(world: World) -> None:
    first = acts.sent(world, acts.admit(world, acts.link("L1")).leased[0])
    second = acts.admit(world, acts.link("L2"), number="SO-2").leased[0]
    reported = acts.settlement(first, acts.DONE)

    begun = world.ledger.settle_and_begin(first, reported, second.claims[0], "run")

    assert begun.claim.ref == "delivery:L2"
    assert acts.state(world, "delivery:L1") == "done"
    assert acts.state(world, "delivery:L2") == "sending"
    assert broken(world.redis) == []
