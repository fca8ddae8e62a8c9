"""One moment per destination before which nobody calls it."""

import threading
from collections.abc import Iterable
from dataclasses import replace

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from tasks.destination import Destination
from tests.ledger.clock import KNOWN, World, build
from tests.redis_servers import free_port
from workers.ledger.gates import EARLY_SECONDS, Gates, Grant
from workers.ledger.scripts import Scripts

GATE = "wb:gate:deck"


def fail(world: World, times: int) -> list[float]:
    return [world.gates.failed("deck") for _ in range(times)]


def paced(client: redis.Redis, calls_per_minute: float) -> World:
    return build(client, known=_paced(KNOWN, calls_per_minute))


def _paced(known: Iterable[Destination], rate: float) -> list[Destination]:
    return [replace(one, calls_per_minute=rate) for one in known]


def another(world: World) -> Gates:
    """The gates of another process."""
    return Gates(world.scripts, world.destinations)


def test_a_gate_nobody_spoke_of_is_open(world: World) -> None:
    assert world.gates.ask("deck", 7) == Grant(7, 0.0)
    assert world.redis.exists(GATE) == 0


def test_failures_in_a_row_close_the_gate(world: World) -> None:
    assert fail(world, 4) == [0.0] * 4
    assert world.gates.ask("deck", 7).calls == 7

    assert fail(world, 1) == [30.0]

    assert world.gates.ask("deck", 7) == Grant(0, 30.0)


def test_a_success_in_between_starts_the_row_anew(world: World) -> None:
    fail(world, 4)
    world.gates.served("deck")

    assert fail(world, 4) == [0.0] * 4
    assert world.gates.ask("deck", 1).calls == 1


def test_one_destinations_failures_leave_the_others_open(world: World) -> None:
    fail(world, 5)

    assert world.gates.ask("ingram/acme", 3).calls == 3


def test_after_the_pause_one_probe_is_let_through(world: World) -> None:
    fail(world, 5)
    world.clock.advance(29_999)
    assert world.gates.ask("deck", 7) == Grant(0, 0.001)

    world.clock.advance(1)
    answers = [world.gates.ask("deck", 7) for _ in range(3)]

    assert answers == [Grant(1, 0.0), Grant(0, 60.0), Grant(0, 60.0)]


def test_of_many_who_ask_at_once_one_gets_the_probe(world: World) -> None:
    fail(world, 5)
    world.clock.advance(30_000)
    barrier, granted = threading.Barrier(16), []

    def ask() -> None:
        gates = another(world)
        barrier.wait()
        granted.append(gates.ask("deck", 5).calls)

    threads = [threading.Thread(target=ask) for _ in range(16)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert sorted(granted) == [0] * 15 + [1]


def test_a_probe_that_never_comes_back_is_given_to_another(world: World) -> None:
    fail(world, 5)
    world.clock.advance(30_000)
    world.gates.ask("deck", 1)

    world.clock.advance(59_999)
    early = world.gates.ask("deck", 1)
    world.clock.advance(1)

    assert early.calls == 0
    assert world.gates.ask("deck", 1).calls == 1


def test_a_probes_success_opens_the_gate(world: World) -> None:
    fail(world, 5)
    world.clock.advance(30_000)
    world.gates.ask("deck", 1)

    world.gates.served("deck")

    assert world.gates.ask("deck", 9) == Grant(9, 0.0)


def test_a_probes_success_opens_the_gate_whichever_process_called(
    world: World,
) -> None:
    fail(world, 5)
    world.clock.advance(30_000)
    world.gates.ask("deck", 1)

    another(world).served("deck")

    assert world.gates.ask("deck", 9) == Grant(9, 0.0)


def test_a_probes_failure_closes_the_gate_at_once(world: World) -> None:
    fail(world, 5)
    world.clock.advance(30_000)
    world.gates.ask("deck", 1)

    assert fail(world, 1) == [30.0]

    assert world.gates.ask("deck", 1) == Grant(0, 30.0)
    world.clock.advance(30_000)
    assert world.gates.ask("deck", 1).calls == 1


def test_calls_that_were_under_way_do_not_lengthen_the_pause(world: World) -> None:
    fail(world, 5)
    world.clock.advance(20_000)

    assert fail(world, 3) == [10.0] * 3


def test_what_a_partner_asked_for_is_never_shortened(world: World) -> None:
    world.gates.close("deck", 100.0)
    world.gates.close("deck", 5.0)
    fail(world, 5)
    world.gates.served("deck")

    assert world.gates.ask("deck", 1) == Grant(0, 100.0)
    world.clock.advance(100_000)
    assert world.gates.ask("deck", 4).calls == 4


def test_a_longer_wait_takes_the_place_of_a_shorter(world: World) -> None:
    world.gates.close("deck", 5.0)
    world.gates.close("deck", 100.0)

    assert world.gates.ask("deck", 1) == Grant(0, 100.0)


def test_a_rate_is_kept_over_all_who_ask(redis: redis.Redis) -> None:
    world = paced(redis, 120.0)
    gates, granted = [another(world) for _ in range(3)], 0

    for _ in range(600):
        granted += sum(one.ask("deck", 5).calls for one in gates)
        world.clock.advance(100)

    # One burst of two, then two a second for a minute.
    assert 120 <= granted <= 122


def test_a_rate_states_when_the_next_call_may_start(redis: redis.Redis) -> None:
    world = paced(redis, 30.0)

    first, second = world.gates.ask("deck", 5), world.gates.ask("deck", 5)
    world.clock.advance(2_000)

    assert (first.calls, second) == (1, Grant(0, 2.0))
    assert world.gates.ask("deck", 5).calls == 1


def test_a_quiet_time_is_not_saved_up(redis: redis.Redis) -> None:
    world = paced(redis, 120.0)
    world.gates.ask("deck", 1)
    world.clock.advance(3_600_000)

    assert world.gates.ask("deck", 100).calls == 2


def test_a_rate_that_does_not_divide_a_minute_is_kept_too(
    redis: redis.Redis,
) -> None:
    world = paced(redis, 7.0)
    begin_ms, granted = world.clock.now_ms, 0

    while world.clock.now_ms < begin_ms + 600_000:
        grant = world.gates.ask("deck", 5)
        granted += grant.calls
        world.clock.advance(max(1, round(grant.wait * 1000)))

    assert granted == 70


def test_a_gate_is_forgotten_an_hour_after_the_last_word(world: World) -> None:
    fail(world, 5)
    assert 3_600_000 < world.redis.pttl(GATE) <= 3_630_000

    world.gates.close("deck", 7_200.0)
    assert 10_800_000 - 30_000 < world.redis.pttl(GATE) <= 10_800_000


def test_a_rate_alone_leaves_nothing_for_ever(redis: redis.Redis) -> None:
    world = paced(redis, 30.0)

    world.gates.ask("deck", 5)

    assert 0 < redis.pttl(GATE) <= 62_000


def test_a_gate_that_redis_cannot_hear_of_hinders_nobody(
    world: World,
) -> None:
    with redis.Redis(port=free_port(), retry=Retry(NoBackoff(), 0)) as nobody:
        gates = Gates(Scripts(nobody), world.destinations)

        assert gates.failed("deck") == 0.0
        gates.close("deck", 1.0)
        gates.served("deck")


def test_the_process_that_met_a_failure_knows_of_it_at_once(world: World) -> None:
    assert world.gates.is_open("deck")

    fail(world, 1)

    assert not world.gates.is_open("deck")
    assert world.gates.is_open("ingram/acme")


def test_a_process_that_has_just_started_knows_what_the_others_met(
    world: World,
) -> None:
    world.gates.close("deck", 3_600.0)
    fresh = another(world)

    assert not fresh.is_open("deck")
    assert fresh.is_open("ingram/acme")


def test_a_process_that_has_just_started_leaves_a_probe_alone(world: World) -> None:
    fail(world, 5)
    world.clock.advance(30_000)

    assert not another(world).is_open("deck")
    assert world.gates.ask("deck", 7).calls == 1
    assert not another(world).is_open("deck")
    assert world.gates.ask("deck", 7).calls == 0


def test_who_met_a_closed_gate_knows_until_shortly_before_it_opens(
    world: World,
) -> None:
    world.gates.close("deck", EARLY_SECONDS + 60)
    world.gates.close("westcon", EARLY_SECONDS)

    assert world.gates.is_closed("deck")
    assert not world.gates.is_closed("westcon")
    assert not world.gates.is_closed("ingram/acme")


def test_a_breaker_that_opens_is_known_at_once(world: World) -> None:
    fail(world, 5)

    assert world.gates.is_closed("deck")
